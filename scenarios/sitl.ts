/**
 * `make sitl SITL=tcp://127.0.0.1:5760`: an agent and a controller against a real autopilot that somebody else runs (a
 * flight controller on a desk, or its software simulator). Nothing is sent but heartbeats and message intervals.
 *
 * Prints what came through the whole thread, kind by kind, and fails when the basic ones did not.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Agent } from './kit/agent.ts';
import { Controller } from './kit/controller.ts';
import { freePort } from './kit/ports.ts';
import { until } from './kit/until.ts';

const WATCH_MS = 20_000;
const BASIC = ['status', 'position', 'attitude', 'battery', 'gps', 'health', 'ekf'] as const;

interface Entry {
  readonly freshness: { readonly state: string };
  readonly kinds: Readonly<Record<string, { readonly values: unknown; readonly ageMs: number }>>;
}
interface History {
  readonly times: readonly string[];
  readonly columns?: unknown;
}

const link = process.argv[2];
if (link === undefined || !/^(tcp|udpin|udpout|serial):\/\//.test(link)) {
  console.error('Say where the autopilot is: make sitl SITL=tcp://127.0.0.1:5760 (or udpin://, udpout://, serial://)');
  process.exit(2);
}

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'skein-sitl-'));
const controller = new Controller({
  dir: path.join(dir, 'controller'),
  httpPort: await freePort(),
  mqttPort: await freePort(),
});
const agent = new Agent({ id: 'sitl', dir, linkUrl: () => link, brokerUrl: controller.mqttUrl });
let failed = true;
try {
  await controller.start();
  await agent.start();
  const entry = (): Promise<Entry> => controller.get<Entry>('/api/v1/drones/sitl');
  const first = await until(async () => (await entry()).freshness.state === 'fresh', {
    timeoutMs: 30_000,
    what: `anything from the autopilot at ${link}`,
  });
  console.log(`live after ${(first.tookMs / 1000).toFixed(1)} s; watching for ${WATCH_MS / 1000} s …`);
  const began = performance.now();
  await until(() => performance.now() - began > WATCH_MS, { timeoutMs: WATCH_MS * 2, what: 'the time to pass' });

  const seen = await entry();
  const from = Date.now() - WATCH_MS;
  for (const [kind, value] of Object.entries(seen.kinds).sort()) {
    const query = `/api/v1/drones/sitl/telemetry?kind=${kind.split('.')[0]}&from=${from}&to=${Date.now()}&maxPoints=2000`;
    const history = await controller.get<History>(query);
    const perS = ((history.times.length * 1000) / WATCH_MS).toFixed(1);
    console.log(`${kind.padEnd(12)} ${perS.padStart(5)} /s  ${JSON.stringify(value.values).slice(0, 150)}`);
  }
  const status = await agent.status();
  console.log(JSON.stringify({ link: status.link, vehicle: status.vehicle, outbox: status.outbox }, null, 1));
  const missing = BASIC.filter((kind) => seen.kinds[kind] === undefined);
  failed = missing.length > 0;
  console.log(failed ? `missing: ${missing.join(', ')}` : 'every basic kind came through');
} finally {
  await agent.stop();
  await controller.stop();
  if (failed) console.error(`logs are kept in ${dir}`);
  else fs.rmSync(dir, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);
