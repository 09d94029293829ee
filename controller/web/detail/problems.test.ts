import { sayRemembered } from '@skein/protocol/fleet';
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
    packsShut: false,
    ...entry,
  };
  return { record: { entry: whole, unreported: false }, nowMs: NOW_MS, asOfMs: null, limits: DEFAULT_LIMITS, pageLive };
}

const words = (v: View): string[] => problemsOf(v).map((one) => `${one.severity}: ${one.words}`);

function fence(ageMs: number): DroneEntry['kinds'] {
  const values = { enabled: true, breached: true, breaches: 1, breach: 'boundary' } as const;
  return { fence: { values, atUtcUs: (NOW_MS - ageMs) * 1000, ageMs, utcUs: null } };
}

t.test('a healthy drone has none', async (t) => {
  t.same(words(view({})), []);
});

t.test('a charge that was counted anew from a full pack is as low as before', async (t) => {
  const when = { atUtcUs: (NOW_MS - 500) * 1000, ageMs: 500, utcUs: null };
  const items = JSON.stringify([{ item: 'battery', verdict: 'warn', value: `21.9 V, ${sayRemembered(12)}` }]);
  const kinds = { battery: { values: { remainingPct: 100 }, ...when }, preflight: { values: { items }, ...when } };
  t.same(words(view({ kinds: kinds as unknown as DroneEntry['kinds'] })), ['danger: Battery at 12 %']);
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
  t.match(advice(view({}, null)), /agent is connected/);
  t.match(advice(view({}, null, false)), /This page hears nothing/);
  t.notMatch(advice(view({}, 10_000)), /within/, 'no estimate, no radius');
});

t.test('a silent drone: how far it may be from where it is shown, however wide its ring', async (t) => {
  const estimate = { latDeg: 47, lonDeg: 8, radiusM: 12_400, sinceMs: 60_000 };
  const trust = { state: 'suspect', reason: 'silent', words: '', by: 'controller', last: null, estimate } as const;
  const [last] = problemsOf(view({ trust }, 60_000));
  t.match(last?.advice?.replaceAll('\u202f', ' '), /within 12\.4 km of where it was going \(the ring on the map\)/);
});

t.test('a position that is not trusted, in the air', async (t) => {
  const trust = {
    state: 'suspect',
    reason: 'drift',
    words: 'it moves away',
    by: 'drone',
    last: null,
    estimate: null,
  } as const;
  const armed = (on: boolean): DroneEntry['kinds'] => {
    const values = { armed: on, mode: 'AUTO', landed: 'in-air' } as never;
    return { status: { values, atUtcUs: (NOW_MS - 500) * 1000, ageMs: 500, utcUs: null } };
  };
  t.same(words(view({ trust, kinds: armed(true) })), ['attention: Position suspect: it moves away']);
  t.same(words(view({ trust: { ...trust, state: 'rejected' }, kinds: armed(true) })), [
    'danger: Position rejected: it moves away',
  ]);
  t.same(words(view({ trust, kinds: armed(false) })), [], 'on the ground pre-flight says it');
  t.same(words(view({ trust: { ...trust, reason: 'silent' }, kinds: armed(true) })), [], 'its age says it');
});

t.test('a slow card is a warning, before samples are lost to it', async (t) => {
  const board = (notDurableMs: number): DroneEntry['kinds'] => ({
    board: { values: { notDurableMs } as never, atUtcUs: (NOW_MS - 500) * 1000, ageMs: 500, utcUs: null },
  });
  t.same(words(view({ kinds: board(1_800) })), []);
  t.match(words(view({ kinds: board(9_000) })), [/^attention: Its card is slow: .* 9/]);
});

t.test('packs that are not opened', async (t) => {
  t.match(words(view({ packsShut: true })), [/attention: .*packed messages/]);
});

t.test('backlog and conflict', async (t) => {
  const backlog = { urgent: { batches: 1, oldestS: 2 }, history: { batches: 139, oldestS: 141 } };
  t.match(words(view({ backlog }))[0], /140 batches not yet here/);
  t.match(words(view({ conflict: { reason: 'two-boards', sinceUtcUs: 1, sessions: [] } }))[0], /danger: Two boards/);
});
