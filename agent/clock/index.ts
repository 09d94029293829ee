export { Clock, type ClockReading } from './clock.ts';
