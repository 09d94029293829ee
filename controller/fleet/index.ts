export type { Delta, Entry } from './entry.ts';
export { Fleet, type FleetOptions, LEASE_S, LIVE_HZ } from './fleet.ts';
export { FRESH_MS, LOST_MS } from './freshness.ts';
export { FLEET_COUNTERS, type FleetCounter } from './ports.ts';
export { preflightOf } from './preflight.ts';
