/**
 * Two controllers, each with a store of its own, order from one fleet on one broker. Both take the same drone for free: whoever's
 * parcel is hung on it flies, the other one gives up before anything of its own is flown, and each says that the other is there.
 */
import path from 'node:path';
import t from 'tap';
import { Controller } from '../kit/controller.ts';
import { measured } from '../kit/measured.ts';
import { freePort } from '../kit/ports.ts';
import { isSoak } from '../kit/seed.ts';
import { until } from '../kit/until.ts';
import { createTown, FLEET_ARGS, type Metres, placeAt, Town } from './town.ts';

const DRONE = 'heron-01';
const [SHOP, DOOR, OTHER_DOOR]: readonly [Metres, Metres, Metres] = [
  [0, 0],
  [0, 45],
  [45, 0],
];

// Two minutes of flights.
const skip = isSoak() ? false : 'in make soak';

t.test('two controllers order the same drone', { timeout: 600_000, skip }, async (t) => {
  const began = performance.now();
  // given
  const first = await createTown(t, { drones: { [DRONE]: SHOP }, bases: { shop: [SHOP] }, broker: 'mosquitto' });
  const { world } = first;
  const controller = new Controller({
    ...{ dir: path.join(world.dir, 'second'), httpPort: await freePort(), mqttPort: await freePort() },
    ...{ extraArgs: FLEET_ARGS, ...(world.broker && { brokerUrl: world.broker.url }) },
  });
  t.teardown(() => controller.stop());
  await controller.start();
  const second = new Town(world, controller);
  const pads = [{ id: '1', place: placeAt(SHOP) }];
  await second.api.put('/bases/shop', {
    name: 'shop',
    place: placeAt(SHOP),
    groundAmslM: 450,
    ceilingM: 25,
    pads,
  });
  await second.ready(DRONE);
  // when: both order at once
  const [one, other] = await Promise.all([first.order(SHOP, DOOR), second.order(SHOP, OTHER_DOOR)]);
  for (const [town, { id }] of [
    [first, one],
    [second, other],
  ] as const) {
    const waits = await town.becomes(id, 'to be loaded', ({ state }) => state === 'loading');
    t.equal(waits.drone, DRONE, 'nothing tells them apart');
  }
  // then: each says that the other is there
  for (const town of [first, second]) {
    const { value: words } = await until(
      async () => {
        const { alerts } = await town.api.get<{ alerts: readonly { class: string; words: string }[] }>(
          '/alerts?open=true',
        );
        return alerts.find((alert) => alert.class === 'second-controller')?.words ?? null;
      },
      { timeoutMs: 60_000, everyMs: 500, what: 'an alert that another controller is there', seen: () => null },
    );
    t.match(words, /^Another controller works with this fleet: /);
  }
  // when: the parcel of one is hung on it
  await first.load(one.id, DRONE);
  await first.becomes(one.id, 'on its way', ({ state }) => state === 'outbound');
  // then: the other one finds it gone, and has given it nothing
  const left = await second.becomes(other.id, 'given up', ({ attempts }) => attempts[0]?.end != null);
  t.match(left, { parcel: null, attempts: [{ delivery: null }] }, left.words ?? '');
  const { commands } = await second.api.get<{ commands: readonly { untargeted: boolean }[] }>('/commands?limit=10');
  // What it heard the drone answer to the other one is listed as such.
  const own = commands.filter(({ untargeted }) => !untargeted);
  t.same(own, [], 'nothing was started or ended from there');
  const end = await first.becomes(one.id, 'over', ({ state }) => state === 'closed', { timeoutMs: 180_000 });
  t.equal(end.outcome, 'delivered', end.words ?? '');
  t.match(await first.truth(DRONE), { releases: 1, massKg: 0 });
  // and: the next parcel is the other one's
  await second.api.post(`/orders/${other.id}/cancel`, { issuedBy: 'shop' });
  const next = await second.order(SHOP, OTHER_DOOR);
  await second.becomes(next.id, 'to be loaded', ({ state }) => state === 'loading');
  await second.load(next.id, DRONE);
  const last = await second.becomes(next.id, 'over', ({ state }) => state === 'closed', { timeoutMs: 180_000 });
  t.equal(last.outcome, 'delivered', last.words ?? '');
  t.match(await second.truth(DRONE), { releases: 2, massKg: 0 }, 'each parcel once');
  t.equal(first.flown(DRONE).arms, 2);
  measured(`both delivered in ${Math.round((performance.now() - began) / 1000)} s`);
});
