import t from 'tap';
import type { DroneEntry } from '../../live/messages.ts';
import type { DroneRecord } from '../live/record.ts';
import { noteOf } from './drone-notes.ts';

const LIMITS = { freshMs: 3_000, lostMs: 30_000 };
const none = { batches: 0, oldestS: null };

/** Sampled at 1 s of the controller's clock. */
function drone(latDeg: number | null): DroneRecord {
  const entry = {
    ...{ id: 'a', online: true, control: { state: 'skein' }, backlog: { urgent: none, history: none } },
    freshness: { sampledUtcUs: 1e6 },
    kinds: {
      position: { values: { latDeg, lonDeg: 7, altAmslM: 100, altRelM: 34, headingDeg: 10 }, atUtcUs: 1e6 },
      velocity: { values: { northMps: 3, eastMps: 4, downMps: 0 }, atUtcUs: 1e6 },
      status: { values: { armed: true, landed: 'in-air', mode: 'AUTO' }, atUtcUs: 1e6 },
    },
  };
  return { entry: entry as unknown as DroneEntry, unreported: false };
}

t.test('a name with height and speed while it is fresh, and its age after', async (t) => {
  const fresh = noteOf(drone(43), 1_500, LIMITS, false, 'right');
  t.same(fresh?.geometry.coordinates, [7, 43]);
  t.match(fresh?.properties, { id: 'a', state: 'fresh', sub: '34 m · 5 m/s', side: 'right', uncertainPx0: 0 });
  t.match(noteOf(drone(43), 13_500, LIMITS, false, 'left')?.properties, { state: 'stale', sub: /^stale 15\ss$/ });
});

t.test('no words where there is no label, nothing where there is no position', async (t) => {
  t.match(noteOf(drone(43), 1_500, LIMITS, true, 'none')?.properties, { sub: '', selected: true });
  t.equal(noteOf(drone(null), 1_500, LIMITS, true, 'none'), null);
});
