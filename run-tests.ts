/**
 * Runs the tests as `make test` and `make soak` do: unit tests, stories and scenarios (each starts whole fleets), and ends
 * with what failed, in its own words, and one line counted from what really ran. Arguments: unit | stories | scenarios |
 * files.
 *
 * `make test` has one queue: the first stories begin while the last unit tests end. What only calculates gives way to all
 * others and takes what they leave of the processor while they wait. In `make soak` one group follows the other.
 */
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Job, runAll } from './scenarios/kit/pool.ts';
import { reachOf } from './scenarios/kit/reach.ts';
import { runFiles } from './scenarios/kit/test-process.ts';
import type { Count, Result } from './scenarios/kit/test-results.ts';

const root = import.meta.dirname;
const resultsDir = join(root, '.tap');
const SLOWEST = 5;
const FAULTS_PER_FILE = 8;
const FAULT_CHARACTERS = 300;
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
  'scenarios/flights/agent-killed.test.ts',
  'scenarios/flights/release.test.ts',
  'scenarios/sitl/flights.test.ts',
  'scenarios/flights/battery.test.ts',
  'scenarios/flights/position.test.ts',
  'scenarios/safety/bad-disk-in-flight.test.ts',
  'scenarios/shift.test.ts',
  'scenarios/controller-kill.test.ts',
  'scenarios/controller-disk.test.ts',
  'scenarios/bad-disk.test.ts',
  'scenarios/commands-page.test.ts',
  'scenarios/demo.test.ts',
  'scenarios/agent-kill.test.ts',
  'controller/store/sqlite-store.test.ts',
  'controller/commands/late-commit.test.ts',
  'controller/itineraries/restart.test.ts',
  'controller/main.test.ts',
  'controller/controller.test.ts',
  'controller/detector-outage.test.ts',
  'controller/detector-wire.test.ts',
  'controller/detector.test.ts',
  'controller/commands/fleet-wide.test.ts',
  'controller/strange-agents.test.ts',
  'agent/main.test.ts',
  'protocol/telemetry/trust/faults.test.ts',
];

/** What takes more of the processor than others of its group, or less: so many times its part of the room (measured). */
const TAKES: Readonly<Record<string, number>> = {
  'scenarios/kit/test-process.test.ts': 0.25,
  'controller/detector-outage.test.ts': 0.5,
  'controller/commands/late-commit.test.ts': 0.5,
  'controller/itineraries/restart.test.ts': 0.5,
  'scenarios/orders/order.test.ts': 0.5,
  'scenarios/flights/delivery.test.ts': 0.5,
  'scenarios/alerts/alerts.test.ts': 2,
  'scenarios/flights/agent-killed.test.ts': 2,
  'scenarios/flights/upload.test.ts': 1.5,
  'scenarios/demo.test.ts': 2,
};
/** What a browser takes of the room at least; more than two draw too slowly for what is waited for on their pages. */
const BROWSER_TAKES = 1 / 4;
const BROWSERS = 2;
/** One beside what waits; when nothing else is left, as many as there are processors. */
const QUIET = { beside: 1, alone: availableParallelism() };

interface Group {
  readonly files: readonly string[];
  /** So many at once: each takes this part of the room. */
  readonly jobs: number;
  /** For a file; four times that for those that share a process or give way. */
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
    jobs: isSoak ? 4 : 9,
    together: 1,
    timeoutS: 3600,
    inMemory: !isSoak,
  },
  // Whole fleets of processes on a real disk: each keeps two fifths of a processor busy (measured); in the soak two at once.
  scenarios: {
    files: ['scenarios/*.test.ts'],
    jobs: isSoak ? 2 : 4,
    together: 1,
    timeoutS: 3600,
    inMemory: false,
  },
};
/** What is said of the whole process, or measured in it: such a file shares none. */
const FOR_ITS_PROCESS =
  /^t\.(beforeEach|afterEach|before|after|teardown|plan|setTimeout|jobs)\b|process\.(chdir|env\.\w+ =(?!=))/m;
const MEASURES = /\bperformance\.now\b|\bmemoryUsage\b/;
/** These calculate, whatever they load. */
const CALCULATES = /^(protocol|controller\/(web|planning))\//;
/** Stories in virtual time; what they measure is only told. */
const VIRTUAL = /^scenarios\/((commands|flights)\/random-|orders\/runs|voyage\/(voyage|agent|truth))/;

const filesOf = (patterns: readonly string[]): string[] =>
  globSync([...patterns], { cwd: root, exclude: (name) => name === 'node_modules' });
const sourceOf = (file: string): string => readFileSync(join(root, file), 'utf8');
/** Nothing of such a file goes on after its test. */
const calculates = (file: string): boolean => CALCULATES.test(file) || reachOf(join(root, file)).waits.size === 0;
const isQuiet = (file: string): boolean => VIRTUAL.test(file) || (calculates(file) && !MEASURES.test(sourceOf(file)));

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
    const isAlone = together === 1 || LONG.includes(file) || !calculates(file);
    if (isAlone || FOR_ITS_PROCESS.test(sourceOf(file)) || MEASURES.test(sourceOf(file))) {
      alone.push([file]);
    } else if (last === undefined || last.length === together || packageOf(last[0]) !== packageOf(file)) {
      shared.push([file]);
    } else last.push(file);
  }
  return [...alone, ...shared];
}

const packageOf = (file = ''): string | undefined => file.split('/', 1)[0];

const asked = process.argv.slice(2);
const all: Result[] = [];

/** A group on its way: its jobs, and what is told of it when they have ended. */
function groupJobs(name: string, group: Group): { readonly jobs: readonly Job[]; readonly tellIt: () => string[] } {
  const files = filesOf(group.files);
  console.log(`${name}: ${files.length} files`);
  const results: Result[] = [];
  if (files.length === 0) {
    results.push({ file: name, tookS: 0, cpuS: null, tap: '', count: { passed: 0, failed: 1, skipped: 0 } });
  }
  const scratch = mkdtempSync(join(group.inMemory && hasRoom(MEMORY) ? MEMORY : tmpdir(), 'skein-test-'));
  let beganMs: number | null = null;
  let endedMs = 0;
  const jobs = processes(files, group.together).map((files): Job => {
    const [file = ''] = files;
    const browser = files.some((one) => reachOf(join(root, one)).browser);
    const share = (isSoak ? 1 : (TAKES[file] ?? 1)) / group.jobs;
    const quiet = !isSoak && name in groups && files.every(isQuiet);
    return {
      takes: browser ? Math.max(share, BROWSER_TAKES) : share,
      browser,
      quiet,
      run: async () => {
        beganMs ??= performance.now();
        const limitS = files.length === 1 && !quiet ? group.timeoutS : 4 * group.timeoutS;
        const ended = await runFiles(files, { root, scratch, quiet, limitS });
        endedMs = performance.now();
        results.push(...ended);
        for (const { file, tap, count } of ended) {
          if (count.failed > 0) console.log(`  FAILED ${file}`);
          for (const [, measured] of tap.matchAll(MEASURED)) console.log(`  ${measured}`);
        }
      },
    };
  });
  const tellIt = (): string[] => {
    all.push(...results);
    if (process.env.KEEP !== '1') rmSync(scratch, { recursive: true, force: true });
    mkdirSync(resultsDir, { recursive: true });
    const cost = ({ tookS, cpuS }: Result): string =>
      `${tookS.toFixed(1)} s, ${cpuS?.toFixed(1) ?? '?'} s of processor`;
    writeFileSync(
      join(resultsDir, `${name}.tap`),
      results.map((result) => `# ${result.file}, ${cost(result)}\n${result.tap}\n`).join(''),
    );
    const tookS = (endedMs - (beganMs ?? endedMs)) / 1000;
    const cpuS = results.reduce((sum, result) => sum + (result.cpuS ?? 0), 0);
    return [
      `${name}: ${results.length} files in ${Math.round(tookS)} s, ${Math.round(cpuS)} s of processor`,
      ...tell(results),
    ];
  };
  return { jobs, tellIt };
}

const names = asked.length === 0 ? Object.keys(groups) : asked.filter((name) => name in groups);
const files = asked.filter((name) => !(name in groups));
const gone = [...LONG, ...Object.keys(TAKES), ...files].filter((file) => filesOf([file]).length === 0);
if (gone.length > 0) throw new Error(`no such test: ${gone.join(', ')} (asked for, or named in run-tests.ts)`);
const grouped = new Set(filesOf(Object.values(groups).flatMap((group) => group.files)));
const forgotten = filesOf(['**/*.test.{ts,tsx}']).filter((file) => !grouped.has(file));
if (forgotten.length > 0) throw new Error(`no group of run-tests.ts runs ${forgotten.join(', ')}`);
const chosen = names.flatMap((name) => (groups[name] ? [groupJobs(name, groups[name])] : []));
if (files.length > 0) {
  chosen.push(groupJobs('chosen', { files, jobs: 1, together: 1, timeoutS: 3600, inMemory: false }));
}
const began = performance.now();
for (const beside of isSoak ? chosen.map((one) => [one]) : [chosen]) {
  await runAll(
    beside.flatMap(({ jobs }) => jobs),
    { browsers: BROWSERS, quiet: QUIET },
  );
}
const said = chosen.flatMap(({ tellIt }) => tellIt());
const sum = (of: keyof Count): number => all.reduce((total, { count }) => total + count[of], 0);
const failed = sum('failed');
console.log(`\n${said.join('\n')}`);
if (sum('skipped') > 0) console.log(`  ${sum('skipped')} left to make soak`);
if (chosen.length > 1) console.log(`  all in ${Math.round((performance.now() - began) / 1000)} s`);
console.log(`\n${sum('passed')} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
