/** Situation 4 of docs/flight-rules.md: the autopilot will not be armed. Plain reasons in its own words, and no storm. */
import { Other } from '@skein/hardware/simulator';
import { CopterMode } from '@skein/protocol/mavlink';
import t from 'tap';
import { createInProcessWorld, type InProcessDrone } from '../in-process.ts';
import { fit } from '../kit/fit.ts';
import { HeardOrders } from '../kit/heard-orders.ts';
import { measured, seconds } from '../kit/measured.ts';
import { Operator } from '../kit/operator.ts';
import { until } from '../kit/until.ts';

/** The autopilot says why each 31 s; a busy machine may need three times as long to show it. */
const SAID_WITHIN_MS = 100_000;
const READY_WITHIN_MS = 90_000;

function enter({ simulator }: InProcessDrone, mode: number): void {
  simulator.act(({ autopilot }) => autopilot.flight.setMode(mode, autopilot.vehicle.body, autopilot.nowMs));
}

/** Told beside the others, not after them. */
async function story(words: string, tell: () => Promise<void>): Promise<void> {
  await tell();
  measured(`told: ${words}`);
}

t.test('arming refused', { timeout: 240_000 }, async (t) => {
  // given: five drones on the ground that are fit for the bench
  const world = await createInProcessWorld({
    drones: 5,
    agentsLater: true,
    simulator: { start: 'ready', logSizes: [60_000_000] },
    agentFlags: ['--profile=bench', '--recorder.enabled=false'],
  });
  t.teardown(() => world.close());
  for (const { simulator } of world.drones) simulator.act((one) => fit(one, 'bench'));
  const heard = world.drones.map(({ simulator }) => new HeardOrders(simulator.simulator));
  await Promise.all(world.drones.map((drone) => drone.startAgent()));
  const [cold, blind, unlinked, reading, returning] = world.drones;
  if (!cold || !blind || !unlinked || !reading || !returning) throw new Error('five drones wanted');
  const ann = new Operator(world.httpUrl);
  const live = world.live();
  const armsAt = (drone: InProcessDrone): number => heard[world.drones.indexOf(drone)]?.armsAtMs.length ?? -1;

  /** Waits until the page shows these words of the autopilot, then orders: the answer has them too. */
  async function refusedWith(drone: InProcessDrone, words: RegExp): Promise<void> {
    const shown = () => live.drones.get(drone.id)?.preflight?.stops ?? [];
    const { tookMs } = await until(() => shown().some((stop) => words.test(stop)), {
      timeoutMs: SAID_WITHIN_MS,
      what: `${drone.id} to say ${words}`,
      seen: shown,
    });
    measured(`${drone.id} said ${words} after ${seconds(tookMs)}`);
    const fate = await ann.order(drone.id, 'arm');
    t.match(fate, { state: 'rejected', reason: words }, `${drone.id} says why`);
    t.equal(armsAt(drone), 0, `${drone.id}: the autopilot was not even asked`);
  }
  const mayArm = (drone: InProcessDrone) =>
    until(() => live.drones.get(drone.id)?.preflight?.verdict !== 'stop' && live.drones.get(drone.id)?.preflight, {
      timeoutMs: READY_WITHIN_MS,
      what: `${drone.id} to be ready`,
      seen: () => live.drones.get(drone.id)?.preflight?.stops,
    });

  await Promise.all([
    story('switched on just now: not ready, then ready', async () => {
      await mayArm(cold);
      cold.simulator.act((simulator) => simulator.reboot());
      enter(cold, CopterMode.GUIDED);
      await refusedWith(cold, /PreArm: (Need Position Estimate|EKF|AHRS|Gyros|Accels|Compass)/);
      await mayArm(cold);
      t.match(await ann.order(cold.id, 'arm'), { state: 'succeeded' });
      t.equal(armsAt(cold), 1, 'asked once');
    }),
    story('no satellites, in a mode that needs them', async () => {
      await mayArm(blind);
      enter(blind, CopterMode.GUIDED);
      blind.simulator.act((simulator) => simulator.fault('gps-loss'));
      await refusedWith(blind, /PreArm: GPS 1: Bad fix/);
    }),
    story('"GCS failsafe on": it listens to another ground station', async () => {
      await mayArm(unlinked);
      unlinked.simulator.act(({ autopilot }) => autopilot.parameters.set('MAV_GCS_SYSID', 250));
      await refusedWith(unlinked, /PreArm: GCS failsafe on/);
    }),
    story('a technician is reading its logs', async () => {
      await mayArm(reading);
      const { stage, end } = reading.simulator.simulator.stage('technician');
      reading.simulator.act(() => {
        const target = { target_system: 1, target_component: 1 };
        const technician = new Other(stage, { sysid: 200, compid: 190, type: 6 });
        technician.send('LOG_REQUEST_DATA', { ...target, id: 1, ofs: 0, count: 0xffff_ffff });
      });
      await refusedWith(reading, /Downloading logs/);
      end();
      t.pass('the technician leaves');
    }),
    story('a mode in which it does not arm', async () => {
      await mayArm(returning);
      enter(returning, CopterMode.RTL);
      const fate = await ann.order(returning.id, 'arm');
      t.match(fate, { state: 'failed', reason: /^refused: Arm: RTL mode not armable/ });
      t.equal(armsAt(returning), 1, 'asked once, and not again');
    }),
  ]);

  // and: nothing was asked again behind anybody's back
  t.same(world.drones.map(armsAt), [1, 0, 0, 0, 1]);
});
