import { sayRemembered } from '@skein/protocol/fleet';
import t from 'tap';
import type { DroneEntry } from '../../live/messages.ts';
import { summarise } from '../list/summary.ts';
import { aircraftOf } from '../plan/drone-facts.ts';
import { chargeOf } from './charge.ts';
import type { DroneRecord } from './record.ts';

function record(remainingPct: number | null, value: string): DroneRecord {
  const items = JSON.stringify([{ item: 'battery', verdict: 'ok', value }]);
  const all = { battery: { remainingPct }, preflight: { items } };
  const kinds = Object.fromEntries(Object.entries(all).map(([kind, values]) => [kind, { values, atUtcUs: 1 }]));
  const lane = { batches: 0, oldestS: null };
  const control = { state: 'skein', commander: null, why: null };
  const entry = { id: 'd1', control, kinds, backlog: { urgent: lane, history: lane }, freshness: { sampledUtcUs: 1 } };
  return { entry: entry as unknown as DroneEntry, unreported: false };
}

t.test('the lower of what is reported and what is remembered', async (t) => {
  const remembered = `24.1 V, ${sayRemembered(61)}`;
  t.same(chargeOf(record(100, remembered)), { pct: 61, reportedPct: 100, remembered: true });
  t.same(chargeOf(record(null, remembered)), { pct: 61, reportedPct: null, remembered: true });
  // The list is up to a minute old.
  t.same(chargeOf(record(58, remembered)), { pct: 58, reportedPct: 58, remembered: false });
  t.same(chargeOf(record(98, '24.1 V, 98 %')), { pct: 98, reportedPct: 98, remembered: false });
});

t.test('so it is in the list, and where a plan is judged', async (t) => {
  const one = record(100, `21.9 V, ${sayRemembered(12)}`);
  t.equal(summarise(one).batteryPct, 12);
  t.equal(aircraftOf(one).chargePct, 12);
});
