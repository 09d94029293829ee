import type { NorthEast } from '../geo.ts';
import type { Body, Demand } from '../vehicle/kinematics.ts';

/** How fast it may go, metres per second. */
export interface Speeds {
  readonly cruiseMS: number;
  readonly climbMS: number;
  readonly sinkMS: number;
}

/** A point to be at. `upM` above the starting place. */
export interface Target extends NorthEast {
  readonly upM: number;
}

export const here = ({ northM, eastM, upM }: Body): Target => ({ northM, eastM, upM });

/** Deceleration that the guidance plans with; less than the body can, so that it does not overshoot. */
const BRAKE = 1.6;
const CLIMB_BRAKE = 0.6;
/** Where it comes to rest when it brakes from now on. */
export function stopping(body: Body): Target {
  const seconds = Math.hypot(body.northMS, body.eastMS) / (2 * BRAKE);
  return { northM: body.northM + body.northMS * seconds, eastM: body.eastM + body.eastMS * seconds, upM: body.upM };
}

/** How far ahead on a leg it steers, metres: corners are cut by about a third of it. */
const LOOKAHEAD_M = 12;

function climb(body: Body, upM: number, speeds: Speeds): number {
  const error = upM - body.upM;
  const speed = Math.min(Math.abs(error) * 0.9, Math.sqrt(2 * CLIMB_BRAKE * Math.abs(error)));
  return error > 0 ? Math.min(speeds.climbMS, speed) : -Math.min(speeds.sinkMS, speed);
}

/** The course when moving, else the present heading. */
function courseOr(body: Body, northMS: number, eastMS: number): number {
  return Math.hypot(northMS, eastMS) > 1.2 ? Math.atan2(eastMS, northMS) : body.yaw;
}

export const idle = (body: Body): Demand => ({
  motors: true,
  lift: false,
  northMS: 0,
  eastMS: 0,
  upMS: 0,
  yaw: body.yaw,
});

export const stopped = (body: Body): Demand => ({ ...idle(body), motors: false });

/** Goes straight to a point and stops there; near it, holds it. `yaw` null: looks where it goes. */
export function toPoint(body: Body, target: Target, speeds: Speeds, yaw: number | null): Demand {
  const north = target.northM - body.northM;
  const east = target.eastM - body.eastM;
  const away = Math.hypot(north, east);
  const speed = Math.min(speeds.cruiseMS, away * 0.8, Math.sqrt(2 * BRAKE * away));
  const northMS = away > 0.01 ? (north / away) * speed : 0;
  const eastMS = away > 0.01 ? (east / away) * speed : 0;
  return {
    motors: true,
    lift: true,
    northMS,
    eastMS,
    upMS: climb(body, target.upM, speeds),
    yaw: yaw ?? (away > 4 ? courseOr(body, northMS, eastMS) : body.yaw),
  };
}

/** Follows the line from one point to the next at full speed, altitude changing along it. */
export function alongLeg(body: Body, from: Target, to: Target, speeds: Speeds): Demand {
  const legNorth = to.northM - from.northM;
  const legEast = to.eastM - from.eastM;
  const length = Math.max(0.1, Math.hypot(legNorth, legEast));
  const along = ((body.northM - from.northM) * legNorth + (body.eastM - from.eastM) * legEast) / length;
  const carrot = Math.max(0, along + LOOKAHEAD_M) / length;
  const north = from.northM + legNorth * carrot - body.northM;
  const east = from.eastM + legEast * carrot - body.eastM;
  const away = Math.max(0.1, Math.hypot(north, east));
  const northMS = (north / away) * speeds.cruiseMS;
  const eastMS = (east / away) * speeds.cruiseMS;
  const done = Math.max(0, Math.min(1, along / length));
  return {
    motors: true,
    lift: true,
    northMS,
    eastMS,
    upMS: climb(body, from.upM + (to.upM - from.upM) * done, speeds),
    yaw: courseOr(body, body.northMS, body.eastMS),
  };
}

/** How much of a leg lies ahead, metres; negative once the end is passed. */
export function legAheadM(body: Body, from: Target, to: Target): number {
  const legNorth = to.northM - from.northM;
  const legEast = to.eastM - from.eastM;
  const length = Math.hypot(legNorth, legEast);
  if (length < 0.1) return Math.hypot(to.northM - body.northM, to.eastM - body.eastM);
  return length - ((body.northM - from.northM) * legNorth + (body.eastM - from.eastM) * legEast) / length;
}

/** Straight down over a place. */
export function descend(body: Body, over: NorthEast, sinkMS: number, speeds: Speeds): Demand {
  const hold = toPoint(body, { ...over, upM: body.upM }, { ...speeds, cruiseMS: 3 }, body.yaw);
  return { ...hold, upMS: -sinkMS };
}
