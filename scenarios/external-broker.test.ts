/**
 * An external broker (Mosquitto, or BROKER=rabbitmq): it dies and comes back, stands still without saying so, has a whole
 * fleet return at once, and lets strange agents through that our own would turn away.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { strangeAgents } from '../controller/testing/strange-agents.ts';
import { compare, readStore } from './kit/batches.ts';
import { externalKind, startBroker } from './kit/external-broker.ts';
import { measured, seconds } from './kit/measured.ts';
import { allMoving } from './kit/moving.ts';
import { inRepository } from './kit/paths.ts';
import { usageOf } from './kit/processes.ts';
import { Program, type Said } from './kit/program.ts';
import { countFromEnvironment, isSoak, randomFrom, seedFromEnvironment } from './kit/seed.ts';
import { settle } from './kit/settle.ts';
import { until } from './kit/until.ts';
import { createWorld } from './world.ts';

const kind = externalKind();
const count = countFromEnvironment(1, 20);
const random = randomFrom(seedFromEnvironment());
const AWAY_MS = isSoak() ? 30_000 : 3_000;
/** Twice the keep-alive of 12 s: everybody has given the connection up. */
const FROZEN_MS = 24_000;
/** Agents come back within `backoff.maxS` = 3 s, the controller within 15 s. */
const BACK_WITHIN_MS = 60_000;
const FLEET = isSoak() ? { drones: 300, backlog: 5400, uncut: 100 } : { drones: 100, backlog: 120, uncut: 40 };
const OFFERED = FLEET.drones * FLEET.backlog;
const DRAINED_WITHIN_MS = 300_000;
/**
 * The queue of 64 MB, what two threads have in hand, and garbage that is not collected yet, of which there is more the faster it
 * comes: some 480 MB for 160 MB of batches, 550 MB for the 490 MB of the soak, which would be a gigabyte were they all held.
 */
const MOST_GROWTH_MB = isSoak() ? 700 : 200;

t.test(`${kind} killed ${count} times: nothing lost, nothing twice`, async (t) => {
  t.comment(`SEED=${random.seed} COUNT=${count}`);
  // given: two drones in the air, a controller, and the broker between them
  const world = await createWorld({ drones: 2, broker: kind });
  t.teardown(() => world.close());
  const { broker, controller } = world;
  if (broker === null) throw new Error('an external broker wanted');
  const ids = world.drones.map(({ id }) => id);
  const live = world.live();
  await allMoving(live, ids);
  const ready = async () => (await fetch(`${controller.httpUrl}/readyz`)).ok;
  const allFresh = () => ids.every((id) => live.drones.get(id)?.freshness.state === 'fresh');

  async function whileAway(how: string, go: () => Promise<void>, back: () => Promise<void>): Promise<void> {
    await go();
    await until(async () => !(await ready()), { timeoutMs: BACK_WITHIN_MS, what: `/readyz to say so (${how})` });
    await until(() => !allFresh(), { timeoutMs: BACK_WITHIN_MS, what: 'ages to count up' });
    await back();
    const { tookMs } = await until(async () => allFresh() && (await ready()), {
      timeoutMs: BACK_WITHIN_MS,
      what: `all to be back (${how})`,
    });
    measured(`external broker ${how}: all live again ${seconds(tookMs)} after it was back`);
  }

  // when: it is killed again and again
  for (let i = 0; i < count; i++) {
    await pause(random.between(200, 3_000));
    await whileAway(
      'killed',
      async () => void (await broker.program.kill9()),
      async () => {
        await pause(i === 0 ? AWAY_MS : random.between(0, 1_500));
        await broker.program.start();
      },
    );
  }
  // and in the soak: it stands still, its connections open
  if (isSoak()) {
    const { pid } = broker.program;
    await whileAway(
      'frozen',
      async () => void process.kill(pid, 'SIGSTOP'),
      async () => {
        await pause(FROZEN_MS);
        process.kill(pid, 'SIGCONT');
      },
    );
  }

  // then: both programs have lived through it, and every durable batch is stored once
  t.ok(world.programs.every((program) => program.isReady));
  const { outbox, store } = await settle(world);
  const { batches, ...wrong } = compare(outbox, store);
  t.same(wrong, { lost: [], doubled: [], different: [], invented: [] }, `${batches} batches exactly once`);
  t.ok(batches > 0);
});

t.test(
  `${FLEET.drones} drones are back at once, each with ${FLEET.backlog} batches, and again while they send`,
  async (t) => {
    // given: a controller with its view open, and a broker
    const world = await createWorld({ drones: 0, broker: kind });
    t.teardown(() => world.close());
    const { broker, controller } = world;
    if (broker === null) throw new Error('an external broker wanted');
    const live = world.live();
    await until(() => live.connected, { timeoutMs: BACK_WITHIN_MS, what: 'the live view' });
    const { pid } = controller.program;
    const before = usageOf(pid).rssBytes;
    let most = before;
    const looking = setInterval(() => {
      most = Math.max(most, usageOf(pid).rssBytes);
    }, 100);
    t.teardown(() => clearInterval(looking));
    const fleet = new Program({
      name: 'fleet',
      command: process.execPath,
      args: [
        inRepository('scenarios/bench/return-fleet.ts'),
        new URL(broker.url).port,
        ...Object.values(FLEET).map(String),
      ],
      logFile: path.join(world.dir, 'fleet.log'),
      readyEvent: 'ready',
    });
    const said = new Map<unknown, Said>();
    fleet.onSaid((one) => said.set(one.event, one));
    t.teardown(() => fleet.stop());
    const stored = async () => (await controller.metrics()).get('skein_controller_ingest_committed_total') ?? 0;

    // when: all connect, and the broker dies under them when a part of it is through
    await fleet.start();
    await until(async () => (await stored()) >= FLEET.drones, {
      timeoutMs: BACK_WITHIN_MS,
      what: 'a part',
      everyMs: 20,
    });
    await broker.program.kill9();
    const had = await stored();
    const backUtcUs = Date.now() * 1000;
    await broker.program.start();

    // then: the view is right, and all of it is stored, each number once
    const isRight = () =>
      live.drones.size === FLEET.drones &&
      [...live.drones.values()].every(
        ({ freshness }) => freshness.state === 'fresh' && (freshness.lastHeardUtcUs ?? 0) > backUtcUs,
      );
    const { tookMs } = await until(isRight, { timeoutMs: BACK_WITHIN_MS, what: 'the live view to be right' });
    const { value: drained } = await until(() => said.get('drained'), {
      timeoutMs: DRAINED_WITHIN_MS,
      what: 'all of it',
    });
    clearInterval(looking);
    const rows = readStore(controller.dataDir);
    const streams = Map.groupBy(rows, ({ drone, epoch }) => `${drone}/${epoch}`);
    t.ok(had < OFFERED, `${had} of ${OFFERED} were stored when it died`);
    t.ok(Number(drained.reconnects) >= FLEET.drones, 'all of them were cut off');
    t.equal(streams.size, FLEET.drones);
    for (const [name, held] of streams) {
      const seqs = held.map(({ seq, gap }) => (gap === null ? seq : Number.NaN)).sort((a, b) => a - b);
      if (seqs.length !== FLEET.backlog || seqs.some((seq, i) => seq !== i + 1)) t.fail(`${name}: ${seqs.join(' ')}`);
    }
    t.ok(most - before < MOST_GROWTH_MB * 1e6, 'memory is bounded');
    measured(
      `${kind}: ${FLEET.drones} drones back: live right ${seconds(tookMs)} after the broker, ${OFFERED} batches in ` +
        `${Number(drained.seconds).toFixed(1)} s, ${drained.resends} resends, +${((most - before) / 1e6).toFixed(0)} MB`,
    );
  },
);

t.test('strange agents', async (t) => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'skein-strangers-'));
  t.teardown(() => fs.rmSync(dir, { recursive: true, force: true }));
  const broker = await startBroker(kind, dir);
  t.teardown(() => broker.close());
  strangeAgents(t, broker.url);
});
