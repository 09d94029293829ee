import fs from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import t, { type Test } from 'tap';
import type { AgentStatus } from './kit/agent.ts';
import { compare } from './kit/batches.ts';
import { allMoving } from './kit/moving.ts';
import { withFullDisk, withReadOnly } from './kit/private-mount.ts';
import { settle } from './kit/settle.ts';
import { until } from './kit/until.ts';
import { WatchFresh } from './kit/watch-fresh.ts';
import { createWorld, type Drone } from './world.ts';

const NOTICE_MS = 60_000;

async function oneDrone(t: Test) {
  const world = await createWorld({ drones: 1 });
  t.teardown(() => world.close());
  const [drone] = world.drones;
  if (drone === undefined) throw new Error('no drone');
  const live = world.live();
  await allMoving(live, [drone.id]);
  return { world, drone, live };
}

/** Waits until the agent shows it, then until five more heartbeats have gone out. */
async function notices(drone: Drone, what: string, shown: (status: AgentStatus) => boolean): Promise<AgentStatus> {
  const { agent } = drone;
  let seen: AgentStatus | null = null;
  const look = async (): Promise<boolean> => {
    seen = await agent.status();
    return shown(seen);
  };
  await until(look, { timeoutMs: NOTICE_MS, what, everyMs: 200, seen: () => seen?.problems });
  const { heartbeatsSent } = (await agent.status()).vehicle.autopilot;
  const more = async (): Promise<boolean> =>
    (await agent.status()).vehicle.autopilot.heartbeatsSent >= heartbeatsSent + 5;
  await until(more, { timeoutMs: 20_000, what: 'five more heartbeats', everyMs: 200 });
  return agent.status();
}

/** Holds a database as a second program would. */
function lock(file: string, how: 'EXCLUSIVE' | 'IMMEDIATE'): () => void {
  const db = new DatabaseSync(file);
  db.exec(`BEGIN ${how}`);
  return () => {
    db.exec('ROLLBACK');
    db.close();
  };
}

t.test('the disk under the recorder is full: said, counted, and nothing else hurt', async (t) => {
  // given: an agent whose recordings go to a disk that others have filled
  const { drone, live } = await oneDrone(t);
  const { agent, id } = drone;
  await agent.stop();
  const recordings = path.join(agent.dataDir, 'recordings');
  agent.program.prefix = withFullDisk(recordings);
  await agent.start();
  await allMoving(live, [id]);
  const watch = new WatchFresh(live, [id]);

  // when: it wants to record
  const status = await notices(drone, 'recording to be paused', ({ recorder }) => recorder?.state === 'paused');

  // then
  t.match(status.recorder?.problem, /disk is full/i);
  t.match(status.problems.join(), /disk is full/i, 'in the list of what is wrong');
  await until(async () => ((await agent.status()).recorder?.counters.droppedFrames ?? 0) > 0, {
    timeoutMs: NOTICE_MS,
    what: 'frames not recorded to be counted',
  });
  t.equal(status.outbox.problem, null, 'the outbox is well');
  t.equal(status.outbox.volatileBytes, 0);
  t.same(watch.end(), [], 'live all the time');
});

for (const [how, code, words] of [
  ['locked', 'locked', /Another program holds the outbox/],
  ['read-only', 'read-only', /cannot be written/],
] as const) {
  t.test(`the outbox is ${how} as the agent starts: it flies on and says so`, async (t) => {
    // given
    const { world, drone, live } = await oneDrone(t);
    const { agent, id } = drone;
    await agent.stop();
    const release = how === 'locked' ? lock(agent.outboxFile, 'EXCLUSIVE') : () => {};
    if (how === 'read-only') agent.program.prefix = withReadOnly(agent.outboxFile);

    // when
    await agent.start();
    await allMoving(live, [id]);
    const watch = new WatchFresh(live, [id]);
    const status = await notices(drone, 'the problem to be shown', ({ outbox }) => outbox.problem !== null);

    // then: it says what is wrong; data waits in memory; the fleet sees it live
    t.match(status.outbox.problem, { code, message: words });
    t.ok(status.outbox.volatileBytes > 0, 'data waits in memory');
    t.same(watch.end(), [], 'live all the time');
    if (how === 'read-only') return;

    // and: once the other program lets go, everything that waited is written, and arrives
    release();
    await until(async () => (await agent.status()).outbox.problem === null, {
      timeoutMs: NOTICE_MS,
      what: 'the outbox to be well',
    });
    const { outbox, store } = await settle(world);
    const { batches, ...wrong } = compare(outbox, store);
    t.same(wrong, { lost: [], doubled: [], different: [], invented: [] }, `${batches} batches exactly once`);
  });
}

t.test('the database of a running controller is locked: said, live goes on, history fills in', async (t) => {
  // given
  const { world, drone, live } = await oneDrone(t);
  const telemetry = path.join(world.controller.dataDir, 'telemetry');
  const [day] = fs.readdirSync(telemetry).filter((name) => name.endsWith('.db'));
  if (day === undefined) throw new Error('no day file');
  const watch = new WatchFresh(live, [drone.id]);

  // when
  const release = lock(path.join(telemetry, day), 'IMMEDIATE');
  const health = async () => await fetch(`${world.controller.httpUrl}/healthz`).then((answer) => answer.text());
  await until(async () => /another program holds the database/.test(await health()), {
    timeoutMs: NOTICE_MS,
    what: 'health to say so',
    everyMs: 500,
  });

  // then
  t.same(watch.end(), [], 'live all the time');
  release();
  const { outbox, store } = await settle(world);
  const { batches, ...wrong } = compare(outbox, store);
  t.same(wrong, { lost: [], doubled: [], different: [], invented: [] }, `${batches} batches exactly once`);
});

t.test('a controller that cannot use its databases says why and ends', async (t) => {
  const { world } = await oneDrone(t);
  const { controller } = world;
  await controller.stop();

  controller.program.prefix = withReadOnly(controller.dataDir);
  await t.rejects(controller.start(), /cannot be written/);
});
