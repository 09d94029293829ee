/** What held for how long: who had control, which mode. Bounded; what changes too often is said to. */

export interface Band {
  readonly fromUtcUs: number;
  toUtcUs: number;
  readonly state: string;
}

const MAX_BANDS = 400;

export class Lane {
  readonly #bands: Band[] = [];
  readonly #holdsUs: number;
  /** Changes that found no room. */
  leftOut = 0;

  /** `holdsUs`: how long a state may be believed after it was said last. */
  constructor(holdsUs: number) {
    this.#holdsUs = holdsUs;
  }

  say(utcUs: number, state: string): void {
    const last = this.#bands.at(-1);
    const goesOn = last !== undefined && utcUs - last.toUtcUs <= this.#holdsUs;
    if (goesOn) last.toUtcUs = Math.max(last.toUtcUs, utcUs);
    if (goesOn && last.state === state) return;
    if (this.#bands.length >= MAX_BANDS) this.leftOut++;
    else this.#bands.push({ fromUtcUs: utcUs, toUtcUs: utcUs, state });
  }

  /** The last one holds until `toUtcUs`, if that is not too long. */
  bands(toUtcUs: number): readonly Band[] {
    const last = this.#bands.at(-1);
    if (last === undefined || toUtcUs - last.toUtcUs > this.#holdsUs) return this.#bands;
    return [...this.#bands.slice(0, -1), { ...last, toUtcUs: Math.max(last.toUtcUs, toUtcUs) }];
  }
}
