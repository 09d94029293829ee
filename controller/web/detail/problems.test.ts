import t from 'tap';
import type { DroneEntry } from '../../live/messages.ts';
import { DEFAULT_LIMITS } from '../live/freshness.ts';
import { problemsOf } from './problems.ts';
import type { View } from './view.ts';

const NOW_MS = 1_795_000_000_000;

function view(entry: Partial<DroneEntry>, ageMs: number | null = 500, pageLive = true): View {
  const whole: DroneEntry = {
    id: 'd1',
    online: true,
    session: 'a1',
    n: 1,
    boot: 'b',
    firstSeenUtcUs: 1,
    control: { state: 'skein' },
    versions: {},
    freshness: {
      state: 'fresh',
      sampledUtcUs: ageMs === null ? null : (NOW_MS - ageMs) * 1000,
      ageMs,
      lastHeardUtcUs: null,
    },
    link: { connected: true, sinceUtcUs: 1, latencyMs: 3, reconnects: 0, liveHz: 1 },
    kinds: {},
    backlog: { urgent: { batches: 0, oldestS: null }, history: { batches: 0, oldestS: null } },
    clock: { source: 'gps', errUs: 10 },
    conflict: null,
    ...entry,
  };
  return { record: { entry: whole, unreported: false }, nowMs: NOW_MS, limits: DEFAULT_LIMITS, pageLive };
}

const words = (v: View): string[] => problemsOf(v).map((one) => `${one.severity}: ${one.words}`);

function fence(ageMs: number): DroneEntry['kinds'] {
  const values = { enabled: true, breached: true, breaches: 1, breach: 'boundary' } as const;
  return { fence: { values, atUtcUs: (NOW_MS - ageMs) * 1000, ageMs, utcUs: null } };
}

t.test('a healthy drone has none', async (t) => {
  t.same(words(view({})), []);
});

t.test('danger comes first; what is too old to mean anything raises nothing', async (t) => {
  const found = words(view({ kinds: fence(1000), clock: { source: 'unset', errUs: null } }));
  t.same(found, ['danger: Outside the fence (boundary)', 'attention: Its clock is not set']);
  t.same(words(view({ kinds: fence(60_000) })), []);
});

t.test('stale: says whose silence it is', async (t) => {
  const advice = (v: View): string => problemsOf(v)[0]?.advice ?? '';
  t.match(advice(view({}, 10_000)), /autopilot has gone quiet/);
  t.match(advice(view({ online: false }, 10_000)), /connection is down/);
  t.match(advice(view({}, 10_000, false)), /This page hears nothing/);
  t.match(words(view({}, null)), ['attention: No live data yet']);
});

t.test('backlog and conflict', async (t) => {
  const backlog = { urgent: { batches: 1, oldestS: 2 }, history: { batches: 139, oldestS: 141 } };
  t.match(words(view({ backlog }))[0], /140 batches not yet here/);
  t.match(words(view({ conflict: { reason: 'two-boards', sinceUtcUs: 1, sessions: [] } }))[0], /danger: Two boards/);
});
