/**
 * One drone with an hour of history to send: a real outbox filled beforehand from the recorded flight, the real agent and
 * the real controller, each a process. Once with the backfill rate of the default, once without that limit.
 *
 *   node scenarios/bench/backlog.ts          HOURS=1 by default
 */
import { randomBytes, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expandBatch } from '@skein/protocol/telemetry';
import { Outbox } from '../../agent/outbox/index.ts';
import { systemTimers } from '../../agent/timers.ts';
import { Agent } from '../kit/agent.ts';
import { Controller } from '../kit/controller.ts';
import { freePort } from '../kit/ports.ts';
import { until } from '../kit/until.ts';
import { cutFlight } from './load-batches.ts';

const BATCHES = Number(process.env.HOURS ?? 1) * 3600;
const WITHIN_MS = 600_000;
const PENDING_BYTES = 512 << 10;
const RUNS = [
  ['default, 200 kB/s', []],
  ['no limit', ['--uplink.backfillKBps=100000']],
] as const;

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'skein-backlog-'));

/** As an agent leaves it that could not send: a batch a second. */
async function fillOutbox(file: string): Promise<number> {
  const cuts = cutFlight();
  const outbox = new Outbox({
    ...{ path: file, budgetBytes: 256e6, keepAckedHours: 48, boot: randomUUID() },
    drawEpoch: () => randomBytes(8).toString('hex'),
    nowUs: () => performance.now() * 1000,
    timers: systemTimers,
  });
  await outbox.start();
  for (let second = 0; second < BATCHES; second++) {
    const expanded = expandBatch(cuts[second % cuts.length]?.bytes ?? new Uint8Array());
    if (!expanded.ok) throw new Error(expanded.reason);
    const samples = expanded.samples.map((sample) => ({ ...sample, monoUs: sample.monoUs + second * 1e6 }));
    outbox.append('history', samples);
    if (outbox.status().pendingBytes > PENDING_BYTES) {
      await until(() => outbox.status().pendingBytes === 0, { timeoutMs: WITHIN_MS, what: 'the outbox', everyMs: 5 });
    }
  }
  await until(() => outbox.status().pendingBytes === 0, { timeoutMs: WITHIN_MS, what: 'the outbox', everyMs: 5 });
  const rows = outbox.status().backlogRows;
  await outbox.close();
  return rows;
}

interface Drained {
  readonly seconds: number;
  readonly bytes: number;
  readonly messages: number;
}

async function drain(filled: string, flags: readonly string[]): Promise<Drained> {
  const own = fs.mkdtempSync(path.join(dir, 'run-'));
  const [httpPort, mqttPort, linkPort] = [await freePort(), await freePort(), await freePort()];
  const controller = new Controller({ dir: path.join(own, 'controller'), httpPort, mqttPort });
  const agent = new Agent({
    ...{ id: 'heron-01', dir: own, linkUrl: () => `tcp://127.0.0.1:${linkPort}`, brokerUrl: controller.mqttUrl },
    extraArgs: ['--recorder.enabled=false', ...flags],
  });
  fs.mkdirSync(agent.dataDir, { recursive: true });
  fs.copyFileSync(filled, agent.outboxFile);
  try {
    await controller.start();
    await agent.start();
    const committed = async () => (await controller.metrics()).get('skein_controller_ingest_committed_total') ?? 0;
    const all = { timeoutMs: WITHIN_MS, everyMs: 5 };
    let began = performance.now();
    const first = async (): Promise<boolean> => {
      const askedMs = performance.now();
      if ((await committed()) > 0) return true;
      began = askedMs;
      return false;
    };
    // From the last look that saw none: what it took, and up to a look more.
    await until(first, { ...all, what: 'the first batch' });
    await until(async () => (await committed()) >= BATCHES, { ...all, what: 'all of them', seen: () => committed() });
    const seconds = (performance.now() - began) / 1000;
    const { counters } = (await agent.status()).uplink;
    return { seconds, bytes: counters.bytesHistory ?? 0, messages: counters.messagesHistory ?? 0 };
  } finally {
    await agent.stop();
    await controller.stop();
  }
}

const line = (what: string, value: string): void => console.log(`backlog: ${what.padEnd(42)} ${value}`);
try {
  const filled = path.join(dir, 'outbox.db');
  const rows = await fillOutbox(filled);
  line('rows of one drone to send', `${rows}, a batch a second, recorded flight`);
  for (const [how, flags] of RUNS) {
    const { seconds, bytes, messages } = await drain(filled, flags);
    line(`drained, ${how}`, `${seconds.toFixed(2)} s, ${(bytes / 1e6).toFixed(2)} MB in ${messages} messages`);
    line('faster than real time (aim ≥ 1000)', (BATCHES / seconds).toFixed(0));
  }
} finally {
  fs.rmSync(dir, { recursive: true, force: true });
}
