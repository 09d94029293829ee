/**
 * The uplink over the recorded flight: what an agent with its default settings puts on its socket, both ways, for each
 * byte of MAVLink it hears, and for each byte its history would be as JSON.
 *
 *   recorded flight, at its own pace ──TCP──► skein-agent ──► wire (counts bytes) ──► skein-controller
 *
 *   node scenarios/bench/uplink.ts          ROUNDS=2 of 30 s by default, after one that warms up
 */
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Agent } from '../kit/agent.ts';
import { Controller } from '../kit/controller.ts';
import { metricSum } from '../kit/http.ts';
import { freePort } from '../kit/ports.ts';
import { createWire } from '../kit/wire.ts';
import { flightSamples, inRound, ROUND_US, readFlight } from './flight.ts';
import { PacketTally } from './packets.ts';

const rounds = Number(process.env.ROUNDS ?? 2);
const frames = readFlight();
const jsonBytes = flightSamples(frames, 0).reduce((sum, sample) => sum + JSON.stringify(sample).length, 0);

/** Flies the recording again and again into whoever is connected, until aborted. */
async function fly(port: number, signal: AbortSignal): Promise<{ readonly rawBytes: () => number }> {
  const clients = new Set<net.Socket>();
  const server = net.createServer((client) => {
    clients.add(client.setNoDelay(true));
    client.on('error', () => {});
    client.on('close', () => clients.delete(client));
    client.resume();
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  signal.addEventListener('abort', () => {
    for (const client of clients) client.destroy();
    server.close();
  });
  let rawBytes = 0;
  const beganMs = performance.now();
  void (async () => {
    for (let round = 0; !signal.aborted; round++) {
      for (const frame of frames) {
        const waitMs = beganMs + (round * ROUND_US + frame.atUs) / 1000 - performance.now();
        if (waitMs > 1) await pause(waitMs);
        if (signal.aborted) return;
        const bytes = inRound(frame, round);
        rawBytes += bytes.length;
        for (const client of clients) client.write(bytes);
      }
    }
  })();
  return { rawBytes: () => rawBytes };
}

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'skein-bench-'));
const undo: (() => Promise<unknown>)[] = [async () => fs.rmSync(dir, { recursive: true, force: true })];

try {
  const controller = new Controller({ dir, httpPort: await freePort(), mqttPort: await freePort() });
  undo.push(() => controller.stop());
  await controller.start();
  const packets = { up: new PacketTally(), down: new PacketTally() };
  const uplink = await createWire(
    { host: '127.0.0.1', port: Number(new URL(controller.mqttUrl).port) },
    (direction, bytes) => packets[direction].push(bytes),
  );
  undo.push(() => uplink.close());
  const linkPort = await freePort();
  const flown = new AbortController();
  const flight = await fly(linkPort, flown.signal);
  undo.push(async () => flown.abort());
  const agent = new Agent({
    id: 'bench',
    dir,
    linkUrl: () => `tcp://127.0.0.1:${linkPort}`,
    brokerUrl: `mqtt://127.0.0.1:${uplink.port}`,
  });
  undo.push(() => agent.stop());
  await agent.start();

  const read = async () => {
    const metrics = await agent.metrics();
    const counted = (name: string): number => metricSum(metrics, `skein_agent_uplink_${name}_total`) ?? Number.NaN;
    return {
      raw: flight.rawBytes(),
      up: uplink.bytesToServer,
      down: uplink.bytesToClient,
      history: counted('bytes_history'),
      urgent: counted('bytes_urgent'),
      live: counted('bytes_live'),
      other: counted('bytes_other'),
      messages: counted('messages_history'),
      acks: counted('acks'),
      resends: counted('resends'),
    };
  };
  await pause(ROUND_US / 1000);
  const before = await read();
  for (const tally of Object.values(packets)) tally.reset();
  await pause((rounds * ROUND_US) / 1000);
  const after = await read();
  const of = (key: keyof typeof after): number => after[key] - before[key];
  const raw = of('raw');
  const share = (bytes: number): string => `${((100 * bytes) / raw).toFixed(1)} %`;
  const line = (what: string, value: string): void => console.log(`uplink: ${what.padEnd(58)} ${value}`);
  const seconds = (rounds * ROUND_US) / 1e6;
  line('MAVLink heard', `${(raw / seconds / 1000).toFixed(2)} kB/s`);
  // From one message to the last: with some eight a minute, one more or less at the edges would be a tenth of it.
  const sent = packets.up.tallies.get('up/history');
  const history = sent ? ((sent.payload - sent.first.payload) / (sent.lastMs - sent.first.atMs)) * seconds * 1000 : 0;
  line('history, per byte of MAVLink (aim ≤ 15 %)', share(history));
  const all = of('up') + of('down');
  line('all traffic both ways, per byte of MAVLink (aim ≤ 25 %)', share(all));
  line('the same, history from one message to the last as above', share(all - (sent?.payload ?? 0) + history));
  line(
    'history, per byte of the same samples as JSON (aim ≤ 4 %)',
    `${((100 * history) / (jsonBytes * rounds)).toFixed(2)} %`,
  );
  const parts = (['history', 'live', 'urgent', 'other'] as const).map((key) => `${key} ${share(of(key))}`);
  line('of which payloads up', `${parts.join(', ')}; down in all ${share(of('down'))}`);
  line(
    'history messages a minute, acks a minute; sent again',
    `${((60 * of('messages')) / seconds).toFixed(0)}, ${((60 * of('acks')) / seconds).toFixed(0)}; ${of('resends')}`,
  );
  for (const [direction, { tallies }] of Object.entries(packets)) {
    for (const [name, { packets: count, bytes, payload }] of [...tallies].sort((a, b) => b[1].bytes - a[1].bytes)) {
      const each = `${count} × ${(bytes / count).toFixed(0)} B, ${share(payload)} published`;
      line(`${direction === 'up' ? '↑' : '↓'} ${name}`, `${share(bytes)} (${each})`);
    }
  }
} finally {
  for (const step of undo.reverse()) await step();
}
