/** Orders with records in memory, drones that stand there, and a second that passes when the test says so. */
import { mergePatch } from '@skein/protocol/fleet';
import { type Change, type Held, Orders, type OrdersOptions } from '../index.ts';

export const BY = { kind: 'operator', name: 'shop' } as const;
const PLACE = { latDeg: 47, lonDeg: 8 };
export const WISH = {
  ...{ pickup: PLACE, dropOff: PLACE, payloadKg: 1, priority: 5, contact: null },
  ...{ notBeforeUtcUs: null, notAfterUtcUs: null },
  how: 'winch',
} as const;

export function scene(
  o: Pick<OrdersOptions['planner'], 'plan'> & Partial<OrdersOptions['planner']>,
  unreadable = false,
  flights: Partial<OrdersOptions['flights']> = {},
  drones: Partial<OrdersOptions['drones']> = {},
) {
  const seen = {
    nowUs: 1e12,
    changes: [] as Change[],
    takenBack: 0,
    isFull: false,
    alerts: [] as string[],
    /** Where every drone stands. */
    at: 'a',
    ...{ held: new Map<string, Held>(), counts: new Map<string, number>() },
  };
  const { held } = seen;
  const apply = ({ id, set, open = true }: Change) => {
    const doc = mergePatch(held.get(id)?.doc ?? {}, set) as Held['doc'];
    held.set(id, { id, version: 1, open, doc });
  };
  const orders = new Orders({
    records: {
      ...{ get: (id: string) => held.get(id) ?? null, isDurable: () => true, list: async () => [] },
      get full() {
        return seen.isFull;
      },
      find: async (id: string) => held.get(id) ?? null,
      open: () => [...held.values()].filter(({ open }) => open),
      once: async (_, run) => ({ kind: 'run', answer: await run() }),
      write: async (changes) => {
        seen.changes.push(...changes);
        changes.forEach(apply);
        return true;
      },
    },
    flights: {
      known: () => true,
      stand: () => ({ state: 'verified', words: null, answered: true, takingBack: false, parcel: null }),
      give: async () => ({ ok: true }),
      assign: async () => ({ ok: true }),
      takeBack: async () => {
        seen.takenBack++;
        if (unreadable) throw new Error('the database cannot be read');
        return { ok: false, words: 'not stored' };
      },
      command: async () => ({ ok: true, id: 'c' }),
      commandSeen: async () => null,
      ...flights,
    },
    drones: {
      seen: () => ({ silentS: 0, armed: false, at: { base: seen.at }, energyUntilUtcUs: null }),
      preflight: () => null,
      ...drones,
    },
    planner: {
      againstStart: () => 'storm',
      ready: () => true,
      inTurn: () => 0,
      infeasible: () => ({ base: 'b' }),
      ...o,
    },
    clock: { utcUs: () => seen.nowUs, monoUs: () => seen.nowUs },
    ...{
      count: (name: string, by = 1) => seen.counts.set(name, (seen.counts.get(name) ?? 0) + by),
      onAlert: (id: string, code: string, words: string) => seen.alerts.push(`${id} ${code} ${words}`),
      clockErrUs: () => 0,
      askAfterUs: 900e6,
      nowMs: () => 0,
      newId: () => 'one',
    },
    timers: { every: () => () => {} },
  });
  const seconds = async (count: number) => {
    for (let n = 0; n < count; n++) {
      seen.nowUs += 1e6;
      await orders.tick();
      for (let i = 0; i < 8; i++) await null;
    }
  };
  return { orders, seen, seconds, apply };
}

export const PLANNED = {
  ...{ itinerary: { items: [] }, startUtcUs: 0, notAfterUtcUs: 1e15, endsUtcUs: 1e15, reservation: {}, needsPct: 1 },
};
