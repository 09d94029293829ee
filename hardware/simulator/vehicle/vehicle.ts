import { wrapPi } from '../geo.ts';
import type { Random } from '../random.ts';
import { type Battery, pack, stepBattery } from './battery.ts';
import type { Disturbances } from './disturbances.ts';
import { type Estimate, exact, follow } from './estimate.ts';
import { GPS_PERIOD_MS, type GpsFix, noFix, sampleGps } from './gps.ts';
import { atRest, type Body, type Demand, stepBody } from './kinematics.ts';
import { emptyPayload, noOrders, type Payload, type PayloadOrders, stepPayload } from './payload.ts';
import { calm, stepWind, type Wind } from './wind.ts';

/** Everything physical. It goes on when the autopilot restarts. */
export interface Vehicle {
  readonly atMs: number;
  readonly body: Body;
  readonly wind: Wind;
  readonly battery: Battery;
  readonly gps: GpsFix;
  /** What the autopilot makes of its receivers. */
  readonly estimate: Estimate;
  /** What hangs below it. */
  readonly payload: Payload;
}

/** Without a load, kg. */
export const EMPTY_KG = 4;

export const STEP_MS = 20;
const CELLS = 6;
const ALL_MOTORS = 0b1111;

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
    estimate: exact,
    payload: emptyPayload,
  };
}

/** One step of STEP_MS. Pure: the same vehicle, demand, disturbances and random give the same next vehicle. */
export function stepVehicle(
  vehicle: Vehicle,
  demand: Demand,
  random: Random,
  disturbances: Readonly<Disturbances>,
  orders: PayloadOrders = noOrders,
): Vehicle {
  const dtS = STEP_MS / 1000;
  const atMs = vehicle.atMs + STEP_MS;
  const wind = stepWind(vehicle.wind, dtS, random);
  const { failedMotors, motorStop } = disturbances;
  const lame = failedMotors !== 0;
  const isStopped = motorStop || (failedMotors & ALL_MOTORS) === ALL_MOTORS;
  const weight = 1 + vehicle.payload.carriedKg / EMPTY_KG;
  const body = stepBody(vehicle.body, isStopped ? stopped(demand) : demand, wind, dtS, lame, weight);
  const payload = stepPayload(vehicle.payload, body, orders, disturbances, { dtS, atMs });
  const sampled = atMs - vehicle.gps.atMs >= GPS_PERIOD_MS;
  const gps = sampled ? sampleGps(vehicle.gps, body, atMs, random, disturbances) : vehicle.gps;
  return {
    atMs,
    body,
    wind,
    battery: stepBattery(vehicle.battery, body, dtS, disturbances),
    gps,
    estimate: sampled ? follow(vehicle.estimate, gps, atMs) : vehicle.estimate,
    payload,
  };
}

const stopped = (demand: Demand): Demand => ({ ...demand, motors: false, lift: false });

/** The vehicle as its autopilot believes it to be: what it tells, and what it steers by. */
export function believed(vehicle: Vehicle, { compassDeg, baroUpM }: Readonly<Disturbances>): Vehicle {
  const { northM, eastM } = vehicle.estimate;
  if (northM === 0 && eastM === 0 && compassDeg === 0 && baroUpM === 0) return vehicle;
  const { body } = vehicle;
  const yaw = wrapPi(body.yaw + (compassDeg * Math.PI) / 180);
  const upM = body.upM + baroUpM;
  return { ...vehicle, body: { ...body, northM: body.northM + northM, eastM: body.eastM + eastM, upM, yaw } };
}

/** An estimator that begins anew takes the place of its receiver for the truth. */
export function findPlace(vehicle: Vehicle): Vehicle {
  const { gps, estimate } = vehicle;
  if (!gps.fixed) return vehicle;
  return { ...vehicle, estimate: { ...estimate, northM: gps.wrongNorthM, eastM: gps.wrongEastM } };
}
