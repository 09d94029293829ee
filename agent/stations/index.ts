export type { EndpointStatus } from './endpoint.ts';
export { type StationEntry, Stations, type StationsAnswer } from './stations.ts';
export type { Wish } from './wishes.ts';
