export {
  type BoardIdentity,
  type BoardReading,
  monotonicUs,
  readBoard,
  readIdentity,
} from './board.ts';
export { type NetworkTime, readNetworkTime } from './network-time.ts';
