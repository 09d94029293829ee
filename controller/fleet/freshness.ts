/** How old is what we know of the vehicle: the one rule, used here, by the HTTP routes and (as limits) by the page. */
export const FRESH_MS = 3000;
export const LOST_MS = 30_000;

export type FreshnessState = 'fresh' | 'stale' | 'lost' | 'never';

/** What the companion makes by itself says nothing about the vehicle. */
export const COMPANION_KINDS: ReadonlySet<string> = new Set([
  ...['board', 'link', 'clock', 'text', 'flight'],
  ...['answer', 'control', 'safety', 'preflight'],
  ...['itinerary', 'delivery', 'ladder', 'trust'],
]);

export function freshnessOf(ageMs: number | null): FreshnessState {
  if (ageMs === null) return 'never';
  if (ageMs <= FRESH_MS) return 'fresh';
  return ageMs <= LOST_MS ? 'stale' : 'lost';
}
