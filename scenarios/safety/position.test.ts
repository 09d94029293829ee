/** Positions that are wrong: situation 6 of docs/flight-rules.md, seen by agent and controller, shown and not acted on. */
import t from 'tap';
import { createInProcessWorld, type InProcessDrone } from '../in-process.ts';
import { measured, seconds } from '../kit/measured.ts';
import { allMoving } from '../kit/moving.ts';
import { Operator } from '../kit/operator.ts';
import { until } from '../kit/until.ts';

/** What a busy machine adds to the bounds of docs/position-trust.md, which are proved in virtual time. */
const SLACK_MS = 30_000;

t.test('positions that are wrong', async (t) => {
  // given: five drones in the air that are trusted
  const world = await createInProcessWorld({ drones: 5 });
  t.teardown(() => world.close());
  const ann = new Operator(world.httpUrl, 'Ann');
  const live = world.live();
  await allMoving(live, world.ids);
  const trustOf = (drone: InProcessDrone) => live.drones.get(drone.id)?.trust;
  const becomes = (drone: InProcessDrone, wanted: string, withinMs: number) =>
    until(() => trustOf(drone)?.state === wanted, {
      timeoutMs: withinMs + SLACK_MS,
      what: `${drone.id} to be ${wanted}`,
      seen: () => trustOf(drone),
    });
  for (const drone of world.drones) await becomes(drone, 'trusted', 5_000);
  const [drifting, jumping, nowhere, silent, well] = world.drones;
  if (!drifting || !jumping || !nowhere || !silent || !well) throw new Error('five drones wanted');

  for (const [drone, fault, state, reasons, withinMs] of [
    [jumping, 'gps-glitch:metres=200,fused=1', 'rejected', /^jump$/, 2_000],
    [nowhere, 'gps-zero:fused=1', 'rejected', /^zero$/, 2_000],
    [drifting, 'gps-drift:rate=1', 'suspect', /^(drift|gps-differs|innovation)$/, 30_000],
  ] as const) {
    await t.test(`${fault}: ${state}, and nothing begins`, async (t) => {
      await ann.order(drone.id, 'hold');
      t.match(await ann.order(drone.id, 'resume', { takeControl: true }), { state: 'succeeded' });
      await ann.order(drone.id, 'hold');
      drone.simulator.act((simulator) => simulator.fault(fault));
      const { tookMs } = await becomes(drone, state, withinMs);
      measured(`position: ${fault} was ${state} (${trustOf(drone)?.reason}) on the page after ${seconds(tookMs)}`);
      t.match(trustOf(drone), {
        reason: reasons,
        by: 'drone',
        last: { latDeg: Number },
        estimate: { radiusM: Number },
      });
      // Its own failsafe may have taken it by now, and is left alone; whichever is first, nothing of ours begins.
      t.match(await ann.order(drone.id, 'goto', { latDeg: 47.3865, lonDeg: 8.532, altRelM: 30 }), {
        state: 'rejected',
        reason: /position: |failsafe/,
      });
    });
  }

  await t.test('silent: a ring that grows about where it may be', async (t) => {
    await silent.stopAgent();
    await becomes(silent, 'suspect', 5_000);
    const { estimate } = trustOf(silent) ?? {};
    await until(() => (trustOf(silent)?.estimate?.radiusM ?? 0) > (estimate?.radiusM ?? 0) + 50, {
      timeoutMs: SLACK_MS,
      what: 'the ring to grow',
    });
    t.match(trustOf(silent), { reason: 'silent', by: 'controller' });
  });

  t.match(trustOf(well), { state: 'trusted', by: 'drone', estimate: null }, 'the one that is well is left alone');
});
