import t from 'tap';
import { createInProcessWorld } from './in-process.ts';
import { measured, seconds } from './kit/measured.ts';
import { allMoving } from './kit/moving.ts';

t.test('three drones in one process, joined by memory links, move in the live view', async (t) => {
  // given
  const beganAtMs = performance.now();
  const world = await createInProcessWorld({ drones: 3 });
  t.teardown(() => world.close());

  // when
  const live = world.live();
  await allMoving(live, world.ids);

  // then
  measured(`three drones of one process moving, live, after ${seconds(performance.now() - beganAtMs)}`);
  for (const agent of world.agents) {
    const { problems, link, uplink } = agent.status();
    t.same({ open: link.open, uplink: uplink.state }, { open: true, uplink: 'up' });
    t.match(problems, [/started in mid-flight and only listens/]);
    t.equal(problems.length, 1);
  }
  t.equal(live.skips, 0);
});
