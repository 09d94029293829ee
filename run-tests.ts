/**
 * Runs the tests as `make test` and `make soak` do: unit tests, stories and scenarios (each starts whole fleets), and ends
 * with what failed, in its own words, and one line counted from what really ran. Arguments: unit | stories | scenarios |
 * files.
 */
import { spawn } from 'node:child_process';
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { endedChildrenS } from './scenarios/kit/processor.ts';
import { type Count, type Result, resultsOf } from './scenarios/kit/test-results.ts';

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
/** Begun first and in this order, so that nothing long is left for the end; in the soak others are long. */
const LONG = [
  ...(isSoak
    ? [
        'scenarios/sitl/flights.test.ts',
        'scenarios/flights/random-flights.test.ts',
        'scenarios/voyage/voyage.test.ts',
        'scenarios/controller-kill.test.ts',
        'scenarios/agent-kill.test.ts',
        'scenarios/external-broker.test.ts',
        'scenarios/controller-restore.test.ts',
        'scenarios/power-cut.test.ts',
        'scenarios/damaged-store.test.ts',
      ]
    : []),
  'scenarios/orders/order.test.ts',
  'scenarios/orders/controller-killed.test.ts',
  'scenarios/orders/lost-drones.test.ts',
  'scenarios/safety/whole-disk-in-flight.test.ts',
  'scenarios/flights/delivery.test.ts',
  'scenarios/alerts/alerts.test.ts',
  'scenarios/flights/link-loss.test.ts',
  'scenarios/commands/return-of-several.test.ts',
  'scenarios/flights/return-of-several.test.ts',
  'scenarios/flights/page.test.ts',
  'scenarios/flights/upload.test.ts',
  'scenarios/orders/orders-page.test.ts',
  'scenarios/flights/agent-killed.test.ts',
  'scenarios/flights/release.test.ts',
  'scenarios/sitl/flights.test.ts',
  'scenarios/flights/battery.test.ts',
  'scenarios/flights/position.test.ts',
  'scenarios/safety/bad-disk-in-flight.test.ts',
  'scenarios/controller-disk.test.ts',
  'scenarios/controller-kill.test.ts',
  'scenarios/commands-page.test.ts',
  'scenarios/browser.test.ts',
  'scenarios/bad-disk.test.ts',
  'scenarios/demo.test.ts',
  'controller/store/sqlite-store.test.ts',
  'controller/commands/late-commit.test.ts',
  'controller/itineraries/restart.test.ts',
  'controller/main.test.ts',
  'controller/controller.test.ts',
  'controller/detector.test.ts',
  'controller/commands/fleet-wide.test.ts',
  'controller/strange-agents.test.ts',
  'agent/main.test.ts',
  'protocol/telemetry/trust/faults.test.ts',
];

interface Group {
  readonly files: readonly string[];
  readonly jobs: number;
  /** For a file; twice that for those that share a process. */
  readonly timeoutS: number;
  /** So many short files share a process. */
  readonly together: number;
  /** Their files stand in memory: dozens of databases at once that wait for one real disk would be late for each other. */
  readonly inMemory: boolean;
}

const groups: Readonly<Record<string, Group>> = {
  unit: {
    files: ['*.test.ts', '{protocol,hardware,agent,controller,scenarios/kit}/**/*.test.ts'],
    jobs: availableParallelism() + 1,
    together: 8,
    timeoutS: 180,
    inMemory: true,
  },
  // Each in one process, and mostly waiting for what takes its time: several at once.
  stories: {
    files: ['scenarios/{alerts,commands,compat,field,flights,orders,reboot,safety,sitl,voyage}/*.test.ts'],
    jobs: isSoak ? 4 : 8,
    together: 1,
    timeoutS: 3600,
    inMemory: !isSoak,
  },
  // Whole fleets of processes on a real disk, measured: three at a time, which is two thirds of two cores; in the soak two.
  scenarios: {
    files: ['scenarios/*.test.ts'],
    jobs: isSoak ? 2 : 3,
    together: 1,
    timeoutS: 3600,
    inMemory: false,
  },
};
/** What is said of the whole process: such a file shares none. */
const FOR_ITS_PROCESS =
  /^t\.(beforeEach|afterEach|before|after|teardown|plan|setTimeout|jobs)\b|process\.(chdir|env\.\w+ =)/m;
/** Only what calculates shares one: nothing of it goes on after its test. */
const CALCULATES = /^(protocol|controller\/(web|planning))\//;

/** One file is a process of its own; several share one (run-together.ts). */
function runFiles(files: readonly string[], { timeoutS }: Group, scratch: string): Promise<readonly Result[]> {
  const began = performance.now();
  const { promise, resolve } = Promise.withResolvers<readonly Result[]>();
  const limitS = files.length === 1 ? timeoutS : 2 * timeoutS;
  const env = { ...process.env, TAP_TIMEOUT: String(limitS), TMPDIR: scratch };
  const args = files.length === 1 ? files : ['run-together.ts', ...files];
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let cpuS: number | null = null;
  child.on('exit', () => {
    cpuS = cpuOfEnded();
  });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => said.push(bytes));
  const hung = setTimeout(() => child.kill('SIGKILL'), (limitS + GRACE_S) * 1000);
  child.on('close', (code, signal) => {
    clearTimeout(hung);
    const tookS = (performance.now() - began) / 1000;
    resolve(resultsOf({ files, tookS, cpuS, tap: Buffer.concat(said).toString(), ended: String(signal ?? code) }));
  });
  return promise;
}

let endedS = endedChildrenS() ?? 0;

/** What has been added since it was asked last: of two that end in the same moment the first has it all. */
function cpuOfEnded(): number | null {
  const nowS = endedChildrenS();
  if (nowS === null) return null;
  const cpuS = nowS - endedS;
  endedS = nowS;
  return cpuS;
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

/** The files that took longest and most, and of each that failed what failed in it, or its last words. */
function tell(results: readonly Result[]): string[] {
  const most = (words: string, of: (result: Result) => number): string => {
    const first = results.toSorted((a, b) => of(b) - of(a)).slice(0, SLOWEST);
    return `  ${words}: ${first.map((result) => `${result.file} ${Math.round(of(result))} s`).join(', ')}`;
  };
  const lines = [most('longest', ({ tookS }) => tookS)];
  if (results.some(({ cpuS }) => cpuS !== null)) lines.push(most('most processor', ({ cpuS }) => cpuS ?? 0));
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

/** What each process runs, in the order in which they begin. */
function processes(files: readonly string[], together: number): string[][] {
  const place = (file: string): number => (LONG.includes(file) ? LONG.indexOf(file) : LONG.length);
  const sorted = files.toSorted((a, b) => place(a) - place(b) || a.localeCompare(b));
  const [alone, shared] = [[] as string[][], [] as string[][]];
  for (const file of sorted) {
    const last = shared.at(-1);
    if (
      together === 1 ||
      !CALCULATES.test(file) ||
      LONG.includes(file) ||
      FOR_ITS_PROCESS.test(readFileSync(join(root, file), 'utf8'))
    ) {
      alone.push([file]);
    } else if (last === undefined || last.length === together || packageOf(last[0]) !== packageOf(file)) {
      shared.push([file]);
    } else last.push(file);
  }
  return [...alone, ...shared];
}

const packageOf = (file = ''): string | undefined => file.split('/', 1)[0];

async function runGroup(name: string, group: Group): Promise<readonly Result[]> {
  const files = globSync([...group.files], { cwd: root }).filter((path) => !path.includes('node_modules'));
  console.log(`${name}: ${files.length} files`);
  if (files.length === 0) {
    return [{ file: name, tookS: 0, cpuS: null, tap: '', count: { passed: 0, failed: 1, skipped: 0 } }];
  }
  const began = performance.now();
  const waiting = processes(files, group.together);
  const scratch = mkdtempSync(join(group.inMemory && hasRoom(MEMORY) ? MEMORY : tmpdir(), 'skein-test-'));
  const results: Result[] = [];
  const worker = async (): Promise<void> => {
    while (waiting.length > 0) {
      const next = waiting.shift();
      if (next === undefined) return;
      const ended = await runFiles(next, group, scratch);
      results.push(...ended);
      for (const { file, tap, count } of ended) {
        if (count.failed > 0) console.log(`  FAILED ${file}`);
        for (const [, measured] of tap.matchAll(MEASURED)) console.log(`  ${measured}`);
      }
    }
  };
  await Promise.all(Array.from({ length: group.jobs }, worker));
  if (process.env.KEEP !== '1') rmSync(scratch, { recursive: true, force: true });
  mkdirSync(resultsDir, { recursive: true });
  const cost = ({ tookS, cpuS }: Result): string => `${tookS.toFixed(1)} s, ${cpuS?.toFixed(1) ?? '?'} s of processor`;
  writeFileSync(
    join(resultsDir, `${name}.tap`),
    results.map((result) => `# ${result.file}, ${cost(result)}\n${result.tap}\n`).join(''),
  );
  const cpuS = results.reduce((sum, result) => sum + (result.cpuS ?? 0), 0);
  said.push(
    `${name}: ${results.length} files in ${Math.round((performance.now() - began) / 1000)} s, ${Math.round(cpuS)} s of processor`,
    ...tell(results),
  );
  return results;
}

const gone = LONG.filter((file) => !existsSync(join(root, file)));
if (gone.length > 0) throw new Error(`run-tests.ts: LONG names what is not there: ${gone.join(', ')}`);
const asked = process.argv.slice(2);
const names = asked.length === 0 ? Object.keys(groups) : asked.filter((name) => name in groups);
const files = asked.filter((name) => !(name in groups));
const said: string[] = [];
const all: Result[] = [];
const chosen = names.flatMap((name) => (groups[name] ? [[name, groups[name]] as const] : []));
for (const [name, group] of chosen) all.push(...(await runGroup(name, group)));
if (files.length > 0) {
  const group = { files, jobs: 1, together: 1, timeoutS: 3600, inMemory: false };
  all.push(...(await runGroup('chosen', group)));
}
const sum = (of: keyof Count): number => all.reduce((total, { count }) => total + count[of], 0);
const failed = sum('failed');
console.log(`\n${said.join('\n')}`);
if (sum('skipped') > 0) console.log(`  ${sum('skipped')} left to make soak`);
console.log(`\n${sum('passed')} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
