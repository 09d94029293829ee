export { Uplink, type UplinkCounter, type UplinkOptions, type UplinkState, type UplinkStatus } from './uplink.ts';
