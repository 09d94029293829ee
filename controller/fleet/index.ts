export type { Delta, Entry } from './entry.ts';
export { LEASE_S } from './expectation.ts';
export { Fleet, LIVE_HZ } from './fleet.ts';
export { FRESH_MS, LOST_MS } from './freshness.ts';
export { knownOf } from './known.ts';
export { FLEET_COUNTERS, type FleetCounter } from './ports.ts';
export { preflightOf } from './preflight.ts';
