/** Whether a drone's charge lasts for the order's flight, before a flight of its own is looked for. */
import type { Draft } from './draft.ts';
import { chargeAt } from './drones.ts';
import { capacityShare, energyFactor, massRatioOf, modelWh } from './energy.ts';
import type { Question } from './plan.ts';
import type { Base, Candidate, LegEnergy } from './ports.ts';

/** What the order's flight leaves a drone; from elsewhere it comes with less, which is looked at when it is tried. */
export type Screened = Pick<LegEnergy, 'chargePct' | 'needPct' | 'leftPct' | 'reservePct'>;

/** Energy of the draft by mass, for a fleet of a few kinds. */
export class Screen {
  readonly #q: Question;
  readonly #draft: Draft;
  readonly #wh = new Map<number, number>();
  readonly #share: number;

  constructor(q: Question, draft: Draft) {
    this.#q = q;
    this.#draft = draft;
    this.#share = capacityShare(draft.weather?.temperatureC ?? null);
  }

  of(drone: Candidate, own: Base | null): Screened | null {
    const { order, world, nowUtcUs, only } = this.#q;
    const { limits, rules } = world;
    const seconds = Math.max(0, this.#draft.notBeforeUtcUs - nowUtcUs) / 1e6;
    // Loaded, it starts with what it has: charge of the model allows no start.
    const chargePct = chargeAt(drone, own, only === undefined ? Math.min(seconds, rules.loadingS) : 0);
    const fullWh = drone.airframe.batteryWh;
    if (chargePct === null || fullWh === null) return null;
    const massRatio = massRatioOf({ airframe: drone.airframe, payloadKg: order.payloadKg });
    const wh = this.#wh.get(massRatio) ?? modelWh(this.#draft.flown.worst, massRatio, limits);
    this.#wh.set(massRatio, wh);
    const needPct = ((wh * energyFactor(drone.calibration, rules)) / (fullWh * this.#share)) * 100;
    return { chargePct, needPct, leftPct: chargePct - needPct, reservePct: limits.reservePct };
  }
}
