export { Ingest } from './ingest.ts';
export {
  type AnnouncedEpoch,
  type Announcement,
  INGEST_COUNTERS,
  type IngestCounter,
  type IngestOptions,
  type StoreHealth,
} from './ports.ts';
