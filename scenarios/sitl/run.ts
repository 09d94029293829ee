/**
 * `make sitl`: a flight on our simulator. `make sitl AUTOPILOT=tcp:127.0.0.1:5760`: the same on an autopilot that somebody
 * started, the test pilot on its second port (AUTOPILOT2, or port + 2). `WATCH=1`: only look (watch.ts).
 */
import { fly } from './flight.ts';
import { startGround, startSimulatedAutopilot } from './setup.ts';
import { type StepResult, Steps } from './steps.ts';
import { linkUrlOf, secondUrlOf } from './urls.ts';

const { AUTOPILOT = '', AUTOPILOT2 = '', WATCH = '' } = process.env;

function usage(message: string): never {
  console.error(message);
  process.exit(2);
}

const say = ({ name, ok, tookMs, detail }: StepResult): void => {
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${(tookMs / 1000).toFixed(1).padStart(6)} s  ${name}: ${detail}`);
};

async function flights(): Promise<boolean> {
  const real = AUTOPILOT === '' ? null : linkUrlOf(AUTOPILOT);
  const pilotUrl = AUTOPILOT2 === '' ? (real === null ? null : secondUrlOf(real)) : linkUrlOf(AUTOPILOT2);
  if (real !== null && pilotUrl === null) {
    usage(
      `The test pilot needs a line of its own beside ${AUTOPILOT}: say which, AUTOPILOT2=tcp:127.0.0.1:5762 (or WATCH=1)`,
    );
  }
  const simulated = real === null ? await startSimulatedAutopilot() : null;
  const steps = new Steps(say);
  let kept = '';
  try {
    const linkUrl = real ?? simulated?.linkUrl ?? '';
    console.log(`${real === null ? 'our simulator' : 'autopilot'} at ${linkUrl}`);
    const ground = await startGround(linkUrl);
    let well = false;
    try {
      await fly({
        drone: ground.drone,
        httpUrl: ground.controller.httpUrl,
        controller: ground.controller,
        pilotUrl: pilotUrl ?? simulated?.pilotUrl ?? '',
        steps,
        homeBy: 'return',
        altM: 10,
        watchMs: 6_000,
        armableWithinMs: 180_000,
      });
      well = steps.failed === 0;
    } finally {
      if (!well) kept = ground.dir;
      await ground.close(!well);
    }
  } finally {
    await simulated?.close();
  }
  if (kept !== '') console.log(`logs are kept in ${kept}`);
  console.log(`\n${steps.passed} passed, ${steps.failed} failed`);
  return steps.failed === 0 && steps.passed > 0;
}

if (WATCH !== '' && WATCH !== '0') {
  if (AUTOPILOT === '') usage('Say where the autopilot is: make sitl AUTOPILOT=tcp:127.0.0.1:5760 WATCH=1');
  const { watch } = await import('./watch.ts');
  process.exit((await watch(linkUrlOf(AUTOPILOT) ?? usage(`"${AUTOPILOT}" is not a link`))) ? 0 : 1);
}
if (AUTOPILOT !== '' && linkUrlOf(AUTOPILOT) === null)
  usage(`"${AUTOPILOT}" is not a link: tcp:127.0.0.1:5760, serial:/dev/ttyACM0`);
process.exit((await flights()) ? 0 : 1);
