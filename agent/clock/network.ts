/**
 * May the board's own clock be taken for network time? Only while the system says that it is synchronised, and only as
 * long as nobody else has set it since: a clock that moved against the monotonic one without a new synchronisation
 * was moved by hand, by a script, by a restored disk.
 */

/** What the system says: when it last synchronised, in whatever terms, and how far off the clock may be. */
export interface NetworkTime {
  readonly mark: string;
  readonly errUs: number;
}

/** Slewing by an NTP client stays far below this between two looks. */
const STEPPED_US = 1_000_000;

export class NetworkWatch {
  #mark: string | null = null;
  #offsetUs = 0;
  #refused: string | null = null;
  /** Times the board's clock was set without a synchronisation. */
  steps = 0;

  /** The error of the board's clock as network time, µs; null: it is not to be believed. */
  take(look: {
    readonly monoUs: number;
    readonly systemUtcUs: number;
    readonly told: NetworkTime | null;
  }): number | null {
    if (look.told === null) {
      this.#mark = null;
      return null;
    }
    const { mark, errUs } = look.told;
    const offsetUs = look.systemUtcUs - look.monoUs;
    if (mark === this.#mark && Math.abs(offsetUs - this.#offsetUs) > STEPPED_US) {
      this.steps++;
      this.#refused = mark;
    }
    this.#mark = mark;
    this.#offsetUs = offsetUs;
    return mark === this.#refused ? null : errUs;
  }
}
