import type { LiveFollower } from './live.ts';
import { inWords } from './moving.ts';
import { until } from './until.ts';

/** How one drone came back after the controller did. */
export interface Recovery {
  readonly drone: string;
  /** From the controller seeing the drone's session again to its live view being right, ms. */
  readonly rightAfterMs: number;
  /** From the drone's return to nothing (but what is just being sealed) being left to fill in, ms; null: not yet. */
  readonly filledAfterMs: number | null;
  /** History batches still to come when the live view was right. */
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
  const right = new Map<string, { atUtcUs: number; behind: number; connectedUtcUs: number }>();
  const filledUtcUs = new Map<string, number>();
  const look = (): void => {
    if (live.controllerStart === options.notStart) return;
    for (const id of ids) {
      const drone = live.drones.get(id);
      if (!drone?.online || !drone.link.connected || drone.link.sinceUtcUs < options.sinceUtcUs) continue;
      const behind = drone.backlog.history.batches;
      const sampledUtcUs = drone.kinds.position?.atUtcUs ?? 0;
      const isRight = drone.freshness.state === 'fresh' && sampledUtcUs >= options.sinceUtcUs;
      if (isRight && !right.has(id)) {
        right.set(id, { atUtcUs: live.serverNowUtcUs(), behind, connectedUtcUs: drone.link.sinceUtcUs });
      }
      if (right.has(id) && behind <= ON_THEIR_WAY && !filledUtcUs.has(id)) filledUtcUs.set(id, live.serverNowUtcUs());
    }
  };
  const stop = live.onChange(look);
  try {
    const { timeoutMs } = options;
    await until(() => filledUtcUs.size === ids.length, {
      timeoutMs,
      what: 'every drone to come back, be right and fill in',
      seen: () => `${inWords(live)}; right: ${[...right.keys()]}; filled in: ${[...filledUtcUs.keys()]}`,
    });
  } finally {
    stop();
  }
  return [...right].map(([drone, { atUtcUs, behind, connectedUtcUs }]) => {
    const filled = filledUtcUs.get(drone);
    return {
      drone,
      rightAfterMs: (atUtcUs - connectedUtcUs) / 1000,
      filledAfterMs: filled === undefined ? null : (filled - connectedUtcUs) / 1000,
      behind,
    };
  });
}
