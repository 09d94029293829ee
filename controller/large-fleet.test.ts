/** A decision about one order costs what the fleet costs once, and what is kept of it does not grow with the fleet. */
import t from 'tap';
import { makeOrders, type OrderWiring } from './compose-orders.ts';
import type { Change, Held } from './orders/index.ts';

const NOW_US = Date.UTC(2026, 0, 1) * 1e3;
const BASES = 6;

interface Why {
  readonly chosen?: boolean;
  readonly more?: number;
}

t.test('many drones at many bases', async (t) => {
  // given: a hundred full drones for each base, ten of them on its pads
  const at = (base: number, pad: number) => ({ latDeg: 47 + base / 10, lonDeg: 8 + pad / 1000 });
  const bases = range(BASES, (base) => ({
    ...{ id: `base-${base}`, atUtcUs: NOW_US },
    doc: {
      ...{ name: `Base ${base}`, place: at(base, 0), groundAmslM: 480 },
      pads: range(10, (pad) => ({ id: `p${pad}`, place: at(base, pad) })),
    },
  }));
  const drones = range(BASES * 100, (n) => ({
    ...{ id: `d${n}`, online: true, conflict: null, itinerary: null, expectation: null },
    ...{ control: { state: 'skein' }, safety: { locked: false }, trust: { state: 'trusted' } },
    freshness: { lastHeardUtcUs: NOW_US },
    kinds: {
      position: { ageMs: 0, values: at(n % BASES, Math.floor(n / BASES)) },
      status: { ageMs: 0, values: { autopilot: 3, armed: false, landed: 'on-ground' } },
      battery: { ageMs: 0, values: { remainingPct: 100 } },
    },
  }));
  let asked = 0;
  const byId = new Map(drones.map((one) => [one.id, one]));
  const picked = (ids: readonly string[]) => {
    asked += ids.length / drones.length;
    return ids.map((id) => byId.get(id));
  };
  const held = new Map<string, Held>();
  const changes: Change[] = [];
  const records = {
    ...{
      get: (id: string) => held.get(id) ?? null,
      open: () => held.values(),
      isDurable: () => true,
      onChange: () => {},
    },
    once: async (_: null, run: () => Promise<unknown>) => ({ kind: 'run', answer: await run() }),
    write: async (all: readonly Change[]) => {
      changes.push(...all);
      for (const { id, set } of all) held.set(id, { id, version: 1, open: true, doc: set as Held['doc'] });
      return true;
    },
  };
  const { service, port } = makeOrders({
    config: {
      orders: {
        ...{ group: '', emptyKg: 6, payloadMaxKg: 2, methods: ['winch'], dropOffMaxM: 15_000, windMaxMps: 10 },
        ...{ gustMaxMps: 14, temperatureMinC: -10, temperatureMaxC: 40 },
      },
      itineraries: { batteryWh: 800, ceilingAmslM: 0 },
    },
    ...{ noFly: [], random: () => 0.5, holds: () => [], airframe: () => ({}) },
    clock: { utcUs: () => NOW_US, monoUs: () => 0 },
    records: { of: () => records },
    fleet: {
      ids: drones.map(({ id }) => id),
      picked,
      entry: (id: string) => drones.find((one) => one.id === id) ?? null,
      contact: () => null,
    },
    places: {
      list: (kind: string) => (kind === 'bases' ? bases : []),
      stops: () => [],
      stopFor: () => null,
      get: () => null,
    },
    itineraries: { isKnown: () => true },
    metrics: { counters: () => () => {}, gauge: () => {} },
  } as unknown as OrderWiring);
  // when
  const placed = await port.place(
    {
      ...{ pickup: at(0, 0), dropOff: { latDeg: 47.01, lonDeg: 8 }, payloadKg: 1, priority: 5, how: 'winch' },
      ...{ notBeforeUtcUs: null, notAfterUtcUs: null, contact: null },
    },
    'shop',
    null,
  );
  // then: asked as often as there are questions, not as there are bases
  t.ok(placed.ok, JSON.stringify(placed));
  t.equal(changes.at(-1)?.type, 'placed');
  t.ok(asked <= 2, `the whole fleet was listed ${asked} times to place one order`);
  asked = 0;
  const isPlanned = () => changes.some(({ type }) => type === 'planned');
  for (let n = 0; n < 2 && !isPlanned(); n++) await service.tick();
  t.ok(asked <= 2, `the whole fleet was listed ${asked} times to plan one order`);
  const planned = changes.find(({ type }) => type === 'planned');
  if (!planned) throw new Error('it was given to nobody');
  const bytes = JSON.stringify(planned).length;
  t.ok(bytes < 20_000, `an event of ${bytes} B`);
  const { attempts } = planned.set as { readonly attempts: Readonly<Record<string, { readonly why: readonly Why[] }>> };
  const why = attempts[1]?.why ?? [];
  t.equal(why.filter(({ chosen }) => chosen).length, 1, 'the chosen one is among them');
  const told = why.reduce((sum, { more = 1 }) => sum + more, 0);
  t.equal(told, drones.length, 'each drone by name, or counted');
});

function range<T>(count: number, make: (n: number) => T): T[] {
  return Array.from({ length: count }, (_, n) => make(n));
}
