/**
 * A controller is thought dead, and another one goes on from a copy of what it had; then the first one comes back, on the same
 * broker, in the middle of an order that both have. The parcel is delivered once, and the one that has missed it says so.
 */
import fs from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { Controller } from '../kit/controller.ts';
import { Desk } from '../kit/desk.ts';
import { measured } from '../kit/measured.ts';
import { freePort } from '../kit/ports.ts';
import { isSoak } from '../kit/seed.ts';
import { until } from '../kit/until.ts';
import { createTown, FLEET_ARGS, Town } from './town.ts';

const DRONE = 'heron-01';
const [SHOP, DOOR] = [
  [0, 0],
  [0, 45],
] as const;

// A minute and a half of flight and waiting.
const skip = isSoak() ? false : 'in make soak';

t.test('an old controller comes back in the middle of an order', { timeout: 600_000, skip }, async (t) => {
  const began = performance.now();
  // given: an order whose drone waits to be loaded, as the first controller ends
  const first = await createTown(t, { drones: { [DRONE]: SHOP }, bases: { shop: [SHOP] }, broker: 'mosquitto' });
  const { world } = first;
  const { id } = await first.order(SHOP, DOOR);
  await first.becomes(id, 'to be loaded', ({ state }) => state === 'loading');
  await world.controller.program.kill9();
  // and: another one, on a copy
  const dir = path.join(world.dir, 'second');
  fs.cpSync(world.controller.dataDir, path.join(dir, 'data'), { recursive: true });
  const controller = new Controller({
    ...{ dir, httpPort: await freePort(), mqttPort: await freePort(), extraArgs: FLEET_ARGS },
    ...(world.broker && { brokerUrl: world.broker.url }),
  });
  t.teardown(() => controller.stop());
  await controller.start();
  const second = new Town(world, controller);
  await second.ready(DRONE);
  await second.becomes(id, 'to be loaded still', ({ state }) => state === 'loading');
  await second.load(id, DRONE);
  await second.becomes(id, 'on its way', ({ state }) => state === 'outbound');
  // when: the first one is back, and knows of no parcel
  await world.controller.start();
  // then: it says that this is none of its flights, and gives the order up
  const { value: alert } = await new Desk(world.controller.httpUrl).opens(DRONE, 'untargeted-itinerary', 60_000);
  t.match(alert, { open: true, whatToDo: /another controller/i }, alert.words);
  // and: each says that the other is there; the second one heard the hello of the first
  const others = await Promise.all(
    [first, second].map((town) =>
      until(
        async () => {
          const { alerts } = await town.api.get<{ alerts: readonly { class: string; words: string }[] }>(
            '/alerts?open=true',
          );
          return alerts.find((one) => one.class === 'second-controller') ?? null;
        },
        { timeoutMs: 60_000, everyMs: 500, what: 'an alert that another controller is there', seen: () => null },
      ),
    ),
  );
  for (const { value } of others) t.match(value.words, /Another controller works with this fleet: /);
  const left = await first.becomes(id, 'given up', ({ attempts }) => attempts[0]?.end !== null);
  t.match(left, { parcel: null, attempts: [{ delivery: null }] }, left.words ?? '');
  // and: it is delivered by the other one, undisturbed
  const end = await second.becomes(id, 'over', ({ state }) => state === 'closed', { timeoutMs: 180_000 });
  t.equal(end.outcome, 'delivered', end.words ?? '');
  // and: the first one flies nothing; whoever has no parcel to hang on a drone calls its order off
  t.match(await first.seen(id), { state: 'queued', drone: null });
  await first.api.post(`/orders/${id}/cancel`, { issuedBy: 'shop' });
  t.match(await first.becomes(id, 'over', ({ state }) => state === 'closed'), { outcome: 'cancelled' });
  t.match(await first.truth(DRONE), { releases: 1, massKg: 0 }, 'delivered once');
  t.equal(first.flown(DRONE).arms, 1, 'armed once');
  measured(`told in ${Math.round((performance.now() - began) / 1000)} s`);
});
