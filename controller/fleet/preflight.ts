/** What `GET /api/v1/drones/:id/preflight` answers. */
import type { Entry } from './entry.ts';
import { preflightItems } from './safety.ts';

/** Live kinds are all sent each 10 s; past this a list speaks of another moment. */
const STALE_MS = 30_000;

/** The pre-flight list and everything about safety, with their ages. */
export function preflightOf(entry: Pick<Entry, 'id' | 'kinds'>) {
  const { preflight, safety } = entry.kinds;
  return {
    drone: entry.id,
    verdict: preflight?.values.verdict ?? null,
    atUtcUs: preflight?.atUtcUs ?? null,
    ageMs: preflight?.ageMs ?? null,
    stale: preflight === undefined || preflight.ageMs > STALE_MS,
    items: preflight === undefined ? [] : preflightItems(preflight.values),
    safety: safety === undefined ? null : { ...safety.values, atUtcUs: safety.atUtcUs, ageMs: safety.ageMs },
  };
}
