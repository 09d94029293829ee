/**
 * What the outbox of an agent writes to its card, with eviction running, for each byte of raw MAVLink; the recorder is off.
 *
 *   skein-sim ──TCP──► wire (counts bytes) ──► skein-agent (outbox of 4 MB, full of what the controller has) ──► skein-controller
 *
 *   node scenarios/bench/disk.ts          SECONDS=120 by default; TMPDIR names the disk
 */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { OutboxStore } from '../../agent/outbox/store.ts';
import { oneBatch } from '../../agent/outbox/testkit.ts';
import { Agent } from '../kit/agent.ts';
import { Controller } from '../kit/controller.ts';
import { metricSum } from '../kit/http.ts';
import { freePort } from '../kit/ports.ts';
import { usageOf } from '../kit/processes.ts';
import { Simulator } from '../kit/simulator.ts';
import { until } from '../kit/until.ts';
import { createWire } from '../kit/wire.ts';
import { askForRates } from './rates.ts';

const WARM_UP_MS = 10_000;
const BUDGET_MB = 4;
/** Of the rates of rates.ts: between 3.5 and 5 kB/s, what a flight has. */
const SHARE = 0.4;
const seconds = Number(process.env.SECONDS ?? 120);
const METRICS = {
  commits: 'skein_agent_outbox_commits_total',
  evicted: 'skein_agent_outbox_evicted_acked_total',
  history: 'skein_agent_uplink_bytes_history_total',
} as const;

/** An outbox as it is after days: full, and the controller has it all. */
function prefill(file: string): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const store = new OutboxStore({ path: file, budgetBytes: BUDGET_MB * 1e6, keepAckedS: 1e6 });
  const epoch = randomBytes(8).toString('hex');
  const boot = crypto.randomUUID();
  for (let seq = 1; store.losses.evictedAcked === 0; seq++) {
    store.write([oneBatch({ epoch, boot, lane: 'history', seq, monoUs: seq, length: 600 })], 0);
    store.ack(epoch, 'history', seq);
  }
  store.close();
}

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'skein-bench-'));
const undo: (() => Promise<unknown>)[] = [async () => fs.rmSync(dir, { recursive: true, force: true })];
try {
  const place = { id: 'bench', seed: 1, home: { latDeg: 47.3977, lonDeg: 8.5456, altM: 488 } };
  const simulator = new Simulator({ ...place, dir, link: 'tcp' });
  undo.push(() => simulator.program.stop());
  await simulator.start();
  const controller = new Controller({ dir, httpPort: await freePort(), mqttPort: await freePort() });
  undo.push(() => controller.stop());
  await controller.start();
  const link = await createWire({ host: '127.0.0.1', port: simulator.port });
  undo.push(() => link.close());
  const agent = new Agent({
    id: place.id,
    dir,
    linkUrl: () => `tcp://127.0.0.1:${link.port}`,
    brokerUrl: controller.mqttUrl,
    extraArgs: ['--recorder.enabled=false', `--outbox.budgetMB=${BUDGET_MB}`, '--log.level=warn'],
  });
  prefill(agent.outboxFile);
  undo.push(() => agent.stop());
  await agent.start();
  const read = async () => {
    const metrics = await agent.metrics();
    const of = (name: string): number => metricSum(metrics, name) ?? Number.NaN;
    const { writtenBytes } = usageOf(agent.program.pid);
    const { commits, evicted, history } = METRICS;
    const counts = { commits: of(commits), evicted: of(evicted), historyBytes: of(history) };
    return { atMs: performance.now(), writtenBytes, rawBytes: link.bytesToClient, ...counts };
  };
  await until(async () => (await read()).commits > 5, { timeoutMs: 30_000, what: 'the agent to write' });
  await pause(WARM_UP_MS / 2);
  askForRates(link, SHARE);
  await pause(WARM_UP_MS / 2);

  const before = await read();
  await pause(seconds * 1000);
  const after = await read();
  const tookS = (after.atMs - before.atMs) / 1000;
  const per = (name: keyof typeof before): number => (after[name] - before[name]) / tookS;
  const line = (what: string, value: string): void => console.log(`disk: ${what.padEnd(54)} ${value}`);
  line('raw MAVLink received', `${(per('rawBytes') / 1000).toFixed(1)} kB/s`);
  line('commits, rows evicted, a second', `${per('commits').toFixed(2)}, ${per('evicted').toFixed(2)}`);
  line('batches, bytes a second', per('historyBytes').toFixed(0));
  line('written per byte of raw MAVLink, recorder apart', (per('writtenBytes') / per('rawBytes')).toFixed(2));
  line('written a day at this rate', `${((per('writtenBytes') * 86_400) / 1e9).toFixed(2)} GB`);
} finally {
  for (const step of undo.reverse()) await step();
}
