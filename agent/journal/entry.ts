/**
 * What the journal holds, a JSON object a line:
 *
 *   {"journal":"<16 hex>","version":1}          first line: the id of this journal
 *   {"c":{id, type, state, …}}                  where a command stands; the last line of an id counts
 *   {"k":"charge","v":{…}}                      something lasting; the last line of a key counts
 */

/** Where one command stands. */
export interface CommandEntry {
  readonly id: string;
  readonly type: string;
  /** `executing`: it was about to act, or acts. Anything else is final. */
  readonly state: string;
  readonly reason: string;
  /** The number of the answer that said so. */
  readonly step: number;
  readonly issuedBy: string;
  /** Kernel boot and monotonic time it was written at, ms. */
  readonly boot: string;
  readonly monoMs: number;
  /** What it does, as it must be known to look for the effect or to undo it. */
  readonly act: Readonly<Record<string, unknown>>;
  /** Particulars for the answer. */
  readonly detail: Readonly<Record<string, unknown>>;
}

export type JournalLine =
  | { readonly journal: string; readonly version: number }
  | { readonly c: CommandEntry }
  | { readonly k: string; readonly v: unknown };

export const JOURNAL_VERSION = 1;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function commandOf(value: unknown): CommandEntry | null {
  if (!isObject(value)) return null;
  const { id, type, state, reason, step, issuedBy, boot, monoMs, act, detail } = value;
  if (typeof id !== 'string' || typeof type !== 'string' || typeof state !== 'string') return null;
  return {
    id,
    type,
    state,
    reason: typeof reason === 'string' ? reason : '',
    step: typeof step === 'number' ? step : 1,
    issuedBy: typeof issuedBy === 'string' ? issuedBy : '',
    boot: typeof boot === 'string' ? boot : '',
    monoMs: typeof monoMs === 'number' ? monoMs : 0,
    act: isObject(act) ? act : {},
    detail: isObject(detail) ? detail : {},
  };
}

/** One line; null when it is none of ours or damaged. */
export function parseLine(text: string): JournalLine | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(value)) return null;
  if (typeof value.journal === 'string' && /^[0-9a-f]{16}$/.test(value.journal)) {
    return { journal: value.journal, version: Number(value.version) };
  }
  if (typeof value.k === 'string') return { k: value.k, v: value.v };
  const command = commandOf(value.c);
  return command === null ? null : { c: command };
}

export const lineOf = (line: JournalLine): string => `${JSON.stringify(line)}\n`;

/** All that a journal says, as it stands at its end. */
export interface JournalContent {
  readonly id: string;
  /** By id, the one written last at the end. */
  readonly commands: Map<string, CommandEntry>;
  readonly lasting: Map<string, unknown>;
  /** Lines that could not be read. */
  readonly damagedLines: number;
}

/** The text of a journal file → its content; null when the first line is not that of a journal. */
export function contentOf(text: string): JournalContent | null {
  const lines = text.split('\n').filter((line) => line !== '');
  const first = lines[0] === undefined ? null : parseLine(lines[0]);
  if (first === null || !('journal' in first)) return null;
  const commands = new Map<string, CommandEntry>();
  const lasting = new Map<string, unknown>();
  let damagedLines = 0;
  for (const text of lines.slice(1)) {
    const line = parseLine(text);
    if (line === null) damagedLines++;
    else if ('c' in line) {
      commands.delete(line.c.id);
      commands.set(line.c.id, line.c);
    } else if ('k' in line) lasting.set(line.k, line.v);
  }
  return { id: first.journal, commands, lasting, damagedLines };
}

/** A journal with the newest `keep` commands, and those that are still open, as text. */
export function compacted(content: JournalContent, keep: number): string {
  const all = [...content.commands.values()];
  const from = all.length - keep;
  const kept = all.filter((entry, i) => i >= from || entry.state === 'executing');
  const lines: JournalLine[] = [
    { journal: content.id, version: JOURNAL_VERSION },
    ...[...content.lasting].map(([k, v]) => ({ k, v })),
    ...kept.map((c) => ({ c })),
  ];
  return lines.map(lineOf).join('');
}
