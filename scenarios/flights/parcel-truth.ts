/** What really became of each parcel, against what the agent says and keeps of it. Keys are `itinerary/item`. */
import type { Simulator } from '@skein/hardware/simulator';

/** After the motors have stopped. */
const SETTLES_MS = 2_000;
/** It hovers higher for every release by a winch. */
const STANDS_M = 0.3;

export class ParcelTruth {
  readonly #simulator: Simulator;
  readonly #say: (words: string) => void;
  readonly #begun = new Set<string>();
  readonly #carried = new Set<string>();
  readonly #gone = new Set<string>();
  readonly #kept = new Set<string>();
  #releases = 0;
  #carrying: string | null = null;

  constructor(simulator: Simulator, say: (words: string) => void) {
    this.#simulator = simulator;
    this.#say = say;
  }

  /** The book was lost: what it would have known is nobody's fault. */
  forget(): void {
    this.#begun.clear();
    this.#kept.clear();
    this.#carried.clear();
  }

  /** A book that the disk has. */
  book(text: string): void {
    let parcels: readonly { readonly itinerary: string; readonly item: number }[];
    try {
      ({ parcels } = JSON.parse(text));
    } catch {
      return;
    }
    const now = new Set(parcels.map(({ itinerary, item }) => `${itinerary}/${item}`));
    for (const key of this.#kept) if (!now.has(key)) this.#say(`the parcel of ${key} was forgotten`);
    for (const key of now) this.#kept.add(key);
  }

  /** The motors start; null: nothing is to be delivered. */
  takeOff(key: string | null): void {
    this.#carrying = this.#simulator.payload.onBoard ? key : null;
    if (this.#carrying !== null) this.#carried.add(this.#carrying);
  }

  /** A release begins. False: not for the first time. */
  begin(key: string): boolean {
    const isFirst = !this.#begun.has(key);
    this.#begun.add(key);
    return isFirst;
  }

  step(o: { readonly armed: boolean; readonly stoodMs: number }): void {
    const { payload, nowMs } = this.#simulator;
    if (payload.releases === this.#releases) return;
    this.#releases = payload.releases;
    const key = this.#carrying;
    // On the ground the hook opens where the line lies slack, at the touch-down already, and people take what they like.
    const stands = this.#simulator.vehicle.body.upM < STANDS_M && this.#simulator.autopilot.cargo.winch.enabled;
    if (key === null || stands || (!o.armed && nowMs - o.stoodMs > SETTLES_MS)) return;
    if (this.#gone.has(key)) this.#say(`${key} was let go twice`);
    if (!this.#begun.has(key) && this.#carried.has(key)) this.#say(`${key} was let go without a release begun`);
    this.#gone.add(key);
  }

  /** The agent's word. */
  said(key: string, state: string): void {
    if (!this.#carried.has(key)) return;
    if (state === 'released' && !this.#gone.has(key)) this.#say(`${key} is called released, and is aboard`);
    if (state === 'not-released' && this.#gone.has(key)) this.#say(`${key} is called not released, and is gone`);
  }

  isGone(key: string): boolean {
    return this.#gone.has(key);
  }

  /** Everything is over: what was carried is still known. */
  ended(book: string | null): void {
    for (const key of this.#carried) {
      const [id] = key.split('/');
      if (!(book ?? '').includes(`"${id}"`)) this.#say(`the parcel of ${key} is not known any more`);
    }
  }
}
