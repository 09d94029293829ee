const LANDED_MS = 2_000;
/** After a take-off was ordered it stands this much longer before it counts as idle. */
const STARTING_MS = 3_000;

export interface GroundView {
  /** It came down to land. */
  readonly lands: boolean;
  /** DISARM_DELAY, ms; 0: never. */
  readonly idleMs: number;
  /** When the rotors have spun up for a take-off that was ordered. */
  readonly liftAtMs: number;
}

/** Since when the armed vehicle stands, and whether that is the end of the flight. */
export class Ground {
  #sinceMs = 0;

  get flying(): boolean {
    return this.#sinceMs === Number.POSITIVE_INFINITY;
  }

  begin(nowMs: number): void {
    this.#sinceMs = nowMs;
  }

  leave(): void {
    this.#sinceMs = Number.POSITIVE_INFINITY;
  }

  /** True: it has just come down. */
  touch(nowMs: number): boolean {
    const { flying } = this;
    if (flying) this.#sinceMs = nowMs;
    return flying;
  }

  /** It disarms by itself now. */
  isOver(nowMs: number, { lands, idleMs, liftAtMs }: GroundView): boolean {
    const stoodMs = nowMs - this.#sinceMs;
    const starting = nowMs < liftAtMs + STARTING_MS;
    return (lands && stoodMs >= LANDED_MS) || (!starting && idleMs > 0 && stoodMs >= idleMs);
  }
}
