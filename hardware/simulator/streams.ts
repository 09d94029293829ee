/** Which messages a port sends by itself, and when each is due. Times in ms, intervals as asked for, in µs. */
export class Streams {
  readonly #streams = new Map<number, { intervalMs: number; dueMs: number }>();
  #nextDueMs = Number.POSITIVE_INFINITY;

  /** Sends `msgid` every `intervalUs` from now on. */
  set(msgid: number, intervalUs: number, nowMs: number): void {
    const intervalMs = Math.max(1, intervalUs / 1_000);
    this.#streams.set(msgid, { intervalMs, dueMs: nowMs + intervalMs });
    this.#reckon();
  }

  stop(msgid: number): void {
    this.#streams.delete(msgid);
    this.#reckon();
  }

  /** Null: not sent by itself. */
  intervalUs(msgid: number): number | null {
    const stream = this.#streams.get(msgid);
    return stream === undefined ? null : Math.round(stream.intervalMs * 1_000);
  }

  clear(): void {
    this.#streams.clear();
    this.#reckon();
  }

  get nextDueMs(): number {
    return this.#nextDueMs;
  }

  /** Calls `send` for everything due; what fell behind by more than an interval is not made up for. */
  fire(nowMs: number, send: (msgid: number) => void): void {
    if (nowMs < this.#nextDueMs) return;
    for (const [msgid, stream] of this.#streams) {
      if (stream.dueMs > nowMs) continue;
      send(msgid);
      stream.dueMs += stream.intervalMs;
      if (stream.dueMs <= nowMs) stream.dueMs = nowMs + stream.intervalMs;
    }
    this.#reckon();
  }

  /** Nobody listens: what fell due meanwhile is not made up for. */
  skipTo(nowMs: number): void {
    this.fire(nowMs, () => {});
  }

  #reckon(): void {
    let next = Number.POSITIVE_INFINITY;
    for (const { dueMs } of this.#streams.values()) if (dueMs < next) next = dueMs;
    this.#nextDueMs = next;
  }
}
