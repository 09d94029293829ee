export { type PositionWord, type TrustStatus, TrustWatch } from './watch.ts';
