/** One run: a fleet, orders, and all that goes wrong, in virtual time out of one seed. */
import { Orders } from '../../controller/orders/index.ts';
import { orderOf } from '../../controller/orders/kept.ts';
import { isOver } from '../../controller/orders/order.ts';
import type { Actor } from '../../controller/orders/ports.ts';
import { randomFrom } from '../kit/seed.ts';
import { Book } from './book.ts';
import { type Luck, VirtualDrone } from './drone.ts';
import { VirtualFleet } from './fleet.ts';
import { Judge } from './judge.ts';
import { People } from './people.ts';
import { VirtualPlanner } from './planner.ts';

export interface RunResult {
  readonly seed: number;
  readonly wrong: readonly string[];
  readonly orders: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly faults: number;
  readonly virtualS: number;
}

const SHOP: Actor = { kind: 'integrator', name: 'shop' };
const BASES = ['base-1', 'base-2'] as const;
const EPOCH_US = Date.UTC(2026, 0, 1) * 1e3;
/** Faults happen until then, s; afterwards everything heals and people do what is theirs. */
const TROUBLE_S = 3000;
const END_S = 14_000;

export async function runOrders(seed: number, trace = false): Promise<RunResult> {
  const random = randomFrom(seed);
  let nowS = 0;
  let faults = 0;
  const utcUs = () => EPOCH_US + Math.round(nowS * 1e6);
  const rare = (share: number) => (random.next() < 0.5 ? 0 : random.next() * share);
  const luck: Luck = {
    ...{ refuses: rare(0.2), failsUpload: rare(0.3), pilot: rare(0.01), gateCloses: rare(0.3) },
    ...{ sticks: rare(0.3), unproved: rare(0.3), crashes: rare(0.002), strays: rare(0.2) },
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
  const released = (drone: VirtualDrone, order: string) => {
    const held = book.durable.get(order);
    judge.released(order, drone, held === undefined ? null : orderOf(held.doc).cancel);
  };
  for (let n = 1; n <= 1 + Math.floor(random.next() * 4); n++) {
    drones.set(`d${n}`, new VirtualDrone(`d${n}`, random.pick(BASES), { random, luck, released }));
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
    stopped: () => planner.stop !== null,
    onCommand: (posted) => {
      judge.commanded(posted, nowS - stoppedS > 10);
      // Between the telling and the knowing of it.
      if (happens(trouble.told)) dies = true;
    },
  });
  const planner = new VirtualPlanner({ drones, utcUs, openUs: () => random.between(40, 600) * 1e6, onChosen });
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
          const fresh = silentS !== null && silentS < 3;
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
    if (happens(trouble.stop)) planner.stop = planner.stop === null ? 'ground stop: storm' : null;
    if (calm()) planner.stop = null;
    stoppedS = planner.stop === null ? Number.POSITIVE_INFINITY : Math.min(stoppedS, nowS);
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
  return { seed, wrong: judge.wrong, orders: made, outcomes, faults, virtualS: nowS };

  /** A wreck is replaced, what lies in a field is carried to a base. */
  function bringHome(drone: VirtualDrone): void {
    if (!drone.crashed) drone.linked = true;
    if (!drone.crashed && !drone.inAir) drone.base ??= random.pick(BASES);
    if (drone.crashed && nowS === END_S / 2)
      drones.set('spare', new VirtualDrone('spare', 'base-1', { random, luck, released }));
  }

  function place(by: Orders): void {
    const pickup = { latDeg: random.pick([1, 2]), lonDeg: 0 };
    const notAfterUtcUs = random.next() < 0.3 ? utcUs() + random.between(300, 3000) * 1e6 : null;
    const id = `order${made + 1}`;
    judge.parcels.set(id, 'pickup');
    void by.place(
      {
        ...{ pickup, dropOff: { latDeg: 50, lonDeg: 0 }, payloadKg: 1, priority: Math.floor(random.next() * 10) },
        ...{ notBeforeUtcUs: null, notAfterUtcUs, how: 'winch', contact: null },
      },
      SHOP,
    );
  }
}

const NO_LUCK: Luck = {
  ...{ refuses: 0, failsUpload: 0, pilot: 0, gateCloses: 0, sticks: 0, unproved: 0, crashes: 0, strays: 0 },
};
