/**
 * What viewers cost the controller, what they see, and whether one that reads nothing harms the others.
 *
 *   viewers-fleet.ts (1 000 drones, a live message a second each) ──► the real broker, controller ──► viewers-clients.ts
 *
 *   node scenarios/bench/viewers.ts        DRONES=1000 VIEWERS=100 SECONDS=12 by default
 *
 * In one run: nobody looks, one does, all do, all and a frozen one until the controller has done with it, all again. Ages are
 * from the moment the drone speaks to the moment its viewer has the bytes, by one clock.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ask } from '../kit/ask.ts';
import { Controller } from '../kit/controller.ts';
import { inRepository } from '../kit/paths.ts';
import { freePort } from '../kit/ports.ts';
import { mainThreadS, usageOf } from '../kit/processes.ts';
import { Program } from '../kit/program.ts';

const drones = Number(process.env.DRONES ?? 1000);
const many = Number(process.env.VIEWERS ?? 100);
const seconds = Number(process.env.SECONDS ?? 12);
const SETTLE_MS = 3000;
const LOOK_MS = 250;
const TRIES = 10;
/** The system's own buffers of a socket take some megabytes before the controller sees that nothing leaves. */
const FROZEN_MS = 60_000;
const beganMs = Date.now();
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'skein-viewers-'));
const line = (what: string, value: string): void => console.log(`viewers: ${what.padEnd(50)} ${value}`);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

const controller = new Controller({
  dir: path.join(dir, 'controller'),
  ...{ httpPort: await freePort(), mqttPort: await freePort(), startTimeoutMs: 120_000 },
  // From one address come as many as in life from thousands.
  extraArgs: [
    ...['--broker.connectsPerS=100000', '--broker.maxPerAddress=100000'],
    ...['--broker.publishesPerS=100000', '--broker.publishBurst=100000'],
  ],
});
const program = (name: string, readyEvent: string, ...args: readonly string[]): Program =>
  new Program({
    ...{ name, readyEvent, reads: true, command: process.execPath, startTimeoutMs: 120_000 },
    ...{ args: [inRepository(`scenarios/bench/viewers-${name}.ts`), ...args], logFile: path.join(dir, `${name}.log`) },
  });

interface Seen {
  /** Of a processor, all threads of the controller and its main one. */
  readonly cores: number;
  readonly mainCores: number;
  readonly messagesPerS: number;
  readonly bytesPerS: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The most that the controller held. */
  readonly rssBytes: number;
  readonly closed: number;
}

/** So long as `until` has not come, at least `seconds`. */
async function looked(clients: Program, until = async (): Promise<boolean> => true): Promise<Seen> {
  const { pid } = controller.program;
  await ask(clients, 'begin');
  const cost = () => ({ atMs: performance.now(), cpuS: usageOf(pid).cpuS, mainS: mainThreadS(pid) });
  const before = cost();
  let rssBytes = 0;
  do {
    await pause(LOOK_MS);
    rssBytes = Math.max(rssBytes, usageOf(pid).rssBytes);
  } while (performance.now() - before.atMs < seconds * 1000 || !(await until()));
  const after = cost();
  const said = await ask(clients, 'tell');
  const tookS = (after.atMs - before.atMs) / 1000;
  return {
    cores: (after.cpuS - before.cpuS) / tookS,
    mainCores: (after.mainS - before.mainS) / tookS,
    messagesPerS: Number(said.messages) / tookS,
    bytesPerS: Number(said.bytes) / tookS,
    ...{ p50Ms: Number(said.p50Ms), p99Ms: Number(said.p99Ms), closed: Number(said.closed), rssBytes },
  };
}

/** Of `/metrics`; on a busy machine that may be asked for more than once. */
async function counted(name: string): Promise<number> {
  for (let tries = 1; ; tries++) {
    const metrics = await controller.metrics().catch((error: unknown) => {
      if (tries === TRIES) throw error;
    });
    if (metrics) return metrics.get(`skein_controller_live_${name}_total`) ?? Number.NaN;
  }
}

async function measure(clients: Program): Promise<void> {
  const viewers = async (n: number): Promise<void> => {
    await ask(clients, `open ${n}`);
    await pause(SETTLE_MS);
  };
  await pause(SETTLE_MS);
  const nobody = await looked(clients);
  await viewers(1);
  const one = await looked(clients);
  await viewers(many);
  const all = await looked(clients);
  const skippedBefore = await counted('skipped');
  const frozenMs = performance.now();
  await ask(clients, 'freeze');
  let goneMs: number | null = null;
  const withFrozen = await looked(clients, async () => {
    if ((await counted('closed_slow')) > 0) goneMs ??= performance.now() - frozenMs;
    return goneMs !== null || performance.now() - frozenMs > FROZEN_MS;
  });
  const skipped = (await counted('skipped')) - skippedBefore;
  const closedSlow = await counted('closed_slow');
  const again = await looked(clients);

  const cpu = ({ cores, mainCores }: Seen): string =>
    `${cores.toFixed(3)} of a core, main thread ${mainCores.toFixed(3)}`;
  const ages = ({ p50Ms, p99Ms }: Seen): string => `p50 ${p50Ms} ms, p99 ${p99Ms} ms`;
  const ratio = (of: number, to: number): string => (of / to).toFixed(2);
  line(
    'load',
    `${drones} drones, a live message a second each; ${all.messagesPerS.toFixed(0)} messages a second to ${many}`,
  );
  line('controller, nobody looks', cpu(nobody));
  line('controller, 1 viewer', cpu(one));
  line(`controller, ${many} viewers`, cpu(all));
  line(`  ${many} viewers / 1`, `${ratio(all.cores, one.cores)}, main thread ${ratio(all.mainCores, one.mainCores)}`);
  const perMessage = (all.cores - one.cores) / (all.messagesPerS - one.messagesPerS);
  line('  a further viewer’s message', `${(perMessage * 1e6).toFixed(0)} µs`);
  const each = (seen: Seen, n: number): string => `${(seen.bytesPerS / n / 1e3).toFixed(0)} kB a second`;
  line('bytes per viewer, 1', `${each(one, 1)}, ${(one.bytesPerS / one.messagesPerS / 1e3).toFixed(0)} kB a message`);
  line(`bytes per viewer, ${many}`, `${each(all, many)}; ${many} / 1: ${ratio(all.bytesPerS / many, one.bytesPerS)}`);
  line('age of what is seen, 1 viewer', ages(one));
  line(
    `age of what is seen, ${many} viewers`,
    `${ages(all)}; ${many} / 1: ${ratio(all.p50Ms, one.p50Ms)}, ${ratio(all.p99Ms, one.p99Ms)}`,
  );
  line(
    '  and one frozen',
    `${ages(withFrozen)}; with / without: ${ratio(withFrozen.p50Ms, all.p50Ms)}, ${ratio(withFrozen.p99Ms, all.p99Ms)}`,
  );
  line('  and it gone', ages(again));
  const memory = [nobody, one, all, withFrozen, again].map(({ rssBytes }) => mb(rssBytes)).join(', ');
  line('memory: nobody, 1, all, and one frozen, it gone', memory);
  line('  with / without the frozen one', ratio(withFrozen.rssBytes, all.rssBytes));
  const gone =
    goneMs === null ? `still open after ${FROZEN_MS / 1000} s` : `closed after ${(goneMs / 1000).toFixed(1)} s`;
  line('the frozen one', `${gone}: ${skipped} messages skipped, ${closedSlow} closed as too slow`);
  line('others closed', String(all.closed + withFrozen.closed + again.closed));
}

const programs: Program[] = [];
try {
  await controller.start();
  const fleet = program('fleet', 'connected', new URL(controller.mqttUrl).port, String(drones), String(beganMs));
  const url = `${controller.httpUrl}/api/v1/live`;
  const clients = program('clients', 'ready', url, String(beganMs));
  for (const one of [fleet, clients]) {
    await one.start();
    programs.push(one);
  }
  await measure(clients);
} finally {
  for (const one of programs) await one.stop();
  await controller.stop();
  fs.rmSync(dir, { recursive: true, force: true });
}
