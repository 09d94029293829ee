/** What shares a commit, in virtual time; the thread is played. */
import type { Lane } from '@skein/protocol/fleet';
import type { Sample } from '@skein/protocol/telemetry';
import t from 'tap';
import { Company } from './company.ts';
import { noLosses } from './entry.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import { Outbox } from './outbox.ts';
import { problemOf } from './problems.ts';
import { batchEntry } from './seal.ts';
import { newBoot, newEpoch, textSample } from './testkit.ts';

type Write = ToWorker & { type: 'write' };

/** An outbox whose clock is moved on by hand, and whose thread writes when it is told to. */
function make() {
  let nowMs = 10_000;
  const due = new Map<() => void, number>();
  let say: (message: FromWorker) => void = () => {};
  const report = { epochs: [], losses: noLosses(), usedBytes: 0, asideBytes: 0 };
  const writes: Write[] = [];
  let told = 0;
  const outbox = new Outbox({
    ...{ path: 'played', budgetBytes: 8 << 20, keepAckedHours: 48, boot: newBoot(), drawEpoch: newEpoch },
    nowUs: () => nowMs * 1000,
    onReadable: () => void told++,
    timers: {
      after: (ms, run) => {
        due.set(run, nowMs + ms);
        return () => void due.delete(run);
      },
    },
    spawn: ({ message }) => {
      say = message;
      return {
        postMessage: (told) => {
          if (told.type === 'open') message({ type: 'opened', earlier: null, aside: null, ...report });
          if (told.type === 'write') writes.push(told);
          if (told.type === 'read') message({ type: 'page', id: told.id, rows: null });
        },
        terminate: async () => {},
      };
    },
  });
  const pass = (ms: number): void => {
    nowMs += ms;
    for (const [run, atMs] of due) if (atMs <= nowMs && due.delete(run)) run();
  };
  const seal = (lane: Lane, kind: 'text' | 'clock' | 'answer' | 'air', ageMs = 0): void => {
    const sample = { ...textSample((nowMs - ageMs) * 1000, 10), kind, values: {} } as unknown as Sample;
    outbox.append(lane, [kind === 'text' ? textSample(sample.monoUs, 10) : sample]);
  };
  const written = (): void => say({ type: 'written', commitMs: 5, ...report });
  const failed = (): void =>
    say({ type: 'write-failed', problem: problemOf('io', 'played'), held: { ...report, entries: 0 } });
  /** What each commit held that has begun since this was asked last. */
  const commits = (): string[] =>
    writes.splice(0).map(({ entries }) => entries.map(({ lane, seq }) => `${lane[0]}${seq}`).join(' '));
  const sendable = (): number => (outbox.readable().find(({ lane }) => lane === 'urgent')?.end ?? 0) - 1;
  return { outbox, pass, seal, written, failed, commits, sendable, told: () => told };
}

t.test('texts and clock records go with the history that comes', async (t) => {
  const { outbox, pass, seal, written, commits, sendable } = make();
  await outbox.start();
  seal('urgent', 'text', 100);
  pass(300);
  seal('urgent', 'clock');
  t.same(commits(), [], 'they wait');
  t.equal(sendable(), 0, 'and are not sent');
  t.same(await outbox.read(outbox.epoch, 'urgent', 1, 1 << 20), null);
  pass(300);
  seal('history', 'air', 850);
  t.same(commits(), ['u1 u2 h1']);
  t.equal(sendable(), 2, 'but as they are written');
  t.equal((await outbox.read(outbox.epoch, 'urgent', 1, 1 << 20))?.length, 2);
  seal('urgent', 'text');
  t.equal(sendable(), 3, 'on a slow card nothing waits longer to be sent than on a fast one');
  written();
  t.same(commits(), ['u3'], 'the next commit was as good as begun');
  written();
  seal('urgent', 'text');
  pass(840);
  t.same(commits(), []);
  seal('history', 'air', 850);
  t.same(commits(), ['u4 h2']);
  written();
  pass(2_000);
  t.same(commits(), [], 'and not again');
});

t.test('they wait no longer than history may', async (t) => {
  const { outbox, pass, seal, commits, sendable, told } = make();
  await outbox.start();
  seal('urgent', 'text', 100);
  pass(600);
  seal('urgent', 'text');
  pass(149);
  t.same(commits(), []);
  pass(1);
  t.same(commits(), ['u1 u2'], '850 ms after the oldest sample');
  t.equal(sendable(), 2);
  t.ok(told() > 0, 'and who sends was told');
});

t.test('what was done is written at once, and what waits with it', async (t) => {
  const { outbox, seal, written, commits, sendable } = make();
  await outbox.start();
  seal('urgent', 'text');
  seal('urgent', 'answer');
  t.same(commits(), ['u1 u2']);
  t.equal(sendable(), 2);
  seal('urgent', 'answer');
  written();
  t.same(commits(), ['u3']);
  written();
  outbox.appendGap('urgent', { reason: 'restart', samples: 0, monoFromUs: 0, monoToUs: 0 });
  t.same(commits(), ['u4'], 'a gap is waited for by what comes behind it');
});

t.test('nothing waits but under the clock of what goes alone in time: after a commit all else is written', (t) => {
  const due = new Set<() => void>();
  const timers = {
    after: (_: number, run: () => void) => {
      due.add(run);
      return () => void due.delete(run);
    },
  };
  const company = new Company(timers, () => {});
  const batch = (lane: Lane, seq: number) =>
    batchEntry({ epoch: newEpoch(), boot: newBoot(), lane }, seq, [textSample(0, 10)], { droppable: false, codec: 1 });
  const add = (lane: Lane, writing = false) => company.add(batch(lane, 1), [textSample(0, 10)], { nowUs: 0, writing });
  const held: [what: string, run: () => void, isPatient: boolean][] = [
    ['nothing was added: whatever waits all the same is written', () => {}, false],
    ['a text', () => add('urgent'), true],
    ['another', () => add('urgent'), true],
    ['history beside it', () => add('history'), false],
    ['a text beside history', () => add('urgent'), false],
    ['all gone', () => company.gone(), false],
    ['a text during a commit', () => add('urgent', true), false],
  ];
  for (const [what, run, isPatient] of held) {
    run();
    t.equal(company.isPatient, isPatient, what);
    t.equal(due.size, isPatient ? 1 : 0, `${what}: its clock`);
  }
  company.gone();
  add('urgent');
  for (const run of due) run();
  t.equal(company.isPatient, false, 'its time is over');
  t.end();
});

t.test('a failed commit leaves nothing behind; closing writes all', async (t) => {
  const { outbox, pass, seal, written, failed, commits, sendable } = make();
  await outbox.start();
  seal('history', 'air');
  failed();
  commits();
  seal('urgent', 'text');
  t.equal(sendable(), 1, 'a disk that fails keeps nothing from being sent');
  pass(60_000);
  t.same(commits(), ['h1 u1']);
  written();
  seal('urgent', 'text');
  t.same(commits(), []);
  const closed = outbox.close();
  t.same(commits(), ['u2']);
  written();
  pass(10_000);
  await closed;
});
