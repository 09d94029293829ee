export {
  LIVE_COUNTERS,
  type LiveCounter,
  LiveHub,
  type LiveHubOptions,
  type LiveSocket,
  type LiveSource,
} from './hub.ts';
export type * from './messages.ts';
