/**
 * A fleet that returns at once after an outage: is the live view right at once, is everything drained, what memory does it
 * take. The controller is the real one with its default limits, but for how fast one address may connect and publish.
 *
 *   node scenarios/bench/return.ts          DRONES=200 SECONDS=3600 (of the outage) by default
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { batchesInDay } from '../../controller/testing/day-file.ts';
import { Controller } from '../kit/controller.ts';
import { followLive } from '../kit/live.ts';
import { inRepository } from '../kit/paths.ts';
import { freePort } from '../kit/ports.ts';
import { usageOf } from '../kit/processes.ts';
import { Program, type Said } from '../kit/program.ts';
import { until, within } from '../kit/until.ts';

const drones = Number(process.env.DRONES ?? 200);
const outageS = Number(process.env.SECONDS ?? 3600);
const WITHIN_MS = 1_800_000;
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'skein-return-'));
const line = (what: string, value: string): void => console.log(`return: ${what.padEnd(43)} ${value}`);
const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

function storedRows(dataDir: string): number {
  const telemetry = path.join(dataDir, 'telemetry');
  return fs
    .readdirSync(telemetry)
    .filter((name) => name.endsWith('.db'))
    .reduce((sum, name) => {
      const db = new Database(path.join(telemetry, name), { readonly: true });
      let rows = 0;
      for (const _ of batchesInDay(db)) rows++;
      db.close();
      return sum + rows;
    }, 0);
}

async function measure(): Promise<void> {
  const controller = new Controller({
    dir: path.join(dir, 'controller'),
    httpPort: await freePort(),
    mqttPort: await freePort(),
    extraArgs: ['--broker.connectsPerS=100000', '--broker.publishesPerS=100000', '--broker.publishBurst=100000'],
  });
  const fleet = new Program({
    name: 'fleet',
    command: process.execPath,
    args: [],
    logFile: path.join(dir, 'fleet.log'),
    readyEvent: 'ready',
    startTimeoutMs: 120_000,
  });
  const said = new Map<string, Said>();
  const stopListening = fleet.onSaid((one) => said.set(String(one.event), one));
  const live = { close: async () => {} };
  try {
    await controller.start();
    const follower = followLive(controller.httpUrl);
    live.close = () => follower.close();
    await until(() => follower.connected, { timeoutMs: WITHIN_MS, what: 'the live view' });
    const before = usageOf(controller.program.pid).rssBytes;
    let most = before;
    const looking = setInterval(() => {
      most = Math.max(most, usageOf(controller.program.pid).rssBytes);
    }, 100);
    await fleet.start([
      ...[inRepository('scenarios/bench/return-fleet.ts'), new URL(controller.mqttUrl).port],
      ...[drones, outageS].map(String),
    ]);
    const isRight = () =>
      follower.drones.size === drones &&
      [...follower.drones.values()].every(({ freshness, kinds }) => freshness.state === 'fresh' && kinds.position);
    const connected = until(() => said.get('connected'), { timeoutMs: WITHIN_MS, what: 'all to be back', everyMs: 10 });
    const right = until(isRight, { timeoutMs: WITHIN_MS, what: 'the live view to be right', everyMs: 10 });
    const [{ value: back }] = await within(Promise.all([connected, right]), WITHIN_MS, 'the live view');
    const rightAfterS = Math.max(0, follower.serverNowUtcUs() - Number(back.utcUs)) / 1e6;
    let notFresh = 0;
    let looks = 0;
    const stopLooking = follower.onChange(() => {
      looks += drones;
      for (const { freshness } of follower.drones.values()) if (freshness.state !== 'fresh') notFresh++;
    });
    const { value: drained } = await until(() => said.get('drained'), {
      timeoutMs: WITHIN_MS,
      what: 'all to be drained',
    });
    stopLooking();
    clearInterval(looking);
    const metrics = await controller.metrics();
    const count = (name: string): number => metrics.get(`skein_controller_ingest_${name}_total`) ?? Number.NaN;
    const seconds = Number(drained.seconds);
    line('load', `${drones} drones, ${outageS} batches each, ${mb(Number(drained.sentBytes))} sent`);
    line('all connected within', `${Number(back.seconds).toFixed(2)} s`);
    line('live view right after the last (aim ≤ 5 s)', `${rightAfterS.toFixed(2)} s`);
    line('not fresh while history fills in', `${((100 * notFresh) / Math.max(1, looks)).toFixed(2)} % of looks`);
    line('drained in', `${seconds.toFixed(1)} s, ${((drones * outageS) / seconds).toFixed(0)} batches a second`);
    line('offered = rows in the store', `${drones * outageS} = ${storedRows(controller.dataDir)}`);
    line('controller memory before, at most', `${mb(before)}, ${mb(most)}`);
    line('no room, ahead, sent again', `${count('no_room')}, ${count('ahead')}, ${String(drained.resends)}`);
  } finally {
    stopListening();
    await live.close();
    await fleet.stop();
    await controller.stop();
  }
}

try {
  await measure();
} finally {
  fs.rmSync(dir, { recursive: true, force: true });
}
