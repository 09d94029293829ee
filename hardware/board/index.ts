export {
  type BoardIdentity,
  type BoardReading,
  isNetworkTimeSet,
  monotonicUs,
  readBoard,
  readIdentity,
} from './board.ts';
