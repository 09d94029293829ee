/**
 * given an agent that has drained into a controller and given up what that had acked
 * when  its radio is dead, and the controller's database is put back to a backup meanwhile
 * then  it is not drained into that controller, whatever it believes of the one before, until it has been told where that stands
 */
import t from 'tap';
import { SimAgent } from './agent.ts';
import { Card } from './card.ts';
import { SimController } from './controller.ts';
import { Broker } from './network.ts';
import { SimStore } from './sim-store.ts';
import { Truth } from './truth.ts';
import { World } from './world.ts';

const S = 1e6;

t.test('seed 4147: nobody is drained into a controller that was put back and that it has not heard', async (t) => {
  const world = new World(4147);
  const truth = new Truth(world);
  const broker = new Broker(world, truth);
  const store = new SimStore(world, truth);
  const shared = { world, truth, broker, store, queueBytes: 1 << 20 };
  const controller = new SimController({ ...shared, name: 'controller', onCommandSent: () => {} });
  const card = new Card(world);
  const settings = { budgetBytes: 64 << 20, keepAckedHours: 2 / 3600, everyMs: 150, longest: 300 };
  const agent = new SimAgent({ world, truth, broker, drone: 'd1', board: world.hex(8), card, ...settings });
  const radio = (dead: 'both' | 'none') => {
    agent.radio.dead = dead;
    broker.radioChanged(agent.radio);
  };
  const forS = (s: number) => world.run(world.nowUs + s * S, () => false);
  const drained = () => agent.isDrainedInto(controller.run);
  controller.start();
  agent.start();
  await forS(5);
  store.backUp();
  await forS(10);
  agent.feeding = false;
  await forS(2);
  t.ok(drained());

  radio('both');
  controller.crash('its database is put back to the backup');
  t.notOk(drained(), 'there is nobody to be drained into');
  t.ok(store.restore());
  controller.start();
  await forS(25);
  t.equal(agent.outbox?.status().backlogRows, 0, 'it owed the one before nothing');
  t.notOk(drained());

  radio('none');
  await forS(25);
  t.ok(drained());
  truth.judge(store.days, new Map(agent.known));
  t.same(truth.wrong, []);
});
