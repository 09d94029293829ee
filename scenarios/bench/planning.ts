/**
 * How long the dispatcher's decisions take: a city of bases, a fleet that charges on its pads, 500 orders an hour for half an
 * hour of the city's time, each decided as it comes, those that wait again each minute. Beside it, in turns, half the fleet in
 * half the city with half the orders: what a decision costs more when the fleet doubles. Counted in processor time of the thread.
 */

import { DEFAULT_LIMITS, type Place } from '@skein/protocol/fleet';
import {
  type Base,
  type Candidate,
  type Claim,
  DEFAULT_RULES,
  inTurn,
  type OrderWish,
  plan,
  type Reservation,
} from '../../controller/planning/index.ts';
import { ordersCost, processorMs } from './orders.ts';

const DRONES = Number(process.env.DRONES ?? 2_000);
const ORDERS_PER_H = Number(process.env.ORDERS ?? 500);
const MINUTES = Number(process.env.MINUTES ?? 30);
const MIN_US = 60e6;
const START_US = 1_790_000_000_000_000;
const CENTRE: Place = { latDeg: 47.4, lonDeg: 8.54 };
const DRONES_PER_BASE = 20;
/** Bases stand so far apart; a drop-off lies within two of these. */
const BASE_STEP_M = 2_500;
/** A decision above this would be felt on the main thread. */
const AIM_MS = 20;

/** Mulberry32: the same city on every machine. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let z = Math.imul(state ^ (state >>> 15), 1 | state);
    z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}

const place = (x: number, y: number): Place => ({
  latDeg: CENTRE.latDeg + y / 111_195,
  lonDeg: CENTRE.lonDeg + x / (111_195 * Math.cos((CENTRE.latDeg * Math.PI) / 180)),
});

class City {
  readonly #random: () => number;
  readonly #bases: readonly Base[];
  #fleet: readonly Candidate[];
  readonly #zones;
  readonly #weather;
  readonly #perMinute: number;
  #flights: { readonly reservation: Reservation; readonly leftPct: number }[] = [];
  #waiting: readonly OrderWish[] = [];
  #placed = 0;
  #minute = 0;
  readonly decisionsMs: number[] = [];
  readonly outcomes = { fly: 0, wait: 0, infeasible: 0 };

  constructor(drones: number, ordersPerH: number) {
    this.#random = numbers(drones);
    this.#perMinute = ordersPerH / 60;
    const count = Math.ceil(drones / DRONES_PER_BASE);
    const side = Math.ceil(Math.sqrt(count));
    this.#bases = Array.from({ length: count }, (_, i): Base => {
      const [x, y] = [(i % side) * BASE_STEP_M, Math.floor(i / side) * BASE_STEP_M];
      const pads = Array.from({ length: DRONES_PER_BASE + 2 }, (_, k) => ({
        ...{ id: `p${k}`, place: place(x + 60 * (k % 6), y + 80 * Math.floor(k / 6)), occupiedBy: null, chargeW: 500 },
      }));
      const about = { groundAmslM: 400 + (i % 7) * 5, returnAltM: null, ceilingM: null, pads };
      return { id: `b${i}`, name: `base ${i}`, place: place(x, y), ...about };
    });
    this.#fleet = Array.from({ length: drones }, (_, i): Candidate => {
      const base = this.#bases[Math.floor(i / DRONES_PER_BASE)] as Base;
      const pad = base.pads[i % DRONES_PER_BASE];
      const pct = 70 + 30 * this.#random();
      return {
        ...{
          id: `d${i}`,
          flavour: 'ardupilot',
          place: pad?.place ?? null,
          trusted: true,
          base: base.id,
          pad: pad?.id ?? null,
        },
        ...{ reportedPct: pct, rememberedPct: pct, charging: true, calibration: null, online: true, armed: false },
        ...{ onGround: true, control: 'skein', preflightStops: [], holds: [], busyWith: null, busyUntilUtcUs: null },
        airframe: { emptyKg: 6, payloadMaxKg: i % 3 === 0 ? 4 : 2, methods: ['winch'], batteryWh: 550 },
      };
    });
    this.#weather = this.#bases.map(({ id }) => ({
      ...{ base: id, windFromDeg: 240, windMps: 5, gustMps: 8, temperatureC: 12, atUtcUs: START_US, nextUtcUs: null },
    }));
    this.#zones = Array.from({ length: count }, (_, i) => {
      const centre = place(this.#random() * side * BASE_STEP_M, this.#random() * side * BASE_STEP_M + 700);
      const about = { id: `z${i}`, name: `zone ${i}`, kind: 'no-fly' as const, frame: 'home' as const };
      const times = { fromM: null, toM: i % 2 === 0 ? null : 50, validFromUtcUs: null, validToUtcUs: null };
      return { ...about, ...times, circle: { centre, radiusM: 80 + 250 * this.#random() } };
    });
  }

  minute(): void {
    const nowUtcUs = START_US + this.#minute * MIN_US;
    this.#land(nowUtcUs);
    this.#minute += 1;
    while (this.#placed < this.#minute * this.#perMinute) this.#place(nowUtcUs);
    const claims: Claim[] = [];
    for (const order of inTurn(this.#waiting, nowUtcUs, DEFAULT_RULES)) {
      const reservations = this.#flights.map(({ reservation }) => reservation);
      const world = {
        ...{ bases: this.#bases, zones: this.#zones, weather: this.#weather, stops: [], reservations, claims },
        ...{ limits: { ...DEFAULT_LIMITS, legMaxM: 20_000 }, rules: DEFAULT_RULES },
      };
      const from = processorMs();
      const decision = plan({ order, fleet: this.#fleet, world, nowUtcUs });
      this.decisionsMs.push(processorMs() - from);
      this.outcomes[decision.kind] += 1;
      if (decision.kind === 'wait') {
        if (decision.claim !== null) claims.push(decision.claim);
        continue;
      }
      this.#waiting = this.#waiting.filter((one) => one !== order);
      if (decision.kind !== 'fly') continue;
      const leftPct = decision.legs.at(-1)?.energy.leftPct ?? 0;
      for (const reservation of decision.reservations) this.#flights.push({ reservation, leftPct });
      this.#change(decision.drone, { base: null, pad: null, armed: true, onGround: false });
    }
  }

  #land(nowUtcUs: number): void {
    const landed = this.#flights.filter(({ reservation }) => reservation.toUtcUs <= nowUtcUs);
    this.#flights = this.#flights.filter((one) => !landed.includes(one));
    for (const { reservation, leftPct } of landed) {
      if (reservation.leg === 'ferry') continue;
      const at = reservation.pads.find(({ use }) => use === 'landing');
      const pad = this.#bases.find(({ id }) => id === at?.base)?.pads.find(({ id }) => id === at?.pad);
      const where = { base: at?.base ?? null, pad: at?.pad ?? null, place: pad?.place ?? null };
      this.#change(reservation.drone, {
        ...where,
        armed: false,
        onGround: true,
        reportedPct: leftPct,
        rememberedPct: leftPct,
      });
    }
  }

  #change(drone: string, to: Partial<Candidate>): void {
    this.#fleet = this.#fleet.map((one) => (one.id === drone ? { ...one, ...to } : one));
  }

  #place(nowUtcUs: number): void {
    const base = this.#bases[Math.floor(this.#random() * this.#bases.length)] as Base;
    const angle = this.#random() * 2 * Math.PI;
    const away = 400 + this.#random() * 2_600;
    const dropOff = {
      latDeg: base.place.latDeg + (away * Math.sin(angle)) / 111_195,
      lonDeg: base.place.lonDeg + (away * Math.cos(angle)) / (111_195 * Math.cos((CENTRE.latDeg * Math.PI) / 180)),
    };
    this.#placed += 1;
    const wish = {
      payloadKg: 0.3 + 2 * this.#random(),
      priority: Math.floor(this.#random() * 10),
      placedUtcUs: nowUtcUs,
    };
    const window = { notBeforeUtcUs: null, notAfterUtcUs: nowUtcUs + 90 * MIN_US, how: 'winch' as const };
    this.#waiting = [...this.#waiting, { id: `o${this.#placed}`, pickup: base.place, dropOff, ...wish, ...window }];
  }
}

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
const whole = new City(DRONES, ORDERS_PER_H);
const half = new City(DRONES / 2, ORDERS_PER_H / 2);
for (let i = 0; i < MINUTES; i += 1) {
  half.minute();
  whole.minute();
}
const told = (city: City) => {
  // The first tenth warms the code up.
  const sorted = city.decisionsMs.slice(Math.floor(city.decisionsMs.length / 10)).toSorted((a, b) => a - b);
  return {
    p50: at(sorted, 0.5),
    p99: at(sorted, 0.99),
    most: sorted.at(-1) ?? 0,
    mean: sorted.reduce((sum, ms) => sum + ms, 0) / sorted.length,
  };
};
const [large, small] = [told(whole), told(half)];
const { fly, wait, infeasible } = whole.outcomes;
console.log(
  `planning: ${DRONES} drones, ${ORDERS_PER_H} orders/h, ${MINUTES} min: decision p50 ${large.p50.toFixed(1)} ms, p99 ${large.p99.toFixed(1)} ms, ` +
    `longest ${large.most.toFixed(1)} ms (aim p99 ${AIM_MS} ms); ${fly} fly, ${wait} wait, ${infeasible} infeasible; ` +
    `as the fleet doubles × ${(large.mean / small.mean).toFixed(2)} (mean), × ${(large.p99 / small.p99).toFixed(2)} (p99)`,
);
const OPEN = Number(process.env.OPEN ?? 300);
const { postMs, tickMs, longestMs, forCharge } = await ordersCost(DRONES, OPEN);
console.log(
  `orders: ${DRONES} drones, ${OPEN} open orders that wait: a request ${postMs.toFixed(1)} ms, a tick ${tickMs.toFixed(1)} ms, longest ${longestMs.toFixed(1)} ms (aim ${AIM_MS} ms); ` +
    `${Math.round(forCharge * 100)} % of them were looked at, and wait for a drone to be charged`,
);
