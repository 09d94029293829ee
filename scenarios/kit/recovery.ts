import type { LiveFollower } from './live.ts';
import { inWords } from './moving.ts';
import { until } from './until.ts';

/** How one drone came back after the controller did. */
export interface Recovery {
  readonly drone: string;
  /** From the controller seeing the drone's session again to its live view being right, ms. */
  readonly rightAfterMs: number;
  /** From the drone's return to nothing (but what is just being sealed) being left to fill in, ms; null: nothing was. */
  readonly filledAfterMs: number | null;
  /** History batches that were to come when the drone returned. */
  readonly behind: number;
}

/** A batch or two are always on their way: one just sealed, one waiting for its ack. */
const ON_THEIR_WAY = 2;

/**
 * Watches the live view of a controller that has just started again until every drone has come back, is right (a
 * vehicle sample taken after `sinceUtcUs`, fresh) and has nothing left to fill in.
 */
export async function watchRecovery(
  live: LiveFollower,
  ids: readonly string[],
  options: { readonly sinceUtcUs: number; readonly notStart: string | null; readonly timeoutMs: number },
): Promise<readonly Recovery[]> {
  const returned = new Map<string, { readonly utcUs: number; readonly behind: number }>();
  const rightUtcUs = new Map<string, number>();
  const filledUtcUs = new Map<string, number>();
  const once = (map: Map<string, number>, id: string): void => {
    if (!map.has(id)) map.set(id, live.serverNowUtcUs());
  };
  const look = (): void => {
    if (live.controllerStart === options.notStart) return;
    for (const id of ids) {
      const drone = live.drones.get(id);
      if (!drone?.online || !drone.link.connected || drone.link.sinceUtcUs < options.sinceUtcUs) continue;
      const behind = drone.backlog.history.batches;
      if (!returned.has(id)) returned.set(id, { utcUs: drone.link.sinceUtcUs, behind });
      const sampledUtcUs = drone.kinds.position?.atUtcUs ?? 0;
      if (drone.freshness.state === 'fresh' && sampledUtcUs >= options.sinceUtcUs) once(rightUtcUs, id);
      if (behind <= ON_THEIR_WAY) once(filledUtcUs, id);
    }
  };
  const stop = live.onChange(look);
  try {
    const { timeoutMs } = options;
    await until(() => filledUtcUs.size === ids.length && rightUtcUs.size === ids.length, {
      timeoutMs,
      what: 'every drone to come back, be right and fill in',
      seen: () => `${inWords(live)}; right: ${[...rightUtcUs.keys()]}; filled in: ${[...filledUtcUs.keys()]}`,
    });
  } finally {
    stop();
  }
  return [...returned].map(([drone, { utcUs, behind }]) => {
    const afterMs = (map: ReadonlyMap<string, number>): number => ((map.get(drone) ?? Number.NaN) - utcUs) / 1000;
    const filledAfterMs = behind > ON_THEIR_WAY ? afterMs(filledUtcUs) : null;
    return { drone, rightAfterMs: afterMs(rightUtcUs), filledAfterMs, behind };
  });
}
