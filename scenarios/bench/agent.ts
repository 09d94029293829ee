/**
 * The agent at 250 frames a second: what it costs in processor, memory, disk and uplink.
 *
 *   skein-sim ──TCP──► wire (asks for more messages) ──► skein-agent ──► wire (counts bytes) ──► skein-controller
 *
 *   node scenarios/bench/agent.ts          SECONDS=60 by default
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
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
const METRICS = {
  frames: 'skein_agent_parser_frames_total',
  historyBytes: 'skein_agent_uplink_bytes_history_total',
} as const;
const seconds = Number(process.env.SECONDS ?? 60);

interface Reading {
  readonly atMs: number;
  readonly cpuS: number;
  readonly writtenBytes: number;
  readonly rawBytes: number;
  readonly frames: number;
  readonly uplinkBytes: number;
  readonly historyBytes: number;
}

export interface AgentCost {
  readonly framesPerS: number;
  readonly rawBytesPerS: number;
  /** Share of one core. */
  readonly coreShare: number;
  readonly rssBytes: number;
  readonly writtenPerRawByte: number;
  readonly historyPerRawByte: number;
  readonly uplinkPerRawByte: number;
}

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'skein-bench-'));
const undo: (() => Promise<unknown>)[] = [async () => fs.rmSync(dir, { recursive: true, force: true })];

async function measure(): Promise<AgentCost> {
  const place = { id: 'bench', seed: 1, home: { latDeg: 47.3977, lonDeg: 8.5456, altM: 488 } };
  const simulator = new Simulator({ ...place, dir, link: 'tcp' });
  undo.push(() => simulator.program.stop());
  await simulator.start();
  const controller = new Controller({ dir, httpPort: await freePort(), mqttPort: await freePort() });
  undo.push(() => controller.stop());
  await controller.start();

  const link = await createWire({ host: '127.0.0.1', port: simulator.port });
  undo.push(() => link.close());
  const uplink = await createWire({ host: '127.0.0.1', port: Number(new URL(controller.mqttUrl).port) });
  undo.push(() => uplink.close());
  const agent = new Agent({
    id: place.id,
    dir,
    linkUrl: () => `tcp://127.0.0.1:${link.port}`,
    brokerUrl: `mqtt://127.0.0.1:${uplink.port}`,
  });
  undo.push(() => agent.stop());
  await agent.start();

  const read = async (): Promise<Reading> => {
    const metrics = await agent.metrics();
    const { cpuS, writtenBytes } = usageOf(agent.program.pid);
    return {
      atMs: performance.now(),
      cpuS,
      writtenBytes,
      rawBytes: link.bytesToClient,
      frames: metricSum(metrics, METRICS.frames) ?? Number.NaN,
      uplinkBytes: uplink.bytesToServer,
      historyBytes: metricSum(metrics, METRICS.historyBytes) ?? Number.NaN,
    };
  };
  await until(async () => (await read()).frames > 50, { timeoutMs: 30_000, what: 'the agent to hear its autopilot' });
  // Its own intervals come first; ours are asked for on top once they have been.
  await pause(WARM_UP_MS / 2);
  askForRates(link);
  await pause(WARM_UP_MS / 2);

  const before = await read();
  await pause(seconds * 1000);
  const after = await read();
  const tookS = (after.atMs - before.atMs) / 1000;
  const raw = after.rawBytes - before.rawBytes;
  return {
    framesPerS: (after.frames - before.frames) / tookS,
    rawBytesPerS: raw / tookS,
    coreShare: (after.cpuS - before.cpuS) / tookS,
    rssBytes: usageOf(agent.program.pid).rssBytes,
    writtenPerRawByte: (after.writtenBytes - before.writtenBytes) / raw,
    historyPerRawByte: (after.historyBytes - before.historyBytes) / raw,
    uplinkPerRawByte: (after.uplinkBytes - before.uplinkBytes) / raw,
  };
}

try {
  const cost = await measure();
  const line = (what: string, value: string): void => console.log(`agent: ${what.padEnd(44)} ${value}`);
  line('frames a second (250 wanted)', `${cost.framesPerS.toFixed(0)} (${(cost.rawBytesPerS / 1000).toFixed(1)} kB/s)`);
  line('share of one core', `${(cost.coreShare * 100).toFixed(1)} %`);
  line('memory', `${(cost.rssBytes / 1e6).toFixed(0)} MB`);
  line('written to disk per byte of raw MAVLink', cost.writtenPerRawByte.toFixed(2));
  line('uplink, history alone, per byte of raw MAVLink', cost.historyPerRawByte.toFixed(3));
  line('uplink, all traffic, per byte of raw MAVLink', cost.uplinkPerRawByte.toFixed(3));
} finally {
  for (const step of undo.reverse()) await step();
}
