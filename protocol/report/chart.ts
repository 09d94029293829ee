/** Curves and bands over one time axis, as HTML that needs no script: lines are SVG stretched to fit, words stay words. */
import { type Mark, percent } from './axis.ts';
import type { CurvePoint } from './curve.ts';
import { escapeHtml } from './escape.ts';
import type { Span } from './flight.ts';
import type { Band } from './lane.ts';

const [WIDTH, HEIGHT] = [1000, 100];
const NICE = [1, 2, 2.5, 5, 10];

export interface ChartOptions {
  readonly title: string;
  readonly unit: string;
  readonly points: readonly CurvePoint[];
  readonly span: Span;
  /** Points farther apart are not joined. */
  readonly apartUs: number;
  /** The scale reaches at least from and to. */
  readonly least: number;
  readonly greatest: number;
  readonly marks: readonly Mark[];
  /** Hatched: nothing is known of that time. */
  readonly silences: readonly Span[];
}

/** Its label would reach over the edge. */
const LATE_PCT = 94;

/** A round number at or above it. */
function roundedUp(value: number): number {
  if (value <= 0) return 0;
  const power = 10 ** Math.floor(Math.log10(value));
  return (NICE.find((nice) => nice * power >= value) ?? 10) * power;
}

function scaleOf(points: readonly CurvePoint[], least: number, greatest: number): readonly [number, number] {
  let [low, high] = [least, greatest];
  for (const { value } of points) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low < 0 ? -roundedUp(-low) : low, high > greatest ? roundedUp(high) : high];
}

const number = (value: number): string =>
  Math.abs(value) < 10 ? String(Math.round(value * 100) / 100) : String(Math.round(value * 10) / 10);

/** One path; a point that stands alone becomes a dot. */
function pathOf({ points, span, apartUs, silences }: ChartOptions, [low, high]: readonly [number, number]): string {
  const parts: string[] = [];
  let beforeUs: number | null = null;
  const isApart = (fromUs: number, toUs: number): boolean =>
    toUs - fromUs > apartUs || silences.some(({ fromUtcUs, toUtcUs }) => fromUtcUs >= fromUs && toUtcUs <= toUs);
  for (const [i, { utcUs, value }] of points.entries()) {
    const x = ((percent(utcUs, span) / 100) * WIDTH).toFixed(1);
    const y = (HEIGHT - ((value - low) / (high - low || 1)) * HEIGHT).toFixed(1);
    const joined = beforeUs !== null && !isApart(beforeUs, utcUs);
    const nextUs = points[i + 1]?.utcUs;
    parts.push(`${joined ? 'L' : 'M'}${x} ${y}`);
    if (!joined && (nextUs === undefined || isApart(utcUs, nextUs))) parts.push(`l0.1 0`);
    beforeUs = utcUs;
  }
  return parts.join('');
}

const box = (kind: string, { fromUtcUs, toUtcUs }: Span, span: Span, words = ''): string => {
  const left = percent(fromUtcUs, span);
  const width = Math.max(0.15, Math.round((percent(toUtcUs, span) - left) * 100) / 100);
  return `<i class="${kind}" style="left:${left}%;width:${width}%">${words}</i>`;
};

export function chartHtml(o: ChartOptions): string {
  const title = `<h3>${escapeHtml(o.title)} <small>${escapeHtml(o.unit)}</small></h3>`;
  if (o.points.length === 0) return `<div class="chart">${title}<p class="none">Nothing recorded.</p></div>`;
  const scale = scaleOf(o.points, o.least, o.greatest);
  const gaps = o.silences.map((silence) => box('gap', silence, o.span)).join('');
  const lines = o.marks.map(({ pct }) => `<i class="mark" style="left:${pct}%"></i>`).join('');
  return `<div class="chart">${title}<div class="plot" role="img" aria-label="${escapeHtml(o.title)} over time, ${number(scale[0])} to ${number(scale[1])} ${escapeHtml(o.unit)}">${lines}${gaps}<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none"><path d="${pathOf(o, scale)}"/></svg><b class="high">${number(scale[1])}</b><b class="low">${number(scale[0])}</b></div></div>`;
}

export interface LaneOptions {
  readonly title: string;
  readonly bands: readonly Band[];
  readonly span: Span;
  /** Its class, and its words. */
  readonly look: (state: string) => { readonly kind: string; readonly words: string };
  readonly silences: readonly Span[];
  /** One of its states holds at any time: where none is drawn, it is not known. */
  readonly known?: boolean;
}

export function laneHtml({ title, bands, span, look, silences, known = false }: LaneOptions): string {
  const drawn = bands.map((band) => {
    const { kind, words } = look(band.state);
    return box(`band ${kind}`, band, span, `<b>${escapeHtml(words)}</b>`);
  });
  const gaps = silences.map((silence) => box('gap', silence, span)).join('');
  return `<div class="lane"><h3>${escapeHtml(title)}</h3><div class="bands${known ? ' known' : ''}">${drawn.join('')}${gaps}</div></div>`;
}

/** On a phone there is room for a few. */
const FEW_MARKS = 4;

export const axisHtml = (marks: readonly Mark[]): string => {
  const labels = marks.map(({ pct, words }, i) => {
    const kinds = [pct > LATE_PCT ? 'late' : '', marks.length > FEW_MARKS && i % 2 === 1 ? 'second' : '']
      .join(' ')
      .trim();
    return `<span${kinds === '' ? '' : ` class="${kinds}"`} style="left:${pct}%">${escapeHtml(words)}</span>`;
  });
  return `<div class="axis">${labels.join('')}</div>`;
};
