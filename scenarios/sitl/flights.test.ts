/** The flights of `make sitl` on our simulator, shortened: the same steps as on a real autopilot. */
import t from 'tap';
import { measured } from '../kit/measured.ts';
import { isSoak } from '../kit/seed.ts';
import { flyItineraries } from './delivery-flight.ts';
import { flyFall } from './fall-flight.ts';
import { fly } from './flight.ts';
import { flyOrders, ORDERED, PATIENT } from './order-flight.ts';
import { AUTOPILOT_OWNS_THE_LOSS, LOADED, startGround, startSimulatedAutopilot } from './setup.ts';
import { Steps } from './steps.ts';

t.test('a flight with a pilot, an operator and a technician', async (t) => {
  t.setTimeout(300_000);
  const autopilot = await startSimulatedAutopilot();
  t.teardown(() => autopilot.close());
  const ground = await startGround(autopilot.linkUrl, AUTOPILOT_OWNS_THE_LOSS);
  t.teardown(() => ground.close(process.env.KEEP === '1'));
  const steps = new Steps(({ name, ok, tookMs, detail }) => {
    t.ok(ok, `${name}: ${detail}`);
    if (/reboot|control|streams/.test(name)) measured(`${name}: ${(tookMs / 1000).toFixed(1)} s`);
  });
  await fly({
    drone: ground.drone,
    httpUrl: ground.controller.httpUrl,
    controller: ground.controller,
    pilotUrl: autopilot.pilotUrl,
    steps,
    homeBy: 'land',
    altM: 3,
    watchMs: 1_000,
    armableWithinMs: 60_000,
  });
  t.ok(steps.passed > 15, 'the whole flight was flown');
});

const skip = isSoak() ? false : 'ten minutes: make soak, make sitl';

t.test('orders: around a zone, and a gate that stays shut', { skip }, async (t) => {
  t.setTimeout(900_000);
  const autopilot = await startSimulatedAutopilot(LOADED);
  t.teardown(() => autopilot.close());
  const ground = await startGround(autopilot.linkUrl, PATIENT, ORDERED);
  t.teardown(() => ground.close(process.env.KEEP === '1'));
  const steps = new Steps(({ name, ok, detail }) => void t.ok(ok, `${name}: ${detail}`));
  await flyOrders({
    ...ground,
    httpUrl: ground.controller.httpUrl,
    pilotUrl: autopilot.pilotUrl,
    steps,
    simulated: true,
    altM: 10,
    watchMs: 1_000,
    armableWithinMs: 60_000,
  });
  t.ok(steps.passed > 6, 'all was flown');
});

t.test('itineraries: verified, delivered, ended early', { skip }, async (t) => {
  t.setTimeout(900_000);
  const autopilot = await startSimulatedAutopilot(LOADED);
  t.teardown(() => autopilot.close());
  const ground = await startGround(autopilot.linkUrl);
  t.teardown(() => ground.close(process.env.KEEP === '1'));
  const steps = new Steps(({ name, ok, tookMs, detail }) => {
    t.ok(ok, `${name}: ${detail}`);
    if (/killed|ladder/.test(name)) measured(`${name} (${(tookMs / 1000).toFixed(1)} s): ${detail}`);
  });
  await flyItineraries({
    ...ground,
    httpUrl: ground.controller.httpUrl,
    pilotUrl: autopilot.pilotUrl,
    steps,
    simulated: true,
    altM: 10,
    watchMs: 1_000,
    armableWithinMs: 60_000,
  });
  t.ok(steps.passed > 14, 'all was flown');
});

t.test('a fall: told while it falls, and nothing is armed again', { skip }, async (t) => {
  t.setTimeout(300_000);
  const autopilot = await startSimulatedAutopilot();
  t.teardown(() => autopilot.close());
  const ground = await startGround(autopilot.linkUrl);
  t.teardown(() => ground.close(process.env.KEEP === '1'));
  const steps = new Steps(({ name, ok, detail }) => {
    t.ok(ok, `${name}: ${detail}`);
    if (/told/.test(name)) measured(`${name}: ${detail}`);
  });
  await flyFall({
    ...ground,
    httpUrl: ground.controller.httpUrl,
    pilotUrl: autopilot.pilotUrl,
    steps,
    altM: 10,
    watchMs: 1_000,
    armableWithinMs: 60_000,
  });
  t.ok(steps.passed > 8, 'all was flown');
});
