import { KINDS, type KindName, type Sample, type Values } from '@skein/protocol/telemetry';
import t from 'tap';
import { LastSeen, type PreflightFacts, preflightOf } from './index.ts';

const NOW_US = 100e6;

/** A sample a second old, whatever it does not name unknown. */
function sample<K extends KindName>(kind: K, values: Partial<Values<K>>, ageMs = 1_000): Sample {
  const nulls = Object.fromEntries(Object.keys(KINDS[kind].columns).map((name) => [name, null]));
  return { kind, monoUs: NOW_US - ageMs * 1000, bootMs: null, values: { ...nulls, ...values } } as unknown as Sample;
}

const GOOD: readonly Sample[] = [
  sample('health', { preArmOk: true, sensorsEnabled: 4, sensorsHealthy: 4 }),
  sample('ekf', {
    flags: 831,
    velocityVariance: 0.1,
    horizontalVariance: 0.1,
    verticalVariance: 0.1,
    compassVariance: 0.05,
  }),
  sample('gps', { instance: 0, fix: 'rtk-fixed', satellites: 14, hdop: 0.8 }),
  sample('home', { latDeg: 47.397742, lonDeg: 8.545594, altAmslM: 488 }),
  sample('position', { latDeg: 47.397742, lonDeg: 8.54561 }),
  sample('vibration', { xMps2: 0.1, yMps2: 0.1, zMps2: 0.2, clipping: [0, 0, 0] }),
  sample('rc', { channelsUs: [1500, 1500, 1000, 1500], receiverHealthy: true }),
  sample('battery', { instance: 0, voltageV: 12.6, remainingPct: 98, temperatureC: 21, faults: 0, chargeState: 1 }),
];

function facts(change: Partial<PreflightFacts> = {}, samples: readonly Sample[] = []): PreflightFacts {
  const seen = new LastSeen();
  for (const each of [...GOOD, ...samples]) seen.take(each);
  return {
    nowUs: NOW_US,
    profile: 'line-of-sight',
    seen,
    position: { trusted: true, state: 'trusted', words: 'the position is trusted', lastAgeMs: 0 },
    link: { open: true, problem: null },
    autopilot: {
      alive: true,
      lastHeartbeatAgeMs: 300,
      armed: false,
      mode: 'STABILIZE',
      others: 0,
      version: '4.7.0-dev',
      flavour: 'ardupilot',
    },
    heartbeats: { presence: true, groundLinkMs: 60_000 },
    texts: [],
    rememberedPct: null,
    cells: 0,
    profileCheck: { ok: true, differences: [], unread: 0 },
    failsafeCheck: { ok: true, differences: [], owner: 'autopilot' },
    itinerary: null,
    remoteId: null,
    disk: { freeMb: 20_000, problem: null },
    clock: { source: 'gps', errMs: 1, split: false, liars: [] },
    lock: null,
    ...change,
  };
}

const item = (f: PreflightFacts, name: string) => preflightOf(f).items.find(({ item }) => item === name);

t.test('a good drone: every item ok, in the order one walks round it', async (t) => {
  const { verdict, items } = preflightOf(facts());
  t.same(
    items.filter(({ verdict }) => verdict !== 'ok'),
    [],
  );
  t.equal(verdict, 'ok');
  t.same(
    items.map(({ item }) => item),
    [
      'link',
      'heartbeats',
      'pre-arm',
      'ekf',
      'gps',
      'position',
      'home',
      'compass',
      'vibration',
      'rc',
      'battery',
      'profile',
      'failsafe',
      'mission',
      'payload',
      'disk',
      'clock',
      'firmware',
      'lock',
    ],
  );
  t.match(item(facts(), 'mission'), { words: 'no itinerary' });
  t.match(item(facts(), 'battery'), { value: '12.60 V, 4.20 V a cell, 98 %', ageMs: 1000 });
});

t.test('a clock that is doubted, or that one source contradicts, is worth a look', async (t) => {
  const told = { source: 'ntp', errMs: 100, split: false, liars: [] };
  t.equal(item(facts({ clock: told }), 'clock')?.verdict, 'ok');
  t.match(item(facts({ clock: null }), 'clock'), { verdict: 'warn' });
  t.match(item(facts({ clock: { ...told, split: true } }), 'clock'), { verdict: 'warn', words: /disagree/ });
  t.match(item(facts({ clock: { ...told, liars: ['gps'] } }), 'clock'), {
    verdict: 'warn',
    words: /gps tells a wrong time/,
  });
});

t.test('the pre-arm bit comes with what the autopilot said', async (t) => {
  const texts = [
    { ageMs: 90_000, text: 'PreArm: long ago' },
    { ageMs: 20_000, text: 'PreArm: RC not found' },
    { ageMs: 9_000, text: 'EKF3 IMU0 is using GPS' },
    { ageMs: 3_000, text: 'PreArm: Compass not calibrated' },
  ];
  const failing = sample('health', { preArmOk: false, sensorsEnabled: 4, sensorsHealthy: 4 });
  t.match(item(facts({ texts }, [failing]), 'pre-arm'), {
    verdict: 'stop',
    words: 'PreArm: RC not found; PreArm: Compass not calibrated',
  });
  t.match(
    item(facts({}, [sample('health', { preArmOk: true }, 6_000)]), 'pre-arm'),
    { verdict: 'stop', ageMs: 6000 },
    'old is unknown',
  );
});

t.test('the battery: lower of reported and remembered, cells, temperature, faults, the worst pack', async (t) => {
  const battery = (values: Partial<Values<'battery'>>, change: Partial<PreflightFacts> = {}, ageMs = 1_000) =>
    item(
      facts(change, [sample('battery', { instance: 0, voltageV: 12.6, remainingPct: 100, ...values }, ageMs)]),
      'battery',
    );
  t.match(battery({}, { rememberedPct: 18 }), { verdict: 'stop', value: /18 % \(remembered\)/, words: /too little/ });
  t.match(battery({ remainingPct: 40 }, { rememberedPct: 100 }), { verdict: 'warn', value: /40 %$/ });
  t.match(battery({ remainingPct: 40 }, { profile: 'bvlos' }), { verdict: 'stop' });
  t.match(battery({ voltageV: 10.2 }, { cells: 3 }), { verdict: 'stop', words: '3.40 V a cell (mean of 3 cells)' });
  t.match(battery({ cellsV: [4.1, 3.5, 4.1] }), { verdict: 'stop', words: /3.50 V a cell \(lowest of 3/ });
  t.match(battery({ temperatureC: 71 }), { verdict: 'stop' });
  t.match(battery({ temperatureC: 2 }), { verdict: 'warn' });
  t.match(battery({ faults: 4 }), { verdict: 'stop', words: /faults/ });
  t.match(battery({ chargeState: 6 }), { verdict: 'stop' });
  t.match(battery({}, {}, 9_000), { verdict: 'stop', words: /no longer/ });
  const second = sample('battery', { instance: 1, voltageV: 12.4, remainingPct: 9 });
  t.match(item(facts({}, [second]), 'battery'), { verdict: 'stop', words: /9 % is too little/ });
});

t.test('what only the bench does without', async (t) => {
  const lost = [
    sample('ekf', { flags: 167 }),
    sample('gps', { instance: 0, fix: 'no-fix', satellites: 3, hdop: 9.9 }),
    sample('rc', { channelsUs: [], receiverHealthy: false }),
  ];
  for (const name of ['ekf', 'gps', 'rc']) {
    t.equal(item(facts({}, lost), name)?.verdict, 'stop', name);
    t.equal(item(facts({ profile: 'bench' }, lost), name)?.verdict, 'warn', `${name} on the bench`);
    if (name === 'rc') continue;
    const planned = facts({ profile: 'bench', itinerary: { id: 'i', verified: true } }, lost);
    t.equal(item(planned, name)?.verdict, 'stop', `${name}: a start arms in GUIDED`);
    const { autopilot } = facts();
    const guided = facts({ profile: 'bench', autopilot: { ...autopilot, mode: 'GUIDED' } }, lost);
    t.equal(item(guided, name)?.verdict, 'stop', `${name}: GUIDED does not arm without`);
  }
  t.equal(item(facts({ profile: 'bvlos' }, lost), 'rc')?.verdict, 'ok', 'out of sight there is no transmitter');
});

t.test('each thing that stops, alone stops the list, and says so', async (t) => {
  const { autopilot } = facts();
  const stops: readonly [string, Partial<PreflightFacts>, readonly Sample[], RegExp][] = [
    ['link', { link: { open: false, problem: 'no such device. Look at the cable.' } }, [], /cable/],
    ['link', { autopilot: { ...autopilot, alive: false } }, [], /not heard/],
    ['link', { autopilot: { ...autopilot, others: 1 } }, [], /second/],
    ['heartbeats', { heartbeats: { presence: true, groundLinkMs: null } }, [], /ground link is down/],
    ['heartbeats', { heartbeats: { presence: true, groundLinkMs: 9_000 } }, [], /long enough/],
    ['ekf', {}, [sample('ekf', { flags: 831, compassVariance: 1.2 })], /contradict/],
    ['ekf', {}, [sample('ekf', { flags: 831 | 32_768 })], /trusts/],
    ['gps', {}, [sample('gps', { instance: 0, fix: '3d', satellites: 5, hdop: 1 })], /poor/],
    ['compass', {}, [sample('health', { preArmOk: true, sensorsEnabled: 4, sensorsHealthy: 0 })], /not healthy/],
    ['vibration', {}, [sample('vibration', { xMps2: 61, yMps2: 0, zMps2: 0 })], /propellers/],
    [
      'profile',
      { profileCheck: { ok: false, differences: ['FS_GCS_ENABLE is 0, wanted 1'], unread: 0 } },
      [],
      /FS_GCS_ENABLE is 0, wanted 1/,
    ],
    ['profile', { profileCheck: { ok: null, differences: [], unread: 21 } }, [], /21 parameters/],
    [
      'failsafe',
      { failsafeCheck: { ok: false, differences: ['FS_GCS_ENABLE is 0'], owner: 'autopilot' } },
      [],
      /FS_GCS_ENABLE/,
    ],
    ['failsafe', { failsafeCheck: { ok: null, differences: [], owner: 'autopilot' } }, [], /not read/],
    [
      'position',
      { position: { trusted: false, state: 'suspect', words: 'the position drifts', lastAgeMs: null } },
      [],
      /drifts/,
    ],
    ['mission', { itinerary: { id: 'it-1', verified: false } }, [], /not verified/],
    ['remote-id', { remoteId: { ok: false, error: 'no operator position', ageMs: 200 } }, [], /operator position/],
    ['disk', { disk: { freeMb: 3, problem: null } }, [], /no room/],
    ['firmware', { autopilot: { ...autopilot, flavour: 'other' } }, [], /not supported/],
    ['lock', { lock: { reason: 'changing a propeller', by: 'drone', here: true } }, [], /changing a propeller/],
  ];
  for (const [name, change, samples, words] of stops) {
    const f = facts(change, samples);
    t.match(
      preflightOf(f)
        .items.filter(({ verdict }) => verdict === 'stop')
        .map(({ item }) => item),
      [name],
      `${name} ${words}`,
    );
    t.match(item(f, name)?.words, words);
    t.equal(preflightOf(f).verdict, 'stop');
  }
});

t.test('what was seen before a reboot of the autopilot says nothing', async (t) => {
  const f = facts();
  (f.seen as LastSeen).reset();
  const stopped = preflightOf(f).items.filter(({ verdict }) => verdict === 'stop');
  t.same(
    stopped.map(({ item }) => item),
    ['pre-arm', 'ekf', 'gps', 'home', 'compass', 'rc', 'battery'],
  );
});
