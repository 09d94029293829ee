/**
 * Which boot of the autopilot this is. Two things prove a reboot: its time since boot went back, or its time since boot,
 * asked now, is less than the time since we last heard it. A banner proves nothing: it comes with every parameter list
 * (observed); neither does silence. Pure.
 */

/** Stamps of one boot arrive out of order by less than this. */
const TOLERANCE_MS = 2_000;
/** Of an asked age against our own clock: the round trip is known, the rest is drift. */
const ASKED_TOLERANCE_MS = 300;

export class BootWatch {
  readonly #drawId: () => string;
  #id: string | null = null;
  #newestMs = 0;
  #heardMs = 0;
  #reboots = 0;

  constructor(drawId: () => string) {
    this.#drawId = drawId;
  }

  /** Our own random name of this boot; null before its age is known. */
  get id(): string | null {
    return this.#id;
  }

  get reboots(): number {
    return this.#reboots;
  }

  /** Time since boot as of `nowMs`; null before the first stamp. */
  bootMs(nowMs: number): number | null {
    return this.#id === null ? null : this.#newestMs + Math.max(0, nowMs - this.#heardMs);
  }

  /**
   * A stamp that came by itself, as old as its way was long. True: it has rebooted since the one before. A boot that began since then is
   * no older than that; one that stands still (a frozen position) went back, and is.
   */
  heard(bootMs: number, nowMs: number): boolean {
    const back = bootMs < this.#newestMs - TOLERANCE_MS;
    return this.#take(bootMs, nowMs, back && bootMs <= nowMs - this.#heardMs + TOLERANCE_MS);
  }

  /**
   * Younger than the silence before it, and not older than what was known: of a later boot, or late. It proves nothing and is not to be
   * taken, else the answer to a question could prove nothing either.
   */
  isDoubtful(bootMs: number, nowMs: number): boolean {
    return (
      this.#id !== null && bootMs >= this.#newestMs - TOLERANCE_MS && bootMs + TOLERANCE_MS < nowMs - this.#heardMs
    );
  }

  /** The answer to a question sent at `askedMs`. True: it has rebooted since it was heard last. */
  asked(bootMs: number, askedMs: number, nowMs: number): boolean {
    const back = bootMs < this.#newestMs - TOLERANCE_MS;
    return this.#take(bootMs, nowMs, back || bootMs + ASKED_TOLERANCE_MS < askedMs - this.#heardMs);
  }

  #take(bootMs: number, nowMs: number, isProof: boolean): boolean {
    const first = this.#id === null;
    const rebooted = !first && isProof;
    if (rebooted) this.#reboots++;
    if (first || rebooted) this.#id = this.#drawId();
    if (first || rebooted || bootMs > this.#newestMs) {
      this.#newestMs = bootMs;
      this.#heardMs = nowMs;
    }
    return rebooted;
  }
}
