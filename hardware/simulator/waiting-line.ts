/** Things that arrive some time after they were sent, in order. Bounded: what does not fit is refused. */
export class WaitingLine<T> {
  readonly #most: number;
  #things: { readonly dueMs: number; readonly thing: T }[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  get nextDueMs(): number {
    return this.#things[0]?.dueMs ?? Number.POSITIVE_INFINITY;
  }

  get isEmpty(): boolean {
    return this.#things.length === 0;
  }

  /** Never before what was put in earlier. False: no room. */
  put(thing: T, dueMs: number): boolean {
    if (this.#things.length >= this.#most) return false;
    const last = this.#things.at(-1)?.dueMs ?? dueMs;
    this.#things.push({ thing, dueMs: Math.max(last, dueMs) });
    return true;
  }

  /** Takes out what is due. */
  take(nowMs: number): T[] {
    if (this.nextDueMs > nowMs) return [];
    const at = this.#things.findIndex(({ dueMs }) => dueMs > nowMs);
    return this.#things.splice(0, at < 0 ? this.#things.length : at).map(({ thing }) => thing);
  }

  clear(): number {
    const { length } = this.#things;
    this.#things = [];
    return length;
  }
}
