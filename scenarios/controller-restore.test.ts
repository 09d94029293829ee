/** The controller is put back to an earlier day; what it has lost comes back from the drones, once. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { compare, readOutbox, readStore, type StoredBatch } from './kit/batches.ts';
import { externalKind } from './kit/external-broker.ts';
import { measured, seconds } from './kit/measured.ts';
import { allMoving } from './kit/moving.ts';
import { programs } from './kit/paths.ts';
import { isSoak } from './kit/seed.ts';
import { settle } from './kit/settle.ts';
import { until } from './kit/until.ts';
import { createWorld } from './world.ts';

const WITHIN_MS = 60_000;
/** After the backup each drone sends at least so much more before the controller is put back. */
const MORE_BATCHES = isSoak() ? 120 : 8;

const newest = (store: readonly StoredBatch[], drone: string): number =>
  store.filter((row) => row.drone === drone && row.lane === 'history').length;

// With an external broker the drones stay connected, and learn of it by the controller's hello.
for (const broker of isSoak() ? ([externalKind(), 'embedded'] as const) : ([externalKind()] as const)) {
  t.test(`restored from a backup, broker ${broker}: the drones fill in what is missing, once`, async (t) => {
    // given: three drones that keep what was acked, and a backup made while all of them send
    const world = await createWorld({ drones: 3, broker });
    t.teardown(() => world.close());
    const { controller } = world;
    const ids = world.drones.map(({ id }) => id);
    const [first] = world.drones;
    if (first === undefined) throw new Error('a drone wanted');
    const live = world.live();
    await allMoving(live, ids);
    const atLeast = (counts: ReadonlyMap<string, number>, more: number) =>
      until(
        () => {
          const store = readStore(controller.dataDir);
          return ids.every((id) => newest(store, id) >= (counts.get(id) ?? 0) + more);
        },
        { timeoutMs: WITHIN_MS + MORE_BATCHES * 2000, what: `${more} more batches of each drone`, everyMs: 500 },
      );
    await atLeast(new Map(), 3);
    const copy = path.join(world.dir, 'yesterday');
    const said = execFileSync(process.execPath, [
      ...[programs.controller, 'backup', `--to=${copy}`, `--dataDir=${controller.dataDir}`],
    ]);
    t.match(String(said), /databases/);
    const kept = readStore(copy);
    t.ok(ids.every((id) => newest(kept, id) > 0));

    // when: much more is stored and acked, one drone starts anew, and then the backup takes the place of it all
    await first.agent.stop();
    await first.agent.start();
    await atLeast(new Map(ids.map((id) => [id, newest(kept, id)])), MORE_BATCHES);
    const notStart = live.controllerStart;
    await controller.stop();
    const lost = readStore(controller.dataDir).length - kept.length;
    t.ok(lost >= ids.length * MORE_BATCHES, `${lost} rows are lost`);
    fs.rmSync(controller.dataDir, { recursive: true });
    fs.renameSync(copy, controller.dataDir);
    await controller.start();
    await until(() => live.controllerStart !== notStart, { timeoutMs: WITHIN_MS, what: 'the controller to be back' });

    // then: it asks for what it has lost, and gets it
    const { tookMs } = await until(() => readStore(controller.dataDir).length >= kept.length + lost, {
      timeoutMs: WITHIN_MS,
      what: 'what was lost to be back',
      everyMs: 250,
    });
    measured(`${broker}: ${lost} rows lost with the restore were back after ${seconds(tookMs)}`);

    // and: everything the drones ever held durable is there exactly once, that of the start before included
    const { outbox, store } = await settle(world);
    const { batches, ...wrong } = compare(outbox, store);
    t.same(wrong, { lost: [], doubled: [], different: [], invented: [] }, `${batches} batches exactly once`);
    const epochs = new Set(readOutbox(first.id, first.agent.outboxFile).map(({ epoch }) => epoch));
    t.ok(epochs.size >= 3, `${epochs.size} starts of ${first.id}`);
    t.same(
      store.filter(({ gap }) => gap === 'evicted'),
      [],
      'nothing had to be given up',
    );
  });
}
