/**
 * Each known way to break planning is noticed. `make test` looks that the list fits the source and breaks it once;
 * `MUTATIONS=1` (and the soak) breaks it in each way: some minutes.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { MUTATIONS, type Mutation } from './testing/mutations.ts';

const HERE = import.meta.dirname;
/** Quick ones first. `COUNT=60` cities of a fixed seed for the random one. */
const TESTS = ['energy.test.ts', 'plan.test.ts', 'air.test.ts', 'fairness.test.ts', 'random.test.ts'] as const;
const all = Boolean(process.env.MUTATIONS ?? process.env.SOAK);
const only = process.env.ONLY ?? '';

const copy = mkdtempSync(join(tmpdir(), 'planning-'));
t.teardown(() => rmSync(copy, { recursive: true, force: true }));
cpSync(HERE, join(copy, 'planning'), { recursive: true });
symlinkSync(join(HERE, '../../node_modules'), join(copy, 'node_modules'));
writeFileSync(join(copy, 'package.json'), '{"type": "module"}');

function brokenText({ name, file, from, to }: Mutation): string {
  const parts = readFileSync(join(copy, 'planning', file), 'utf8').split(from);
  if (parts.length !== 2) throw new Error(`"${name}": its text is found ${parts.length - 1} times in ${file}`);
  return parts.join(to);
}

/** The test that fails with it, or null. */
function noticed(mutation: Mutation): string | null {
  const path = join(copy, 'planning', mutation.file);
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, brokenText(mutation));
  try {
    for (const test of TESTS) {
      const env = { ...process.env, SEED: '7', COUNT: process.env.COUNT ?? '60', SOAK: '', TAP: '1' };
      const run = spawnSync(process.execPath, [join(copy, 'planning', test)], { env, encoding: 'utf8' });
      if (run.status !== 0) {
        if (!/not ok/.test(run.stdout)) throw new Error(`"${mutation.name}" does not run: ${run.stderr}`);
        return test;
      }
    }
    return null;
  } finally {
    writeFileSync(path, text);
  }
}

t.test('the list fits the source', async (t) => {
  for (const mutation of MUTATIONS) t.doesNotThrow(() => brokenText(mutation), mutation.name);
});

t.test('broken, it is noticed', { timeout: 3_600_000 }, async (t) => {
  const wanted = MUTATIONS.filter(({ name }) => name.includes(only));
  const tried = all ? wanted : wanted.filter(({ name }) => name === 'remembered charge is ignored');
  for (const mutation of tried) {
    const by = noticed(mutation);
    t.ok(by, `${mutation.name}: ${by ?? 'not noticed'}`);
  }
});
