/** Sets parameters one by one, each read back, and stops at once when the vehicle may no longer be written to. */

export interface ParameterWriter {
  set(
    name: string,
    value: number,
    o: { readonly signal: AbortSignal },
  ): Promise<
    | { readonly ok: true; readonly before: number; readonly after: number }
    | { readonly ok: false; readonly code: string; readonly before?: number; readonly after?: number }
  >;
}

export interface Restored {
  readonly name: string;
  readonly wanted: number;
  readonly ok: boolean;
  /** `done`, or why not. */
  readonly code: string;
  readonly before: number | null;
  readonly after: number | null;
}

export interface RestoreRun {
  readonly results: readonly Restored[];
  /** Why it ended before the last; null when it did not. */
  readonly stopped: string | null;
}

/** A link that answers nothing is not asked a thousand times. */
const MAX_SILENT = 3;

export async function restore(
  changes: readonly { readonly name: string; readonly to: number }[],
  o: {
    readonly writer: ParameterWriter;
    /** A reason, or null: looked at before each. */
    readonly against: () => string | null;
    readonly signal: AbortSignal;
  },
): Promise<RestoreRun> {
  const results: Restored[] = [];
  let silent = 0;
  for (const { name, to } of changes) {
    const against = o.signal.aborted ? 'cancelled' : silent >= MAX_SILENT ? 'no-answer' : o.against();
    if (against !== null) return { results, stopped: against };
    const set = await o.writer.set(name, to, { signal: o.signal });
    const code = set.ok ? 'done' : set.code;
    results.push({ name, wanted: to, ok: set.ok, code, before: set.before ?? null, after: set.after ?? null });
    silent = code === 'no-answer' ? silent + 1 : 0;
  }
  return { results, stopped: null };
}
