export { Clock, type ClockReading } from './clock.ts';
export { ControllerClock, type ControllerTime } from './controller.ts';
