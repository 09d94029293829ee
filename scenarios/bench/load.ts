/**
 * A fleet of agents on one controller: what it commits at one batch a second each, what that costs, and how much of what it
 * could take is left when it really stores it.
 *
 *   load-fleet.ts (a process: raw MQTT sockets, sealed batches) ──► controller (a process) ──► acks after the commit
 *
 *   node scenarios/bench/load.ts          DRONES=10000 SECONDS=12 PASSES=3 SLICE_S=2 RATES=1 by default; RATES=0 looks for none
 *
 * Live and time are off; presence goes every 15 s. KEEP=1 leaves the data directory, PROFILE=1 a processor profile in it.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { batchesInDay } from '../../controller/testing/day-file.ts';
import { inRepository } from '../kit/paths.ts';
import { mainThreadS, threadTimes, usageOf } from '../kit/processes.ts';
import { Program, type Said } from '../kit/program.ts';
import type { PhaseResult, Totals, Tried } from './load-fleet.ts';

const drones = Number(process.env.DRONES ?? 10_000);
const pacedS = Number(process.env.SECONDS ?? 12);
const passes = Number(process.env.PASSES ?? 3);
const sliceS = Number(process.env.SLICE_S ?? 2);
const profile = process.env.PROFILE !== undefined;

interface Cost {
  /** Processor time of the controller's main thread, of all its threads, of the generator, s. */
  readonly mainS: number;
  readonly controllerS: number;
  readonly fleetS: number;
  /** Of the controller: in the kernel on its main thread; on the thread that writes the store, there in the kernel. */
  readonly mainKernelS: number;
  readonly writerS: number;
  readonly writerKernelS: number;
  /** Given to the disk. */
  readonly writtenBytes: number;
}

interface Phase extends PhaseResult, Cost {}

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'skein-bench-'));
const dataDir = path.join(dir, 'data');
const program = (name: string, readyEvent: string | null, flags: readonly string[], ...args: string[]): Program =>
  new Program({
    ...{ name, readyEvent, command: process.execPath, logFile: path.join(dir, `${name}.log`) },
    args: [...flags, inRepository(`scenarios/bench/load-${name}.ts`), ...args],
    startTimeoutMs: 120_000,
  });

/** The highest rate at which acks kept up, batches a second. */
interface Rate {
  readonly name: 'stored' | 'yes';
  readonly perS: number;
  readonly ageP99Ms: number;
  readonly tried: readonly Tried[];
}

const rates: Rate[] = [];
const phases: (Phase & { name: string })[] = [];
let totals: Totals | null = null;

function costs(controller: number, fleet: number): Cost {
  const { cpuS, writtenBytes } = usageOf(controller);
  const threads = threadTimes(controller);
  const writer = threads.get('store-writer') ?? { userS: 0, kernelS: 0 };
  return {
    mainS: mainThreadS(controller),
    controllerS: cpuS,
    fleetS: usageOf(fleet).cpuS,
    mainKernelS: threads.get('MainThread')?.kernelS ?? Number.NaN,
    writerS: writer.userS + writer.kernelS,
    writerKernelS: writer.kernelS,
    writtenBytes,
  };
}

function spent(before: Cost | null, now: Cost): Cost {
  const difference = (key: keyof Cost): number => now[key] - (before?.[key] ?? Number.NaN);
  return {
    mainS: difference('mainS'),
    controllerS: difference('controllerS'),
    fleetS: difference('fleetS'),
    mainKernelS: difference('mainKernelS'),
    writerS: difference('writerS'),
    writerKernelS: difference('writerKernelS'),
    writtenBytes: difference('writtenBytes'),
  };
}

async function load(): Promise<void> {
  const flags = profile ? ['--cpu-prof', `--cpu-prof-dir=${dir}`] : [];
  const controller = program('controller', 'listening', flags, dataDir);
  try {
    const { mqtt } = await controller.start();
    const { port } = new URL(String(mqtt));
    const fleet = program(
      'fleet',
      null,
      [],
      ...[port, drones, pacedS, passes, sliceS, process.env.RATES ?? 1].map(String),
    );
    let before: Cost | null = null;
    fleet.onSaid((said: Said) => {
      if (said.event === 'begin') before = costs(controller.pid, fleet.pid);
      else if (said.event === 'connected')
        line('connected', `${drones} agents in ${Number(said.seconds).toFixed(1)} s`);
      else if (said.event === 'rate') rates.push(said as unknown as Rate);
      else if (said.event === 'totals') totals = said.totals as Totals;
      else if (said.event === 'end') {
        const cost = spent(before, costs(controller.pid, fleet.pid));
        phases.push({ name: String(said.name), ...(said.result as PhaseResult), ...cost });
      }
    });
    await fleet.start();
    const { code } = await fleet.exited;
    if (code !== 0) throw new Error(`the load ended with ${code}\n${fleet.logTail()}`);
    line('memory of the controller', `${(usageOf(controller.pid).rssBytes / 1e6).toFixed(0)} MB`);
  } finally {
    await controller.stop();
  }
}

/** What lies in the day files, read past the programs. */
function stored(): { batches: number; rows: number; streams: number; whole: number; fileBytes: number } {
  const sum = { batches: 0, rows: 0, streams: 0, whole: 0, fileBytes: 0 };
  for (const name of fs.readdirSync(path.join(dataDir, 'telemetry'))) {
    const file = path.join(dataDir, 'telemetry', name);
    sum.fileBytes += fs.statSync(file).size;
    if (!name.endsWith('.db')) continue;
    const db = new Database(file, { readonly: true });
    const streams = new Map<string, { n: number; least: number; greatest: number }>();
    for (const { drone, epoch, lane, seq, rows } of batchesInDay(db)) {
      const name = `${drone}/${epoch}/${lane}`;
      const stream = streams.get(name) ?? { n: 0, least: seq, greatest: seq };
      streams.set(name, stream);
      stream.n++;
      stream.least = Math.min(stream.least, seq);
      stream.greatest = Math.max(stream.greatest, seq);
      sum.batches++;
      sum.rows += rows;
    }
    db.close();
    // One file unless midnight (UTC) passes: then a stream is in two, and counts as two.
    for (const { n, least, greatest } of streams.values()) {
      sum.streams++;
      if (greatest - least + 1 === n) sum.whole++;
    }
  }
  return sum;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
const line = (what: string, value: string): void => console.log(`load: ${what.padEnd(43)} ${value}`);

function describe(title: string, name: string): void {
  const list = phases.filter((phase) => phase.name === name);
  if (list.length === 0) return;
  const of = (value: (phase: Phase) => number, digits = 0): string => median(list.map(value)).toFixed(digits);
  const us = (value: (phase: Phase) => number): string => of((phase) => (value(phase) * 1e6) / phase.batches, 1);
  const share = (value: (phase: Phase) => number): string => of((phase) => (value(phase) * 100) / phase.seconds);
  line(
    `${title}: batches, samples a second`,
    `${of((p) => p.batches / p.seconds)}, ${of((p) => p.samples / p.seconds)}`,
  );
  line(`${title}: age of an ack, p50, p99`, `${of((p) => p.ageP50Ms)} ms, ${of((p) => p.ageP99Ms)} ms`);
  const cores = `${share((p) => p.mainS)} + ${share((p) => p.controllerS - p.mainS)} %, ${share((p) => p.fleetS)} %`;
  line(`${title}: of a core, main + others, generator`, cores);
  const each = `${us((p) => p.mainS)} + ${us((p) => p.controllerS - p.mainS)} µs, ${us((p) => p.fleetS)} µs`;
  line(`${title}: a batch, main + others, generator`, each);
  const threads = `${us((p) => p.mainS)} (${us((p) => p.mainKernelS)}), ${us((p) => p.writerS)} (${us((p) => p.writerKernelS)}), ${us((p) => p.controllerS - p.mainS - p.writerS)} µs`;
  line(`${title}: main (its kernel), writer (same), others`, threads);
  line(`${title}: written to the disk a batch`, `${of((p) => p.writtenBytes / p.batches)} bytes`);
  line(`${title}: acks a batch, sent again`, `${of((p) => p.acks / p.batches, 2)}, ${of((p) => p.resent)}`);
}

line('machine', `${os.availableParallelism()} cores for 3 busy threads, load ${os.loadavg()[0]?.toFixed(1)} before`);
try {
  await load();
  const bytes =
    phases.reduce((sum, phase) => sum + phase.bytes, 0) / phases.reduce((sum, { batches }) => sum + batches, 0);
  const rows =
    phases.reduce((sum, phase) => sum + phase.samples, 0) / phases.reduce((sum, { batches }) => sum + batches, 0);
  line('a batch', `${bytes.toFixed(0)} bytes, ${rows.toFixed(1)} samples`);
  describe('paced', 'paced');
  for (const kind of ['full', 'backlog']) {
    describe(kind, kind);
    describe(`${kind}, yes`, `${kind}, yes`);
    const of = (name: string, value: (phase: Phase) => number): number[] =>
      phases.flatMap((phase) => (phase.name === name ? [value(phase)] : []));
    const ratios = (value: (phase: Phase) => number): number[] => {
      const yes = of(`${kind}, yes`, value);
      return of(kind, value).map((stored, i) => stored / (yes[i] ?? Number.NaN));
    };
    if (passes === 0) continue;
    const rates = ratios((phase) => phase.batches / phase.seconds);
    const each = rates.map((rate) => rate.toFixed(2)).join(', ');
    line(`${kind}: stored ÷ yes (aim ≥ 0.9)`, `${median(rates).toFixed(2)} (${each})`);
    const main = ratios((phase) => phase.batches / phase.mainS);
    const all = ratios((phase) => phase.batches / (phase.controllerS + phase.fleetS));
    line(`${kind}: of processor time, main alone, all`, `${median(main).toFixed(2)}, ${median(all).toFixed(2)}`);
  }
  for (const { name, perS, ageP99Ms, tried } of rates) {
    line(`rate: highest with ack p99 ≤ 10 s, ${name}`, `${perS.toFixed(0)} a second (p99 ${ageP99Ms.toFixed(0)} ms)`);
    for (const one of tried) {
      const got = `${(one.share * 100).toFixed(0)} % in time, p99 ${one.ageP99Ms.toFixed(0)} ms`;
      line(`rate: tried, ${name}`, `${one.perS.toFixed(0)} a second: ${one.held ? 'held' : 'not held'}, ${got}`);
    }
  }
  const highest = (name: Rate['name']): number => rates.find((one) => one.name === name)?.perS ?? Number.NaN;
  if (rates.length === 2) line('rate: stored ÷ yes (aim ≥ 0.9)', (highest('stored') / highest('yes')).toFixed(2));
  const held = stored();
  const { offered = 0, acked = 0, samples = 0 } = totals ?? {};
  line('offered, acked, in the store', `${offered}, ${acked}, ${held.batches} batches`);
  line('samples acked, in the store', `${samples}, ${held.rows}`);
  line('streams in the store, without a hole', `${held.streams}, ${held.whole}`);
  line(
    'bytes on disk a sample, a batch',
    `${(held.fileBytes / held.rows).toFixed(1)}, ${(held.fileBytes / held.batches).toFixed(0)}`,
  );
  const equal = offered === acked && acked === held.batches && samples === held.rows && held.streams === held.whole;
  if (!equal) throw new Error('what was acked is not what is stored');
} finally {
  if (process.env.KEEP !== undefined || profile) console.log(`left in ${dir}`);
  else fs.rmSync(dir, { recursive: true, force: true });
}
