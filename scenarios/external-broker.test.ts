/** The external broker dies and comes back, and stands still without saying so. */
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { compare } from './kit/batches.ts';
import { measured, seconds } from './kit/measured.ts';
import { allMoving } from './kit/moving.ts';
import { countFromEnvironment, isSoak, randomFrom, seedFromEnvironment } from './kit/seed.ts';
import { settle } from './kit/settle.ts';
import { until } from './kit/until.ts';
import { createWorld } from './world.ts';

const count = countFromEnvironment(1, 20);
const random = randomFrom(seedFromEnvironment());
const AWAY_MS = isSoak() ? 30_000 : 3_000;
/** Twice the keep-alive of 12 s: everybody has given the connection up. */
const FROZEN_MS = 24_000;
/** Agents come back within `backoff.maxS` = 3 s, the controller within 15 s. */
const BACK_WITHIN_MS = 60_000;

t.test(`Mosquitto killed ${count} times: nothing lost, nothing twice`, async (t) => {
  t.comment(`SEED=${random.seed} COUNT=${count}`);
  // given: two drones in the air, a controller, and Mosquitto between them
  const world = await createWorld({ drones: 2, broker: 'mosquitto' });
  t.teardown(() => world.close());
  const { mosquitto, controller } = world;
  if (mosquitto === null) throw new Error('Mosquitto wanted');
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
      async () => void (await mosquitto.program.kill9()),
      async () => {
        await pause(i === 0 ? AWAY_MS : random.between(0, 1_500));
        await mosquitto.program.start();
      },
    );
  }
  // and in the soak: it stands still, its connections open
  if (isSoak()) {
    const { pid } = mosquitto.program;
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
