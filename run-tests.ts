/**
 * Runs the tests as `make test` and `make soak` do: unit tests, then stories and scenarios (each starts whole fleets), and
 * ends with what failed, in its own words, and one line counted from what really ran. Arguments: unit | stories |
 * scenarios | files.
 */
import { spawn } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';

const root = import.meta.dirname;
const resultsDir = join(root, '.tap');
const SLOWEST = 5;
const FAULTS_PER_FILE = 8;
const FAULT_CHARACTERS = 300;
/** What a file may take to end after its tests timed out, before it is killed. */
const GRACE_S = 30;
/** A file system in memory. */
const MEMORY = '/dev/shm';
/** Free there, else the disk is taken: a container often has 64 MB. */
const MEMORY_BYTES = 4e9;
const isSoak = process.env.SOAK === '1';
/** Begun first, so that nothing long is left for the end. */
const LONG =
  /return-of-several|delivery|order\.test|link-loss|whole-disk|upload|page|release|controller-kill|bad-disk|main|faults/;

interface Group {
  readonly files: readonly string[];
  readonly jobs: number;
  readonly timeoutS: number;
  /** Their files stand in memory: dozens of databases at once that wait for one real disk would be late for each other. */
  readonly inMemory: boolean;
}

const groups: Readonly<Record<string, Group>> = {
  unit: {
    files: ['*.test.ts', '{protocol,hardware,agent,controller,scenarios/kit}/**/*.test.ts'],
    jobs: availableParallelism() + 1,
    timeoutS: 180,
    inMemory: true,
  },
  // Each in one process, and mostly waiting for what takes its time: several at once.
  stories: {
    files: ['scenarios/{alerts,commands,compat,flights,orders,reboot,safety,sitl,voyage}/*.test.ts'],
    jobs: isSoak ? 3 : 7,
    timeoutS: 3600,
    inMemory: !isSoak,
  },
  // Whole fleets of processes on a real disk, measured: two at a time, in the soak one.
  scenarios: { files: ['scenarios/*.test.ts'], jobs: isSoak ? 1 : 2, timeoutS: 3600, inMemory: false },
};

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

interface Result {
  readonly file: string;
  readonly tookS: number;
  /** What it printed, in the Test Anything Protocol, and beside it. */
  readonly tap: string;
  readonly count: Count;
}

/** Named tests that failed, passed or were left out: what a person calls a test. A file that ends otherwise failed as well. */
function countTests(tap: string, ended: string): Count {
  const count = { passed: 0, failed: 0, skipped: 0 };
  for (const [line, not] of tap.matchAll(/^(not )?ok \d+ .*$/gm)) {
    count[/ # SKIP\b/.test(line) ? 'skipped' : not === undefined ? 'passed' : 'failed']++;
  }
  const none = count.passed + count.failed + count.skipped === 0;
  if (count.failed === 0 && (ended !== '0' || none)) count.failed++;
  return count;
}

/** Each file is a process of its own; nothing stands between it and Node. */
function runFile(file: string, timeoutS: number, scratch: string): Promise<Result> {
  const began = performance.now();
  const { promise, resolve } = Promise.withResolvers<Result>();
  const env = { ...process.env, TAP_TIMEOUT: String(timeoutS), TMPDIR: scratch };
  const child = spawn(process.execPath, [file], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => said.push(bytes));
  const hung = setTimeout(() => child.kill('SIGKILL'), (timeoutS + GRACE_S) * 1000);
  child.on('close', (code, signal) => {
    clearTimeout(hung);
    const tap = Buffer.concat(said).toString();
    const count = countTests(tap, String(signal ?? code));
    resolve({ file, tookS: (performance.now() - began) / 1000, tap, count });
  });
  return promise;
}

function hasRoom(path: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize >= MEMORY_BYTES;
  } catch {
    return false;
  }
}

const MEASURED = /^ *# (measured: .*|.*\bSEED=.*)$/gm;
const FAULT = /^ *not ok \d+ - (.*)$/gm;

/** The files that took longest, and of each that failed what failed in it, or its last words. */
function tell(results: readonly Result[]): string[] {
  const slowest = results.toSorted((a, b) => b.tookS - a.tookS).slice(0, SLOWEST);
  const lines = [`  longest: ${slowest.map(({ file, tookS }) => `${file} ${Math.round(tookS)} s`).join(', ')}`];
  for (const { file, tap } of results.filter(({ count }) => count.failed > 0)) {
    const faults = [...tap.matchAll(FAULT)].map(([, words = '']) => words);
    const words = faults.length > 0 ? faults : tap.trimEnd().split('\n').slice(-FAULTS_PER_FILE);
    lines.push(
      `  FAILED ${file}`,
      ...words.slice(0, FAULTS_PER_FILE).map((w) => `    ${w.slice(0, FAULT_CHARACTERS)}`),
    );
  }
  return lines;
}

async function runGroup(
  name: string,
  { files: patterns, jobs, timeoutS, inMemory }: Group,
): Promise<readonly Result[]> {
  const files = globSync([...patterns], { cwd: root }).filter((path) => !path.includes('node_modules'));
  console.log(`\n${name}: ${files.length} files`);
  if (files.length === 0) return [{ file: name, tookS: 0, tap: '', count: { passed: 0, failed: 1, skipped: 0 } }];
  const began = performance.now();
  const waiting = files.sort((a, b) => Number(LONG.test(b)) - Number(LONG.test(a)) || a.localeCompare(b));
  const scratch = mkdtempSync(join(inMemory && hasRoom(MEMORY) ? MEMORY : tmpdir(), 'skein-test-'));
  const results: Result[] = [];
  const worker = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const result = await runFile(file, timeoutS, scratch);
      results.push(result);
      if (result.count.failed > 0) console.log(`  FAILED ${file}`);
      for (const [, measured] of result.tap.matchAll(MEASURED)) console.log(`  ${measured}`);
    }
  };
  await Promise.all(Array.from({ length: jobs }, worker));
  if (process.env.KEEP !== '1') rmSync(scratch, { recursive: true, force: true });
  mkdirSync(resultsDir, { recursive: true });
  writeFileSync(
    join(resultsDir, `${name}.tap`),
    results.map(({ file, tookS, tap }) => `# ${file}, ${tookS.toFixed(1)} s\n${tap}\n`).join(''),
  );
  said.push(
    `${name}: ${results.length} files in ${Math.round((performance.now() - began) / 1000)} s`,
    ...tell(results),
  );
  return results;
}

const asked = process.argv.slice(2);
const names = asked.length === 0 ? Object.keys(groups) : asked.filter((name) => name in groups);
const files = asked.filter((name) => !(name in groups));
const said: string[] = [];
const all: Result[] = [];
for (const name of names) {
  const group = groups[name];
  if (group) all.push(...(await runGroup(name, group)));
}
if (files.length > 0) all.push(...(await runGroup('chosen', { files, jobs: 1, timeoutS: 3600, inMemory: false })));
const sum = (of: keyof Count): number => all.reduce((total, { count }) => total + count[of], 0);
const failed = sum('failed');
console.log(`\n${said.join('\n')}`);
if (sum('skipped') > 0) console.log(`  ${sum('skipped')} left to make soak`);
console.log(`\n${sum('passed')} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
