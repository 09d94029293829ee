/** What a verification found, bounded. */
export const FINDING_WORDS = {
  edited: 'what stands in it is not what was stored: its hash does not follow',
  hole: 'something is missing between two others',
  cut: 'the newest are gone',
  reordered: 'its stamp is not after the one before it: the order is not that in which they were stored',
  contradicted: 'a signed checkpoint says otherwise: whole chains were written anew',
  checkpoint: 'a checkpoint is not as it was written',
  projection: 'what people query is not what the events make: `skein-controller rebuild` makes it again',
  corrupt: 'SQLite calls the file damaged',
  telemetry: 'telemetry is missing or damaged; the drones send again what they still hold',
} as const;

export type FindingCode = keyof typeof FINDING_WORDS;

export interface Finding {
  readonly code: FindingCode;
  /** entity, version, id, to, file, checkpoint, table, row, drone, epoch, lane: whatever says exactly where. */
  readonly where: Readonly<Record<string, unknown>>;
  readonly words: string;
}

/** Kept of each code; the rest is counted. */
const MAX_KEPT = 200;

export class Findings {
  readonly #kept: Finding[] = [];
  readonly #counts = new Map<FindingCode, number>();

  add(code: FindingCode, where: object, words: string): void {
    const count = (this.#counts.get(code) ?? 0) + 1;
    this.#counts.set(code, count);
    if (count <= MAX_KEPT) this.#kept.push({ code, where: { ...where }, words });
  }

  get kept(): readonly Finding[] {
    return this.#kept;
  }

  get counts(): Readonly<Partial<Record<FindingCode, number>>> {
    return Object.fromEntries(this.#counts);
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, one) => sum + one, 0);
  }
}
