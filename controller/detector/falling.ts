/**
 * An armed aircraft that does what nobody has asked it for. How fast it sinks alone says little: a pilot may bring it down at
 * 7 m/s. What counts is what no controller gives out: an angle, a spin, or downward speed gained faster than can be set.
 */
import type { Values } from '@skein/protocol/telemetry';
import { fresh, type Seen, stampOf } from './seen.ts';

export interface Tumbled {
  readonly how: 'leans' | 'spins' | 'falls';
  readonly tiltDeg: number | null;
  readonly spinDegps: number | null;
  readonly sinkMps: number;
  readonly heightM: number | null;
}

/** The newest sample of its speed down, and the one before it. */
export interface Sink {
  readonly atUs: number;
  readonly mps: number;
  readonly beforeMps: number;
  /** Since it sinks fast it has gained speed as only what falls does. */
  readonly dropped: boolean;
}

/** 30° past the lean that autopilots ask for as they are delivered (ArduPilot ANGLE_MAX 30°): its crash check's angle error. */
const LEANS_DEG = 60;
/** Faster than yaw can be told to be (ArduPilot PILOT_Y_RATE 202 °/s): three motors of four cannot hold it. */
const SPINS_DEGPS = 360;
/** With either it sinks, m/s: leaning far and holding its height a gust threw it about. */
const SINKS_MPS = 4;
/** Upright it falls where all motors stop at once; a free fall is as fast after 0.7 s (the agent's threshold), m/s. */
const FALLS_MPS = 7;
/** More than can be set for a descent (ArduPilot PILOT_ACCEL_Z and WPNAV_ACCEL_Z end at 5 m/s²); what falls gains 9.8, at 7 m/s in air still 7. */
const DROPS_MPS2 = 6;
/** No descent: told also where nobody saw it begin, or where the thrust is the pilot's. */
const NO_DESCENT_MPS = 12;
/** Samples nearer to each other tell a gust rather than what it gained; further apart, nothing of what was between them, s. */
const NEAR_S = 0.35;
const APART_S = 2.5;
/** It flies well again: upright, and no nearer to the ground than what lies there may seem, m. */
const UPRIGHT_DEG = 45;
const FLIES_M = 5;

/** In these the pilot gives out rates: any attitude may be meant (ArduPilot's crash check leaves them out too). */
const FIGURES: ReadonlySet<string> = new Set(['ACRO', 'FLIP', 'RATTITUDE']);
/** In these the pilot's stick is the thrust: at its lowest it falls, and is meant to. */
const THRUST_BY_HAND: ReadonlySet<string> = new Set(['STABILIZE', 'STABILIZED', 'MANUAL']);

export interface Falling {
  /** Armed in the air it tumbled or fell, and has not flown well since. */
  readonly tumbled: Tumbled | null;
  readonly sink: Sink | null;
}

export function falling(past: Falling & { readonly armed: boolean | null }, seen: Seen): Falling {
  const { armed, landed, mode } = fresh(seen, 'status') ?? {};
  // Disarmed it is the other class: what was is told until it has flown well.
  if (armed !== true) return { tumbled: past.tumbled, sink: null };
  if (past.armed === false) return { tumbled: null, sink: null };
  const [attitude, velocity] = [fresh(seen, 'attitude', 2500), fresh(seen, 'velocity', 2500)];
  if (velocity?.downMps == null) return { tumbled: past.tumbled, sink: past.sink };
  const { downMps } = velocity;
  const sink = sinking(past.sink, stampOf(seen, 'velocity'), downMps);
  const tiltDeg = tiltOf(attitude);
  const spinDegps = attitude?.yawRateRadps == null ? null : Math.round(Math.abs(degrees(attitude.yawRateRadps)));
  const heightM = fresh(seen, 'position')?.altRelM ?? null;
  const how = landed === 'on-ground' || FIGURES.has(mode ?? '') ? null : howOf(tiltDeg, spinDegps, sink, mode ?? '');
  if (how !== null) {
    const now = { how, tiltDeg: tiltDeg && Math.round(tiltDeg), spinDegps, sinkMps: Math.round(downMps), heightM };
    return { tumbled: past.tumbled ?? now, sink };
  }
  const isUpright = tiltDeg !== null && tiltDeg < UPRIGHT_DEG;
  const isWell = isUpright && downMps < SINKS_MPS && heightM !== null && heightM > FLIES_M;
  return { tumbled: isWell ? null : past.tumbled, sink };
}

function howOf(tiltDeg: number | null, spinDegps: number | null, sink: Sink, mode: string): Tumbled['how'] | null {
  if (sink.mps >= SINKS_MPS) {
    if (tiltDeg !== null && tiltDeg >= LEANS_DEG) return 'leans';
    if (spinDegps !== null && spinDegps >= SPINS_DEGPS) return 'spins';
  }
  // One sample of an estimate may be wrong.
  const leastMps = Math.min(sink.mps, sink.beforeMps);
  const falls = leastMps >= FALLS_MPS && sink.dropped && !THRUST_BY_HAND.has(mode);
  return falls || leastMps >= NO_DESCENT_MPS ? 'falls' : null;
}

function sinking(before: Sink | null, atUs: number, mps: number): Sink {
  const stepS = before === null ? Number.POSITIVE_INFINITY : (atUs - before.atUs) / 1e6;
  if (before === null || stepS > APART_S) return { atUs, mps, beforeMps: 0, dropped: false };
  if (stepS < NEAR_S) return before;
  const drops = (mps - before.mps) / stepS >= DROPS_MPS2;
  return { atUs, mps, beforeMps: before.mps, dropped: mps >= SINKS_MPS && (before.dropped || drops) };
}

const degrees = (rad: number): number => (rad * 180) / Math.PI;

function tiltOf(attitude: Values<'attitude'> | null): number | null {
  if (attitude?.rollRad == null || attitude.pitchRad === null) return null;
  return degrees(Math.acos(Math.cos(attitude.rollRad) * Math.cos(attitude.pitchRad)));
}
