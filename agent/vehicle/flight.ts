/**
 * Hours of this airframe, counted from what the autopilot says: armed from its armed bit, in the air from its landed
 * state. Time is added only between two status samples close together, so an outage never counts as flying. Pure.
 */
import type { Values } from '@skein/protocol/telemetry';

const MAX_STEP_US = 5_000_000;

export interface FlightTotals {
  readonly flights: number;
  readonly airS: number;
  readonly armedS: number;
}

export class FlightHours {
  #totals: FlightTotals;
  #before: { monoUs: number; armed: boolean; flying: boolean } | null = null;

  constructor(totals: FlightTotals) {
    this.#totals = totals;
  }

  get totals(): FlightTotals {
    return this.#totals;
  }

  /** Returns true when a flight or an armed period ended: a moment to save the totals. */
  status(values: Pick<Values<'status'>, 'armed' | 'landed'>, monoUs: number): boolean {
    const armed = values.armed === true;
    const flying = values.landed === 'in-air' || values.landed === 'taking-off' || values.landed === 'landing';
    const { flights, airS, armedS } = this.#totals;
    const before = this.#before;
    const stepS = before === null ? 0 : Math.min(Math.max(0, monoUs - before.monoUs), MAX_STEP_US) / 1e6;
    this.#totals = {
      // An agent that starts in the air counts no flight it did not see begin.
      flights: flights + (before !== null && !before.flying && flying ? 1 : 0),
      airS: airS + (before?.flying ? stepS : 0),
      armedS: armedS + (before?.armed ? stepS : 0),
    };
    this.#before = { monoUs, armed, flying };
    return before !== null && ((before.flying && !flying) || (before.armed && !armed));
  }
}
