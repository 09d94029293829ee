export { type CalibrationDoc, Learning } from './learning.ts';
export type { Telemetry } from './measure.ts';
export type * from './ports.ts';
export { LEARNING_COUNTERS } from './ports.ts';
