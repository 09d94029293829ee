import { offset, type Place, toNorthEast } from '../geo.ts';
import type { Random } from '../random.ts';
import type { Disturbances } from '../vehicle/disturbances.ts';
import { believed, type Vehicle } from '../vehicle/vehicle.ts';
import type { Autopilot } from './autopilot.ts';
import { bootMs } from './boot.ts';
import type { Flight } from './flight.ts';
import type { Gripper } from './gripper.ts';
import type { Mission } from './mission.ts';
import type { Parameters } from './parameters.ts';
import type { Winch } from './winch.ts';

/** What the builders of messages see: the present moment of vehicle and autopilot. */
export interface View {
  /** Since the autopilot's boot, ms. */
  readonly sinceBootMs: number;
  /** Since the simulation began, ms. */
  readonly nowMs: number;
  /** Wall clock, µs; 0 until GPS brought the time. */
  readonly unixUs: bigint;
  /** As the autopilot believes it to be. */
  readonly vehicle: Vehicle;
  readonly troubles: Readonly<Disturbances>;
  readonly flight: Flight;
  readonly mission: Mission;
  readonly winch: Winch;
  readonly gripper: Gripper;
  readonly parameters: Parameters;
  /** The place the vehicle's coordinates count from. */
  readonly world: Place;
  /** The origin of the local frame, the same units; null until set. */
  readonly origin: Place | null;
  readonly channels: readonly number[];
  /** Charge drawn since boot, mAh: all that a real one knows. */
  readonly consumedMah: number;
  readonly remainingMah: number;
  readonly noise: Random;
  readonly seed: number;
}

/** What the view needs besides the autopilot itself. `epochUs`: wall clock when the simulation began. */
export interface ViewExtras {
  readonly noise: Random;
  readonly seed: number;
  readonly epochUs: bigint;
}

export function viewOf(autopilot: Autopilot, { noise, seed, epochUs }: ViewExtras): View {
  const { sinceBootMs, flight, troubles, mission, parameters, world, origin, channels, nowMs } = autopilot;
  const { consumedMah, remainingMah } = autopilot;
  const knowsTime = sinceBootMs > bootMs.gpsDetected + 4_000;
  return {
    sinceBootMs,
    nowMs,
    vehicle: believed(autopilot.vehicle, troubles),
    troubles,
    flight,
    mission,
    winch: autopilot.cargo.winch,
    gripper: autopilot.cargo.gripper,
    parameters,
    world,
    origin,
    channels,
    consumedMah,
    remainingMah,
    noise,
    seed,
    unixUs: knowsTime ? epochUs + BigInt(Math.floor(nowMs * 1_000)) + troubles.unixErrorUs : 0n,
  };
}

/** Where the vehicle is; null until the autopilot knows a position. */
export function placeOf(view: View): Place | null {
  if (view.origin === null) return null;
  const { body } = view.vehicle;
  return { ...offset(view.world, body), altM: view.world.altM + body.upM };
}

/** North, east, down of the local origin; metres. */
export function localOf(view: View): { readonly x: number; readonly y: number; readonly z: number } {
  const { body } = view.vehicle;
  const origin = toNorthEast(view.world, view.origin ?? view.world);
  return {
    x: body.northM - origin.northM,
    y: body.eastM - origin.eastM,
    z: (view.origin ?? view.world).altM - view.world.altM - body.upM,
  };
}

export const hasGps = (view: View): boolean => view.sinceBootMs >= bootMs.gpsDetected + 2_000;
export const timeBootMs = (view: View): number => Math.floor(view.sinceBootMs);
export const timeBootUs = (view: View): bigint => BigInt(Math.floor(view.sinceBootMs * 1_000));
