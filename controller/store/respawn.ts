/** How long to wait before a thread that ended is started again: not at all, then ever longer while it keeps ending. */
const MIN_MS = 100;
const MAX_MS = 10_000;
/** One that ran this long begins anew. */
const STABLE_MS = 30_000;

export class Respawn {
  #deaths = 0;
  #lastMs = Number.NEGATIVE_INFINITY;

  /** It ended now; `nowMs` monotonic. */
  pauseMs(nowMs: number): number {
    if (nowMs - this.#lastMs > STABLE_MS) this.#deaths = 0;
    this.#lastMs = nowMs;
    const pause = this.#deaths === 0 ? 0 : Math.min(MAX_MS, MIN_MS * 2 ** (this.#deaths - 1));
    this.#deaths++;
    return pause;
  }
}
