/** Time that passes when nothing else is left to do, for what is given its timers: an hour of it takes no time. */
export class VirtualTime {
  #nowMs = 0;
  #number = 0;
  readonly #due = new Map<number, { readonly atMs: number; readonly run: () => void }>();

  get nowMs(): number {
    return this.#nowMs;
  }

  /** As the port of timers: what it returns calls it off. */
  after(ms: number, run: () => void): () => void {
    const number = this.#number++;
    this.#due.set(number, { atMs: this.#nowMs + ms, run });
    return () => this.#due.delete(number);
  }

  /** Resolves after so long. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(ms, resolve);
    });
  }

  /** Goes on to the next that is due until `is` holds; throws when nothing is due any more, or after `mostMs`. */
  async until(is: () => boolean, what: string, mostMs: number): Promise<void> {
    const endMs = this.#nowMs + mostMs;
    for (;;) {
      // All that promises still have to say to each other.
      await new Promise(setImmediate);
      if (is()) return;
      const [next] = [...this.#due].sort(([a, one], [b, other]) => one.atMs - other.atMs || a - b);
      if (next === undefined) throw new Error(`nothing happens any more, and there is not ${what}`);
      const [number, { atMs, run }] = next;
      if (atMs > endMs) throw new Error(`not within ${mostMs} ms: ${what}`);
      this.#due.delete(number);
      this.#nowMs = Math.max(this.#nowMs, atMs);
      run();
    }
  }
}
