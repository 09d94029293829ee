/** What speaks for whom, when something happened that nobody here commanded. Pure. */
import type { ControlMemory, Evidence, Seen } from './control-types.ts';
import type { Expected } from './flavours/flavour.ts';

const WRITE_MS = 3_000;
const STATION_HEARD_MS = 5_000;
const SWITCH_MS = 2_500;

export function recently(atMs: number | null, nowMs: number, withinMs: number): boolean {
  return atMs !== null && nowMs - atMs <= withinMs;
}

/**
 * Who did it. A pilot unless something speaks for another: the mistake of standing aside is the cheaper one.
 */
export function attribute(at: Evidence, nowMs: number): 'pilot' | 'other-station' {
  if (recently(at.modeSwitch, nowMs, SWITCH_MS)) return 'pilot';
  if (recently(at.write, nowMs, WRITE_MS)) return 'other-station';
  // No receiver, and a station that could have done it.
  return at.rcHealthy === false && recently(at.station, nowMs, STATION_HEARD_MS) ? 'other-station' : 'pilot';
}

type Expectations = ControlMemory['expected'];

/** The expectations without the one that was met; null: none was. */
export function isDue(expected: Expectations, met: (expected: Expected) => boolean): Expectations | null {
  const index = expected.findLastIndex((entry) => met(entry.expected));
  return index < 0 ? null : expected.toSpliced(index, 1);
}

/** The expectations without the mode change that was met; null: it was not expected. A reboot ends disarmed. */
export function matches(expected: Expectations, now: Seen): Expectations | null {
  return isDue(
    expected,
    ({ modes, reboot }) => (reboot === true && !now.armed) || (modes?.includes(now.mode) ?? false),
  );
}
