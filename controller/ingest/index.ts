export type { StoreHealth } from './committer.ts';
export { type AnnouncedEpoch, type Announcement, Ingest, type IngestOptions } from './ingest.ts';
export { INGEST_COUNTERS, type IngestCounter } from './ports.ts';
