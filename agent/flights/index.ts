export { type Flight, FlightFinder } from './finder.ts';
