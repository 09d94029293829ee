import { join } from 'node:path';
import t, { type Test } from 'tap';
import { inRepository } from './paths.ts';
import { runFiles } from './test-process.ts';

const TAP = "import t from 'tap';";
const GOOD = `${TAP} t.test('good', async (t) => t.pass());`;
const FIRST = `${TAP} await t.test('first', async (t) => t.pass());`;

/** What became of these files, each by its source: passed and failed. */
async function become(
  t: Test,
  sources: readonly string[],
  { limitS = 60, graceS = 10 } = {},
): Promise<readonly string[]> {
  const dir = t.testdir(Object.fromEntries(sources.map((source, n) => [`${n}.mjs`, source])));
  const files = sources.map((_, n) => join(dir, `${n}.mjs`));
  const results = await runFiles(files, { root: inRepository(''), scratch: dir, quiet: false, limitS, graceS });
  return results.map(({ count: { passed, failed } }) => `${passed} ${failed}`);
}

t.jobs = 2;

t.test('each file of a process has its own: one that fails, one that shows nothing', async (t) => {
  const fails = `${TAP} t.test('good', async (t) => t.pass()); t.test('bad', async (t) => t.fail());`;
  t.same(await become(t, [GOOD, fails, GOOD, '']), ['1 0', '1 1', '1 0', '0 1']);
});

for (const [what, source] of [
  ['cannot be loaded', "import './gone.mjs';"],
  ['leaves, as if all were well', `${FIRST} process.exit(0);`],
  ['waits for what never comes', `${FIRST} await new Promise(() => {});`],
] as const)
  t.test(`a file ${what}: nothing is well of it, and of those behind it`, async (t) => {
    const [before, inside, behind] = await become(t, [GOOD, source, GOOD]);
    t.match([before, inside, behind], ['1 0', /^\d [1-9]$/, '0 1']);
  });

t.test('a test that hangs is told by its file', async (t) => {
  const hangs = `${TAP} t.test('hangs', () => new Promise(() => setInterval(() => {}, 1e3)));`;
  t.same(await become(t, [GOOD, hangs, GOOD], { limitS: 10, graceS: 3 }), ['1 0', '0 1', '0 1']);
});

t.test('a file that stands still is killed', async (t) => {
  const still = `${FIRST} Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);`;
  t.match(await become(t, [still], { limitS: 5, graceS: 2 }), [/^\d 1$/]);
});

t.test('what a file leaves running is not waited for', async (t) => {
  const leaves = "import { spawn } from 'node:child_process'; spawn('sleep', ['30'], { stdio: 'inherit' }).unref();";
  t.same(await become(t, [`${GOOD} ${leaves}`], { graceS: 1 }), ['1 1']);
});
