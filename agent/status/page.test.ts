import t from 'tap';
import { metricsOf } from './metrics.ts';
import { headline, statusPage } from './page.ts';
import type { AgentStatus } from './status.ts';

const WELL: AgentStatus = {
  drone: 'kite-1',
  version: '0.1.0',
  session: '0123456789abcdef',
  epoch: '00c0ffee00c0ffee',
  n: 3,
  boot: 'b',
  uptimeMs: 61_000,
  problems: [],
  losses: { queueFullSamples: 0 },
  link: {
    url: 'serial:///dev/ttyACM0:115200',
    open: true,
    error: null,
    inBytesPerS: 980,
    bytesIn: 60_000,
    bytesOut: 900,
    opens: 1,
    faults: 0,
    droppedFrames: 0,
  },
  vehicle: {
    autopilot: {
      sysid: 1,
      alive: true,
      armed: false,
      lastHeartbeatAgeMs: 400,
      bootMs: 90_000,
      reboots: 0,
      heartbeatsSent: 60,
      heartbeatsWithheld: 1,
      otherAutopilots: 0,
      otherCompanions: 0,
      streams: [
        { name: 'ATTITUDE', hz: 5, state: 'granted' },
        { name: 'WIND', hz: 1, state: 'denied' },
      ],
      intervals: { asked: 2 },
    },
    parser: { frames: 1000 },
    flight: { flights: 1, airS: 60, armedS: 70 },
    samples: 2000,
    mode: 'GUIDED',
    version: '4.7.0-dev',
    earlyDropped: 0,
    mavlink1: 0,
  },
  uplink: {
    state: 'up',
    url: 'mqtt://10.0.0.1:1883',
    lastError: null,
    leaseLeftMs: 12_000,
    liveHz: 1,
    identityConflict: null,
    toldToWait: [],
    inFlightBytes: 0,
    smoothedAckMs: 40,
    counters: { acks: 7 },
  },
  outbox: {
    state: 'ok',
    asideBytes: 0,
    usedBytes: 1e6,
    budgetBytes: 256e6,
    backlogRows: 0,
    aheadOfCard: 0,
    sentUnwritten: 0,
    pendingBytes: 0,
    volatileBytes: 0,
    oldestNotDurableMs: 300,
    worstNotDurableMs: 950,
    longestCommitMs: 20,
    slowCommitMs: null,
    counters: { batches: 60, commits: 58 },
  },
  recorder: { state: 'recording', bytes: 5e5, files: 1, counters: { frames: 1000 } },
  clock: null,
  timekeeping: { reading: null, notBeforeUtcUs: 1_795_000_000_000_000, sources: [], counters: { outvoted: 0 } },
  mainThread: { p99Ms: 2, worstMs: 15 },
  page: { url: 'http://127.0.0.1:8190', open: true, problem: null, counters: { requests: 3 } },
  trust: {
    state: 'trusted',
    reason: null,
    words: 'the position is trusted',
    forMs: 60_000,
    lastAgeMs: 100,
    radiusM: 3,
    counters: { samples: 900, late: 0 },
    doubts: { 'gps-differs': 1 },
  },
  safety: {
    lock: null,
    profile: { name: 'bvlos', ok: true },
    preflight: { verdict: 'ok', stops: [] },
    counters: {},
  },
  itinerary: { current: null, custody: 'none', parcels: [], problem: null, counters: {} },
  stations: [],
  parameters: { hash: null, count: null, reads: 0, failed: 0, calledOff: 0 },
  commanding: {
    control: { state: 'skein', why: 'the vehicle is disarmed', adopted: false, readOnly: false, commander: null },
    ladder: { owner: 'agent', rung: 'none', words: '', leaseLostMs: null, counters: {} },
    groundLink: { on: true, sending: true, upMs: 12_000 },
    writers: [],
    commands: { running: [], last: [], counters: { taken: 0 } },
    journal: { id: '0123456789abcdef', state: 'ok', problem: null, longestWriteMs: 4, counters: { late: 0 } },
    battery: { reportedPct: 61, remembered: null, effectivePct: 61 },
    autopilotLogs: { bytes: 0, files: 0, budgetBytes: 512e6, counters: { removedLogs: 0, refusedLogs: 0 } },
    unorderedReboots: 0,
    controllerClockSteps: 0,
  },
};

t.test('the first line says how it is', async (t) => {
  const { uplink, outbox } = WELL;
  t.equal(headline(WELL), 'Sending. Behind by 0.');
  t.equal(headline({ ...WELL, outbox: { ...outbox, backlogRows: 12 } }), 'Sending. Behind by 12.');
  t.match(headline({ ...WELL, uplink: { ...uplink, leaseLeftMs: 0 } }), /no controller answers/);
  t.match(
    headline({ ...WELL, uplink: { ...uplink, state: 'waiting', lastError: 'ECONNREFUSED' } }),
    /^Not connected .*ECONNREFUSED.*Keeping/,
  );
  t.match(headline({ ...WELL, uplink: { ...uplink, url: '' } }), /^Offline by configuration/);
});

t.test('a full disk: the first line begins with what is at risk, and never says that everything is kept', async (t) => {
  const { uplink } = WELL;
  const waiting = { ...uplink, state: 'waiting', lastError: 'ECONNREFUSED' };
  const atRisk = { ...WELL.outbox, state: 'failing', volatileBytes: 2e6, backlogRows: 8 };
  const paused = { state: 'paused', bytes: 5e5, files: 1, counters: {} };
  const full = { ...WELL, uplink: waiting, outbox: atRisk, recorder: paused, losses: { recorderFrames: 277 } };
  t.equal(
    headline(full),
    '2.0 MB ONLY IN MEMORY: do not cut the power. RECORDING IS PAUSED. Not connected to the controller (ECONNREFUSED). Not all is on the disk; behind by 8.',
  );
  t.match(
    headline({ ...full, uplink }),
    /^2\.0 MB ONLY IN MEMORY: .*RECORDING IS PAUSED\. Sending\./,
    'connected, too',
  );
  t.match(headline({ ...full, uplink: { ...uplink, url: '' } }), /^2\.0 MB ONLY IN MEMORY.*PAUSED\. Offline/);
  t.match(headline({ ...WELL, uplink: waiting, recorder: paused }), /^RECORDING IS PAUSED\. .*Not all is on the disk/);
  t.match(headline({ ...WELL, uplink: waiting, losses: { recorderFrames: 277 } }), /some was lost/);
  t.match(headline({ ...WELL, uplink: waiting, losses: { linkFramesOut: 3 } }), /Keeping everything/);
  t.match(
    headline({ ...WELL, uplink: waiting, recorder: null }),
    /^Not connected .*Keeping everything/,
    'off by choice',
  );
});

t.test('the page says what is refused, what is wrong, what is lost', async (t) => {
  const page = statusPage(WELL);
  t.match(page, /1 of 2 granted; refused: WIND/);
  t.match(page, /lost {7}nothing/);
  t.match(page, /clock {6}unset/);
  const trouble: AgentStatus = {
    ...WELL,
    problems: ['The disk is full.'],
    losses: { thinnedBatches: 4, corruptRows: 0 },
    outbox: { ...WELL.outbox, volatileBytes: 2e6, asideBytes: 3e6, aheadOfCard: 12, sentUnwritten: 1 },
    link: { ...WELL.link, open: false, error: 'no such device' },
  };
  const shown = statusPage(trouble);
  t.match(shown, /^! The disk is full\.$/m);
  t.match(shown, /lost {7}thinnedBatches 4$/m);
  t.match(shown, /2\.0 MB ONLY IN MEMORY/);
  t.match(shown, /SALVAGING A DAMAGED FILE \(3\.0 MB to go\)/);
  t.match(shown, /controller has 12 of earlier starts that THIS CARD HAS NOT/);
  t.match(shown, /; 1 urgent of earlier starts were sent, and those ended before this card had them/);
  t.match(shown, /not open — no such device/);
});

t.test('logs of the autopilot, once there are any', async (t) => {
  t.notMatch(statusPage(WELL), /^logs/m);
  const counters = { removedLogs: 2, refusedLogs: 1 };
  const autopilotLogs = { bytes: 31e6, files: 3, budgetBytes: 512e6, counters };
  t.match(
    statusPage({ ...WELL, commanding: { ...WELL.commanding, autopilotLogs } }),
    /^logs {7}31\.0 MB of 512\.0 MB in 3 of the autopilot; 2 older removed; 1 refused: NO ROOM$/m,
  );
});

t.test('who has control, what was commanded, what the charge is worth', async (t) => {
  const page = statusPage(WELL);
  t.match(page, /^control {4}skein \(the vehicle is disarmed\); ground link up for 12 s$/m);
  t.match(page, /^commands {3}none yet; journal ok$/m);
  t.match(page, /^battery {4}61 %$/m);
  const { commanding } = WELL;
  const busy = statusPage({
    ...WELL,
    commanding: {
      ...commanding,
      control: { ...commanding.control, state: 'pilot', commander: 'Ann' },
      commands: {
        running: [{ id: 'A', type: 'land', phase: 'acting' }],
        last: [
          { command: 'A', type: 'land', state: 'executing', reason: '' },
          { command: 'B', type: 'arm', state: 'rejected', reason: 'ground-lock: hands' },
          { command: 'C', type: 'hold', state: 'succeeded', reason: 'done' },
        ],
        counters: {},
      },
      battery: { reportedPct: 98, remembered: { pct: 61, reportedPct: 100 }, effectivePct: 59 },
    },
  });
  t.match(busy, /^control {4}pilot .*, in command: Ann;/m);
  t.match(busy, /^commands {3}land acting, arm rejected \(ground-lock: hands\), hold succeeded;/m);
  t.match(busy, /^battery {4}59 % to count on: it says 98 %, but restarted at 61 %$/m);
});

t.test('the same facts as metrics, every counter by its name', async (t) => {
  const { counters, gauges } = metricsOf(WELL);
  t.match(counters, {
    uplink: { acks: 7 },
    outbox: { batches: 60 },
    parser: { frames: 1000 },
    recorder: { frames: 1000 },
    trust: { samples: 900 },
    trustDoubts: { gps_differs: 1 },
  });
  t.match(gauges, { outboxBacklogRows: { value: 0 }, worstNotDurableSeconds: { value: 0.95 }, uplinkUp: { value: 1 } });
});

t.test('a position that is not trusted says why, and since when', async (t) => {
  t.match(statusPage(WELL), /^position {3}trusted$/m);
  const drift = { state: 'suspect', reason: 'drift', words: 'the position moves away from where the speeds lead' };
  const page = statusPage({ ...WELL, trust: { ...WELL.trust, ...drift, lastAgeMs: 12_000, radiusM: 15.2 } });
  t.match(page, /^position {3}SUSPECT \(drift\): the position moves away .*; last trusted 12 s ago, within 15 m of/m);
});

t.test('what time it is: in the zone of the reader and in UTC, who says so, who is not believed', async (t) => {
  const clock = {
    ...{ utcUs: 1_795_289_965_722_000, errUs: 100_000, source: 'controller', standing: 'agreed' },
    ...{ agreeing: ['ntp', 'controller'], liars: ['gps'], boardUs: -3_600e6 },
  };
  const source = (name: string, aheadUs: number, outvoted: boolean) => ({
    ...{ source: name, aheadUs, errUs: 250_000, silentMs: 900, outvoted },
  });
  const sources = [source('gps', 3_600e6, true), source('ntp', 0, false), source('controller', 0, false)];
  const told = { ...WELL, clock, timekeeping: { ...WELL.timekeeping, reading: clock, sources } };
  const page = statusPage(told, { zone: 'Asia/Tokyo', hours: '12h' });
  t.match(
    page,
    /^clock {6}2026-11-21T19:39:25\.722Z = 2026-11-22 04:39:25 am UTC\+9 ± 100 ms \(controller, ntp\); the board is 1\.0 h behind$/m,
  );
  t.match(page, /^ {11}gps 1\.0 h ahead ± 250 ms OUTVOTED; ntp right ± 250 ms; controller right ± 250 ms$/m);
  t.match(statusPage(told), /^clock {6}2026-11-21T19:39:25\.722Z ± 100 ms/m, 'UTC alone where that is the zone');
  const split = { ...clock, standing: 'split', errUs: 3_600e6, agreeing: [], liars: [] };
  const both = [source('ntp', -3_600e6, false), source('controller', 0, false)];
  const unsure = statusPage({ ...told, clock: split, timekeeping: { ...told.timekeeping, sources: both } });
  t.match(unsure, /± 1\.0 h \(controller, others DISAGREE\)/);
  t.match(unsure, /^ {11}ntp 1\.0 h behind it ± 250 ms; controller believed ± 250 ms$/m);
  t.notMatch(unsure, /right/, 'nobody can know who is');
});

t.test('what stops it from arming, and who else may change it', async (t) => {
  t.match(statusPage(WELL), /^safety {5}profile bvlos fits; pre-flight has no stop$/m);
  const page = statusPage({
    ...WELL,
    safety: {
      ...WELL.safety,
      lock: { reason: 'hands inside', by: 'drone', here: true },
      profile: { name: 'bvlos', ok: false },
      preflight: { verdict: 'stop', stops: ['profile', 'lock'] },
    },
    stations: [{ name: 'laptop', open: true, unlockedLeftMs: 90_000, heard: 1, counters: {} }],
  });
  t.match(page, /LOCKED at the drone: hands inside; profile bvlos DIFFERS; not ready \(profile, lock\)$/m);
  t.match(page, /^stations {3}laptop 1 heard, MAY CHANGE THE VEHICLE for 90 s$/m);
});

t.test('a lost controller: which rung, for how long', async (t) => {
  const ladder = { owner: 'agent', rung: 'return', words: 'flies back and lands', leaseLostMs: 47_000, counters: {} };
  t.match(
    statusPage({ ...WELL, commanding: { ...WELL.commanding, ladder } }),
    /link loss {2}for 47 s \(owner agent\): flies back/,
  );
});
