/** Situation 5 of flight-rules.md: the line to the autopilot is pulled out, loses bytes, carries console text. */
import t from 'tap';
import { createInProcessWorld } from '../in-process.ts';
import { measured } from '../kit/measured.ts';
import { type Delivery, Operator } from '../kit/operator.ts';
import { until } from '../kit/until.ts';
import { bootsOf, known } from '../reboot/boards.ts';

const ORDERS = 4;

t.test('a bad line', { timeout: 240_000 }, async (t) => {
  // given
  const world = await createInProcessWorld({ drones: 3, simulator: { start: 'ready' } });
  t.teardown(() => world.close());
  const ann = new Operator(world.httpUrl);
  const live = world.live();
  await known(live, world.ids);
  const [pulled, lossy, noisy] = world.drones;
  if (!pulled || !lossy || !noisy) throw new Error('three drones wanted');

  await t.test('pulled out: refused, with the reason; plugged in: all goes on', async (t) => {
    pulled.simulator.unplug();
    await until(() => !pulled.agent.status().link.open, { timeoutMs: 10_000, what: 'the link to be gone' });
    const fate = await ann.order(pulled.id, 'set-parameter', { name: 'WPNAV_SPEED', value: 610 });
    t.match(fate, { state: 'rejected', reason: /^no-link/ });
    t.match(await ann.order(pulled.id, 'ping'), { state: 'succeeded' }, 'the companion is there');
    t.match(await ann.order(pulled.id, 'reboot', { target: 'autopilot' }), { state: 'rejected' });
    pulled.simulator.plug();
    await until(
      async () => {
        const again = await ann.order(pulled.id, 'set-parameter', { name: 'WPNAV_SPEED', value: 610 });
        return again.state === 'succeeded';
      },
      { timeoutMs: 30_000, what: 'orders to be obeyed again', everyMs: 500 },
    );
    t.equal(pulled.simulator.simulator.autopilot.parameters.value('WPNAV_SPEED'), 610);
    t.equal(bootsOf(pulled), 1);
  });

  await t.test('pulled out with an order under way: it ends, and is not done twice', async (t) => {
    let id = '';
    let seen: Delivery | undefined;
    /** The line has just come back: on a busy machine the order may be older than what was heard of it, and refused. */
    const restarted = async (): Promise<boolean> => {
      if (id !== '') [seen] = (await ann.look(id)).deliveries;
      if (id === '' || seen?.state === 'rejected') {
        ({ id } = await ann.post([pulled.id], 'reboot', { params: { target: 'autopilot' } }));
      }
      return bootsOf(pulled) === 2;
    };
    await until(restarted, { timeoutMs: 40_000, everyMs: 500, what: 'the restart', seen: () => seen });
    pulled.simulator.unplug();
    await until(() => !pulled.agent.status().link.open, { timeoutMs: 10_000, what: 'the link to be gone' });
    pulled.simulator.plug();
    t.match(await ann.fates(id, 90_000), [{ state: 'succeeded', reason: 'proved' }]);
    t.equal(bootsOf(pulled), 2);
  });

  for (const [name, drone, fault] of [
    ['one byte in a hundred', lossy, 'garble:1'],
    ['console text between frames', noisy, 'noise:30'],
  ] as const) {
    await t.test(`${name}: every order has an end that is true`, async (t) => {
      drone.simulator.act((simulator) => simulator.fault(fault));
      let done = 0;
      for (let order = 0; order < ORDERS; order++) {
        const value = 600 + 10 * (order + 1);
        const fate = await ann.order(drone.id, 'set-parameter', { name: 'WPNAV_SPEED', value });
        const is = drone.simulator.simulator.autopilot.parameters.value('WPNAV_SPEED');
        if (fate.state === 'succeeded') {
          done++;
          t.equal(is, value, `${fate.state}: it is so`);
        } else
          t.match(
            fate.state,
            fate.reason === 'stale' ? 'rejected' : /^(failed|unknown)$/,
            `${fate.state} ${fate.reason}, and it is ${is}`,
          );
      }
      measured(`${name}: ${done} of ${ORDERS} parameters set`);
      t.ok(done >= ORDERS / 2, 'they get through');
      const { id } = await ann.post([drone.id], 'reboot', { params: { target: 'autopilot' } });
      // The agent looks for the proof for a minute: its "failed" comes after that, so it is waited for as long as above.
      const [{ state, reason } = { state: 'none', reason: null }] = await ann.fates(id, 90_000);
      t.match(`${state} ${reason}`, /^(succeeded proved|rejected .*|failed .*)$/);
      t.equal(bootsOf(drone), state === 'succeeded' ? 2 : 1);
      drone.simulator.act((simulator) => simulator.clear());
    });
  }
});
