/** Situation 15 of flight-rules.md: a restart for twenty drones, of which not all can be restarted. */
import t from 'tap';
import { createInProcessWorld } from '../in-process.ts';
import { measured, seconds } from '../kit/measured.ts';
import { type Delivery, Operator } from '../kit/operator.ts';
import { until } from '../kit/until.ts';
import { Boards, bootsOf, known } from './boards.ts';

const DRONES = 20;
const ARMED = 2;
const FLYING = 5;
const MUTE = 8;
const TRANSFER = 11;
const AWAY = [14, 17];
const SPECIAL = [ARMED, FLYING, MUTE, TRANSFER, ...AWAY];
const AT_A_TIME = 2;

t.test('a restart for all', { timeout: 300_000 }, async (t) => {
  // given: two offline, one armed, one in the air, one whose autopilot hangs, one whose log is being fetched
  const boards = new Boards();
  const world = await createInProcessWorld({
    drones: DRONES,
    simulatorOf: (index) => ({ start: index === FLYING ? 'airborne' : 'ready', logSizes: [60_000_000] }),
    agentFlags: ['--recorder.enabled=false'],
    agentPorts: boards.portsOf,
  });
  t.teardown(() => world.close());
  boards.drones = world.drones;
  const ann = new Operator(world.httpUrl);
  const live = world.live();
  await known(live, world.ids);
  const at = (index: number) => {
    const drone = world.drones[index];
    if (drone === undefined) throw new Error(`no drone ${index}`);
    return drone;
  };
  at(ARMED).simulator.act(({ autopilot }) => {
    autopilot.parameters.set('DISARM_DELAY', 0);
    autopilot.flight.arm(autopilot.vehicle.body, autopilot.nowMs);
  });
  at(MUTE).simulator.act((simulator) => simulator.fault('mute'));
  const { id: fetching } = await ann.post([at(TRANSFER).id], 'fetch-log', { params: { log: 'latest' } });
  await Promise.all(AWAY.map((index) => at(index).stopAgent()));
  await until(() => AWAY.every((index) => live.drones.get(at(index).id)?.online === false), {
    timeoutMs: 15_000,
    what: 'two drones offline',
  });
  await until(() => live.drones.get(at(ARMED).id)?.kinds.status?.values.armed === true, {
    timeoutMs: 10_000,
    what: 'one drone armed',
  });
  await ann.reaches(fetching, ['executing']);
  await until(() => !at(MUTE).agent.status().vehicle.autopilot.alive, { timeoutMs: 10_000, what: 'one silent' });

  // when
  const began = performance.now();
  const { id } = await ann.post('all', 'reboot', { params: { target: 'autopilot' } });
  let most = 0;
  let last: readonly Delivery[] = [];
  const stateOf = (index: number) => last.find(({ drone }) => drone === at(index).id);
  await until(
    async () => {
      last = (await ann.look(id)).deliveries;
      const underWay = last.filter(({ state }) => state === 'accepted' || state === 'executing').length;
      most = Math.max(most, underWay);
      return last.every(({ drone, state }, _, all) => {
        const waits = AWAY.some((index) => at(index).id === drone);
        return all.length === DRONES && (waits ? state === 'queued' : isOver(state));
      });
    },
    { timeoutMs: 240_000, what: 'all but those away', seen: () => last.map(({ drone, state }) => `${drone} ${state}`) },
  );
  measured(
    `restart of ${DRONES - SPECIAL.length} autopilots, ${AT_A_TIME} at a time: ${seconds(performance.now() - began)}`,
  );

  // then: each that could be was restarted once, and proved it; nobody else was touched
  const rest = world.drones.filter((_, index) => !SPECIAL.includes(index));
  for (const drone of rest) {
    const delivery = last.find((one) => one.drone === drone.id);
    t.match(delivery, { state: 'succeeded', reason: 'proved', detail: { downtimeMs: Number } }, drone.id);
    t.equal(bootsOf(drone), 2, `${drone.id} once`);
  }
  for (const index of SPECIAL) t.equal(bootsOf(at(index)), 1, `${at(index).id} untouched`);
  t.ok(most <= AT_A_TIME, `${most} at a time`);
  t.match(stateOf(ARMED), { state: 'rejected', reason: /^armed/ });
  t.match(stateOf(FLYING), { state: 'rejected', reason: /^armed/ });
  t.match(stateOf(MUTE), { state: 'rejected', reason: /^state-unknown/ });
  t.match(stateOf(TRANSFER), { state: 'rejected', reason: /log-transfer/ });
  t.equal(at(FLYING).simulator.simulator.autopilot.flight.armed, true);

  // and: one that comes back has its turn; the other is spared when the order is taken back
  const [first, second] = AWAY.map(at);
  if (!first || !second) throw new Error('two drones wanted');
  await first.startAgent();
  await until(
    async () => {
      last = (await ann.look(id)).deliveries;
      return last.find(({ drone }) => drone === first.id)?.state === 'succeeded';
    },
    { timeoutMs: 60_000, what: 'the one that came back', seen: () => last.find(({ drone }) => drone === first.id) },
  );
  t.equal(bootsOf(first), 2);
  await ann.cancel(id);
  const fates = await ann.fates(id);
  t.match(
    fates.find(({ drone }) => drone === second.id),
    { state: 'cancelled' },
  );
  await second.startAgent();
  t.match(await ann.order(second.id, 'ping'), { state: 'succeeded' });
  t.equal(bootsOf(second), 1);
});

const isOver = (state: string): boolean => !['queued', 'delivered', 'accepted', 'executing'].includes(state);
