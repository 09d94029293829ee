import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { compare, readStore, samplesOf } from './kit/batches.ts';
import { externalKind } from './kit/external-broker.ts';
import { historyRows } from './kit/history.ts';
import { measured, seconds } from './kit/measured.ts';
import { allMoving } from './kit/moving.ts';
import { type Recovery, watchRecovery } from './kit/recovery.ts';
import { countFromEnvironment, isSoak, randomFrom, seedFromEnvironment } from './kit/seed.ts';
import { settle } from './kit/settle.ts';
import { until } from './kit/until.ts';
import { createWorld } from './world.ts';

/** Promised 3 s after a drone's return; a busy machine that runs tests gets three times that. */
const RIGHT_LIMIT_MS = 9_000;
/** After the agents have stopped. */
const SETTLED_WITHIN_MS = 10_000;
const HOUR_MS = 3_600_000;
const LONG_OUTAGE_MS = isSoak() ? 30_000 : 5_000;
const count = countFromEnvironment(3, 50);
const random = randomFrom(seedFromEnvironment());

for (const broker of ['embedded', externalKind()] as const) {
  t.test(
    `controller killed -9 ${count} times, broker ${broker}: nothing lost, nothing twice, live first`,
    async (t) => {
      t.comment(`SEED=${random.seed} COUNT=${count}`);
      // given: three drones in the air and someone who follows them
      const world = await createWorld({ drones: 3, broker });
      t.teardown(() => world.close());
      const ids = world.drones.map(({ id }) => id);
      const live = world.live();
      await allMoving(live, ids);
      const long = Math.floor(random.between(0, count));
      const recoveries: Recovery[] = [];

      // when: the controller is killed at a random moment, again and again, and once stays away for long
      for (let i = 0; i < count; i++) {
        await pause(random.between(200, 3_000));
        const notStart = live.controllerStart;
        await world.controller.program.kill9();
        await pause(i === long ? LONG_OUTAGE_MS : random.between(0, 1_500));
        const sinceUtcUs = Date.now() * 1000;
        await world.controller.start();
        const back = await watchRecovery(live, ids, { sinceUtcUs, notStart, timeoutMs: 60_000 });
        recoveries.push(...back);
        if (i === long) t.comment(`after ${seconds(LONG_OUTAGE_MS)} away: ${JSON.stringify(back)}`);
      }

      // then: the live view was right soon after each drone's return, before history had filled in
      const worst = Math.max(...recoveries.map(({ rightAfterMs }) => rightAfterMs));
      measured(`${broker}: live view right ${seconds(worst)} after a drone's return at worst (promised 3 s)`);
      t.ok(worst <= RIGHT_LIMIT_MS, 'live view right in time');
      const late = recoveries.filter(({ rightAfterMs, filledAfterMs }) => rightAfterMs > (filledAfterMs ?? Infinity));
      t.same(late, [], 'before history had filled in');

      // and: history has every durable batch exactly once
      const { outbox, store } = await settle(world);
      const { batches, ...wrong } = compare(outbox, store);
      t.same(wrong, { lost: [], doubled: [], different: [], invented: [] }, `${batches} batches exactly once`);
      t.ok(batches > 0);

      // and: HTTP history has every position of the store once, whatever time its drone's clock gave it
      const { controller } = world;
      for (const id of ids) {
        const ofDrone = (rows: typeof store) => rows.filter(({ drone }) => drone === id);
        const [durable, held] = [outbox, store].map((rows) => samplesOf(ofDrone(rows), 'position').length);
        t.ok(Number(held) >= Number(durable), `${id}: ${durable} positions were durable, ${held} are stored`);
        // What the agent's last second brought may still be on its way into the store.
        let seen: readonly [number, number] | null = null;
        const same = async (): Promise<boolean> => {
          const rows = await historyRows(controller, id, 'position', Date.now() + HOUR_MS);
          seen = [rows, samplesOf(readStore(controller.dataDir, id), 'position').length];
          return seen[0] === seen[1];
        };
        const what = `the HTTP history of ${id} to have as many positions as its store`;
        await until(same, { timeoutMs: SETTLED_WITHIN_MS, what, seen: () => seen });
      }
    },
  );
}
