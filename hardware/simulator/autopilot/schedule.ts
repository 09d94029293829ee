/** What happens by itself at its time: once, or again and again. All in ms of virtual time. */
export class Schedule {
  #entries: { atMs: number; readonly everyMs: number | null; readonly run: () => void }[] = [];
  #nextDueMs = Number.POSITIVE_INFINITY;

  get nextDueMs(): number {
    return this.#nextDueMs;
  }

  clear(): void {
    this.#entries = [];
    this.#reckon();
  }

  /** The returned function takes it back. */
  once(atMs: number, run: () => void): () => void {
    return this.#add(atMs, null, run);
  }

  /** First at `atMs`, then every `everyMs`. */
  every(atMs: number, everyMs: number, run: () => void): () => void {
    return this.#add(atMs, everyMs, run);
  }

  #add(atMs: number, everyMs: number | null, run: () => void): () => void {
    const entry = { atMs, everyMs, run };
    this.#entries.push(entry);
    this.#reckon();
    return () => {
      this.#entries = this.#entries.filter((one) => one !== entry);
      this.#reckon();
    };
  }

  /** Runs what is due. An entry may clear the schedule and fill it anew. */
  fire(nowMs: number): void {
    if (nowMs < this.#nextDueMs) return;
    const due = this.#entries.filter(({ atMs }) => atMs <= nowMs);
    this.#entries = this.#entries.filter(({ atMs, everyMs }) => atMs > nowMs || everyMs !== null);
    for (const entry of due) if (entry.everyMs !== null) entry.atMs += entry.everyMs;
    this.#reckon();
    for (const { run } of due) run();
  }

  #reckon(): void {
    this.#nextDueMs = this.#entries.reduce((least, { atMs }) => Math.min(least, atMs), Number.POSITIVE_INFINITY);
  }
}
