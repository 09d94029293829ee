/**
 * Runs the tests as `make test` and `make soak` do: unit tests two files at a time, then scenarios one after another
 * (each starts whole fleets), and ends with one line counted from what really ran. Arguments: unit | stories | scenarios |
 * files.
 */
import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

const root = import.meta.dirname;
const results = join(root, '.tap');
const unitFiles = ['*.test.ts', '{protocol,hardware,agent,controller}/**/*.test.{ts,tsx}'];
const groups: Readonly<Record<string, { readonly files: string[]; readonly jobs: number; readonly timeoutS: number }>> =
  {
    unit: { files: unitFiles, jobs: Math.max(1, availableParallelism()), timeoutS: 180 },
    // Each in one process, and mostly waiting for what takes its time: several at once.
    stories: { files: ['scenarios/{commands,reboot,safety,sitl}/*.test.ts'], jobs: 4, timeoutS: 3600 },
    // Whole fleets of processes, measured: one at a time.
    scenarios: { files: ['scenarios/*.test.ts'], jobs: 1, timeoutS: 3600 },
  };

interface Count {
  passed: number;
  failed: number;
}

/** Named tests and whole files that failed or passed, read from the TAP a group wrote: what a person calls a test. */
function countTests(tap: string): Count {
  const count = { passed: 0, failed: 0 };
  for (const line of tap.split('\n')) {
    const match = /^ {4}(not )?ok \d+ /.exec(line);
    if (match !== null) count[match[1] === undefined ? 'passed' : 'failed']++;
  }
  return count;
}

function runGroup(name: string, patterns: readonly string[], jobs: number, timeoutS: number): Count {
  const files = globSync([...patterns], { cwd: root }).filter((path) => !path.includes('node_modules'));
  const output = join(results, `${name}.tap`);
  mkdirSync(results, { recursive: true });
  rmSync(output, { force: true });
  console.log(`\n${name}: ${files.length} files`);
  const run = spawnSync(
    'tap',
    ['--reporter=terse', `--output-file=${output}`, `--jobs=${jobs}`, `--timeout=${timeoutS}`, ...files.sort()],
    { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
  );
  let tap = '';
  try {
    tap = readFileSync(output, 'utf8');
  } catch {
    console.error(`${name}: no result was written; is tap installed? (make install)`);
  }
  for (const [, said] of tap.matchAll(/^ *# (measured: .*|.*\bSEED=.*)$/gm)) console.log(`  ${said}`);
  const count = countTests(tap);
  if (run.status !== 0 && count.failed === 0) count.failed = 1;
  if (count.passed + count.failed === 0) {
    console.error(`${name}: no test ran`);
    count.failed = 1;
  }
  return count;
}

const asked = process.argv.slice(2);
const names = asked.length === 0 ? Object.keys(groups) : asked.filter((name) => name in groups);
const files = asked.filter((name) => !(name in groups));
const total: Count = { passed: 0, failed: 0 };
const add = (count: Count): void => {
  total.passed += count.passed;
  total.failed += count.failed;
};
for (const name of names) {
  const group = groups[name];
  if (group) add(runGroup(name, group.files, group.jobs, group.timeoutS));
}
if (files.length > 0) add(runGroup('chosen', files, 1, 3600));
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 ? 0 : 1);
