export type { UplinkOptions } from './options.ts';
export { Refusals } from './refused.ts';
export type { UplinkState, UplinkStatus } from './status.ts';
export { Uplink } from './uplink.ts';
