/**
 * Random histories: commands of both classes against an autopilot that loses, delays, repeats and refuses. SEED=n
 * replays a run.
 */
import { MavResult } from '@skein/protocol/mavlink';
import fc from 'fast-check';
import t from 'tap';
import type { CommandOutcome, CommandRequest } from './command.ts';
import { CommandDesk } from './desk.ts';
import { aState } from './testing/state.ts';

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

function begin() {
  let nowMs = 0;
  let state = aState();
  let linkUp = true;
  const taken = new Set<number>();
  const sent: { request: CommandRequest; confirmation: number; atMs: number }[] = [];
  const refused: number[] = [];
  const desk = new CommandDesk({
    nowMs: () => nowMs,
    state: () => state,
    isTaken: (command) => taken.has(command),
    onRefused: (command) => refused.push(command),
    send: (request, confirmation) => {
      if (linkUp) sent.push({ request, confirmation, atMs: nowMs });
      return linkUp;
    },
  });
  return {
    desk,
    sent,
    refused,
    taken,
    set: (o: Parameters<typeof aState>[0]) => {
      state = aState(o);
    },
    link: (up: boolean) => {
      linkUp = up;
    },
    run: async (ms: number, each?: (atMs: number) => void) => {
      for (const endMs = nowMs + ms; nowMs < endMs; nowMs += 100) {
        each?.(nowMs);
        desk.tick();
        await Promise.resolve();
      }
    },
    now: () => nowMs,
  };
}

const RTL: CommandRequest = { command: 20, klass: 'repeatable' };
const ARM: CommandRequest = { command: 400, params: [1], klass: 'once', effect: (state) => state.armed === true };

t.test('one outstanding per command; others go beside it', async (t) => {
  const { desk, sent, run } = begin();
  const first = desk.run(RTL);
  const second = desk.run(RTL);
  const other = desk.run({ command: 21, klass: 'repeatable' });
  t.same(
    sent.map(({ request }) => request.command),
    [20, 21],
  );
  desk.acknowledged(20, MavResult.ACCEPTED);
  desk.acknowledged(21, MavResult.ACCEPTED);
  t.same(await Promise.all([first, other]), [
    { ok: true, how: 'accepted' },
    { ok: true, how: 'accepted' },
  ]);
  await run(100);
  t.equal(sent.length, 3);
  desk.acknowledged(20, MavResult.DENIED);
  await run(500);
  t.match(await second, { ok: false, code: 'refused', result: 'DENIED' });
});

t.test('somebody else’s question of the same command goes first', async (t) => {
  const { desk, sent, taken, run } = begin();
  taken.add(512);
  const asked = desk.run({ command: 512, params: [148], klass: 'repeatable' });
  await run(1_000);
  t.equal(sent.length, 0);
  t.ok(desk.wants(512), 'and it waits its turn');
  taken.delete(512);
  await run(100);
  t.equal(sent.length, 1);
  desk.acknowledged(512, MavResult.ACCEPTED);
  t.match(await asked, { ok: true });
});

t.test('a late answer is not taken for the next one’s', async (t) => {
  const { desk, sent, run } = begin();
  const armed = desk.run({ ...ARM, effectWithinMs: 1_000 });
  await run(4_000);
  t.match(await armed, { ok: false, code: 'no-ack', sent: true });
  const disarm = desk.run({ command: 400, params: [0], klass: 'once' });
  t.equal(sent.length, 1, 'the disarm waits');
  desk.acknowledged(400, MavResult.FAILED);
  t.equal(sent.length, 2, 'for the late answer, and goes then');
  desk.acknowledged(400, MavResult.ACCEPTED);
  t.same(await disarm, { ok: true, how: 'accepted' });
  t.equal(desk.counters.lateAnswers, 1);
});

t.test('called off: not one more frame', async (t) => {
  const { desk, sent, run } = begin();
  const controller = new AbortController();
  const running = desk.run(RTL, controller.signal);
  const waiting = desk.run(RTL, controller.signal);
  controller.abort();
  t.match(await running, { ok: false, code: 'aborted', sent: true });
  t.match(await waiting, { ok: false, code: 'aborted', sent: false });
  await run(10_000);
  t.equal(sent.length, 1);
  t.match(await desk.run(RTL, controller.signal), { ok: false, code: 'aborted', sent: false });
});

t.test('close settles everything; too many at once are turned away', async (t) => {
  const { desk } = begin();
  const all = Array.from({ length: 40 }, () => desk.run(RTL));
  desk.close();
  const outcomes = await Promise.all(all);
  t.ok(outcomes.every((outcome) => !outcome.ok));
  t.ok(outcomes.some((outcome) => !outcome.ok && outcome.code === 'busy'));
});

const step = fc.record({
  command: fc.constantFrom(400, 246, 20, 176),
  klass: fc.constantFrom('once' as const, 'repeatable' as const),
  waitMs: fc.constantFrom(0, 100, 700, 3_000),
  abortMs: fc.option(fc.constantFrom(0, 100, 2_000), { freq: 4 }),
});
const fate = fc.record({
  result: fc.constantFrom(...Object.values(MavResult).filter((value) => value <= 5)),
  delayMs: fc.constantFrom(0, 100, 1_500, 4_000),
  lost: fc.boolean(),
  twice: fc.boolean(),
  linkDown: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
});

t.test(`no once command twice, none without an outcome (SEED=${seed})`, async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 12 }),
      fc.array(fate, { minLength: 1, maxLength: 24 }),
      async (steps, fates) => {
        const world = begin();
        const { desk, sent, run } = world;
        const outcomes: (CommandOutcome | null)[] = [];
        const due: { atMs: number; command: number; result: number }[] = [];
        let answered = 0;
        const autopilot = (atMs: number): void => {
          for (; answered < sent.length; answered++) {
            const fate = fates[answered % fates.length];
            const command = sent[answered]?.request.command;
            if (fate === undefined || command === undefined) continue;
            world.link(!fate.linkDown);
            if (fate.lost) continue;
            for (let n = fate.twice ? 2 : 1; n > 0; n--) {
              due.push({ atMs: atMs + fate.delayMs * n, command, result: fate.result });
            }
          }
          for (const answer of due.filter((entry) => entry.atMs <= atMs)) {
            due.splice(due.indexOf(answer), 1);
            desk.acknowledged(answer.command, answer.result);
          }
        };
        steps.forEach((_, index) => {
          outcomes[index] = null;
        });
        for (const [index, { command, klass, waitMs, abortMs }] of steps.entries()) {
          const controller = new AbortController();
          // p7 names the step, so that a frame tells whose it is.
          const request = { command, params: [0, 0, 0, 0, 0, 0, index], klass };
          void desk.run(request, controller.signal).then((outcome) => {
            outcomes[index] = outcome;
          });
          if (abortMs !== null) await run(abortMs, autopilot).then(() => controller.abort());
          await run(waitMs, autopilot);
        }
        await run(400_000, autopilot);
        for (const [index, { klass }] of steps.entries()) {
          const frames = sent.filter(({ request }) => request.params?.[6] === index);
          const outcome = outcomes[index];
          if (outcome === null || outcome === undefined) throw new Error(`step ${index} has no outcome`);
          if (klass === 'once' && frames.length > 1) throw new Error(`step ${index} was sent ${frames.length} times`);
          if (frames.length > 4) throw new Error(`step ${index} was sent ${frames.length} times`);
          if (!outcome.ok && outcome.sent !== frames.length > 0) throw new Error(`step ${index} lies about being sent`);
          const confirmations = frames.map(({ confirmation }) => confirmation);
          if (confirmations.some((value, n) => n > 0 && value <= (confirmations[n - 1] ?? 0))) {
            throw new Error(`step ${index}: confirmations ${confirmations}`);
          }
        }
        if (desk.isBusy) throw new Error('something is still under way');
      },
    ),
    { seed, numRuns: Number(process.env.RUNS ?? 60) },
  );
  t.pass();
});

t.test('what waited for a late answer is not sent when it may be no longer', async (t) => {
  const { desk, sent, run } = begin();
  const first = desk.run({ ...ARM, effectWithinMs: 100 });
  await run(3_000);
  t.match(await first, { code: 'no-ack' });
  let may = true;
  const second = desk.run({ ...ARM, may: () => may });
  may = false;
  await run(5_000);
  t.match(await second, { ok: false, code: 'changed', sent: false });
  t.equal(sent.length, 1);
});

t.test('what could not be sent will show nothing', async (t) => {
  const { desk, refused, link } = begin();
  link(false);
  t.match(await desk.run(ARM), { ok: false, code: 'no-link', sent: false });
  t.same(refused, [ARM.command]);
});
