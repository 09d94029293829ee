export { ClockSteps } from './clock-steps.ts';
export { type Flight, FlightFinder } from './finder.ts';
