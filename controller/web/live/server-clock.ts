/**
 * What the controller's clock shows now, judged from the stamps in its messages and the browser's monotonic clock.
 *
 * Every age on the page is `serverNow − sampled`, so this clock decides how fresh things look. It therefore errs to the
 * old side only: a message can be late but never early, so the largest `server − monotonic` seen is the best estimate
 * and late messages do not pull it back, however long they stay late: a line that has become slow looks the same as a clock
 * that was set back, and what it brings is old. It follows slow drift by at most 1 ms per second, which can never make an age
 * fall (ages then grow at 0.999 of real time).
 *
 * That the controller's clock was set back is believed only where nothing else can be: messages of a connection come in the
 * order they were written in, so a stamp less than the one before was written by another clock; and whatever comes was written
 * after we began to connect. The caller then moves all instants it holds by `shiftMs`, which keeps every age as it was.
 */
export interface ServerClock {
  /** server UTC − monotonic, ms; null before the first message. */
  readonly offsetMs: number | null;
  /** Of the newest message. */
  readonly serverMs: number;
  readonly monoMs: number;
  /** Monotonic time of the moment before this connection. */
  readonly begunMonoMs: number;
}

export const NEW_CLOCK: ServerClock = { offsetMs: null, serverMs: 0, monoMs: 0, begunMonoMs: Number.NEGATIVE_INFINITY };

/** A stamp that says less of a step is taken for drift. */
const STEP_MS = 2_000;
const DRIFT_PER_MS = 0.001;

export function beginConnection(clock: ServerClock, monoMs: number): ServerClock {
  return { ...clock, begunMonoMs: monoMs };
}

export function observeServer(
  clock: ServerClock,
  serverMs: number,
  monoMs: number,
): { readonly clock: ServerClock; readonly shiftMs: number } {
  const { offsetMs, begunMonoMs } = clock;
  const seenMs = serverMs - monoMs;
  const to = (nextMs: number, shiftMs = 0) => ({
    clock: { offsetMs: nextMs, serverMs, monoMs, begunMonoMs },
    shiftMs,
  });
  if (offsetMs === null || seenMs >= offsetMs) return to(seenMs);
  // What is late stays so late.
  const backMs = serverMs < clock.serverMs ? clock.serverMs - clock.monoMs - seenMs : 0;
  const shiftMs = Math.min(-backMs, serverMs - begunMonoMs - offsetMs);
  if (shiftMs < -STEP_MS) return to(offsetMs + shiftMs, shiftMs);
  const behindMs = offsetMs - seenMs;
  if (behindMs > STEP_MS) return to(offsetMs);
  const passedMs = Math.max(0, monoMs - clock.monoMs);
  return to(offsetMs - Math.min(behindMs, passedMs * DRIFT_PER_MS));
}

/** The controller's UTC in ms at this monotonic instant; null before the first message. */
export function serverNowMs(clock: ServerClock, monoMs: number): number | null {
  return clock.offsetMs === null ? null : monoMs + clock.offsetMs;
}
