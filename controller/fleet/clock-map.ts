/**
 * When, on our monotonic clock, was a stamp of a drone's monotonic clock? Arrival minus stamp is the true difference
 * plus the way here, for every message that says what time it is there (time messages, live batches); so the least of
 * them is the best. Pure.
 *
 * Windows of a minute, ten kept: crystals drift by up to 50 ppm, 30 ms in ten minutes.
 */
const WINDOW_US = 60e6;
const WINDOWS = 10;
/** No link gains this much on its own past: a stamp so far ahead is wrong and must not shift all that follows. */
const MAX_GAIN_US = 30e6;

interface Window {
  readonly startMonoUs: number;
  readonly leastUs: number;
}

export interface ClockMap {
  readonly boot: string;
  readonly windows: readonly Window[];
}

export function clockMap(boot: string): ClockMap {
  return { boot, windows: [] };
}

function leastOf(map: ClockMap): number {
  return map.windows.reduce((least, window) => Math.min(least, window.leastUs), Number.POSITIVE_INFINITY);
}

/** A stamp the drone made before it sent; it arrived at `nowMonoUs` of ours. null: it lies impossibly far ahead. */
export function onStamp(map: ClockMap, agentMonoUs: number, nowMonoUs: number): ClockMap | null {
  const difference = nowMonoUs - agentMonoUs;
  if (map.windows.length > 0 && difference < leastOf(map) - MAX_GAIN_US) return null;
  const last = map.windows.at(-1);
  const same = last !== undefined && nowMonoUs - last.startMonoUs < WINDOW_US;
  const newest: Window = same
    ? { ...last, leastUs: Math.min(last.leastUs, difference) }
    : { startMonoUs: nowMonoUs, leastUs: difference };
  return { boot: map.boot, windows: [...(same ? map.windows.slice(0, -1) : map.windows), newest].slice(-WINDOWS) };
}

/** Our monotonic time of a drone's stamp; null before the first message. */
export function toOurs(map: ClockMap, agentMonoUs: number): number | null {
  return map.windows.length === 0 ? null : agentMonoUs + leastOf(map);
}
