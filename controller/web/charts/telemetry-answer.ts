/** What `GET /api/v1/drones/:id/telemetry` answers, as far as charts and texts need it. */
export interface TelemetryAnswer {
  readonly from: string;
  readonly to: string;
  /** Samples before down-sampling. */
  readonly rows: number;
  readonly times: readonly string[];
  readonly columns: Readonly<Record<string, readonly unknown[]>>;
  readonly gaps: readonly {
    readonly from: string;
    readonly to: string;
    readonly reason: string;
    readonly samples: number;
  }[];
  readonly filledLater: readonly { readonly from: string; readonly to: string }[];
  readonly boots?: readonly { readonly clock: string; readonly errUs: number | null }[];
}

export interface TelemetryQuery {
  readonly drone: string;
  readonly kind: string;
  readonly columns?: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly maxPoints: number;
  readonly instance?: number;
}

/** Asks the controller; rejects with words a person can use. */
export async function fetchTelemetry(query: TelemetryQuery, signal: AbortSignal): Promise<TelemetryAnswer> {
  const asked = new URLSearchParams({
    kind: query.kind,
    from: String(Math.floor(query.fromMs)),
    to: String(Math.ceil(query.toMs)),
    maxPoints: String(query.maxPoints),
    ...(query.columns ? { columns: query.columns.join(',') } : {}),
    ...(query.instance === undefined ? {} : { instance: String(query.instance) }),
  });
  const response = await fetch(`/api/v1/drones/${query.drone}/telemetry?${asked}`, { signal }).catch(() => {
    throw new Error('the controller does not answer');
  });
  if (!response.ok) throw new Error(await reasonOf(response));
  return (await response.json()) as TelemetryAnswer;
}

async function reasonOf(response: Response): Promise<string> {
  try {
    const problem = (await response.json()) as { title?: unknown; detail?: unknown };
    const words = [problem.title, problem.detail].filter((part) => typeof part === 'string');
    if (words.length > 0) return words.join(': ');
  } catch {
    // Not a problem document; the status says enough.
  }
  return `HTTP ${response.status}`;
}
