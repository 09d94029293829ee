/**
 * What a plan draws of one drone, at the worst that is allowed for: the phases of the plan (protocol, `phasesOf`) × power.
 *
 * - Induced power grows with mass^1.5 (momentum theory: P = T^1.5 / √(2ρA), T = m·g; e.g. Leishman, Principles of
 *   Helicopter Aerodynamics, ch. 2). Hovering and climbing are taken as induced wholly.
 * - In level flight a quarter of `cruiseW` is taken as parasitic, growing with the cube of the speed through the air (the
 *   last term of Zeng, Xu, Zhang: Energy Minimization for Wireless Communication with Rotary-Wing UAV, IEEE TWC 2019);
 *   slower than cruise is never counted cheaper.
 * - The parcel is counted aboard to the landing: a gate that stays shut sends it home again.
 * - The wind may blow `windErrorMps` more against every leg than is told.
 * - A cold pack gives less (`capacityShare`).
 * - Flown history puts it right, with its spread on top (calibration.ts).
 */
import { type Aircraft, type Itinerary, type Limits, type Phase, phasesOf, routeOf } from '@skein/protocol/fleet';
import type { Airframe, Calibration, LegEnergy, Rules, Weather } from './ports.ts';

const PARASITIC_SHARE = 0.25;
const MASS_EXPONENT = 1.5;

/** Watts of a phase for a drone of `massRatio` times its mass without parcel. */
export function powerW(phase: Pick<Phase, 'does' | 'airMps'>, massRatio: number, limits: Limits): number {
  const induced = massRatio ** MASS_EXPONENT;
  if (phase.does === 'hover') return limits.hoverW * induced;
  if (phase.does === 'climb') return limits.climbW * induced;
  const parasitic = Math.max(1, phase.airMps / limits.cruiseMps) ** 3;
  return limits.cruiseW * ((1 - PARASITIC_SHARE) * induced + PARASITIC_SHARE * parasitic);
}

/**
 * What share of its energy a pack gives at a temperature: all from 20 °C on, 80 % at 0 °C, 60 % at −20 °C, linear between
 * (discharge curves of lithium-polymer packs at 1–2 C; rounded to the careful side), never less than half. Not known: 20 °C.
 */
export function capacityShare(temperatureC: number | null): number {
  if (temperatureC === null) return 1;
  return Math.max(0.5, Math.min(1, 1 - 0.01 * (20 - temperatureC)));
}

/** By how much the model's energy is multiplied for the worst: what this drone has flown, else the rules' margin. */
export function energyFactor(calibration: Calibration | null, rules: Rules): number {
  const margin = rules.energyMarginPct / 100;
  if (calibration === null) return 1 + margin;
  return calibration.energyRatio * (1 + Math.max(margin / 2, calibration.energySpread));
}

export interface Loaded {
  readonly airframe: Airframe;
  readonly calibration: Calibration | null;
  readonly payloadKg: number;
}

/** Energy of phases by the model, Wh. */
export function modelWh(phases: readonly Phase[], massRatio: number, limits: Limits): number {
  let joules = 0;
  for (const phase of phases) joules += phase.timeS * powerW(phase, massRatio, limits);
  return joules / 3600;
}

export const massRatioOf = ({
  airframe,
  payloadKg,
}: {
  readonly airframe: Pick<Airframe, 'emptyKg'>;
  readonly payloadKg: number;
}): number => (airframe.emptyKg + payloadKg) / airframe.emptyKg;

/** Energy of phases, Wh, at the worst. */
export function worstWh(phases: readonly Phase[], drone: Loaded, limits: Limits, rules: Rules): number {
  return modelWh(phases, massRatioOf(drone), limits) * energyFactor(drone.calibration, rules);
}

/** Phases as planned, and with all the wind against them that the forecast may be wrong by. */
export interface Flown {
  /** With as much less wind against them: the quickest it can be. */
  readonly best: readonly Phase[];
  readonly expected: readonly Phase[];
  readonly worst: readonly Phase[];
}
export function flownOf(plan: Itinerary, limits: Limits, aircraft: Aircraft, rules: Rules): Flown {
  const route = routeOf(plan, aircraft);
  return {
    best: phasesOf(plan, route, limits, aircraft, -rules.windErrorMps),
    expected: phasesOf(plan, route, limits, aircraft),
    worst: phasesOf(plan, route, limits, aircraft, rules.windErrorMps),
  };
}

/** From the gate of a plan's delivery on: what must be left there to come home. */
export function fromGate(phases: readonly Phase[]): readonly Phase[] {
  const gate = phases.findIndex((phase) => phase.of === 'gate');
  return gate < 0 ? [] : phases.slice(gate);
}

/** @returns null where charge or pack are not known */
export function legEnergy(
  phases: readonly Phase[],
  drone: Loaded & { readonly chargePct: number | null },
  weather: Weather | null,
  limits: Limits,
  rules: Rules,
): LegEnergy | null {
  const { chargePct } = drone;
  const fullWh = drone.airframe.batteryWh;
  if (chargePct === null || fullWh === null) return null;
  const share = capacityShare(weather?.temperatureC ?? null);
  const pctOf = (wh: number): number => (wh / (fullWh * share)) * 100;
  const needWh = worstWh(phases, drone, limits, rules);
  const needPct = pctOf(needWh);
  const backPct = pctOf(worstWh(fromGate(phases), drone, limits, rules)) + limits.reservePct;
  const factor = energyFactor(drone.calibration, rules);
  const by = drone.calibration === null ? 'not calibrated' : `${drone.calibration.flights} flights`;
  const wind = weather === null ? 'wind not known' : `wind ${weather.windMps} m/s`;
  return {
    ...{ needWh, needPct, chargePct, leftPct: chargePct - needPct, reservePct: limits.reservePct, backPct },
    words: `model × ${factor.toFixed(2)} (${by}), ${wind} and ${rules.windErrorMps} m/s more, pack at ${Math.round(share * 100)} %`,
  };
}
