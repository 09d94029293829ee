/**
 * What the outbox of an agent writes to its card, with eviction running, for each byte of raw MAVLink (the recorder is off);
 * then how late its main thread comes to its work while each sync of its card takes 5 s (as whole-disk.c makes it).
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
import { getJson, metricSum } from '../kit/http.ts';
import { freePort } from '../kit/ports.ts';
import { usageOf } from '../kit/processes.ts';
import { Simulator } from '../kit/simulator.ts';
import { until } from '../kit/until.ts';
import { WholeDisk } from '../kit/whole-disk.ts';
import { createWire } from '../kit/wire.ts';
import { askForRates } from './rates.ts';

const WARM_UP_MS = 10_000;
const BUDGET_MB = 4;
/** Of the rates of rates.ts: between 3.5 and 5 kB/s, what a flight has. */
const SHARE = 0.4;
/** The agent's window for its lateness is 10 s; the first ones hold what was before. */
const SLOW_S = 60;
/** Its log is that of the default 256 MB. */
const ALONE_MB = 32;
const ALONE_COMMITS = 4_000;
const SYNC_MS = 5_000;
const DISK_MB = 64;
const seconds = Number(process.env.SECONDS ?? 120);
const METRICS = {
  commits: 'skein_agent_outbox_commits_total',
  evicted: 'skein_agent_outbox_evicted_acked_total',
  history: 'skein_agent_uplink_bytes_history_sealed_total',
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

/**
 * What a commit writes with the log of a default budget, over several of its rounds and evictions: the store alone, as fast as
 * it goes, with batches as large as the agent's were.
 */
function perCommit(folder: string, batchBytes: number): { readonly bytes: number; readonly evicted: number } {
  const store = new OutboxStore({ path: path.join(folder, 'alone.db'), budgetBytes: ALONE_MB * 1e6, keepAckedS: 1e6 });
  const epoch = randomBytes(8).toString('hex');
  const boot = crypto.randomUUID();
  const smallest = oneBatch({ epoch, boot, lane: 'history', seq: 1, monoUs: 1, length: 1 }).bytes.length;
  let seq = 1;
  const write = (count: number): void => {
    const entries = Array.from({ length: count }, () => {
      const length = Math.max(1, Math.round((batchBytes - smallest) * (0.7 + 0.6 * Math.random())));
      return oneBatch({ epoch, boot, lane: 'history', seq: seq++, monoUs: seq, length });
    });
    store.write(entries, 0);
    store.ack(epoch, 'history', seq - 1);
  };
  while (store.losses.evictedAcked === 0) write(100);
  const before = usageOf(process.pid).writtenBytes;
  const evictedBefore = store.losses.evictedAcked;
  for (let i = 0; i < ALONE_COMMITS; i++) write(1);
  const bytes = (usageOf(process.pid).writtenBytes - before) / ALONE_COMMITS;
  const evicted = store.losses.evictedAcked - evictedBefore;
  store.close();
  return { bytes, evicted };
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
  fs.mkdirSync(agent.dataDir, { recursive: true });
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
  line('history sent, as it is sealed', `${per('historyBytes').toFixed(0)} B/s`);
  line('written per byte of raw MAVLink, recorder apart', (per('writtenBytes') / per('rawBytes')).toFixed(2));
  line('written a day at this rate', `${((per('writtenBytes') * 86_400) / 1e9).toFixed(2)} GB`);

  const alone = perCommit(dir, per('historyBytes') / per('commits'));
  line(
    `the same, ${ALONE_COMMITS} such commits with the log of 256 MB, ${alone.evicted} rows evicted`,
    `${((alone.bytes * per('commits')) / per('rawBytes')).toFixed(2)} (${(alone.bytes / 1000).toFixed(1)} kB a commit)`,
  );

  await agent.stop();
  fs.rmSync(agent.dataDir, { recursive: true, force: true });
  fs.mkdirSync(agent.dataDir);
  const disk = WholeDisk.make(agent.dataDir, dir, DISK_MB);
  if (disk === null) throw new Error('no C compiler here: a slow card cannot be made');
  agent.program.prefix = disk.prefix;
  await agent.start(['--recorder.enabled=true', '--disk.budgetMB=32', '--outbox.budgetMB=8']);
  const socketPath = path.join(disk.seenFrom(agent.program.pid), 'agent.sock');
  const late = async (): Promise<{ readonly p99Ms: number; readonly longestCommitMs: number }> => {
    const { mainThread, outbox } = await getJson<{
      readonly mainThread: { readonly p99Ms: number };
      readonly outbox: { readonly longestCommitMs: number };
    }>('http://agent/status', { socketPath });
    return { p99Ms: mainThread.p99Ms, longestCommitMs: outbox.longestCommitMs };
  };
  await until(async () => (await late()).p99Ms > 0, { timeoutMs: 60_000, what: 'the agent to run', everyMs: 1_000 });
  askForRates(link, SHARE);
  await pause(WARM_UP_MS);
  const well = await late();
  disk.is(`slow ${SYNC_MS}`);
  const windows: number[] = [];
  for (let s = 0; s < SLOW_S; s += 10) {
    await pause(10_000);
    windows.push((await late()).p99Ms);
  }
  const { longestCommitMs } = await late();
  line('main thread late, p99 of 10 s, card well', `${well.p99Ms.toFixed(1)} ms`);
  line(
    `the same while a sync takes ${SYNC_MS / 1000} s (commits of ${(longestCommitMs / 1000).toFixed(0)} s), median of ${windows.length}, worst`,
    `${(windows.sort((a, b) => a - b)[windows.length >> 1] ?? Number.NaN).toFixed(1)} ms, ${(windows.at(-1) ?? Number.NaN).toFixed(1)} ms`,
  );
  disk.is('good');
} finally {
  for (const step of undo.reverse()) await step();
}
