import t from 'tap';
import type { DroneEntry } from '../../live/messages.ts';
import type { DroneRecord } from '../live/record.ts';
import { ringPx0, uncertaintyM } from './uncertainty.ts';

const NOW_MS = 1_000_000;

function record(horizontalAccM: number | null, o: { ageMs?: number; estimate?: object } = {}): DroneRecord {
  const gps = { values: { horizontalAccM }, atUtcUs: (NOW_MS - (o.ageMs ?? 0)) * 1000, utcUs: null };
  const trust = o.estimate === undefined ? null : { estimate: o.estimate };
  return { entry: { id: 'a', trust, kinds: { gps } } as unknown as DroneEntry, unreported: false };
}

t.test('a ring for those whose receiver says more than a few metres, wider rather than narrower', async (t) => {
  t.equal(uncertaintyM(record(0.9), NOW_MS), 0);
  t.equal(uncertaintyM(record(2.2), NOW_MS), 5);
  t.equal(uncertaintyM(record(11), NOW_MS), 25);
  t.equal(uncertaintyM(record(null), NOW_MS), 0, 'it does not say');
  t.equal(uncertaintyM(record(11, { ageMs: 60_000 }), NOW_MS), 0, 'what it said a minute ago is not of now');
  t.equal(
    uncertaintyM(record(11, { estimate: { radiusM: 80 } }), NOW_MS),
    0,
    'the ring of doubt is drawn in its place',
  );
  t.equal(
    uncertaintyM({ entry: { id: 'b', trust: null, kinds: {} } as unknown as DroneEntry, unreported: false }, NOW_MS),
    0,
  );
});

t.test('as many pixels as metres on the ground, at each latitude', async (t) => {
  const at = (latDeg: number, zoom: number) => ringPx0(latDeg, 20) * 2 ** zoom;
  // 40 075 km over 512 · 2^16 pixels at the equator: 1.194 m a pixel.
  t.ok(Math.abs(at(0, 16) - 16.75) < 0.1, String(at(0, 16)));
  t.ok(Math.abs(at(60, 16) / at(0, 16) - 2) < 0.02);
  t.equal(ringPx0(47, 0), 0);
});
