/** The flight of `make sitl` on our simulator, shortened: the same steps as on a real autopilot. Takes a minute: in `make soak`. */
import t from 'tap';
import { measured } from '../kit/measured.ts';
import { fly } from './flight.ts';
import { startGround, startSimulatedAutopilot } from './setup.ts';
import { Steps } from './steps.ts';

const skip = process.env.SOAK === '1' ? false : 'only in make soak; make sitl flies it';

t.test('a flight with a pilot, an operator and a technician', { skip }, async (t) => {
  t.setTimeout(300_000);
  const autopilot = await startSimulatedAutopilot();
  t.teardown(() => autopilot.close());
  const ground = await startGround(autopilot.linkUrl);
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
