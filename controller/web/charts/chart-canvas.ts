/** One uPlot chart: a line, hatched gaps, dotted ranges that were filled later. The library is loaded when it is first needed (use-canvas.ts). */
import type uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { clockMinute, clockTime, face } from '../format/face.ts';
import { token } from '../shell/theme.ts';
import { broken, missing, type Range, type Series, silenceFor } from './series.ts';

export interface ChartCanvasOptions {
  readonly container: HTMLElement;
  readonly heightPx: number;
  /** With the time axis below. */
  readonly axis: boolean;
  readonly syncKey: string;
  /** Least and greatest value shown at least; the line may ask for more. */
  readonly least: number;
  readonly greatest: number;
  readonly onCursor: (timeS: number | null) => void;
  /** With it, a range can be dragged out, the wheel zooms, and a press chooses an instant. */
  readonly hands?: ChartHands;
}

export interface ChartHands {
  readonly onRange: (fromS: number, toS: number) => void;
  /** `factor` below 1: closer. */
  readonly onWheel: (timeS: number, factor: number) => void;
  readonly onPress: (timeS: number) => void;
}

export interface ChartCanvas {
  /** `asked`: what the line was read of; outside of it nobody knows whether anything is missing. */
  show(series: Series, fromS: number, toS: number, asked?: Range): void;
  /** Draws the instant that is replayed; null: none. */
  mark(timeS: number | null): void;
  close(): void;
}

const Y_AXIS_PX = 34;
/** A drag shorter than this is a press, px. */
const PRESS_PX = 5;
const WHEEL_FACTOR = 1.25;

export function createChartCanvas(Plot: typeof uPlot, o: ChartCanvasOptions): ChartCanvas {
  let series: Series | null = null;
  let window: Range = { fromS: 0, toS: 1 };
  let read: Range = window;
  let markedS: number | null = null;
  const ratio = devicePixelRatio;
  const font = `${11}px ${getComputedStyle(document.body).fontFamily}`;
  const hatch = pattern(ratio, token('--hatch'), 'lines');
  const dots = pattern(ratio, token('--later'), 'dots');
  const blank = token('--raised');

  function fill(u: uPlot, range: Range, style: string | CanvasPattern | null): void {
    const { left, top, width, height } = u.bbox;
    const from = Math.max(left, u.valToPos(range.fromS, 'x', true));
    const to = Math.min(left + width, u.valToPos(range.toS, 'x', true));
    if (style === null || to <= from) return;
    u.ctx.fillStyle = style;
    u.ctx.fillRect(from, top, Math.max(to - from, ratio), height);
  }

  function drawRanges(u: uPlot): void {
    if (!series) return;
    u.ctx.save();
    const silence = silenceOf(series, window.toS - window.fromS);
    for (const range of missing(series, read.fromS, read.toS, silence)) fill(u, range, blank);
    for (const range of series.later) fill(u, range, dots);
    for (const range of series.gaps) fill(u, range, hatch);
    u.ctx.restore();
  }

  const line = { stroke: token('--line'), width: 1 };
  const axis: uPlot.Axis = { font, stroke: token('--ink-3'), grid: line, ticks: { show: false } };
  const options: uPlot.Options = {
    width: Math.max(80, o.container.clientWidth),
    height: o.heightPx,
    padding: [6, 2, o.axis ? 0 : 4, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: o.hands !== undefined, y: false, setScale: false, dist: PRESS_PX },
      points: { size: 6 },
      // Where the pointer is is shared; a range is dragged out in one chart and comes back to all as their new range.
      sync: {
        key: o.syncKey,
        scales: ['x', null],
        filters: { pub: (type) => /^mouse(move|leave)$/.test(type), sub: () => true },
      },
    },
    // The axis is in the chosen zone; the reading under the pointer gives UTC too.
    tzDate: (timeS) => inZone(Plot, timeS, face.peek().zone),
    scales: {
      x: { time: true, range: () => [window.fromS, window.toS] },
      y: { range: (_u, least, greatest) => niceRange(least, greatest, o.least, o.greatest) },
    },
    axes: [
      { ...axis, show: o.axis, size: 20, gap: 3, space: 50, values: (_u, at) => clockLabels(at) },
      { ...axis, size: Y_AXIS_PX, gap: 4, space: 24 },
    ],
    series: [
      {},
      { stroke: token('--skein'), width: 1.5, fill: token('--chart-fill'), points: { show: false }, spanGaps: false },
    ],
    hooks: {
      drawClear: [drawRanges],
      setSelect: [
        (u) => {
          const { left, width } = u.select;
          if (width < PRESS_PX) return;
          u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          o.hands?.onRange(u.posToVal(left, 'x'), u.posToVal(left + width, 'x'));
        },
      ],
      setCursor: [
        (u) => {
          const { left } = u.cursor;
          o.onCursor(left === undefined || left === null || left < 0 ? null : u.posToVal(left, 'x'));
        },
      ],
    },
  };
  const chart = new Plot(options, [[], []], o.container);
  const marker = document.createElement('i');
  marker.className = 'chart-at';
  marker.hidden = true;
  chart.over.append(marker);
  if (o.hands) listen(chart, o.hands);

  function placeMarker(): void {
    const inside = markedS !== null && markedS >= window.fromS && markedS <= window.toS;
    marker.hidden = !inside;
    const share = inside && markedS !== null ? (markedS - window.fromS) / (window.toS - window.fromS) : 0;
    marker.style.left = `${share * 100}%`;
  }

  const resized = new ResizeObserver(() =>
    chart.setSize({ width: Math.max(80, o.container.clientWidth), height: o.heightPx }),
  );
  resized.observe(o.container);

  return {
    show(next, fromS, toS, asked = { fromS, toS }) {
      series = next;
      window = { fromS, toS };
      read = { fromS: Math.max(fromS, asked.fromS), toS: Math.min(toS, asked.toS) };
      const drawn = broken(next, silenceOf(next, toS - fromS));
      chart.setData([drawn.timesS, drawn.values]);
      placeMarker();
    },
    mark(timeS) {
      markedS = timeS;
      placeMarker();
    },
    close() {
      resized.disconnect();
      chart.destroy();
    },
  };
}

function silenceOf(series: Series, spanS: number): number {
  return series.silenceS ?? silenceFor(spanS, series.timesS.length);
}

function listen(chart: uPlot, hands: ChartHands): void {
  const timeAt = (event: MouseEvent): number =>
    chart.posToVal(event.clientX - chart.over.getBoundingClientRect().left, 'x');
  // A click that ends a drag never comes here: uPlot keeps it.
  chart.over.addEventListener('click', (event) => hands.onPress(timeAt(event)));
  chart.over.addEventListener(
    'wheel',
    (event) => {
      // The wheel alone scrolls through the panel; two fingers drawn apart come as Ctrl and the wheel.
      if (!event.ctrlKey && !event.shiftKey && !event.metaKey) return;
      event.preventDefault();
      const turned = event.deltaY === 0 ? event.deltaX : event.deltaY;
      hands.onWheel(timeAt(event), turned > 0 ? WHEEL_FACTOR : 1 / WHEEL_FACTOR);
    },
    { passive: false },
  );
}

/** At least the range asked for, with a little air above. */
function niceRange(least: number | null, greatest: number | null, low: number, high: number): uPlot.Range.MinMax {
  const bottom = Math.min(low, least ?? low);
  const top = Math.max(high, greatest ?? high);
  const air = (top - bottom) * 0.06;
  return [bottom < low ? bottom - air : bottom, top > high ? top + air : top];
}

function inZone(Plot: typeof uPlot, timeS: number, zone: string): Date {
  const date = new Date(timeS * 1000);
  return zone === 'local' ? date : Plot.tzDate(date, zone === 'UTC' ? 'Etc/UTC' : zone);
}

function clockLabels(at: readonly number[]): string[] {
  const step = (at[1] ?? 0) - (at[0] ?? 0);
  return at.map((timeS) => (step > 0 && step < 60 ? clockTime(timeS * 1000) : clockMinute(timeS * 1000)));
}

function pattern(ratio: number, colour: string, kind: 'lines' | 'dots'): CanvasPattern | null {
  const size = Math.round(6 * ratio);
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = size;
  const context = canvas.getContext('2d');
  if (!context) return null;
  context.strokeStyle = context.fillStyle = colour;
  context.lineWidth = ratio;
  if (kind === 'lines') {
    for (const shift of [-size, 0, size]) {
      context.moveTo(shift, size);
      context.lineTo(shift + size, 0);
    }
    context.stroke();
  } else {
    const dot = 1.2 * ratio;
    context.fillRect(0, 0, dot, dot);
    context.fillRect(size / 2, size / 2, dot, dot);
  }
  return context.createPattern(canvas, 'repeat');
}
