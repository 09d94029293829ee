/**
 * `make sitl`: the flights on our simulator. `make sitl AUTOPILOT=tcp:127.0.0.1:5760`: the same on an autopilot that somebody
 * started, the test pilot on its second port (AUTOPILOT2, or port + 2). `WATCH=1`: only look (watch.ts).
 */
import { flyItineraries } from './delivery-flight.ts';
import { flyFall } from './fall-flight.ts';
import { fly } from './flight.ts';
import { flyOrders, ORDERED, PATIENT } from './order-flight.ts';
import { AUTOPILOT_OWNS_THE_LOSS, type Ground, LOADED, startGround, startSimulatedAutopilot } from './setup.ts';
import { type StepResult, Steps } from './steps.ts';
import { linkUrlOf, secondUrlOf } from './urls.ts';

const { AUTOPILOT = '', AUTOPILOT2 = '', WATCH = '', FLIGHT = '', FLAVOUR = 'ardupilot' } = process.env;

interface Field {
  readonly pilotUrl: string;
  readonly steps: Steps;
  readonly simulated: boolean;
  readonly altM: number;
  readonly watchMs: number;
  readonly armableWithinMs: number;
}

interface Flight {
  readonly agentArgs: readonly string[];
  readonly simulatorArgs: readonly string[];
  readonly controllerArgs?: readonly string[];
  fly(ground: Ground, field: Field): Promise<void>;
}

/** In this order, each with a ground of its own. FLIGHT= names one. */
const FLIGHTS: Readonly<Record<string, Flight>> = {
  commands: {
    agentArgs: AUTOPILOT_OWNS_THE_LOSS,
    simulatorArgs: [],
    fly: (ground, field) => fly({ ...field, ...ground, httpUrl: ground.controller.httpUrl, homeBy: 'return' }),
  },
  itineraries: {
    agentArgs: [],
    simulatorArgs: LOADED,
    fly: (ground, field) => flyItineraries({ ...field, ...ground, httpUrl: ground.controller.httpUrl }),
  },
  orders: {
    agentArgs: PATIENT,
    simulatorArgs: LOADED,
    controllerArgs: ORDERED,
    fly: (ground, field) => flyOrders({ ...field, ...ground, httpUrl: ground.controller.httpUrl }),
  },
  falls: {
    agentArgs: [],
    simulatorArgs: [],
    fly: (ground, field) => flyFall({ ...field, ...ground, httpUrl: ground.controller.httpUrl }),
  },
};

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
  const steps = new Steps(say);
  for (const [name, flight] of Object.entries(FLIGHTS)) {
    if (FLIGHT !== '' && FLIGHT !== name) continue;
    const simulated =
      real === null ? await startSimulatedAutopilot([`--flavour=${FLAVOUR}`, ...flight.simulatorArgs]) : null;
    try {
      const linkUrl = real ?? simulated?.linkUrl ?? '';
      console.log(`${name}, ${real === null ? 'our simulator' : 'autopilot'} at ${linkUrl}`);
      const ground = await startGround(linkUrl, flight.agentArgs, flight.controllerArgs);
      const failedBefore = steps.failed;
      let well = false;
      try {
        await flight.fly(ground, {
          pilotUrl: pilotUrl ?? simulated?.pilotUrl ?? '',
          steps,
          simulated: real === null,
          altM: 10,
          watchMs: 6_000,
          armableWithinMs: 180_000,
        });
        well = steps.failed === failedBefore;
      } finally {
        if (!well) console.log(`logs are kept in ${ground.dir}`);
        await ground.close(!well);
      }
    } finally {
      await simulated?.close();
    }
  }
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
