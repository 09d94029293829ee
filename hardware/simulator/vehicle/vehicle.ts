import type { Random } from '../random.ts';
import { type Battery, pack, stepBattery } from './battery.ts';
import { GPS_PERIOD_MS, type GpsFix, noFix, sampleGps } from './gps.ts';
import { atRest, type Body, type Demand, stepBody } from './kinematics.ts';
import { calm, stepWind, type Wind } from './wind.ts';

/** Everything physical. It goes on when the autopilot restarts. */
export interface Vehicle {
  readonly atMs: number;
  readonly body: Body;
  readonly wind: Wind;
  readonly battery: Battery;
  readonly gps: GpsFix;
}

export const STEP_MS = 20;
const CELLS = 6;

export interface VehicleOptions {
  readonly random: Random;
  readonly capacityMah: number;
  /** 0–1. */
  readonly charge: number;
}

export function createVehicle(options: VehicleOptions): Vehicle {
  const { random } = options;
  return {
    atMs: 0,
    body: atRest(random.between(-Math.PI, Math.PI)),
    wind: calm(Math.round(random.between(0, 360)), Math.round(random.between(1.5, 5.5) * 10) / 10, 0.25),
    battery: pack(
      options.capacityMah,
      options.charge,
      Array.from({ length: CELLS }, () => random.normal() * 0.004),
      random.between(19, 24),
    ),
    gps: noFix,
  };
}

/** One step of STEP_MS. Pure: the same vehicle, demand and random give the same next vehicle. */
export function stepVehicle(vehicle: Vehicle, demand: Demand, random: Random): Vehicle {
  const dtS = STEP_MS / 1000;
  const atMs = vehicle.atMs + STEP_MS;
  const wind = stepWind(vehicle.wind, dtS, random);
  const body = stepBody(vehicle.body, demand, wind, dtS);
  return {
    atMs,
    body,
    wind,
    battery: stepBattery(vehicle.battery, body.throttle, dtS),
    gps: atMs - vehicle.gps.atMs >= GPS_PERIOD_MS ? sampleGps(vehicle.gps, body, atMs, random) : vehicle.gps,
  };
}
