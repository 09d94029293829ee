/**
 * What time a monotonic stamp was. A batch never holds UTC; clock records tie the monotonic clock of a boot to UTC,
 * and readers compute the time when they need it, so learning it later changes no batch.
 */
export const CLOCK_QUALITIES = ['unset', 'restored', 'controller', 'ntp', 'gps'] as const;
export type ClockQuality = (typeof CLOCK_QUALITIES)[number];

/** At `monoUs` of this boot it was `utcUs` (µs since 1970), true within ± `errUs`. */
export interface ClockRecord {
  readonly boot: string;
  readonly monoUs: number;
  readonly utcUs: number;
  readonly errUs: number;
  readonly source: ClockQuality;
}

export interface Utc {
  readonly utcUs: number;
  readonly errUs: number;
  readonly source: ClockQuality;
}

/** Oscillators of small boards are within 50 ppm over the temperatures a drone meets; a record ages by that much. */
export const DRIFT_PPM = 50;

/** How much wider an interval becomes over a span of monotonic time, µs. */
export function drifted(spanUs: number): number {
  return (Math.abs(spanUs) * DRIFT_PPM) / 1e6;
}

/** One clock exchange: our two stamps and the other side's two, all µs (RFC 5905 §8). */
export interface Exchange {
  readonly sentMonoUs: number;
  readonly receivedMonoUs: number;
  readonly remoteReceivedUtcUs: number;
  readonly remoteSentUtcUs: number;
}

/** UTC minus monotonic by an exchange, ± half the round trip; null when the stamps contradict each other. */
export function offsetOf(x: Exchange): { readonly offsetUs: number; readonly errUs: number } | null {
  const roundTripUs = x.receivedMonoUs - x.sentMonoUs - (x.remoteSentUtcUs - x.remoteReceivedUtcUs);
  if (roundTripUs < 0 || x.receivedMonoUs < x.sentMonoUs || x.remoteSentUtcUs < x.remoteReceivedUtcUs) return null;
  const there = x.remoteReceivedUtcUs - x.sentMonoUs;
  const back = x.remoteSentUtcUs - x.receivedMonoUs;
  return { offsetUs: Math.round((there + back) / 2), errUs: Math.ceil(roundTripUs / 2) };
}
