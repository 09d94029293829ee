import t from 'tap';
import type { Facts, Status } from './facts.ts';
import { approachOf, viewOf } from './view.ts';

const STATUS: Status = {
  ...{ drone: 'kite-1', version: '0.1.0', n: 3, uptimeMs: 61_000, problems: [], losses: { queueFullSamples: 0 } },
  link: { url: 'serial:///dev/ttyACM0:115200', open: true, inBytesPerS: 980 },
  vehicle: {
    mode: 'STABILIZE',
    version: '4.7.0',
    autopilot: { sysid: 1, alive: true, armed: false, lastHeartbeatAgeMs: 400 },
  },
  uplink: { url: 'mqtt://10.0.0.1:1883', state: 'up', lastError: null, leaseLeftMs: 12_000, smoothedAckMs: 40 },
  outbox: { usedBytes: 1e6, budgetBytes: 256e6, backlogRows: 0, volatileBytes: 0, worstNotDurableMs: 900 },
  recorder: { state: 'recording', bytes: 5e5, files: 1 },
  clock: { utcUs: 1_795_000_000_000_000, errUs: 12_000, source: 'gps', boardUs: 3_000 },
  safety: { profile: { name: 'bvlos' } },
  commanding: {
    control: { state: 'skein', why: 'the vehicle is disarmed', commander: null },
    groundLink: { sending: true, upMs: 12_000 },
    ladder: { rung: 'none', words: '' },
  },
};
const LOCK = { reason: 'changing propellers', by: 'drone', here: true, at: null };
const SAFE: Facts = {
  headline: 'Sending. Behind by 0.',
  status: STATUS,
  preflight: {
    verdict: 'stop',
    items: [
      { item: 'link', verdict: 'ok', value: 'open', limit: null, words: 'the autopilot is heard', ageMs: 100 },
      { item: 'gps', verdict: 'warn', value: '3d, 6 satellites', limit: '8', words: 'too poor', ageMs: 9_000 },
      { item: 'lock', verdict: 'stop', value: 'locked', limit: 'unlocked', words: 'locked at the drone', ageMs: null },
    ],
  },
  ...{ lock: LOCK, landed: 'on-ground', landedAgeMs: 700, texts: [], log: [] },
};

const autopilot = (change: Partial<Status['vehicle']['autopilot']>): Facts => ({
  ...SAFE,
  status: {
    ...STATUS,
    vehicle: { ...STATUS.vehicle, autopilot: { ...STATUS.vehicle.autopilot, ...change } },
  },
});

t.test('safe to approach: disarmed, landed, locked, and all of it known now', async (t) => {
  t.same(approachOf(SAFE), { safe: true, missing: [], holdsMs: 1_600 }, 'and for how long it may be believed');
  for (const [facts, missing] of [
    [{ ...SAFE, lock: null }, /not locked/],
    [autopilot({ armed: true }), /ARMED/],
    [autopilot({ armed: null }), /not known to be disarmed/],
    [autopilot({ lastHeartbeatAgeMs: 2_000 }), /not heard within 2 s/],
    [autopilot({ lastHeartbeatAgeMs: null }), /not heard/],
    [autopilot({ alive: false }), /not heard/],
    [{ ...SAFE, landed: 'unknown' }, /on the ground/],
    [{ ...SAFE, landed: 'in-air' }, /on the ground/],
    [{ ...SAFE, landedAgeMs: null }, /on the ground/],
    [{ ...SAFE, landedAgeMs: 6_000 }, /on the ground/],
  ] as const) {
    const approach = approachOf(facts);
    t.match(approach, { safe: false, holdsMs: 0 });
    t.match(approach.missing.join(), missing);
  }
});

t.test('the first lines: sending or not, armed or not', async (t) => {
  t.match(viewOf(SAFE), {
    headline: { words: 'Sending. Behind by 0.', level: 'ok' },
    vehicle: { words: 'disarmed, on the ground, STABILIZE', level: 'plain' },
  });
  const gone = { ...SAFE, headline: 'Not connected to the controller (ECONNREFUSED).' };
  t.equal(viewOf(gone).headline.level, 'attention');
  t.match(viewOf(autopilot({ armed: true })).vehicle, { words: /^ARMED/, level: 'danger' });
  t.match(viewOf(autopilot({ alive: false, lastHeartbeatAgeMs: 12_000 })).vehicle, { words: /silent for 12 s/ });
  t.match(viewOf(autopilot({ sysid: null })).vehicle, { words: /No autopilot/, level: 'danger' });
});

t.test('a problem is what is wrong, then what to do; stops stand before what is well', async (t) => {
  const problems = ['The disk is full. Free some of it, or give it less.', 'A second autopilot is heard'];
  const view = viewOf({ ...SAFE, status: { ...STATUS, problems } });
  t.same(view.problems, [
    { words: 'The disk is full.', advice: 'Free some of it, or give it less.' },
    { words: 'A second autopilot is heard', advice: '' },
  ]);
  t.equal(view.preflight.words, '1 stop, 1 to look at');
  t.same(
    view.preflight.items.map(({ item }) => item),
    ['lock', 'gps', 'link'],
  );
  t.match(view.preflight.items[1]?.seen, '3d, 6 satellites · wanted: 8 · 9.0 s ago');
});

t.test('what is not known is said so; the newest words come first', async (t) => {
  const texts = Array.from({ length: 30 }, (_, i) => ({
    ageMs: 30_000 - i * 1_000,
    severity: i % 8,
    text: `no. ${i}`,
  }));
  const bare = { ...STATUS, clock: null, recorder: null, uplink: { ...STATUS.uplink, smoothedAckMs: null } };
  const view = viewOf({ ...SAFE, status: bare, texts, preflight: { verdict: 'ok', items: [] } });
  t.equal(view.texts.length, 12);
  t.match(view.texts[0], { words: 'no. 29', level: 'plain' });
  const rows = view.parts.flatMap((part) => part.rows);
  const secret = { ...STATUS, uplink: { ...STATUS.uplink, url: 'mqtts://kite-1:hush@broker.example' } };
  t.notMatch(JSON.stringify(viewOf({ ...SAFE, status: secret })), /hush/);
  t.match(
    rows.find(({ name }) => name === 'clock'),
    { value: /nobody has told/, level: 'attention' },
  );
  t.match(
    rows.find(({ name }) => name === 'recording'),
    { value: 'off' },
  );
});
