export type { Change, Held, KeyUse } from './held.ts';
export type * from './ports.ts';
export { RECORD_COUNTERS } from './ports.ts';
export { type Listener, type Once, Records, type RecordsOptions, VersionConflict } from './records.ts';
