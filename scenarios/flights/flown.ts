/** A drone that carries a parcel and is ready to fly, and the plans that scenarios give it. */
import type { SimulatorOptions } from '@skein/hardware/simulator';
import type { DeliverItem, Itinerary } from '@skein/protocol/fleet';
import type { Test } from 'tap';
import { createOneDrone, type OneDrone } from '../commands/one-drone.ts';
import { fit, fitPx4, hasten } from '../kit/fit.ts';
import { until } from '../kit/until.ts';

/** DO_WINCH: run at a rate. */
const WINCH_RATE = 2;
const READY_WITHIN_MS = 90_000;
/** A test's machine that stands for some seconds is no lost ground link. */
const GROUND_LINK_S = 20;
/** Not a minute for the last metres of a return: heights in m, speeds in m/s. */
const PX4_QUICK = { RTL_RETURN_ALT: 20, MPC_LAND_SPEED: 1 };
const DEG_PER_M = 1 / 111_320;
/** Where a simulator starts unless it is told otherwise. */
export const HOME = { latDeg: 43.6155, lonDeg: 7.0719 };

export interface FlownOptions {
  readonly simulator?: SimulatorOptions;
  readonly flags?: readonly string[];
}

/** Booted, its parameters as the profile wants them (a PX4's too), everything of the pre-flight list well. */
export async function readyToFly(test: Test, o: FlownOptions = {}): Promise<OneDrone> {
  const drone = await createOneDrone({ ...o, flags: ['--profile=bench', ...(o.flags ?? [])] });
  test.teardown(() => drone.close());
  await drone.stopAgent();
  drone.driver.act(() => {
    if (o.simulator?.flavour === 'px4') {
      fitPx4(drone.simulator, PX4_QUICK);
      return;
    }
    fit(drone.simulator, 'bench');
    hasten(drone.simulator);
    drone.simulator.autopilot.parameters.set('FS_GCS_TIMEOUT', GROUND_LINK_S);
    // After its boot the drum runs free (WINCH_OPTIONS 1); whoever hangs a parcel on the line holds it.
    drone.simulator.autopilot.cargo.winch.order({ action: WINCH_RATE, lengthM: 0, rateMS: 0 }, 0);
  });
  await drone.startAgent();
  await isReady(drone);
  return drone;
}

/** Everything of the pre-flight list is well: also again, after a moment in which this machine stood. */
export async function isReady(drone: OneDrone): Promise<void> {
  const stops = () => drone.agent().status().safety.preflight.stops;
  await until(() => drone.presence() !== null && stops().length === 0, {
    timeoutMs: READY_WITHIN_MS,
    what: 'a drone that is ready',
    seen: stops,
  });
}

/** Out, deliver, and back: `m` metres north of home. */
export function deliveryPlan(m: number, deliver: Partial<DeliverItem> = {}): Itinerary {
  const at = (northM: number) => ({ latDeg: HOME.latDeg + northM * DEG_PER_M, lonDeg: HOME.lonDeg });
  return {
    id: 'it-1',
    version: 1,
    base: HOME,
    items: [
      { do: 'take-off', altM: 15 },
      { do: 'waypoint', ...at(m / 2), altM: 20, frame: 'home', speedMps: 10 },
      {
        do: 'deliver',
        ...at(m),
        altM: 20,
        frame: 'home',
        how: 'winch',
        releaseAltM: 8,
        lineM: 9,
        parcel: 'P-1',
        gateS: 60,
        ...deliver,
      },
      { do: 'return' },
    ],
  };
}
