/**
 * Drones that stand at their bases, each with a parcel and ready to fly. Several cases are told at once, a drone each: most
 * of a flight is waiting.
 */
import type { SimulatorOptions } from '@skein/hardware/simulator';
import type { Test } from 'tap';
import { createInProcessWorld, type InProcessWorld } from '../in-process.ts';
import { fit, hasten } from '../kit/fit.ts';
import { measured } from '../kit/measured.ts';
import { Flyer } from './flyer.ts';
import { runsAlone } from './own-process.ts';
import { isReady } from './ready.ts';

/** DO_WINCH: run at a rate. */
const WINCH_RATE = 2;

export interface FlyingCase {
  readonly simulator?: Partial<SimulatorOptions>;
  readonly flags?: readonly string[];
  /** Of the autopilot, besides those of the profile. */
  readonly parameters?: Readonly<Record<string, number>>;
  /** Its agent is a process of its own. */
  readonly alone?: true;
}

/** Booted, with a parcel each, the parameters as the profile wants them, everything of the pre-flight list well. */
export async function readyFleet(
  test: Test,
  cases: readonly FlyingCase[],
  o: { readonly flags?: readonly string[]; readonly controllerFlags?: readonly string[] } = {},
): Promise<{ readonly world: InProcessWorld; readonly flyers: readonly Flyer[] }> {
  const flags = ['--profile=bench', '--recorder.enabled=false', '--backoff.minS=0.05', ...(o.flags ?? [])];
  const world = await createInProcessWorld({
    drones: cases.length,
    cuttable: true,
    agentsLater: true,
    simulator: { start: 'ready', payloadKg: 0.6 },
    simulatorOf: (index) => cases[index]?.simulator ?? {},
    agentFlags: [...flags, '--backoff.maxS=0.5'],
    controllerFlags: o.controllerFlags ?? [],
    agentFlagsOf: (index) => cases[index]?.flags ?? [],
  });
  test.teardown(() => world.close());
  const flyers = cases.map((_, index) => new Flyer(world, index));
  for (const [index, { drone }] of flyers.entries()) {
    drone.simulator.act((simulator) => {
      const { cargo, parameters } = simulator.autopilot;
      if (cases[index]?.simulator?.flavour !== 'px4') fit(simulator, 'bench');
      hasten(simulator);
      // Home at the height it has.
      for (const [name, value] of Object.entries({ RTL_ALT: 0, ...cases[index]?.parameters }))
        parameters.set(name, value);
      // After its boot the drum runs free (WINCH_OPTIONS 1); whoever hangs a parcel on the line holds it.
      if (cargo.winch.enabled) cargo.winch.order({ action: WINCH_RATE, lengthM: 0, rateMS: 0 }, 0);
    });
  }
  await Promise.all(
    flyers.map(async (flyer, index) => {
      const { drone } = flyer;
      if (cases[index]?.alone !== true) return drone.startAgent();
      const alone = await runsAlone(world, drone, [...flags, ...(cases[index]?.flags ?? [])]);
      test.teardown(() => alone.close());
      flyer.alone = alone;
    }),
  );
  await Promise.all(flyers.map(isReady));
  return { world, flyers };
}

/** Told beside the others, not after them; one that fails does not end the others. */
export async function together(test: Test, stories: Readonly<Record<string, () => Promise<void>>>): Promise<void> {
  const began = performance.now();
  await Promise.all(
    Object.entries(stories).map(async ([words, tell]) => {
      try {
        await tell();
        measured(`told in ${Math.round((performance.now() - began) / 1000)} s: ${words}`);
      } catch (error) {
        test.error(error, words);
      }
    }),
  );
}
