export { calibrate, type FlownFlight, MAX_FLIGHTS, MIN_FLIGHTS } from './calibration.ts';
export { chargedPct, chargingS } from './charging.ts';
export { chargeOf } from './drones.ts';
export { plan, type Question } from './plan.ts';
export type * from './ports.ts';
export * from './reasons.ts';
export { type Ready, type Release, release } from './release.ts';
export { DEFAULT_RULES } from './rules.ts';
export { inTurn, urgency } from './turn.ts';
