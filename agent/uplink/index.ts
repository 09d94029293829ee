export type { UplinkState, UplinkStatus } from './status.ts';
export { Uplink, type UplinkOptions } from './uplink.ts';
