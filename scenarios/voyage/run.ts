/**
 * `make voyage`: SEEDS=10000 voyages from FROM= on, on all processors; SEED=7 plays one and tells its end; MUTATIONS=1 breaks
 * the source in each known way and says which seed noticed. Exit code 1: a voyage failed, or a mutation was not noticed; 2: a
 * number that is none.
 */
import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { readAsked } from './asked.ts';
import { copySource, hunt, removeCopy } from './mutate.ts';
import { MUTATIONS } from './mutations.ts';
import { type Voyage, voyage } from './voyage.ts';

const MUTATION_SEEDS = 500;
/** Printed of a voyage that failed. */
const LAST_EVENTS = 30;
/** Voyages a worker is given at a time. */
const SHARE = 20;

interface Tally {
  voyages: number;
  sealed: number;
  durable: number;
  faults: number;
  commands: number;
  virtualS: number;
}

function tell({ seed, wrong, notes }: Voyage): void {
  for (const line of notes.slice(-LAST_EVENTS)) console.log(line);
  console.log(`SEED=${seed} failed (make voyage SEED=${seed} plays it again)\n  ${wrong.join('\n  ')}`);
}

function add(tally: Tally, one: Tally | Voyage): void {
  tally.voyages += 'voyages' in one ? one.voyages : 1;
  for (const key of ['sealed', 'durable', 'faults', 'commands', 'virtualS'] as const) tally[key] += one[key];
}

const none = (): Tally => ({ voyages: 0, sealed: 0, durable: 0, faults: 0, commands: 0, virtualS: 0 });

async function one(seed: number): Promise<number> {
  const done = await voyage(seed);
  if (done.wrong.length > 0) tell(done);
  else for (const line of done.notes) console.log(line);
  console.log(
    `SEED=${seed} trace ${done.hash}: ${done.sealed} batches, ${done.faults} faults, ${done.wrong.length} wrong`,
  );
  return done.wrong.length === 0 ? 0 : 1;
}

interface Share {
  readonly tally: Tally;
  readonly failed: Voyage | null;
}

/** Until one fails. */
async function share(from: number, to: number): Promise<Share> {
  const tally = none();
  for (let seed = from; seed < to; seed++) {
    const done = await voyage(seed);
    add(tally, done);
    if (done.wrong.length > 0) return { tally, failed: done };
  }
  return { tally, failed: null };
}

async function many(from: number, seeds: number, workers: number): Promise<number> {
  const beganMs = performance.now();
  const tally = none();
  let next = from;
  let failed: Voyage | null = null;
  const take = (): [number, number] | null => {
    if (next >= from + seeds || failed !== null) return null;
    const at = next;
    next = Math.min(next + SHARE, from + seeds);
    return [at, next];
  };
  const heard = (done: Share): void => {
    add(tally, done.tally);
    if (done.failed !== null && (failed === null || done.failed.seed < failed.seed)) failed = done.failed;
  };
  if (workers === 1) for (let some = take(); some !== null; some = take()) heard(await share(...some));
  else await Promise.all(Array.from({ length: workers }, () => onThread(take, heard)));
  if (failed !== null) tell(failed);
  const { user, system } = process.cpuUsage();
  const minutes = (performance.now() - beganMs) / 60e3;
  const each = (count: number): string => `${count} (${Math.round(count / minutes)} a minute)`;
  const ended = failed === null ? `${seeds} seeds clean` : `${tally.voyages} voyages until one failed`;
  console.log(
    `voyage: ${ended}, from ${from} on: ${each(tally.sealed)} sealed batches, ${each(tally.faults)} faults, ${tally.durable} durable, ` +
      `${tally.commands} commands, ${Math.round(tally.virtualS / 3600)} h of flight in ${(minutes * 60).toFixed(1)} s (${((user + system) / 1e6).toFixed(1)} s of processor) on ${workers} threads`,
  );
  return failed === null ? 0 : 1;
}

function onThread(take: () => [number, number] | null, heard: (done: Share) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: 'voyages' });
    const give = (): void => {
      const some = take();
      if (some !== null) worker.postMessage(some);
      else void worker.terminate().then(() => resolve());
    };
    worker.on('message', (done: Share) => {
      heard(done);
      give();
    });
    worker.on('error', reject);
    give();
  });
}

async function mutations(workers: number): Promise<number> {
  const left = [...MUTATIONS];
  let missed = 0;
  const lane = async (): Promise<void> => {
    const copy = copySource();
    try {
      for (let mutation = left.shift(); mutation !== undefined; mutation = left.shift()) {
        const how = await hunt(copy, mutation, MUTATION_SEEDS).catch((error: unknown) => String(error));
        if (typeof how === 'string' || how.seed === null) missed++;
        const seen =
          typeof how === 'string'
            ? how
            : how.seed === null
              ? `NOT NOTICED in ${MUTATION_SEEDS} seeds`
              : `seed ${how.seed}: ${how.words}`;
        console.log(`mutation: ${mutation.name}: ${seen}`);
      }
    } finally {
      removeCopy(copy);
    }
  };
  await Promise.all(Array.from({ length: workers }, lane));
  console.log(`voyage: ${MUTATIONS.length - missed} of ${MUTATIONS.length} mutations noticed`);
  return missed === 0 ? 0 : 1;
}

if (isMainThread) {
  const reading = readAsked(process.env, availableParallelism());
  if (!reading.ok) {
    for (const problem of reading.problems) console.error(`voyage: ${problem}`);
    process.exitCode = 2;
  } else {
    const { workers, mutations: broken, seed, from, seeds } = reading.asked;
    if (broken) process.exitCode = await mutations(workers);
    else if (seed !== null) process.exitCode = await one(seed);
    else process.exitCode = await many(from, seeds, workers);
  }
} else if (workerData === 'voyages') {
  parentPort?.on('message', ([from, to]: [number, number]) => {
    void share(from, to).then((done) => parentPort?.postMessage(done));
  });
}
