import { wrapPi } from '../geo.ts';
import type { Wind } from './wind.ts';

/** Where the body is and how it moves; north, east and up of the starting place, metres and seconds, angles in radians. */
export interface Body {
  readonly northM: number;
  readonly eastM: number;
  readonly upM: number;
  readonly northMS: number;
  readonly eastMS: number;
  readonly upMS: number;
  readonly roll: number;
  readonly pitch: number;
  /** Clockwise from north, (−π, π]. */
  readonly yaw: number;
  readonly rollRate: number;
  readonly pitchRate: number;
  readonly yawRate: number;
  /** What the motors give, 0–1; about 0.38 in hover. */
  readonly throttle: number;
  readonly onGround: boolean;
}

/** What the autopilot wants of the body. */
export interface Demand {
  /** Motors turning at all. Without them it falls. */
  readonly motors: boolean;
  /** Motors lift; false: they idle on the ground. */
  readonly lift: boolean;
  readonly northMS: number;
  readonly eastMS: number;
  readonly upMS: number;
  readonly yaw: number;
  /** How hard it may climb or sink, m/s²; by default as gently as the guidance does. */
  readonly climbAccelMS2?: number;
}

const GRAVITY = 9.80665;
const ACCEL_MAX = 2.5;
const CLIMB_ACCEL_MAX = 1.1;
const TILT_MAX = (32 * Math.PI) / 180;
const PUSH_MAX = GRAVITY * Math.tan(TILT_MAX);
const YAW_RATE_MAX = (60 * Math.PI) / 180;
/** How fast the body leans to the wanted tilt, seconds. */
const LEAN_S = 0.28;
/** Air drag by the square of the airspeed, 1/m: about 8 degrees of lean at 10 m/s. Over some 21 m/s it cannot hold against the wind. */
const DRAG = 0.014;
const GUST_PUSH = 0.05;
const HOVER_THROTTLE = 0.38;
const IDLE_THROTTLE = 0.1;
/** How fast the air lets it fall, m/s. This and the next as ArduCopter in software fell from 40 m. */
const FALL_MS = 16.5;
/** With a motor gone: how fast it turns, and leans, rad/s, how far it leans, rad, and what it lifts of its weight. */
const LAME_SPIN = 8;
const LAME_ROLL = 3;
const LAME_TILT = 1.2;
const LAME_LIFT = 0.75;

export const atRest = (yaw: number): Body => ({
  northM: 0,
  eastM: 0,
  upM: 0,
  northMS: 0,
  eastMS: 0,
  upMS: 0,
  roll: 0,
  pitch: 0,
  yaw,
  rollRate: 0,
  pitchRate: 0,
  yawRate: 0,
  throttle: 0,
  onGround: true,
});

const clamp = (value: number, limit: number): number => Math.max(-limit, Math.min(limit, value));

function resting(body: Body, throttle: number): Body {
  return { ...atRest(body.yaw), northM: body.northM, eastM: body.eastM, throttle };
}

/** `lift`: of its weight, upwards. Drag grows by the square of the speed. */
function falling(body: Body, dtS: number, lift = 0): Body {
  if (body.onGround) return resting(body, 0);
  const upMS = body.upMS - GRAVITY * (1 - lift + (body.upMS * Math.abs(body.upMS)) / FALL_MS ** 2) * dtS;
  const upM = body.upM + upMS * dtS;
  if (upM <= 0) return resting(body, 0);
  const keep = 1 - 0.3 * dtS;
  return {
    ...body,
    upM,
    upMS,
    northMS: body.northMS * keep,
    eastMS: body.eastMS * keep,
    northM: body.northM + body.northMS * dtS,
    eastM: body.eastM + body.eastMS * dtS,
    throttle: 0,
  };
}

/** Three motors of four turn it over, and little of what they lift points upwards. */
function spinning(body: Body, demand: Demand, dtS: number): Body {
  if (body.onGround) return resting(body, demand.motors ? IDLE_THROTTLE : 0);
  const fallen = falling(body, dtS, LAME_LIFT * Math.cos(body.roll));
  if (fallen.onGround) return fallen;
  const turn = Math.min(LAME_SPIN, Math.abs(body.yawRate) + LAME_SPIN * dtS);
  return {
    ...fallen,
    yaw: wrapPi(body.yaw + turn * dtS),
    yawRate: turn,
    roll: clamp(body.roll + LAME_ROLL * dtS, LAME_TILT),
    throttle: 1,
  };
}

/**
 * One time step of a quadcopter that follows wanted velocities: acceleration is limited, and the body leans as far as that
 * acceleration and the air it moves through need. Roll, pitch, course and speed therefore agree. `lame`: a motor has failed; `weight`: of
 * vehicle and load, as a part of the vehicle's own.
 */
export function stepBody(body: Body, demand: Demand, wind: Wind, dtS: number, lame = false, weight = 1): Body {
  if (!demand.motors) return falling(body, dtS);
  if (lame) return spinning(body, demand, dtS);
  if (body.onGround && !(demand.lift && demand.upMS > 0)) return resting(body, IDLE_THROTTLE);

  let accelN = (demand.northMS - body.northMS) * 1.4;
  let accelE = (demand.eastMS - body.eastMS) * 1.4;
  const accel = Math.hypot(accelN, accelE);
  if (accel > ACCEL_MAX) {
    accelN *= ACCEL_MAX / accel;
    accelE *= ACCEL_MAX / accel;
  }
  const accelUp = clamp((demand.upMS - body.upMS) * 2, demand.climbAccelMS2 ?? CLIMB_ACCEL_MAX);

  const airN = body.northMS - wind.northMS;
  const airE = body.eastMS - wind.eastMS;
  const airspeed = Math.hypot(airN, airE);
  let needN = accelN + DRAG * airspeed * airN;
  let needE = accelE + DRAG * airspeed * airE;
  // It leans so far and no further: what is left over the wind does.
  const need = Math.hypot(needN, needE);
  if (need > PUSH_MAX) {
    accelN -= needN * (1 - PUSH_MAX / need);
    accelE -= needE * (1 - PUSH_MAX / need);
    needN *= PUSH_MAX / need;
    needE *= PUSH_MAX / need;
  }
  // Gusts push before the controller has leaned against them.
  const northMS = body.northMS + (accelN + GUST_PUSH * wind.gustNorthMS) * dtS;
  const eastMS = body.eastMS + (accelE + GUST_PUSH * wind.gustEastMS) * dtS;
  const upMS = body.upMS + accelUp * dtS;

  const cos = Math.cos(body.yaw);
  const sin = Math.sin(body.yaw);
  const wantPitch = clamp(-Math.atan2(needN * cos + needE * sin, GRAVITY), TILT_MAX);
  const wantRoll = clamp(Math.atan2(needE * cos - needN * sin, GRAVITY), TILT_MAX);
  const lean = 1 - Math.exp(-dtS / LEAN_S);
  const roll = body.roll + (wantRoll - body.roll) * lean;
  const pitch = body.pitch + (wantPitch - body.pitch) * lean;
  const yawRate = body.onGround ? 0 : clamp(wrapPi(demand.yaw - body.yaw) * 1.8, YAW_RATE_MAX);

  const upM = body.upM + (body.upMS + upMS) * 0.5 * dtS;
  if (upM <= 0 && upMS <= 0) return resting(body, IDLE_THROTTLE);
  return {
    northM: body.northM + (body.northMS + northMS) * 0.5 * dtS,
    eastM: body.eastM + (body.eastMS + eastMS) * 0.5 * dtS,
    upM,
    northMS,
    eastMS,
    upMS,
    roll,
    pitch,
    yaw: wrapPi(body.yaw + yawRate * dtS),
    rollRate: (roll - body.roll) / dtS,
    pitchRate: (pitch - body.pitch) / dtS,
    yawRate,
    throttle: Math.min(1, (HOVER_THROTTLE * weight * (1 + accelUp / GRAVITY)) / (Math.cos(roll) * Math.cos(pitch))),
    onGround: false,
  };
}
