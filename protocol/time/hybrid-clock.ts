/**
 * Hybrid logical clock (Kulkarni et al., "Logical Physical Clocks", 2014): stamps that never go back though the wall clock
 * does, that order cause before effect among several controllers, and that stay as near to UTC as the fastest clock seen.
 *
 *   1764277200123456.0003      µs UTC, sixteen digits; a count, four hexadecimal digits: as text they sort as they are
 */
export interface HybridStamp {
  /** µs UTC: the greatest wall clock seen so far. */
  readonly utcUs: number;
  /** Tells apart what happened while that did not advance. */
  readonly count: number;
}

const MAX_COUNT = 0xffff;
const MAX_US = 9_000_000_000_000_000;
const FORM = /^(\d{16})\.([\da-f]{4})$/;

/** The stamp of the next thing that happens here. */
export function tick(last: HybridStamp | null, wallUtcUs: number): HybridStamp {
  const wall = Math.min(MAX_US, Math.max(0, Math.floor(wallUtcUs)));
  if (last === null || wall > last.utcUs) return { utcUs: wall, count: 0 };
  return last.count < MAX_COUNT ? { ...last, count: last.count + 1 } : { utcUs: last.utcUs + 1, count: 0 };
}

/**
 * The stamp of something that was caused by what another stamped. One further ahead of our wall clock than `maxAheadUs` is
 * not followed: a single clock that is years wrong would carry all the others with it, for ever. null: it was not.
 */
export function follow(
  last: HybridStamp | null,
  other: HybridStamp,
  o: { readonly wallUtcUs: number; readonly maxAheadUs: number },
): HybridStamp | null {
  if (other.utcUs - o.wallUtcUs > o.maxAheadUs) return null;
  return tick(last === null || compareStamps(last, other) < 0 ? other : last, o.wallUtcUs);
}

/** Below 0: `a` is before `b`. */
export function compareStamps(a: HybridStamp, b: HybridStamp): number {
  return a.utcUs - b.utcUs || a.count - b.count;
}

export function formatStamp({ utcUs, count }: HybridStamp): string {
  return `${String(utcUs).padStart(16, '0')}.${count.toString(16).padStart(4, '0')}`;
}

/** null: not a stamp. */
export function parseStamp(text: string): HybridStamp | null {
  const match = FORM.exec(text);
  if (match === null) return null;
  const utcUs = Number(match[1]);
  return Number.isSafeInteger(utcUs) ? { utcUs, count: Number.parseInt(match[2] ?? '', 16) } : null;
}
