import t from 'tap';
import type { DroneEntry } from '../../live/messages.ts';
import { DEFAULT_LIMITS } from '../live/freshness.ts';
import { reachOf } from './reach.ts';

const NOW_MS = 1_795_000_000_000;

/** Silent for so long, at 10 m/s when it was seen, without an estimate of where it may be. */
function silent(ageS: number) {
  const atUtcUs = (NOW_MS - ageS * 1000) * 1000;
  const kind = (values: object) => ({ values, atUtcUs, ageMs: ageS * 1000, utcUs: null });
  const kinds = {
    position: kind({ latDeg: 47, lonDeg: 8, altRelM: 40, headingDeg: 0 }),
    status: kind({ mode: 'AUTO', armed: true, landed: 'in-air' }),
    air: kind({ groundSpeedMps: 10 }),
  };
  const none = { batches: 0, oldestS: null };
  const entry = {
    id: 'd1',
    online: false,
    control: { state: 'skein' },
    freshness: { sampledUtcUs: atUtcUs },
    backlog: { urgent: none, history: none },
    kinds,
  } as unknown as DroneEntry;
  return reachOf({ entry, unreported: false }, NOW_MS, DEFAULT_LIMITS).data.features.map((one) => one.properties);
}

t.test('how far a silent drone may have come: filled while that is near, then an outline', async (t) => {
  t.same(silent(40), [{ what: 'stale', filled: true }]);
  t.same(silent(51), [{ what: 'stale', filled: false }]);
});
