/** The whole disk of the controller: full, then standing still, while drones fly and people give orders; with its own broker and an external one. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import t, { type Test } from 'tap';
import { FakeAgent, textSample } from '../controller/testing/fake-agent.ts';
import { type Cut, cutFlight, writeBatch } from './bench/load-batches.ts';
import { compare } from './kit/batches.ts';
import { type BrokerKind, externalKind } from './kit/external-broker.ts';
import { historyRows } from './kit/history.ts';
import { get } from './kit/http.ts';
import { measured, seconds } from './kit/measured.ts';
import { allMoving } from './kit/moving.ts';
import { Operator } from './kit/operator.ts';
import { usageOf } from './kit/processes.ts';
import { isSoak } from './kit/seed.ts';
import { settle } from './kit/settle.ts';
import { until } from './kit/until.ts';
import { WatchFresh } from './kit/watch-fresh.ts';
import { WholeDisk } from './kit/whole-disk.ts';
import { createWorld } from './world.ts';

const WITHIN_MS = 60_000;
const DISK_MB = 512;
const RESERVE_MB = 4;
/** Each commit adds 20 kB or more to the databases' logs: more than the reserve holds, if these did nothing but grow. */
const URGENT = 300;
const SOAK_STALL_MS = 60_000;
/** Our own broker must have read meanwhile: more than 1.5 × the keep-alive of 12 s, after which everybody is dropped. */
const STALL_MS = 20_000;
/**
 * Who pushes without looking at any window while the store stands still: 300 MB at a queue of 64 MB, of which history may
 * fill half. An external broker takes it all and passes it on as it pleases: an eighth of it there.
 */
const RUDE = { agents: 16, messages: 320, bytes: 60_000 } as const;
/**
 * The queue, what the broker has in hand, and garbage: 70 to 210 MB were seen, of 77 MB pushed and of 307 alike. What kept
 * all that is pushed would need more.
 */
const MOST_GROWTH_MB = 300;

for (const broker of isSoak() ? (['embedded', externalKind()] as const) : (['embedded'] as const)) {
  const stallMs = isSoak() ? SOAK_STALL_MS : STALL_MS;
  t.test(`the whole disk of the controller, broker ${broker}`, { timeout: 600_000 }, (t) =>
    wholeDisk(t, broker, stallMs),
  );
}

async function wholeDisk(t: Test, broker: 'embedded' | BrokerKind, stallMs: number): Promise<void> {
  // given: two drones in the air, a controller with everything it writes on one small disk
  const own = fs.mkdtempSync(path.join(os.tmpdir(), 'skein-controller-disk-'));
  t.teardown(() => fs.rmSync(own, { recursive: true, force: true }));
  let disk: WholeDisk | null = null;
  const world = await createWorld({
    drones: 2,
    broker,
    controllerArgs: [`--store.reserveMB=${RESERVE_MB}`],
    controllerPrefix: (dataDir) => {
      disk = WholeDisk.make(dataDir, own, DISK_MB);
      return disk?.prefix ?? [];
    },
  });
  t.teardown(() => world.close());
  if (disk === null) {
    t.comment('no C compiler here: nothing was shown');
    return;
  }
  const theDisk: WholeDisk = disk;
  const { controller } = world;
  const { pid } = controller.program;
  const dataDir = theDisk.seenFrom(pid);
  const ids = world.drones.map(({ id }) => id);
  const [first = ''] = ids;
  const ann = new Operator(controller.httpUrl);
  const live = world.live();
  await allMoving(live, ids);
  const metric = async (name: string) => (await controller.metrics()).get(`skein_controller_${name}`) ?? Number.NaN;
  const ready = async () => (await get(`${controller.httpUrl}/readyz`)).status === 200;
  const alerts = async () => {
    const { events } = await controller.get<{ events: { entity: string; data: { code?: string } }[] }>(
      '/api/v1/events?limit=1000',
    );
    return events.flatMap(({ entity, data }) => (entity === 'controller' ? [data.code] : []));
  };
  const closes = async () =>
    Promise.all(world.drones.map(async ({ agent }) => (await agent.status()).uplink.counters.closes));
  const ended = await closes();

  await t.test('full: history waits on the drones, orders and events go on, and it recovers by itself', async (t) => {
    const watch = new WatchFresh(live, ids);
    theDisk.fill(pid, 'once');
    await until(async () => !(await ready()), { timeoutMs: WITHIN_MS, what: '/readyz to say so' });
    t.match((await get(`${controller.httpUrl}/healthz`)).text, /the disk is full: free space/);
    t.equal(await metric('store_state'), 2);
    t.equal(await metric('ingest_window_bytes'), 0, 'no history is let come');
    for (const { agent } of world.drones) {
      await until(async () => (await agent.status()).uplink.toldToWait.length > 0, {
        timeoutMs: WITHIN_MS,
        what: 'the drone to be told to wait',
      });
      t.same((await agent.status()).uplink.toldToWait, ['history'], 'and says so beside the drone');
    }
    const stood = await historyRows(controller, first, 'position', Date.now());

    // orders are stored, sent and answered, out of the reserve
    for (const type of ['ping', 'hold', 'ping']) t.match(await ann.order(first, type), { state: 'succeeded' }, type);
    const talker = await join(rude(RUDE.agents), controller.mqttUrl);
    for (let seq = 1; seq <= URGENT; seq++) {
      talker.send('urgent', talker.batch('urgent', seq, [textSample(seq * 1e6, `word ${seq}`)]));
      await talker.acked('urgent', seq);
    }
    talker.kill();
    measured(
      `full disk: ${URGENT} urgent batches took ${mb(RESERVE_MB * 1e6 - (await metric('store_reserve_bytes')))} MB of ${RESERVE_MB}`,
    );
    await until(async () => (await alerts()).includes('store-closed'), { timeoutMs: WITHIN_MS, what: 'the alarm' });
    t.ok((await metric('store_reserve_bytes')) < RESERVE_MB * 1e6, 'out of the reserve');
    t.equal(await historyRows(controller, first, 'position', Date.now()), stood, 'and history got none of it');
    t.equal(await ready(), false);
    t.same(watch.end(), [], 'live all the time');

    theDisk.free(pid);
    const { tookMs } = await until(ready, { timeoutMs: WITHIN_MS, what: 'it to be ready' });
    measured(`full disk: ready again ${seconds(tookMs)} after there was room`);
    await until(async () => (await metric('store_reserve_bytes')) === RESERVE_MB * 1e6, {
      timeoutMs: WITHIN_MS,
      what: 'the reserve to be whole again',
    });
    await until(async () => (await alerts()).includes('store-open'), { timeoutMs: WITHIN_MS, what: 'the all-clear' });
    t.same(await closes(), ended, 'nobody was disconnected');
  });

  await t.test(`standing still for ${seconds(stallMs)}: no disconnect, memory bounded, live goes on`, async (t) => {
    // Made before they connect: they ping nobody.
    const crowd = Array.from({ length: RUDE.agents }, (_, i) => rude(i));
    const cuts = cutFlight();
    const count = broker === 'embedded' ? RUDE.messages : RUDE.messages / 8;
    const messages = crowd.map((agent) => messagesOf(agent, cuts, count));
    await Promise.all(crowd.map((agent) => join(agent, controller.mqttUrl)));
    const watch = new WatchFresh(live, ids);
    const before = usageOf(pid).rssBytes;
    let most = before;
    const looking = setInterval(() => {
      most = Math.max(most, usageOf(pid).rssBytes);
    }, 100);
    t.teardown(() => clearInterval(looking));

    theDisk.is(`slow ${stallMs}`);
    const began = performance.now();
    await until(async () => (await metric('store_state')) === 1, {
      timeoutMs: WITHIN_MS,
      what: 'it to be called slow',
    });
    theDisk.is('good');
    for (const [i, agent] of crowd.entries()) for (const message of messages[i] ?? []) agent.send('history', message);
    await until(async () => (await metric('store_state')) === 0, {
      timeoutMs: stallMs + WITHIN_MS,
      what: 'it to be well',
    });
    const stoodMs = performance.now() - began;
    clearInterval(looking);

    measured(
      `store stood still ${seconds(stoodMs)}: resident memory ${mb(before)} MB before, ${mb(most)} MB at most, ` +
        `${RUDE.agents} agents pushed ${mb(RUDE.agents * count * RUDE.bytes)} MB at it`,
    );
    t.ok(stoodMs >= stallMs - 1000, 'it stood still');
    t.ok(most - before < MOST_GROWTH_MB * 1e6, 'memory is bounded');
    if (broker === 'embedded') t.ok((await metric('ingest_no_room_total')) > 0, 'what found no room was counted');
    t.same(watch.end(), [], 'live all the time');
    t.same(await closes(), ended, 'nobody was disconnected');
    t.same(
      crowd.map(({ closed }) => closed),
      crowd.map(() => false),
      'nor who pushed',
    );
    for (const agent of crowd) agent.kill();
  });

  await t.test('after all that: every durable batch exactly once', async (t) => {
    const { outbox, store } = await settle(world, dataDir);
    const { batches, ...wrong } = compare(outbox, store);
    t.same(wrong, { lost: [], doubled: [], different: [], invented: [] }, `${batches} batches exactly once`);
    t.ok(batches > 0);
  });
}

function mb(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}

function rude(index: number): FakeAgent {
  const hex = index.toString(16).padStart(16, '0');
  return new FakeAgent({ drone: `rude-${index}`, session: `a${hex.slice(1)}`, epoch: `e${hex.slice(1)}` });
}

/** All that it will push, each message of many batches. */
function messagesOf(agent: FakeAgent, cuts: readonly Cut[], count: number): Buffer[] {
  const sealer = {
    epoch: Buffer.from(agent.o.epoch, 'hex'),
    boot: Buffer.from(agent.boot.replaceAll('-', ''), 'hex'),
  };
  let seq = 0;
  return Array.from({ length: count }, () => {
    const batches: Buffer[] = [];
    for (let size = 0; size < RUDE.bytes; size += batches.at(-1)?.length ?? 1) {
      const cut = cuts[seq % cuts.length];
      if (cut === undefined) throw new RangeError('nothing was cut');
      const batch = Buffer.allocUnsafe(cut.bytes.length);
      writeBatch(batch, 0, cut, sealer, ++seq);
      batches.push(batch);
    }
    return Buffer.concat(batches);
  });
}

async function join(agent: FakeAgent, url: string): Promise<FakeAgent> {
  await agent.connectTo(url);
  agent.presence();
  await until(() => agent.ack('history') !== undefined, { timeoutMs: WITHIN_MS, what: 'its first ack' });
  return agent;
}
