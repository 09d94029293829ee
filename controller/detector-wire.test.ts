/**
 * Classes that no simulator makes, through the real way: agents speak the wire, the controller stores, looks and tells. Each
 * class on a drone of its own, all at once; time runs four times as fast for both sides.
 */
import type { KindName } from '@skein/protocol/telemetry';
import t from 'tap';
import { type Running, startController, tempDir } from './testing/controller.ts';
import { DONE, type FakeAgent, type Reply } from './testing/fake-agent.ts';
import {
  BASE,
  FLYING,
  north,
  PARKED,
  QuickAgent,
  quickClock,
  SAID_MS,
  type Says,
  sample,
  UTC_US,
} from './testing/quick-agent.ts';
import { until } from './testing/until.ts';

const WITHIN_MS = 60_000;

interface Case {
  readonly name: string;
  readonly says: Says;
  readonly proposes?: string;
  /** What else is true of it. */
  readonly also?: readonly string[];
  /** It flies a plan 200 m to the north. */
  readonly flies?: true;
  readonly begin?: (agent: FakeAgent, running: Running) => Promise<void>;
}

const REFUSED: readonly Reply[] = [{ state: 'delivered' }, { state: 'failed', reason: 'refused: PreArm: Compass' }];

const CASES: readonly Case[] = [
  { name: 'ekf', says: { ...FLYING, ekf: { velocityVariance: 1.2, horizontalVariance: 0.3 } } },
  { name: 'compass', says: { ...FLYING, ekf: { velocityVariance: 0.1, compassVariance: 1.1 } } },
  { name: 'esc', says: { ...FLYING, esc: { first: 1, rpm: [5200, 0, 5150, 5180] } }, proposes: 'land' },
  {
    name: 'tumbles',
    says: {
      ...FLYING,
      attitude: { rollRad: 1.3, pitchRad: 0.4 },
      velocity: { northMps: 2, eastMps: 0, downMps: 9 },
    },
  },
  { name: 'board', says: { ...PARKED, board: { temperatureC: 91, diskFreeMb: 9000, memoryFreeMb: 900 } } },
  { name: 'clock', says: { ...PARKED, clock: { source: 'gps', errUs: 100, standing: 'split', utcUs: UTC_US } } },
  {
    name: 'no-progress',
    flies: true,
    says: { ...FLYING, mission: { seq: 2, distanceM: 150, total: 4, state: 'active' } },
    proposes: 'return',
  },
  {
    name: 'off-route',
    flies: true,
    says: { ...FLYING, position: { ...north(50), lonDeg: BASE.lonDeg + 0.001, altAmslM: 540, altRelM: 40 } },
    proposes: 'hold',
  },
  {
    name: 'parcel-unproved',
    says: PARKED,
    // Nobody here gave it that plan.
    also: ['untargeted-itinerary'],
    begin: async (agent) => {
      const what = { itinerary: 'old', version: 1, item: 1, step: 1, state: 'unproved', reason: 'not-seen' } as const;
      agent.tell('delivery', what);
    },
  },
  {
    name: 'pre-arm',
    says: PARKED,
    begin: async (agent, running) => {
      agent.obey = () => REFUSED;
      for (const key of ['one', 'two']) {
        const body = { targets: [agent.o.drone], type: 'arm', params: {}, expiresInS: 60, issuedBy: 'Ann' };
        const posted = await running.post('/api/v1/commands', body, { 'idempotency-key': `${agent.o.drone}-${key}` });
        if (posted.status >= 300) throw new Error(JSON.stringify(posted.body));
        await until(() => agent.commands.length >= (key === 'one' ? 1 : 2), 'the order to arm', WITHIN_MS);
      }
    },
  },
  {
    name: 'identity',
    says: PARKED,
    begin: async (agent, running) => {
      const { drone } = agent.o;
      const boot = '99999999-2222-4333-8444-555555555555';
      const twin = new QuickAgent({
        drone,
        session: 'ffffffff000000ff',
        epoch: '00000000000000ff',
        boot,
        board: 'other',
      });
      await twin.connectTo(running.addresses.mqtt);
      twin.presence();
    },
  },
];

async function planned(agent: FakeAgent, running: Running): Promise<void> {
  const id = `it-${agent.o.drone}`;
  const at = (m: number) => ({ ...north(m), altM: 40, frame: 'home' });
  const items = [{ do: 'take-off', altM: 40 }, { do: 'waypoint', ...at(200) }, { do: 'return' }];
  const given = await running.post(`/api/v1/itineraries?id=${id}&version=1`, { id, version: 1, base: BASE, items });
  if (given.status >= 300) throw new Error(JSON.stringify(given.body));
  await running.post(`/api/v1/itineraries/${id}/assign`, { targets: [agent.o.drone], issuedBy: 'Ann' });
  await until(() => agent.itineraries.length > 0, 'the itinerary', WITHIN_MS);
  const stand = { itinerary: id, version: 1 } as const;
  for (const [step, state] of (['received', 'verified', 'starting', 'flying'] as const).entries()) {
    agent.tell('itinerary', { ...stand, step: step + 1, state, item: 1 });
  }
}

/** Each looks like the class it is named after, and must raise nothing at all. */
const MISSES: readonly (readonly [string, Says])[] = [
  ['ekf-between-thresholds', { ...FLYING, ekf: { velocityVariance: 0.7, horizontalVariance: 0.6 } }],
  ['ekf-on-the-ground', { ...PARKED, ekf: { velocityVariance: 2, horizontalVariance: 2 } }],
  ['compass-between-thresholds', { ...FLYING, ekf: { velocityVariance: 0.1, compassVariance: 0.7 } }],
  ['compass-none-in-use', { ...FLYING, health: { sensorsEnabled: 3, sensorsHealthy: 3 } }],
  ['vibration-between-thresholds', { ...FLYING, vibration: { xMps2: 20, yMps2: 45, zMps2: 55 } }],
  ['vibration-on-the-ground', { ...PARKED, vibration: { xMps2: 90, yMps2: 90, zMps2: 90 } }],
  ['esc-one-slower-to-yaw', { ...FLYING, esc: { first: 1, rpm: [5200, 3100, 5150, 3180] } }],
  ['esc-all-idle', { ...FLYING, esc: { first: 1, rpm: [700, 690, 90, 710] } }],
  ['tumbles-steep-descent', { ...FLYING, velocity: { northMps: 0, eastMps: 0, downMps: 6.5 } }],
  ['tumbles-thrown-about', { ...FLYING, attitude: { rollRad: 1.3, pitchRad: 0 } }],
  ['fence-outside-disarmed', { ...PARKED, fence: { enabled: true, breached: true } }],
  ['fence-inside', { ...FLYING, fence: { enabled: true, breached: false, breaches: 3 } }],
  ['position-none-in-the-hall', { ...PARKED, trust: { state: 'rejected', reason: 'no-fix' } }],
  ['battery-low-on-the-ground', { ...PARKED, battery: { remainingPct: 4, chargeState: 3 } }],
  ['battery-its-autopilot-warns', { ...FLYING, battery: { remainingPct: 30, chargeState: 2 } }],
  ['board-warm', { ...PARKED, board: { temperatureC: 80, diskFreeMb: 500, memoryFreeMb: 60 } }],
  ['board-slow-card', { ...PARKED, board: { temperatureC: 40, diskFreeMb: 9000, notDurableMs: 15_000 } }],
  [
    'clock-good-to-a-second',
    { ...PARKED, clock: { source: 'controller', errUs: 1.5e6, standing: 'single', utcUs: UTC_US } },
  ],
  ['clock-agreed', { ...PARKED, clock: { source: 'gps', errUs: 100, standing: 'agreed', utcUs: UTC_US } }],
];

interface Shown {
  readonly class: string;
  readonly drone: string | null;
  readonly words: string;
  readonly whatToDo: string;
  readonly proposal: { readonly type: string } | null;
}

t.test('each class through the wire, once, with its answer; a drone that is well has none', async (t) => {
  // given: a drone a class, and one that is well
  const clock = quickClock;
  const running = await startController(tempDir(), { clock });
  t.teardown(() => running.controller.close());
  const well: Case = { name: 'well', says: { ...FLYING, ekf: { velocityVariance: 0.1, compassVariance: 0.1 } } };
  const misses = MISSES.map(([name, says]): Case => ({ name, says }));
  const agents = [well, ...misses, ...CASES].map((one, n) => {
    const tag = String(n + 1).padStart(2, '0');
    const agent = new QuickAgent({ drone: one.name, session: `aaaaaaaa000000${tag}`, epoch: `00000000000000${tag}` });
    agent.obey = () => DONE;
    return { one, agent };
  });
  await Promise.all(
    agents.map(async ({ one, agent }) => {
      await agent.connectTo(running.addresses.mqtt);
      agent.presence();
      await until(() => agent.ack('urgent') !== undefined, `the first ack of ${one.name}`, WITHIN_MS);
      agent.time();
    }),
  );
  let n = 0;
  const speaking = setInterval(() => {
    n++;
    for (const { one, agent } of agents) {
      agent.live(Object.entries(one.says).map(([kind, values]) => sample(agent, kind as KindName, values as object)));
      if (n % 4 === 0) agent.time();
      if (n % 12 === 0) agent.presence();
    }
  }, SAID_MS);
  t.teardown(() => clearInterval(speaking));
  await Promise.all(
    agents.map(async ({ one, agent }) => {
      if (one.flies) await planned(agent, running);
      await one.begin?.(agent, running);
    }),
  );

  // then
  const all = async () => (await running.get('/api/v1/alerts?limit=200')).body.alerts as readonly Shown[];
  let seen: readonly Shown[] = [];
  const missing = () => CASES.filter(({ name }) => !seen.some((one) => one.class === name && one.drone === name));
  await until(
    async () => {
      seen = await all();
      return missing().length === 0;
    },
    `alerts of each class; missing at last: ${CASES.length}`,
    WITHIN_MS,
  ).catch(() =>
    t.same(
      missing().map(({ name }) => name),
      [],
      'none is missing',
    ),
  );
  for (const { name, proposes, also = [] } of CASES) {
    const own = seen.filter((one) => one.drone === name);
    t.same(own.map((one) => one.class).sort(), [name, ...also].sort(), `${name}: once, and nothing else`);
    const answered = own.find((one) => one.class === name);
    t.equal(answered?.proposal?.type, proposes, `${name}: its answer`);
    t.ok(answered?.words && answered.whatToDo, answered?.words ?? name);
  }
  t.same(
    seen.filter(({ drone }) => !CASES.some(({ name }) => name === drone)).map((one) => `${one.drone}: ${one.words}`),
    [],
    'nothing is said of the one that is well, nor of those that only look like it',
  );
});
