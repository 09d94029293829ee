export type { UplinkOptions } from './options.ts';
export type { UplinkState, UplinkStatus } from './status.ts';
export { Uplink } from './uplink.ts';
