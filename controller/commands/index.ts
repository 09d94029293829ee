export { Keys } from './keys.ts';
export type * from './ports.ts';
export { COMMAND_COUNTERS } from './ports.ts';
export { lifetimeBoundsS } from './request.ts';
export { Commands, type CommandsOptions } from './service.ts';
export { ulidMaker } from './ulid.ts';
export type { HeightLimits } from './ways-home.ts';
export { WriteQueue } from './write-queue.ts';
