export type * from './ports.ts';
export { COMMAND_COUNTERS } from './ports.ts';
export { lifetimeBoundsS } from './request.ts';
export { Commands, type CommandsOptions } from './service.ts';
