import t from 'tap';
import { type Job, runAll } from './pool.ts';

const LIMITS = { browsers: 2, quiet: { beside: 1, alone: 2 } };

/** Jobs by name; `begun` and `ends` are told by it what happens when. */
function stage(words: readonly (readonly [name: string, job: Partial<Omit<Job, 'run'>>])[]) {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const jobs = words.map(([name, { takes = 1 / 3, browser = false, quiet = false }]): Job => {
    const { promise, resolve } = Promise.withResolvers<void>();
    ends.set(name, resolve);
    const run = (): Promise<void> => {
      begun.push(name);
      return promise;
    };
    return { takes, browser, quiet, run };
  });
  const end = async (name: string): Promise<string> => {
    ends.get(name)?.();
    await new Promise(setImmediate);
    return begun.splice(0).join(' ');
  };
  return { jobs, end };
}

t.test('as many at once as there is room, in their order', async (t) => {
  const { jobs, end } = stage([
    ['a', {}],
    ['b', {}],
    ['c', {}],
    ['large', { takes: 0.6 }],
    ['e', {}],
  ]);
  const all = runAll(jobs, LIMITS);
  t.equal(await end(''), 'a b c', 'three thirds are not more than the whole');
  t.equal(await end('b'), '', 'nobody passes what is large');
  t.equal(await end('a'), 'large');
  t.equal(await end('c'), 'e');
  for (const name of ['large', 'e']) await end(name);
  await all;
});

t.test('what takes more than there is has it alone', async (t) => {
  const { jobs, end } = stage([
    ['a', {}],
    ['huge', { takes: 2 }],
    ['c', {}],
  ]);
  const all = runAll(jobs, LIMITS);
  t.equal(await end(''), 'a');
  t.equal(await end('a'), 'huge');
  t.equal(await end('huge'), 'c');
  await end('c');
  await all;
});

t.test('a third browser waits, and is passed by', async (t) => {
  const small = { takes: 0.1 };
  const { jobs, end } = stage([
    ['x', { ...small, browser: true }],
    ['y', { ...small, browser: true }],
    ['z', { ...small, browser: true }],
    ['a', small],
  ]);
  const all = runAll(jobs, LIMITS);
  t.equal(await end(''), 'x y a');
  t.equal(await end('x'), 'z');
  for (const name of ['y', 'z', 'a']) await end(name);
  await all;
});

t.test('quiet ones take no room: one beside others, more when there are none', async (t) => {
  const { jobs, end } = stage([
    ['q', { quiet: true }],
    ['r', { quiet: true }],
    ['s', { quiet: true }],
    ['a', { takes: 1 }],
    ['b', { takes: 1 }],
  ]);
  const all = runAll(jobs, LIMITS);
  t.equal(await end(''), 'a q');
  t.equal(await end('a'), 'b');
  t.equal(await end('q'), 'r');
  t.equal(await end('b'), 's');
  for (const name of ['r', 's']) await end(name);
  await all;
});

t.test('a job that rejects ends it', async (t) => {
  const run = async (): Promise<void> => {
    throw new Error('no such program');
  };
  await t.rejects(runAll([{ takes: 1, browser: false, quiet: false, run }], LIMITS), /no such program/);
  await runAll([], LIMITS);
});
