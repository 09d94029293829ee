/**
 * What orders cost the controller's thread beside a large fleet: a request, a decision, and a whole tick with many open orders
 * that all wait. Fleet, planning and orders are the product's; records are in memory. In processor time of the thread.
 */
import { readEnvelope, type Sample, sealBatch } from '@skein/protocol/telemetry';
import { makeOrders, type OrderWiring } from '../../controller/compose-orders.ts';
import { Fleet } from '../../controller/fleet/index.ts';
import type { Held } from '../../controller/orders/ports.ts';
import { Book } from '../orders/book.ts';

const NOW_US = Date.UTC(2026, 0, 1) * 1e3;
const BOOT = '11111111-2222-4333-8444-555555555555';
const BASES = 100;
const PADS = 22;
/** Until all of the fleet is known and the code is warm; then those that are measured. */
const WARM = 10;
const ROUNDS = 30;

const at = (base: number, pad: number) => ({ latDeg: 47 + base / 10, lonDeg: 8 + pad / 1000 });

export function processorMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

interface Now {
  utcUs(): number;
  monoUs(): number;
}

const ITEMS = JSON.stringify(
  Array.from({ length: 22 }, (_, i) => ({
    item: `item${i}`,
    verdict: 'ok',
    value: '12.3',
    limit: '10',
    words: 'well',
  })),
);

function fleetOf(count: number, clock: Now): Fleet {
  const fleet = new Fleet({ clock, count: () => {}, onEvent: () => {}, maxDrones: count });
  for (let n = 0; n < count; n++) {
    const session = (0x10000000 + n).toString(16);
    const epoch = epochOf(n);
    const lanes = { urgent: { first: 1, next: 1 }, history: { first: 1, next: 11 } };
    const said = { boot: BOOT, journal: null, online: true, versions: {}, control: { state: 'skein' } } as const;
    fleet.presence(`d${n}`, { session, n: 1, epochs: [{ epoch, lanes }], ...said });
    fleet.time(`d${n}`, { session, agentMonoUs: clock.monoUs(), boot: BOOT });
  }
  return fleet;
}

const epochOf = (n: number): string => (0xe000000000 + n).toString(16).padStart(16, '0');

/** All of them what agents say each second; charged to a fifth, so that every order waits and is planned again. */
function speak(fleet: Fleet, count: number, clock: Now, seq: number): void {
  for (let n = 0; n < count; n++) {
    const one = (kind: string, values: object) => ({ kind, monoUs: clock.monoUs(), bootMs: null, values }) as Sample;
    const samples = [
      one('position', { ...at(n % BASES, Math.floor(n / BASES)), altAmslM: 500, altRelM: 0, headingDeg: 90 }),
      one('status', { armed: false, mode: 'AUTO', system: 'standby', landed: 'on-ground', autopilot: 3 }),
      one('battery', { instance: 0, voltageV: 24, currentA: 1, remainingPct: 20 }),
      one('trust', { state: 'trusted', reason: null }),
      one('preflight', { verdict: 'ok', items: ITEMS }),
    ];
    const read = readEnvelope(sealBatch({ lane: 'live', epoch: epochOf(n), boot: BOOT, seq, samples }));
    if (!read.ok) throw new Error(read.reason);
    fleet.live(`d${n}`, read.header, samples);
  }
}

export interface OrdersCost {
  readonly postMs: number;
  readonly tickMs: number;
  readonly longestMs: number;
  /** Share of the orders that wait for a drone to be charged, which is what is measured. */
  readonly forCharge: number;
}

export async function ordersCost(drones: number, orders: number): Promise<OrdersCost> {
  let seconds = 0;
  const clock = { utcUs: () => NOW_US + seconds * 1e6, monoUs: () => 1e9 + seconds * 1e6 };
  const fleet = fleetOf(drones, clock);
  const book = new Book({ nowS: () => seconds, delayS: () => 0, onChange: () => {} });
  const bases = Array.from({ length: BASES }, (_, base) => ({
    ...{ id: `base-${base}`, atUtcUs: NOW_US },
    doc: {
      ...{ name: `Base ${base}`, place: at(base, 0), groundAmslM: 480 },
      pads: Array.from({ length: PADS }, (_, pad) => ({ id: `p${pad}`, place: at(base, pad), chargeW: 300 })),
    },
  }));
  const { service, port } = makeOrders({
    config: {
      orders: {
        ...{ group: '', emptyKg: 6, payloadMaxKg: 2, methods: ['winch'], dropOffMaxM: 15_000, windMaxMps: 10 },
        ...{ gustMaxMps: 14, temperatureMinC: -10, temperatureMaxC: 40 },
      },
      itineraries: { batteryWh: 800, ceilingAmslM: 0 },
    },
    ...{ noFly: [], random: Math.random, holds: () => [], airframe: () => ({}), clock, fleet },
    records: { of: () => Object.assign(book, { onChange: () => {} }) as { readonly open: () => Iterable<Held> } },
    places: {
      list: (kind: string) => (kind === 'bases' ? bases : []),
      stops: () => [],
      stopFor: () => null,
      get: () => null,
    },
    ...{ itineraries: { isKnown: () => true }, metrics: { counters: () => () => {}, gauge: () => {} } },
  } as unknown as OrderWiring);
  speak(fleet, drones, clock, 0);
  const posts: number[] = [];
  for (let n = 0; n < orders; n++) {
    const pickup = at(n % BASES, 0);
    const wish = { pickup, dropOff: { ...pickup, latDeg: pickup.latDeg + 0.01 }, payloadKg: 1, priority: n % 10 };
    const from = processorMs();
    void port.place({ ...wish, how: 'winch', notBeforeUtcUs: null, notAfterUtcUs: null, contact: null }, 'shop', null);
    posts.push(processorMs() - from);
    book.tick();
    await null;
  }
  const ticks: number[] = [];
  for (let n = 0; n < WARM + ROUNDS; n++) {
    seconds += 1;
    book.tick();
    speak(fleet, drones, clock, n + 1);
    for (let i = 0; i < 8; i++) await null;
    const from = processorMs();
    await service.tick();
    if (n >= WARM) ticks.push(processorMs() - from);
  }
  const middle = (all: readonly number[]): number => all.toSorted((a, b) => a - b)[all.length >> 1] ?? 0;
  const all = [...book.open()];
  const forCharge = all.filter(({ doc }) => String(doc.words).startsWith('no drone with ')).length / all.length;
  return { postMs: middle(posts), tickMs: middle(ticks), longestMs: Math.max(...ticks), forCharge };
}
