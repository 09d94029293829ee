/**
 * A line over time with what is known about its holes. Pure.
 *
 *   ────▨▨▨▨────┄┄┄┄────░░░░────
 *       gap     missing  filled later
 *
 * gap: the controller says these samples will never come. missing: nothing here and no word why; it may yet come.
 * filled later: it came after the fact.
 */
import type { TelemetryAnswer } from './telemetry-answer.ts';

export interface Range {
  readonly fromS: number;
  readonly toS: number;
}

export interface Series {
  /** UTC seconds, ascending. */
  readonly timesS: readonly number[];
  readonly values: readonly (number | null)[];
  readonly gaps: readonly (Range & { readonly reason: string })[];
  readonly later: readonly Range[];
  /** A longer silence than this is a hole, where whoever made the line knows better than `silenceFor`, s. */
  readonly silenceS?: number;
}

export const NO_SERIES: Series = { timesS: [], values: [], gaps: [], later: [] };

/** Telemetry is sampled at least every 10 s; a longer silence is a hole. Down-sampled points lie farther apart. */
export const SILENCE_S = 12;
const MAX_POINTS = 6_000;

export function seriesOf(answer: TelemetryAnswer, column: string): Series {
  const given = answer.columns[column] ?? [];
  const range = (one: { from: string; to: string }): Range => ({ fromS: seconds(one.from), toS: seconds(one.to) });
  return {
    timesS: answer.times.map(seconds),
    values: answer.times.map((_, i) => {
      const value = given[i];
      return typeof value === 'number' && Number.isFinite(value) ? value : null;
    }),
    gaps: merged(answer.gaps.map((gap) => ({ ...range(gap), reason: gap.reason }))),
    later: merged(answer.filledLater.map(range)),
  };
}

function seconds(time: string): number {
  return Date.parse(time) / 1000;
}

/** One more live sample; unchanged when it is not newer. */
export function append(series: Series, timeS: number, value: number | null): Series {
  if (timeS <= (series.timesS.at(-1) ?? Number.NEGATIVE_INFINITY)) return series;
  return {
    ...series,
    timesS: [...series.timesS, timeS].slice(-MAX_POINTS),
    values: [...series.values, value].slice(-MAX_POINTS),
  };
}

/** History read again under the live samples that came since: of both, each instant once. */
export function underLive(history: Series, live: Series): Series {
  const last = history.timesS.at(-1) ?? Number.NEGATIVE_INFINITY;
  const from = live.timesS.findIndex((time) => time > last);
  if (from < 0) return history;
  return {
    ...history,
    timesS: [...history.timesS, ...live.timesS.slice(from)],
    values: [...history.values, ...live.values.slice(from)],
  };
}

/** How long a silence must be to count as a hole in this view. */
export function silenceFor(spanS: number, points: number): number {
  return Math.max(SILENCE_S, points > 0 ? (3 * spanS) / points : 0);
}

/** Silences between samples, before the first and from the last to `untilS`, that no gap record explains. */
export function missing(series: Series, fromS: number, untilS: number, silenceS: number): Range[] {
  const known = series.timesS.filter((time, i) => time >= fromS && time <= untilS && series.values[i] !== null);
  if (known.length === 0) return [];
  const edges = [fromS, ...known, untilS];
  const holes: Range[] = [];
  for (let i = 0; i + 1 < edges.length; i += 1) {
    const [a, b] = [edges[i] ?? 0, edges[i + 1] ?? 0];
    if (b - a <= silenceS) continue;
    holes.push(...without({ fromS: a, toS: b }, series.gaps));
  }
  return holes;
}

/** The line as drawn: null wherever it must not be joined up. */
export function broken(series: Series, silenceS: number): { timesS: number[]; values: (number | null)[] } {
  const timesS: number[] = [];
  const values: (number | null)[] = [];
  series.timesS.forEach((time, i) => {
    const before = series.timesS[i - 1];
    const hole =
      before !== undefined &&
      (time - before > silenceS || series.gaps.some((gap) => gap.fromS >= before && gap.toS <= time));
    if (hole && before !== undefined) {
      timesS.push((before + time) / 2);
      values.push(null);
    }
    timesS.push(time);
    values.push(series.values[i] ?? null);
  });
  return { timesS, values };
}

function without(range: Range, holes: readonly Range[]): Range[] {
  let rest: Range[] = [range];
  for (const hole of holes) {
    rest = rest.flatMap((one) => {
      if (hole.toS <= one.fromS || hole.fromS >= one.toS) return [one];
      const parts = [
        { fromS: one.fromS, toS: hole.fromS },
        { fromS: hole.toS, toS: one.toS },
      ];
      return parts.filter((part) => part.toS - part.fromS > 1);
    });
  }
  return rest;
}

/** By time, overlapping or touching ones joined. */
function merged<R extends Range>(ranges: readonly R[]): R[] {
  const joined: R[] = [];
  for (const one of [...ranges].sort((a, b) => a.fromS - b.fromS)) {
    const last = joined.at(-1);
    if (last && one.fromS <= last.toS) joined[joined.length - 1] = { ...last, toS: Math.max(last.toS, one.toS) };
    else joined.push(one);
  }
  return joined;
}

/** Value of the newest sample at or before this instant, if it is near enough to mean it, and nothing after it was lost. */
export function valueAt(series: Series, timeS: number, withinS: number): number | null {
  let low = 0;
  let high = series.timesS.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((series.timesS[middle] ?? 0) <= timeS) low = middle + 1;
    else high = middle;
  }
  const time = series.timesS[low - 1];
  if (time === undefined || timeS - time > withinS) return null;
  const isLost = series.gaps.some(({ fromS }) => time <= fromS && timeS > fromS);
  return isLost ? null : (series.values[low - 1] ?? null);
}
