/**
 * Classes that no simulator makes, through the real way: agents speak the wire, the controller stores, looks and tells. Each
 * class on a drone of its own, all at once, and two that only look like it.
 */
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { startController, tempDir } from './testing/controller.ts';
import { DONE, type Reply } from './testing/fake-agent.ts';
import { LEG, MISSED_S, MISSES, type Miss } from './testing/near-misses.ts';
import { BASE, FLYING, north, PARKED, type Says, UTC_US } from './testing/quick-agent.ts';
import { until } from './testing/until.ts';
import { SteppedTime, Wired } from './testing/wired.ts';

/** So long a second is for who is looked at though nothing comes of it. */
const SAID_MS = 200;
const WITHIN_MS = 60_000;

interface Case extends Miss {
  readonly says: Says;
  readonly proposes?: string;
  /** What else is true of it. */
  readonly also?: readonly string[];
  readonly begin?: (wired: Wired) => Promise<void>;
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
    flies: LEG,
    says: { ...FLYING, mission: { seq: 2, distanceM: 150, total: 4, state: 'active' } },
    proposes: 'return',
  },
  {
    name: 'off-route',
    flies: LEG,
    says: { ...FLYING, position: { ...north(50), lonDeg: BASE.lonDeg + 0.001, altAmslM: 540, altRelM: 40 } },
    proposes: 'hold',
  },
  {
    name: 'parcel-unproved',
    says: PARKED,
    // Nobody here gave it that plan.
    also: ['untargeted-itinerary'],
    begin: async ({ agent }) => {
      const what = { itinerary: 'old', version: 1, item: 1, step: 1, state: 'unproved', reason: 'not-seen' } as const;
      agent.tell('delivery', what);
    },
  },
  {
    name: 'pre-arm',
    says: PARKED,
    obey: REFUSED,
    begin: async (wired) => {
      for (const key of ['one', 'two']) await wired.order('arm', {}, key);
    },
  },
  {
    name: 'identity',
    says: PARKED,
    begin: (wired) => wired.twin('99999999-2222-4333-8444-555555555555'),
  },
];

async function second(one: Miss, wired: Wired, s: number): Promise<void> {
  await one.at?.[s]?.(wired);
  await wired.second(typeof one.says === 'function' ? one.says(s) : one.says, one.mute?.(s));
}

interface Shown {
  readonly class: string;
  readonly drone: string | null;
  readonly words: string;
  readonly whatToDo: string;
  readonly proposal: { readonly type: string } | null;
}

t.test('each class through the wire, once, with its answer; a drone that is well has none', async (t) => {
  // given: a drone a class, and one that is well
  const time = new SteppedTime();
  const running = await startController(tempDir(), { clock: time.clock });
  t.teardown(() => running.controller.close());
  const well = { name: 'well', says: { ...FLYING, ekf: { velocityVariance: 0.1, compassVariance: 0.1 } } };
  const all = [well, ...MISSES, ...CASES].map((one: Miss, n) => {
    const tag = String(n + 1).padStart(2, '0');
    const o = { drone: one.name, session: `aaaaaaaa000000${tag}`, epoch: `00000000000000${tag}` };
    const wired = new Wired(running, time, o);
    wired.agent.obey = () => one.obey ?? DONE;
    wired.agent.more = one.more ?? {};
    return { one, wired };
  });
  await Promise.all(
    all.map(async ({ one, wired }) => {
      await wired.connect();
      await until(() => wired.agent.ack('urgent') !== undefined, `the first ack of ${one.name}`, WITHIN_MS);
    }),
  );
  let isOver = false;
  const speaking = (async () => {
    while (!isOver) {
      time.s++;
      await Promise.all([pause(SAID_MS), ...all.map(({ one, wired }) => second(one, wired, time.s))]);
    }
  })();
  t.teardown(() => {
    isOver = true;
    return speaking;
  });
  await Promise.all(
    all.map(async ({ one, wired }) => {
      if (one.flies) await wired.flies(one.flies);
      await CASES.find(({ name }) => name === one.name)?.begin?.(wired);
    }),
  );

  // then
  const told = async () => (await running.get('/api/v1/alerts?limit=200')).body.alerts as readonly Shown[];
  let seen: readonly Shown[] = [];
  const missing = () => CASES.filter(({ name }) => !seen.some((one) => one.class === name && one.drone === name));
  await until(
    async () => {
      seen = await told();
      return missing().length === 0 && time.s > MISSED_S;
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
