export { calibrate, type FlownFlight, MAX_FLIGHTS, MIN_FLIGHTS } from './calibration.ts';
export { chargedPct, chargingS } from './charging.ts';
export { badWeather, chargeOf } from './drones.ts';
export { massRatioOf, powerW } from './energy.ts';
export { feasible, plan, type Question } from './plan.ts';
export type * from './ports.ts';
export * from './reasons.ts';
export { DEFAULT_RULES } from './rules.ts';
export { byTurn, inTurn, urgency } from './turn.ts';
