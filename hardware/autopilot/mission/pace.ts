/**
 * How long answers may take on this link. MAVLink's figures (1 500 ms for the first answer, 250 ms for an item, five tries
 * more) are for a link without delay: over a mobile network with 600 ms there and back each would be given up before it could
 * come, so they grow with the round trip that is measured. Pure.
 */
const FIRST_MS = 1_500;
const ITEM_MS = 250;
/** However slow it says it is. */
const MAX_ROUND_TRIP_MS = 5_000;
/** What was measured long ago counts less and less. */
const FADE = 0.9;

export const TRIES = 5;
/** For the first answer: over a link that loses a fifth each way, five more in a row are lost once in 500 transfers. */
export const FIRST_TRIES = 11;

export class Pace {
  #roundTripMs: number;

  /** `roundTripMs`: as measured before, by TIMESYNC. */
  constructor(roundTripMs: number | null = null) {
    this.#roundTripMs = Math.min(MAX_ROUND_TRIP_MS, Math.max(0, roundTripMs ?? 0));
  }

  /** A question that was asked once only was answered after so long. */
  measured(ms: number): void {
    this.#roundTripMs = Math.min(MAX_ROUND_TRIP_MS, Math.max(ms, this.#roundTripMs * FADE));
  }

  get roundTripMs(): number {
    return this.#roundTripMs;
  }

  /** For the answer to the first message of a transfer. */
  get firstMs(): number {
    return Math.max(FIRST_MS, 2 * this.#roundTripMs + FIRST_MS / 2);
  }

  get itemMs(): number {
    return Math.max(ITEM_MS, 1.5 * this.#roundTripMs + ITEM_MS / 2);
  }
}
