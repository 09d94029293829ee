/** Situations 10 and 25 of docs/flight-rules.md: an agent that restarts in flight on a card that takes for ever to sync. */
import fs from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import t from 'tap';
import { createInProcessWorld } from '../in-process.ts';
import { HeardOrders } from '../kit/heard-orders.ts';
import { measured, seconds } from '../kit/measured.ts';
import { until } from '../kit/until.ts';

const GROUND_LINK = 190;
const HEARTBEATS = [
  ['presence', 191],
  ['ground link', GROUND_LINK],
] as const;
const TRIES = 3;
const WITHIN_MS = 60_000;

/** From now on no file of this process is ever synced, until the returned function is called. */
async function stuckCard(dir: string): Promise<{ readonly stuck: () => number; free(): void }> {
  const some = await open(path.join(dir, 'some'), 'w');
  const handles: Pick<FileHandle, 'sync'> = Object.getPrototypeOf(some);
  const { sync } = handles;
  await some.close();
  const waiting: (() => void)[] = [];
  handles.sync = () => new Promise((resolve) => waiting.push(resolve));
  return {
    stuck: () => waiting.length,
    free() {
      handles.sync = sync;
      for (const settle of waiting.splice(0)) settle();
    },
  };
}

t.test('an agent restarts in flight, and its card syncs nothing', { timeout: 200_000 }, async (t) => {
  // given: a drone in the air with both heartbeats up
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'skein-card-'));
  t.teardown(() => fs.rmSync(dir, { recursive: true, force: true }));
  const world = await createInProcessWorld({ drones: 1, agentFlags: ['--recorder.enabled=false'] });
  t.teardown(() => world.close());
  const [drone] = world.drones;
  if (!drone) throw new Error('a drone wanted');
  const heard = new HeardOrders(drone.simulator.simulator);
  await until(() => heard.beats(GROUND_LINK).length > 2, { timeoutMs: WITHIN_MS, what: 'the ground link' });

  // when: what a busy machine takes for threads is not the card's doing, so it is tried up to three times
  let first = false;
  for (let attempt = 1; attempt <= TRIES && !first; attempt++) {
    await drone.stopAgent();
    const card = await stuckCard(dir);
    try {
      const fromMs = performance.now();
      const started = drone.startAgent();

      // then: both beat again
      let up = false;
      for (const [name, compid] of HEARTBEATS) {
        await until(() => heard.beats(compid, fromMs).length > 0, { timeoutMs: WITHIN_MS, what: name, everyMs: 5 });
        up = drone.agent.status().uplink.state === 'up';
        measured(`${name} after the start: ${seconds((heard.beats(compid, fromMs)[0] ?? Number.NaN) - fromMs)}`);
      }
      // and: before anybody has heard of a controller, so it is not the lease that brought them back
      first = !up;
      t.ok(card.stuck() > 0, 'the count of starts is not on the card yet');
      await started;
    } finally {
      card.free();
    }
  }
  t.ok(first, 'neither waits for the card, nor for the controller that waits for it');

  // and: the count is written when the card goes on
  const state = path.join(drone.dir, 'state.json');
  await until(() => JSON.parse(fs.readFileSync(state, 'utf8')).n > 1, { timeoutMs: WITHIN_MS, what: 'the count' });
});
