/**
 * The truth about air and pads, where a run has them: nobody flies through air, or comes home to a pad, that the controller takes
 * for free; nobody lands on another; no two that fly as they were planned come near each other.
 */
import { orderOf } from '../../controller/orders/kept.ts';
import { type Attempt, currentOf, type Leg, type Order } from '../../controller/orders/order.ts';
import type { Held } from '../../controller/orders/ports.ts';
import type { Reservation } from '../../controller/planning/index.ts';
import { metres, type Point } from './course.ts';
import type { VirtualDrone } from './drone.ts';
import type { Site } from './site.ts';

/** What plans keep between each other, m. */
const ACROSS_M = 50;
const UP_M = 20;
/** What is said of a flight comes a moment later, µs. */
const WORD_US = 2e6;
/** People, or nobody any more, answer for a drone after these. */
const GIVEN_UP: ReadonlySet<unknown> = new Set(['relaunched', 'settled', 'lost']);

export interface AirJudgeOptions {
  readonly site: Site;
  readonly drones: ReadonlyMap<string, VirtualDrone>;
  readonly open: () => Iterable<Held>;
  readonly nowS: () => number;
  readonly utcUs: () => number;
  readonly wrong: (words: string) => void;
}

interface Flown {
  readonly drone: VirtualDrone;
  readonly at: Point;
  readonly order: Order;
  readonly attempt: Attempt;
  readonly leg: Leg;
}

export class AirJudge {
  readonly #o: AirJudgeOptions;
  /** At once, in the air: for the figures. */
  most = 0;

  constructor(o: AirJudgeOptions) {
    this.#o = o;
  }

  landed(drone: VirtualDrone): void {
    const { base, pad } = drone;
    if (base === null || pad === null) return;
    for (const one of this.#o.drones.values()) {
      const isThere = one !== drone && !one.inAir && !one.crashed && one.base === base && one.pad === pad;
      if (isThere) this.#o.wrong(`${drone.id} lands on ${one.id}, on pad ${base}/${pad}`);
    }
  }

  look(): void {
    const open = [...this.#o.open()];
    const kept = this.#o.site.kept(open);
    this.#padsHaveOne(kept.filter((one) => this.#isWanted(one, open)));
    const flown = [...this.#o.drones.values()].flatMap((drone) => this.#flown(drone, open) ?? []);
    this.most = Math.max(this.most, flown.length);
    for (const one of flown) this.#isKept(one, kept);
    const asPlanned = flown.filter((one) => this.#isAsPlanned(one));
    for (const [i, a] of asPlanned.entries()) for (const b of asPlanned.slice(i + 1)) this.#areApart(a, b);
  }

  #flown(drone: VirtualDrone, open: readonly Held[]): Flown | null {
    const { task } = drone;
    if (!drone.inAir || task?.flight == null) return null;
    const { id, version } = task.itinerary;
    for (const { doc } of open) {
      const order = orderOf(doc);
      for (const attempt of Object.values(order.attempts)) {
        const legs = [attempt.ferry, attempt.delivery, ...Object.values(attempt.before)];
        const leg = legs.find((one) => one?.itinerary.id === id && one.itinerary.version === version);
        if (leg) return { drone, at: task.flight.at(this.#o.nowS()), order, attempt, leg };
      }
    }
    this.#o.wrong(`${drone.id} flies ${id}@${version}, which no order knows of`);
    return null;
  }

  /** Its drone is to fly it, or flies: what another one has said that it does not fly is no more than kept too long. */
  #isWanted({ order, drone }: Reservation, open: readonly Held[]): boolean {
    if (this.#o.drones.get(drone)?.inAir === true) return true;
    const held = open.find(({ id }) => id === order);
    return held !== undefined && currentOf(orderOf(held.doc))?.drone === drone;
  }

  #padsHaveOne(kept: readonly Reservation[]): void {
    const by = new Map<string, { readonly drone: string; readonly words: string }>();
    for (const { drone, order, leg, pads } of kept) {
      for (const { base, pad, use } of pads) {
        const one = { drone, words: `${drone} (${order}, ${leg}, ${use})` };
        const other = by.get(`${base}/${pad}`) ?? one;
        by.set(`${base}/${pad}`, one);
        if (other.drone !== drone)
          this.#o.wrong(`pad ${base}/${pad} is given twice: to ${other.words} and to ${one.words}`);
      }
    }
  }

  #isKept({ drone, at, order, attempt, leg }: Flown, kept: readonly Reservation[]): void {
    if (order.state === 'lost' || GIVEN_UP.has(attempt.end?.how)) return;
    const own = kept.filter((one) => one.drone === drone.id);
    const { flight } = drone.task ?? {};
    const spot = flight ? this.#o.site.spotAt(flight.lands) : null;
    const about = `${drone.id} flies ${leg.itinerary.id} (${order.state}, ${drone.task?.phase})`;
    const hasPad =
      spot === null || own.some(({ pads }) => pads.some((one) => one.base === spot.base && one.pad === spot.pad));
    if (!hasPad) this.#o.wrong(`${about}, and its pad ${spot.base}/${spot.pad} is not kept for it`);
    const stands = spot === null ? null : this.#o.site.standsOn(spot);
    if (stands !== null) this.#o.wrong(`${about}, and ${stands.id} stands on its pad ${spot?.base}/${spot?.pad}`);
    // As it comes home by itself nobody has planned.
    if (flight?.isElsewhere !== false) return;
    if (flight.isSlow ? !own.some(({ tube }) => tube.length > 0) : !own.some((one) => isIn(at, one, this.#o.utcUs())))
      this.#o.wrong(`${about}, and its air is not kept`);
  }

  #isAsPlanned({ drone, at, leg }: Flown): boolean {
    const { tube } = leg.reservation as Partial<Reservation>;
    return (
      drone.task?.flight?.isElsewhere === false &&
      tube !== undefined &&
      isIn(at, leg.reservation as Reservation, this.#o.utcUs())
    );
  }

  #areApart(a: Flown, b: Flown): void {
    const acrossM = metres(a.at.place, b.at.place);
    const upM = Math.abs(a.at.heightM - b.at.heightM);
    if (acrossM >= ACROSS_M || upM >= UP_M) return;
    const name = ({ drone, leg, order }: Flown) => `${drone.id} (${leg.itinerary.id}, ${order.state})`;
    this.#o.wrong(`${name(a)} and ${name(b)} are ${acrossM.toFixed(0)} m across and ${upM.toFixed(0)} m up apart`);
  }
}

function isIn({ place, heightM }: Point, { tube }: Reservation, utcUs: number): boolean {
  return tube.some((part) => {
    if (utcUs < part.fromUtcUs - WORD_US || utcUs > part.toUtcUs + WORD_US) return false;
    if (heightM < part.lowM - 1 || heightM > part.highM + 1) return false;
    return metres(part.from, place) + metres(part.to, place) <= metres(part.from, part.to) + 2;
  });
}
