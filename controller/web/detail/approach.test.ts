import t from 'tap';
import type { DroneRecord } from '../live/record.ts';
import { approachOf } from './approach.ts';
import { preflightItems } from './preflight-items.ts';

const NOW_MS = 1_795_000_000_000;

interface Given {
  readonly ageMs?: number;
  readonly armed?: boolean | null;
  readonly landed?: string;
  readonly locked?: boolean | null;
  readonly online?: boolean;
  readonly pageLive?: boolean;
  readonly lockAgeMs?: number;
}

function approach(g: Given) {
  const atUtcUs = (ageMs: number): number => (NOW_MS - ageMs) * 1000;
  const entry = {
    online: g.online ?? true,
    freshness: { sampledUtcUs: atUtcUs(g.ageMs ?? 500) },
    kinds: {
      status: {
        values: { armed: g.armed === undefined ? false : g.armed, landed: g.landed ?? 'on-ground' },
        atUtcUs: atUtcUs(g.ageMs ?? 500),
      },
      safety: { values: { locked: g.locked === undefined ? true : g.locked }, atUtcUs: atUtcUs(g.lockAgeMs ?? 5000) },
    },
  };
  return approachOf({
    record: { entry, unreported: false } as unknown as DroneRecord,
    nowMs: NOW_MS,
    pageLive: g.pageLive ?? true,
  });
}

t.test('safe: disarmed, landed, locked, and known now', async (t) => {
  t.same(approach({}), { safe: true, missing: [] });
});

t.test('anything less is not', async (t) => {
  const cases: readonly Given[] = [
    { ageMs: 2000 },
    { armed: true },
    { armed: null },
    { landed: 'in-air' },
    { landed: 'unknown' },
    { locked: false },
    { locked: null },
    { lockAgeMs: 80_000 },
    { online: false },
    { pageLive: false },
  ];
  for (const given of cases) {
    const { safe, missing } = approach(given);
    t.notOk(safe, JSON.stringify(given));
    t.equal(missing.length, 1, missing.join());
  }
});

t.test('the pre-flight list: worst first, nonsense left out', async (t) => {
  const list = preflightItems(
    JSON.stringify([
      { item: 'gps', verdict: 'ok', value: 17 },
      { item: 'lock', verdict: 'stop', words: 'locked', ageMs: 5 },
      { item: 'x', verdict: 'maybe' },
      null,
      { item: 'battery', verdict: 'warn' },
    ]),
  );
  t.same(
    list.map((one) => one.item),
    ['lock', 'battery', 'gps'],
  );
  t.equal(list[2]?.value, '17');
  t.same(preflightItems('{'), []);
  t.same(preflightItems(null), []);
});
