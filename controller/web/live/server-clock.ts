/**
 * What the controller's clock shows now, judged from the stamps in its messages and the browser's monotonic clock.
 *
 * Every age on the page is `serverNow − sampled`, so this clock decides how fresh things look. It therefore errs to the
 * old side only: a message can be late but never early, so the largest `server − monotonic` seen is the best estimate
 * and late messages do not pull it back. It follows slow drift by at most 1 ms per second, which can never make an age
 * fall (ages then grow at 0.999 of real time). A controller whose clock was set back shows itself by staying behind for
 * longer than `STEP_AFTER_MS`; the caller then moves all instants it holds by `shiftMs`, which keeps every age as it was.
 */
export interface ServerClock {
  /** server UTC − monotonic, ms; null before the first message. */
  readonly offsetMs: number | null;
  /** Monotonic time since when messages have been far behind the estimate; null: they are not. */
  readonly behindSinceMs: number | null;
  readonly lastMonoMs: number;
}

export const NEW_CLOCK: ServerClock = { offsetMs: null, behindSinceMs: null, lastMonoMs: 0 };

const STEP_MS = 2_000;
const STEP_AFTER_MS = 5_000;
const DRIFT_PER_MS = 0.001;

export function observeServer(
  clock: ServerClock,
  serverMs: number,
  monoMs: number,
): { readonly clock: ServerClock; readonly shiftMs: number } {
  const seen = serverMs - monoMs;
  if (clock.offsetMs === null || seen >= clock.offsetMs) {
    return { clock: { offsetMs: seen, behindSinceMs: null, lastMonoMs: monoMs }, shiftMs: 0 };
  }
  const behindMs = clock.offsetMs - seen;
  if (behindMs <= STEP_MS) {
    const passedMs = Math.max(0, monoMs - clock.lastMonoMs);
    const offsetMs = clock.offsetMs - Math.min(behindMs, passedMs * DRIFT_PER_MS);
    return { clock: { offsetMs, behindSinceMs: null, lastMonoMs: monoMs }, shiftMs: 0 };
  }
  const since = clock.behindSinceMs ?? monoMs;
  if (monoMs - since < STEP_AFTER_MS) {
    return { clock: { ...clock, behindSinceMs: since, lastMonoMs: monoMs }, shiftMs: 0 };
  }
  return { clock: { offsetMs: seen, behindSinceMs: null, lastMonoMs: monoMs }, shiftMs: -behindMs };
}

/** The controller's UTC in ms at this monotonic instant; null before the first message. */
export function serverNowMs(clock: ServerClock, monoMs: number): number | null {
  return clock.offsetMs === null ? null : monoMs + clock.offsetMs;
}
