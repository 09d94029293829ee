export { Clock, type ClockReading, UNSET_ERR_US } from './clock.ts';
export { ControllerClock, type ControllerTime } from './controller.ts';
export { type KeptTime, PROGRAM_UTC_US } from './floor.ts';
export { type NetworkTime, NetworkWatch } from './network.ts';
