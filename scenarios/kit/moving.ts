import type { LiveFollower } from './live.ts';
import { until } from './until.ts';

/** Resolves once each of these drones is fresh in the live view and has been seen at two places. */
export async function allMoving(live: LiveFollower, ids: readonly string[], timeoutMs = 60_000): Promise<void> {
  const first = new Map<string, string>();
  const moving = new Set<string>();
  const look = (): boolean => {
    for (const [id, { freshness, kinds }] of live.drones) {
      if (freshness.state !== 'fresh' || kinds.position === undefined) continue;
      const { latDeg, lonDeg } = kinds.position.values;
      const place = `${latDeg} ${lonDeg}`;
      if (!first.has(id)) first.set(id, place);
      else if (first.get(id) !== place) moving.add(id);
    }
    return ids.every((id) => moving.has(id));
  };
  await until(look, { timeoutMs, what: `${ids.length} drones moving in the live view`, seen: () => inWords(live) });
}

/** The state of every drone of a live view, for messages. */
export function inWords(live: LiveFollower): string {
  if (!live.connected) return 'live view not connected';
  const drones = [...live.drones.values()].map(({ id, online, freshness, kinds }) => {
    return `${id} ${online ? 'online' : 'offline'} ${freshness.state}${kinds.position ? '' : ', no position'}`;
  });
  return drones.length === 0 ? 'no drone' : drones.join('; ');
}
