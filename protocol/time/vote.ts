/**
 * What time it is when several say so: each says an interval, and the vote keeps what holds even if some of them lie.
 *
 *   gps              ├────────────────┤
 *   ntp                      ├──────┤
 *   controller                                          ├─┤      outvoted: it meets nothing that two others agree on
 *   result                   ├──────┤                            between the outermost points that a majority covers
 *
 * Marzullo's interval with as many liars allowed as a minority may be (RFC 5905 §11.2.1 asks for the fewest that explain
 * the answers; a liar whose interval touches the others could then push the true time out). Of n sources ⌊n/2⌋ + 1 must
 * agree. If the words of a majority are true, the true time lies in the result. Two that disagree outvote nobody: the
 * verdict is `split`, its interval reaches over all of them, its point is that of whoever was believed before, else of
 * the better source.
 */
import { CLOCK_QUALITIES, type ClockQuality } from './clock.ts';

/** UTC minus monotonic lies within `offsetUs` ± `errUs`, says `source`. */
export interface Opinion {
  readonly source: ClockQuality;
  readonly offsetUs: number;
  readonly errUs: number;
}

export const STANDINGS = ['none', 'single', 'agreed', 'split'] as const;
export type Standing = (typeof STANDINGS)[number];

export interface Verdict extends Opinion {
  /** `agreed`: a majority of two or more. `single`: the word of one, with nobody to ask. `split`: they disagree. */
  readonly standing: Standing;
  /** Who agrees with the result. */
  readonly agreeing: readonly ClockQuality[];
  /** Who was outvoted. Of a split nobody knows. */
  readonly liars: readonly ClockQuality[];
}

/** A source is left for another only when that is this much tighter: two that are alike would take turns. */
const BETTER_BY = 2;

interface Interval {
  readonly lo: number;
  readonly hi: number;
}

const lowOf = (o: Opinion): number => o.offsetUs - o.errUs;
const highOf = (o: Opinion): number => o.offsetUs + o.errUs;

/** From the first to the last point that at least `needed` intervals cover; null: there is none. */
function covered(opinions: readonly Opinion[], needed: number): Interval | null {
  const covers = (point: number): boolean =>
    opinions.filter((o) => lowOf(o) <= point && point <= highOf(o)).length >= needed;
  // What is covered begins where an interval begins and ends where one ends.
  const lows = opinions.map(lowOf).filter(covers);
  const highs = opinions.map(highOf).filter(covers);
  return lows.length === 0 ? null : { lo: Math.min(...lows), hi: Math.max(...highs) };
}

const rank = (source: ClockQuality): number => CLOCK_QUALITIES.indexOf(source);

function tightest(opinions: readonly Opinion[]): Opinion {
  return opinions.reduce((best, one) =>
    one.errUs < best.errUs || (one.errUs === best.errUs && rank(one.source) > rank(best.source)) ? one : best,
  );
}

/** The nearest offset inside, and how far the ends are from it. */
function within({ lo, hi }: Interval, offsetUs: number): Pick<Verdict, 'offsetUs' | 'errUs'> {
  const point = Math.round(Math.min(Math.max(offsetUs, lo), hi));
  return { offsetUs: point, errUs: Math.ceil(Math.max(hi - point, point - lo)) };
}

/** Who goes on with what was believed: the same source, else the tightest whose interval holds that point. */
function heirOf(opinions: readonly Opinion[], { source, offsetUs }: Believed): Opinion | undefined {
  const same = opinions.find((one) => one.source === source);
  const holding = opinions.filter((one) => lowOf(one) <= offsetUs && offsetUs <= highOf(one));
  return same ?? (holding.length === 0 ? undefined : tightest(holding));
}

export type Believed = Pick<Opinion, 'source' | 'offsetUs'>;

/** One opinion of each source; null without any. `believed`: the point of the last verdict, and whose it was. */
export function vote(opinions: readonly Opinion[], believed: Believed | null = null): Verdict | null {
  if (opinions.length === 0) return null;
  const before = believed === null ? undefined : heirOf(opinions, believed);
  const interval = covered(opinions, Math.floor(opinions.length / 2) + 1);
  if (interval === null) {
    const chosen = before ?? opinions.reduce((best, one) => (rank(one.source) > rank(best.source) ? one : best));
    const all = { lo: Math.min(...opinions.map(lowOf)), hi: Math.max(...opinions.map(highOf)) };
    return { standing: 'split', source: chosen.source, ...within(all, chosen.offsetUs), agreeing: [], liars: [] };
  }
  const meets = (o: Opinion): boolean => lowOf(o) <= interval.hi && highOf(o) >= interval.lo;
  const agreeing = opinions.filter(meets);
  const best = tightest(agreeing);
  const chosen = before && meets(before) && before.errUs < best.errUs * BETTER_BY ? before : best;
  return {
    standing: opinions.length === 1 ? 'single' : 'agreed',
    source: chosen.source,
    ...within(interval, chosen.offsetUs),
    agreeing: agreeing.map(({ source }) => source),
    liars: opinions.filter((o) => !meets(o)).map(({ source }) => source),
  };
}
