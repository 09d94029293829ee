/**
 * What a drone's packs may cost that come to nothing: a few bytes can ask for 13 ms of work (decision 0021). Each such pack
 * spends one of a few that a drone has; who has none left is opened no packs for a while, and is told so with its acks: it
 * sends the same unpacked, and nothing is lost. Other drones pay nothing of it. Time is given, so it replays.
 */

/** Packs that may come to nothing in a row: a line that damages, or a repeat that overtook its ack. */
export const WASTED_AT_ONCE = 8;
/** One more each so long, µs: 13 ms of it are a thousandth of a core. */
const ANOTHER_US = 10e6;
/** How long no packs are opened, µs. */
export const SHUT_US = 60e6;
/** Drones that waste; beyond, who began longest ago begins anew. */
const MAX_DRONES = 20_000;

interface Purse {
  readonly left: number;
  readonly atUs: number;
  /** Null: its packs are opened. */
  readonly shutUntilUs: number | null;
}

export interface PackGateOptions {
  /** Monotonic, µs. */
  readonly monoUs: () => number;
  readonly count: (name: 'packWasted' | 'packShut' | 'packUnopened') => void;
  /** From now on its packs are opened, or are not. */
  readonly onChanged: (drone: string, isShut: boolean) => void;
}

export class PackGate {
  readonly #o: PackGateOptions;
  /** Only of drones that have spent something. */
  readonly #purses = new Map<string, Purse>();

  constructor(o: PackGateOptions) {
    this.#o = o;
  }

  isShut(drone: string): boolean {
    return (this.#purses.get(drone)?.shutUntilUs ?? null) !== null;
  }

  /** False, and counted: it is to be dropped as it is. */
  mayOpen(drone: string): boolean {
    if (!this.isShut(drone)) return true;
    this.#o.count('packUnopened');
    return false;
  }

  /** One of its packs was opened and came to nothing. */
  wasted(drone: string): void {
    this.#o.count('packWasted');
    const nowUs = this.#o.monoUs();
    const left = leftOf(this.#purses.get(drone), nowUs) - 1;
    const isShut = left < 1;
    this.#purses.set(drone, { left, atUs: nowUs, shutUntilUs: isShut ? nowUs + SHUT_US : null });
    for (const longest of this.#purses.keys()) {
      if (this.#purses.size <= MAX_DRONES) break;
      this.#forget(longest);
    }
    if (!isShut) return;
    this.#o.count('packShut');
    this.#o.onChanged(drone, true);
  }

  /** To be called now and then: opens again to whom it is time. */
  sweep(): void {
    const nowUs = this.#o.monoUs();
    for (const [drone, purse] of this.#purses) {
      const left = leftOf(purse, nowUs);
      if (left >= WASTED_AT_ONCE) this.#forget(drone);
      else if (purse.shutUntilUs !== null && purse.shutUntilUs <= nowUs) {
        this.#purses.set(drone, { left, atUs: nowUs, shutUntilUs: null });
        this.#o.onChanged(drone, false);
      }
    }
  }

  #forget(drone: string): void {
    const wasShut = this.isShut(drone);
    this.#purses.delete(drone);
    if (wasShut) this.#o.onChanged(drone, false);
  }
}

function leftOf(purse: Purse | undefined, nowUs: number): number {
  return purse === undefined
    ? WASTED_AT_ONCE
    : Math.min(WASTED_AT_ONCE, purse.left + (nowUs - purse.atUs) / ANOTHER_US);
}
