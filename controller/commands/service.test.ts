/** Requests that meet: one Idempotency-Key at the same moment, and a store that does not take what it is given. */
import t from 'tap';
import { systemTimers } from '../timers.ts';
import { newDelivery } from './delivery.ts';
import { recordOf } from './events.ts';
import type { CommandEvent, CommandStore, StoredCommand } from './ports.ts';
import { Commands } from './service.ts';
import type { AnswerValues } from './wire.ts';

const SENDER = { name: 'Ann', role: 'admin' } as const;
const PING = { targets: ['d1'], type: 'ping' };
const KEY = { key: 'k', hash: 'h' };

/** Commands over a store in memory that takes what it is given only while `open`; their timers are real and short. */
function setUp(o: { readonly stored?: readonly StoredCommand[]; readonly answers?: readonly AnswerValues[] } = {}) {
  const taken: CommandEvent[] = [];
  const held: (() => void)[] = [];
  const gate = { open: true };
  const store: CommandStore = {
    append: (events) =>
      new Promise((resolve) => {
        const take = () => resolve(taken.push(...events));
        if (gate.open) take();
        else held.push(take);
      }),
    command: async () => null,
    commands: async () => [],
    openCommands: async () => o.stored ?? [],
    recentDeliveries: async () => [],
    commandKeys: async () => [],
  };
  const contact = {
    ...{ id: 'd1', current: null, sessions: [], conflict: false, groups: [], armed: null },
    sighting: { armed: null, landed: null, mode: null, place: null, home: null, returnAltM: null },
  };
  const counts: Record<string, number> = {};
  let looked = 0;
  const commands = new Commands({
    answersSince: async () => o.answers ?? [],
    ...{
      store,
      timers: systemTimers,
      random: Math.random,
      publish: () => {},
      onBriefs: () => {},
      onAlert: () => {},
      onProblem: () => {},
    },
    clock: { utcUs: () => Date.now() * 1e3, monoUs: () => Math.round(performance.now() * 1e3) },
    fleet: {
      contact: (id) => {
        looked++;
        return id === 'd1' ? contact : null;
      },
      ids: () => ['d1'],
    },
    count: (name, by = 1) => {
      counts[name] = (counts[name] ?? 0) + by;
    },
  });
  const release = () => {
    gate.open = true;
    for (const take of held.splice(0)) take();
  };
  return { commands, gate, release, taken, counts, looked: () => looked };
}

t.test('one key, several requests in the same moment: one command', async (t) => {
  const { commands, counts } = setUp();
  t.teardown(() => commands.close());
  const answers = await Promise.all([1, 2, 3].map(() => commands.post(PING, SENDER, KEY)));
  t.equal(new Set(answers.map((one) => one.ok && one.command.id)).size, 1);
  t.same(answers.map((one) => one.ok && one.fresh).sort(), [false, false, true]);
  t.equal(counts.posted, 1);
});

t.test('several repeats wait for a request that ends in a 503: one of them tries again, not each', async (t) => {
  const { commands, gate, release, counts } = setUp();
  t.teardown(() => commands.close());
  gate.open = false;
  const first = commands.post(PING, SENDER, KEY);
  const repeats = [commands.post(PING, SENDER, KEY), commands.post(PING, SENDER, KEY)];
  t.match(await first, { ok: false, code: 'store-unavailable' });
  release();
  const answers = await Promise.all(repeats);
  t.equal(new Set(answers.map((one) => one.ok && one.command.id)).size, 1);
  t.equal(counts.posted, 2);
});

t.test('a cancel that cannot be written down is not told as done', async (t) => {
  const { commands, gate, release, taken } = setUp();
  t.teardown(() => commands.close());
  const posted = await commands.post(PING, SENDER);
  if (!posted.ok) throw new Error(posted.code);
  gate.open = false;
  const { id } = posted.command;
  t.match(await commands.cancel(id, SENDER, KEY), { ok: false, code: 'store-unavailable' });
  t.match(await commands.get(id), { counts: { cancelled: 1 } }, 'here it is not sent any more all the same');
  release();
  t.match(await commands.cancel(id, SENDER, KEY), { ok: true, command: { counts: { cancelled: 1 } } }, 'same key');
  t.match(taken.at(-1), { type: 'delivery', data: { set: { state: 'cancelled' } } });
});

t.test('a drone that is away gathers no more than a hundred commands; hold finds room', async (t) => {
  const { commands, counts } = setUp();
  t.teardown(() => commands.close());
  for (let i = 0; i < 100; i++) await commands.post(PING, SENDER);
  const one = await commands.post(PING, SENDER);
  t.match(one, { ok: true, command: { deliveries: [{ state: 'rejected', reason: 'too-many' }] } });
  t.match(await commands.post({ ...PING, type: 'hold' }, SENDER), { command: { deliveries: [{ state: 'queued' }] } });
  t.equal(counts.rejected, 1);
});

t.test('commands that wait for drones which are away cost next to nothing', async (t) => {
  const { commands, looked } = setUp();
  t.teardown(() => commands.close());
  for (let i = 0; i < 10; i++) await commands.post(PING, SENDER);
  commands.tick();
  const before = looked();
  for (let i = 0; i < 8; i++) commands.tick();
  t.equal(looked(), before, 'they are looked at when their drone says something, or every five seconds');
});

t.test('ended between the commit of an answer and the writing of its step: the next run finds it', async (t) => {
  const nowUs = Date.now() * 1e3;
  const [id, sentUtcUs] = ['01JD0000000000000000000001', nowUs - 20e6];
  const command = {
    ...{ id, type: 'arm', params: {}, issuedBy: 'Ann', grants: [], targets: ['d1'], session: null, untargeted: false },
    ...{ issuedAtUtcUs: sentUtcUs, expiresAtUtcUs: sentUtcUs + 10e6, staggerMs: 0, maxFailures: null, atATime: null },
  };
  const sent = { ...recordOf(newDelivery('d1', 0, { utcUs: sentUtcUs, monoUs: 0 })), sentUtcUs };
  const said = { reason: null, detail: null, type: 'arm' };
  const { commands } = setUp({
    stored: [{ command, deliveries: [sent] }],
    answers: [
      { ...said, command: id, step: 2, state: 'succeeded' },
      { ...said, command: id, step: 1, state: 'executing' },
      { ...said, command: '01JD0000000000000000000002', step: 1, state: 'succeeded' },
    ],
  });
  t.teardown(() => commands.close());
  await commands.start();
  commands.tick();
  await new Promise((resolve) => setImmediate(resolve));
  const { deliveries } = (await commands.get(id)) ?? {};
  t.match(deliveries?.[0], { state: 'succeeded', steps: [{ state: 'queued' }, {}, {}] });
  t.equal(await commands.get('01JD0000000000000000000002'), null);
});
