/** A store that takes a command after its sender was told that it did not, and a process that ends before that is mended. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import t, { type Test } from 'tap';
import { SqliteStore } from '../store/index.ts';
import { until } from '../testing/until.ts';
import { systemTimers } from '../timers.ts';
import type { CommandStore, Contact } from './ports.ts';
import { Commands } from './service.ts';
import type { AnswerValues } from './wire.ts';

const SENDER = { name: 'Ann', role: 'admin' } as const;
const ORDER = { targets: ['d1'], type: 'fetch-log' };

const CONTACT: Contact = {
  ...{ id: 'd1', current: 'aaaaaaaa', conflict: false, groups: [], armed: null },
  sighting: { armed: null, landed: null, mode: null, place: null, home: null, returnAltM: null },
  sessions: [
    {
      ...{ session: 'aaaaaaaa', alive: true, boot: 'boot-1', autopilotBoot: 'ap-1', journal: 'j1' },
      ...{ heardMonoMs: 5, heardAgeMs: 0 },
    },
  ],
};

/** One run of the controller's commands over this store; `sent` are the ids that left. */
async function run(test: Test, store: CommandStore, answers: readonly AnswerValues[] = []) {
  const sent: string[] = [];
  const commands = new Commands({
    ...{
      store,
      timers: systemTimers,
      random: Math.random,
      onBriefs: () => {},
      onAlert: () => {},
      onProblem: () => {},
      count: () => {},
    },
    answersSince: async () => answers,
    publish: (_drone, message) => sent.push(JSON.parse(message).id),
    clock: { utcUs: () => Date.now() * 1e3, monoUs: () => Math.round(performance.now() * 1e3) },
    fleet: { contact: (id) => (id === 'd1' ? CONTACT : null), ids: () => ['d1'] },
  });
  test.teardown(() => commands.close());
  await commands.start();
  return { commands, sent };
}

/** A database on disk, and a way to it that stops for good after `writes` of them: the process has ended there. */
async function disk(test: Test) {
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'skein-late-'));
  test.teardown(() => fs.rmSync(dataDir, { recursive: true, force: true }));
  const store = new SqliteStore({ dataDir, budgetBytes: 1e9, keepDays: 30, syncCommits: true });
  await store.start();
  test.teardown(() => store.close());
  // What events make of a command is typed on our side, as in the composition root.
  const typed = store as unknown as CommandStore;
  const over = (append: CommandStore['append']): CommandStore => ({
    append,
    command: (id) => typed.command(id),
    commands: (query) => typed.commands(query),
    openCommands: () => typed.openCommands(),
    recentDeliveries: (perDrone) => typed.recentDeliveries(perDrone),
    commandKeys: (query) => typed.commandKeys(query),
  });
  const dying = (writes: number, before: Promise<unknown> = Promise.resolve()) => {
    let left = writes;
    return over(async (events) => {
      if (left-- <= 0) return new Promise(() => {});
      await before;
      return store.append(events);
    });
  };
  return { store, dying, well: over((events) => store.append(events)) };
}

t.test('told 503, then committed, then killed before it was taken back: the next run does not send it', async (t) => {
  const { store, dying, well } = await disk(t);
  let wake = () => {};
  const hung = new Promise<void>((resolve) => {
    wake = resolve;
  });
  const before = await run(t, dying(1, hung));
  t.match(await before.commands.post(ORDER, SENDER), { ok: false, code: 'store-unavailable' });
  wake();
  await until(async () => (await store.openCommands()).length === 1, 'the late commit');
  t.same(before.sent, []);

  const after = await run(t, well);
  after.commands.contact('d1', true);
  after.commands.tick();
  t.same(after.sent, [], 'within its lifetime, its drone in reach');
  const [found] = await after.commands.list({ limit: 1 });
  t.match(found, { state: 'done', deliveries: [{ state: 'unknown', reason: 'interrupted' }] });
  t.notOk(JSON.stringify(found).includes('undecided'));
});

t.test('killed after it left and before the reply: not sent again, and the word of the drone counts', async (t) => {
  const { store, dying, well } = await disk(t);
  const before = await run(t, dying(1));
  void before.commands.post(ORDER, SENDER);
  await until(() => before.sent.length === 1, 'it to leave');
  await until(async () => (await store.openCommands()).length === 1, 'the commit');

  const [id = ''] = before.sent;
  const said = { command: id, type: 'fetch-log', reason: 'done', detail: null, step: 2, state: 'succeeded' };
  const after = await run(t, well, [said]);
  after.commands.contact('d1', true);
  after.commands.tick();
  t.same(after.sent, []);
  await until(async () => (await after.commands.get(id))?.counts.succeeded === 1, 'what was stored of its answer');
});

t.test('told 201: whenever it is killed from then on, the next run sends it', async (t) => {
  const { dying, well } = await disk(t);
  const before = await run(t, dying(2));
  const posted = await before.commands.post(ORDER, SENDER);
  if (!posted.ok) throw new Error(posted.code);
  const after = await run(t, well);
  after.commands.contact('d1', true);
  t.same(after.sent, [posted.command.id]);
});
