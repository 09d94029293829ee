/** One run: a fleet, orders, and all that goes wrong, in virtual time out of one seed. */
import type { Place } from '@skein/protocol/fleet';
import { Orders } from '../../controller/orders/index.ts';
import { orderOf } from '../../controller/orders/kept.ts';
import { isOver } from '../../controller/orders/order.ts';
import type { Actor } from '../../controller/orders/ports.ts';
import { randomFrom } from '../kit/seed.ts';
import { AirJudge } from './air-judge.ts';
import { Book } from './book.ts';
import { VirtualDrone } from './drone.ts';
import { VirtualFleet } from './fleet.ts';
import { Judge } from './judge.ts';
import { type Luck, NO_LUCK } from './luck.ts';
import { People } from './people.ts';
import { VirtualPlanner } from './planner.ts';
import { Site, type Spot } from './site.ts';

export interface RunResult {
  readonly seed: number;
  readonly wrong: readonly string[];
  readonly orders: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly faults: number;
  readonly virtualS: number;
  /** At once, the most; 0 where nobody looks. */
  readonly inAir: number;
}

const SHOP: Actor = { kind: 'integrator', name: 'shop' };
const BASES = ['base-1', 'base-2'] as const;
const EPOCH_US = Date.UTC(2026, 0, 1) * 1e3;
/** Faults happen until then, s; afterwards everything heals and people do what is theirs. */
const TROUBLE_S = 3000;
const END_S = 14_000;

export interface RunOptions {
  /** Every change on stdout. */
  readonly trace?: boolean;
  /** Bases have pads, and flights are planned by the planning of the product. */
  readonly pads?: boolean;
}

export async function runOrders(seed: number, { trace = false, pads = false }: RunOptions = {}): Promise<RunResult> {
  const random = randomFrom(seed);
  let nowS = 0;
  let faults = 0;
  const utcUs = () => EPOCH_US + Math.round(nowS * 1e6);
  const rare = (share: number) => (random.next() < 0.5 ? 0 : random.next() * share);
  const luck: Luck = {
    ...{ refuses: rare(0.2), failsUpload: rare(0.3), pilot: rare(0.01), gateCloses: rare(0.3) },
    ...{ sticks: rare(0.3), unproved: rare(0.3), crashes: rare(0.002), strays: rare(0.2) },
    slow: pads ? rare(0.3) : 0,
  };
  const trouble = {
    unlink: rare(0.004),
    crash: rare(0.005),
    refuses: rare(0.2),
    loses: rare(0.3),
    slow: rare(0.2),
    stop: rare(0.003),
    chosen: rare(0.2),
    told: rare(0.1),
    begun: rare(0.2),
    away: rare(0.5),
  };
  const calm = () => nowS > TROUBLE_S;
  const happens = (share: number) => {
    const does = !calm() && random.next() < share;
    if (does) faults++;
    return does;
  };
  const refuses = () => {
    const does = happens(trouble.refuses);
    if (does) judge.undisturbedS = 0;
    return does;
  };
  const drones = new Map<string, VirtualDrone>();
  const judge = new Judge({
    ...{ durable: (id) => book.durable.get(id) ?? null, inMemory: () => book.all() },
    ...{ utcUs, trace, drones, fleet: () => fleet },
  });
  const site = pads
    ? new Site({ random, drones, nowS: () => nowS, utcUs, planOf: (id, version) => fleet.plan(id, version) })
    : null;
  const air =
    site &&
    new AirJudge({
      ...{ site, drones, utcUs, nowS: () => nowS, open: () => book.open() },
      wrong: (words) => judge.wrong.push(words),
    });
  const ground = site && {
    ...{ spotAt: (place: Place) => site.spotAt(place), placeOf: (spot: Spot) => site.placeOf(spot) },
    landed: (drone: VirtualDrone) => air?.landed(drone),
  };
  const released = (drone: VirtualDrone, order: string) => {
    const held = book.durable.get(order);
    judge.released(order, drone, held === undefined ? null : orderOf(held.doc).cancel);
  };
  for (let n = 1; n <= 1 + Math.floor(random.next() * 4); n++) {
    join(`d${n}`, site === null ? random.pick(BASES) : site.empty(() => false));
  }
  const fleet = new VirtualFleet({
    ...{
      drones,
      nowS: () => nowS,
      utcUs,
      refuses,
      loses: (drone) => {
        const fades = happens(trouble.begun);
        if (fades) outage(drone, random.between(35, 700));
        return happens(trouble.loses) || fades;
      },
    },
    stopped: () => stops.stop !== null,
    onCommand: (posted) => {
      judge.commanded(posted, nowS - stoppedS > 10);
      // Between the telling and the knowing of it.
      if (happens(trouble.told)) dies = true;
    },
  });
  const virtual = new VirtualPlanner({ drones, utcUs, openUs: () => random.between(40, 600) * 1e6, onChosen });
  const planner = site?.planner(onChosen) ?? virtual;
  const stops: { stop: string | null } = site ?? virtual;
  /** Its link goes just as it is needed. */
  function onChosen(drone: VirtualDrone): void {
    if (happens(trouble.chosen)) drone.linked = false;
  }
  const book = new Book({
    nowS: () => nowS,
    delayS: () => (happens(trouble.slow) ? random.between(1, 12) : 0),
    onChange: (before, after) => judge.changed(before, after),
  });
  /** Out of touch until then, s. */
  const outages = new Map<VirtualDrone, number>();
  function outage(drone: VirtualDrone, seconds: number): void {
    drone.linked = false;
    judge.undisturbedS = 0;
    outages.set(drone, nowS + seconds);
  }
  const people = new People({
    ...{ random, judge, drones, fleet, nowS: () => nowS },
    // Given up, and back before they are: it may have another order by then.
    onAway: (drone) => {
      if (happens(trouble.away)) outage(drone, random.between(121, 200));
    },
  });
  let made = 0;
  const build = () =>
    new Orders({
      ...{ records: book, flights: fleet, planner, count: () => {}, onAlert: () => {}, nowMs: () => 0 },
      drones: {
        seen: (id) => {
          const drone = drones.get(id);
          const silentS = drone === undefined ? null : nowS - drone.lastHeardS;
          const fresh = drone?.isSeen(nowS) === true;
          return {
            silentS,
            armed: fresh ? (drone?.armed ?? null) : null,
            at: fresh && drone?.inAir === false ? { base: drone.base } : null,
            energyUntilUtcUs: drone === undefined ? null : EPOCH_US + (drone.lastHeardS + 600) * 1e6,
          };
        },
        preflight: () => null,
      },
      clock: { utcUs, monoUs: () => nowS * 1e6 },
      clockErrUs: () => 0,
      askAfterUs: 300e6,
      newId: () => `order${++made}`,
      timers: { every: () => () => {} },
    });
  let orders: Orders | null = build();
  let dies = false;
  let backS = 0;
  /** Since when a ground stop stands. */
  let stoppedS = Number.POSITIVE_INFINITY;
  let quietS = 0;
  const wanted = 1 + Math.floor(random.next() * 5);
  fleet.onWord = (drone) => orders?.contact(drone);

  for (; nowS < END_S; nowS++) {
    if (made < wanted && random.next() < 0.01 && orders !== null) place(orders);
    for (const drone of drones.values()) {
      if (happens(trouble.unlink)) {
        drone.linked = !drone.linked;
        judge.undisturbedS = 0;
      }
      if (calm()) bringHome(drone);
      drone.tick(nowS);
    }
    for (const [drone, untilS] of outages) {
      if (nowS < untilS) continue;
      drone.linked = !drone.crashed;
      outages.delete(drone);
    }
    if (calm()) Object.assign(luck, NO_LUCK);
    if (happens(trouble.stop)) stops.stop = stops.stop === null ? 'ground stop: storm' : null;
    if (calm()) stops.stop = null;
    stoppedS = stops.stop === null ? Number.POSITIVE_INFINITY : Math.min(stoppedS, nowS);
    people.calm = calm();
    if (orders !== null && (dies || happens(trouble.crash))) {
      dies = false;
      orders = null;
      book.crash();
      fleet.forget();
      backS = nowS + random.between(1, random.next() < 0.5 ? 3 : 60);
      judge.undisturbedS = 0;
    }
    if (orders === null && nowS >= backS) orders = build();
    if (orders !== null) {
      fleet.tick();
      people.act(orders, book.all());
      void orders.tick();
    }
    book.tick();
    // Whatever waits for a promise goes on within this second.
    for (let i = 0; i < 8; i++) await null;
    air?.look();
    judge.undisturbedS++;
    if (judge.wrong.length > 0) break;
    // Nothing is open: people get time to take off what is aboard still.
    const isQuiet = calm() && made >= wanted && !people.isOwing;
    quietS = isQuiet && [...book.open()].every((held) => isOver(orderOf(held.doc))) ? quietS + 1 : 0;
    if (quietS > 120) break;
  }
  if (judge.wrong.length === 0) judge.end(book.all());
  const outcomes: Record<string, number> = {};
  for (const { doc } of book.all()) outcomes[String(doc.outcome)] = (outcomes[String(doc.outcome)] ?? 0) + 1;
  return { seed, wrong: judge.wrong, orders: made, outcomes, faults, virtualS: nowS, inAir: air?.most ?? 0 };

  /** A wreck is replaced, what lies in a field is carried to a base. */
  function bringHome(drone: VirtualDrone): void {
    if (!drone.crashed) drone.linked = true;
    const isInField = !drone.crashed && !drone.inAir && drone.base === null;
    if (isInField) standsAt(drone, site === null ? random.pick(BASES) : site.empty(isKept));
    if (drone.crashed && nowS === END_S / 2) join('spare', site === null ? 'base-1' : site.empty(isKept));
    // Nobody need look for a wreck on the pad that it was to land on.
    if (drone.crashed) site?.seenByPeople();
  }

  function join(id: string, at: string | Spot | null): void {
    if (at === null) return;
    const drone = new VirtualDrone(id, null, { random, luck, released, ground });
    standsAt(drone, at);
    drones.set(id, drone);
  }

  function standsAt(drone: VirtualDrone, at: string | Spot | null): void {
    drone.base = at === null || typeof at === 'string' ? at : at.base;
    drone.pad = at === null || typeof at === 'string' ? null : at.pad;
  }

  /** Nobody puts a drone where another is to land. */
  function isKept({ base, pad }: Spot): boolean {
    const kept = site?.kept(book.open()) ?? [];
    return kept.some(({ pads }) => pads.some((one) => one.base === base && one.pad === pad));
  }

  function place(by: Orders): void {
    const base = random.pick([1, 2]);
    const pickup = site?.placeOf({ base: `base-${base}`, pad: 'p1' }) ?? { latDeg: base, lonDeg: 0 };
    const dropOff = site?.door() ?? { latDeg: 50, lonDeg: 0 };
    const notAfterUtcUs = random.next() < 0.3 ? utcUs() + random.between(300, 3000) * 1e6 : null;
    const id = `order${made + 1}`;
    judge.parcels.set(id, 'pickup');
    void by.place(
      {
        ...{ pickup, dropOff, payloadKg: 1, priority: Math.floor(random.next() * 10) },
        ...{ notBeforeUtcUs: null, notAfterUtcUs, how: 'winch', contact: null },
      },
      SHOP,
    );
  }
}
