/**
 * Ingest at saturation: how much of what the controller could take is left when it really stores it. Passes with the
 * store and with its commit replaced by an immediate yes take turns, so that whatever else the machine does hits both.
 *
 *   load.ts (a process: raw MQTT sockets, sealed batches) ──► controller (a process) ──► acks after the commit ──► load.ts
 *
 *   node scenarios/bench/ingest.ts          DRONES=50 SECONDS=12 PASSES=3 PER_MESSAGE=1 by default
 */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { inRepository } from '../kit/paths.ts';
import { mainThreadS } from '../kit/processes.ts';
import { Program } from '../kit/program.ts';
import type { LoadResult } from './load.ts';

const drones = Number(process.env.DRONES ?? 50);
const seconds = Number(process.env.SECONDS ?? 12);
const perMessage = Number(process.env.PER_MESSAGE ?? 1);
const passes = Number(process.env.PASSES ?? 3);
const run = promisify(execFile);

interface Pass {
  readonly batchesPerS: number;
  readonly bytesPerS: number;
  /** Processor time of the controller's main thread per batch, µs. */
  readonly mainUs: number;
  readonly batchBytes: number;
  readonly resends: number;
}

async function pass(mode: 'real' | 'yes'): Promise<Pass> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'skein-bench-'));
  const controller = new Program({
    name: `controller (${mode})`,
    command: process.execPath,
    args: [inRepository('scenarios/bench/ingest-controller.ts'), mode, path.join(dir, 'data')],
    logFile: path.join(dir, 'controller.log'),
    readyEvent: 'listening',
  });
  try {
    const { mqtt } = await controller.start();
    const { port } = new URL(String(mqtt));
    const load = [inRepository('scenarios/bench/load.ts'), port, String(drones), String(seconds), String(perMessage)];
    const before = mainThreadS(controller.pid);
    const { stdout } = await run(process.execPath, load, { timeout: (seconds + 60) * 1000 });
    const result = JSON.parse(stdout) as LoadResult;
    const mainS = mainThreadS(controller.pid) - before;
    return {
      mainUs: (mainS * 1e6) / result.ackedInAll,
      batchesPerS: result.acked / result.seconds,
      bytesPerS: result.bytes / result.seconds,
      batchBytes: result.batchBytes,
      resends: result.resends,
    };
  } finally {
    await controller.stop();
    fs.rmSync(dir, { recursive: true, force: true });
  }
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

const real: Pass[] = [];
const yes: Pass[] = [];
for (let i = 0; i < passes; i++) {
  real.push(await pass('real'));
  yes.push(await pass('yes'));
}
const rate = (list: readonly Pass[]): number => median(list.map(({ batchesPerS }) => batchesPerS));
const line = (what: string, value: string): void => console.log(`ingest: ${what.padEnd(43)} ${value}`);
const size = `${perMessage} × ${real[0]?.batchBytes} bytes a message`;
line('load', `${drones} drones, ${size}, ${passes} passes each, ${os.availableParallelism()} cores for 3 busy threads`);
line('batches a second, stored', rate(real).toFixed(0));
line('batches a second, immediate yes', rate(yes).toFixed(0));
line('megabytes a second, stored', (median(real.map(({ bytesPerS }) => bytesPerS)) / 1e6).toFixed(1));
line('ratio (aim ≥ 0.9)', (rate(real) / rate(yes)).toFixed(2));
const mainUs = (list: readonly Pass[]): number => median(list.map((one) => one.mainUs));
line('main thread per batch, stored', `${mainUs(real).toFixed(1)} µs`);
line('main thread per batch, immediate yes', `${mainUs(yes).toFixed(1)} µs`);
line('ratio of these: with a core for each thread', (mainUs(yes) / mainUs(real)).toFixed(2));
line('lanes sent again', String([...real, ...yes].reduce((sum, { resends }) => sum + resends, 0)));
