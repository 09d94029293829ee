/**
 * How often the map is drawn. Without a graphics processor a picture takes long, and the page waits for it: drawn one after the
 * other it would take in no message and no key in between. So each is followed by a rest as long as it took, unless the map moves.
 */
import type { Map as MapLibre } from 'maplibre-gl';

/** Of the time at most half goes into drawing; the rest is for what comes and for who presses a key. */
const SHARE = 0.5;
/** Longer ones are a page that was hidden meanwhile, or a machine that slept. */
const MOST_MS = 3_000;
const SMOOTH = 0.3;

/** How long to wait for the next picture; `endedMs`: when the last one was there. */
export function restMs(takesMs: number, endedMs: number, nowMs: number): number {
  return Math.max(0, endedMs + takesMs * (1 / SHARE - 1) - nowMs);
}

export function smoothed(takesMs: number, tookMs: number): number {
  return takesMs + (Math.min(tookMs, MOST_MS) - takesMs) * SMOOTH;
}

/** Whatever asks the map to be drawn, from now on. */
export function keepPace(map: MapLibre): void {
  const drawSoon = map.triggerRepaint.bind(map);
  let takesMs = 0;
  let endedMs = 0;
  let beganMs: number | null = null;
  let waiting = false;
  const begin = (): void => {
    waiting = false;
    beganMs ??= performance.now();
    drawSoon();
  };
  map.triggerRepaint = () => {
    if (waiting) return;
    const waitMs = map.isMoving() ? 0 : restMs(takesMs, endedMs, performance.now());
    waiting = waitMs > 0;
    if (waiting) setTimeout(begin, waitMs);
    else begin();
  };
  map.on('render', () => {
    // Most of it is waited for after all calls were made.
    requestAnimationFrame(() => {
      endedMs = performance.now();
      if (beganMs !== null) takesMs = smoothed(takesMs, endedMs - beganMs);
      beganMs = null;
    });
  });
}
