/** The span as lines. A part dragged out, or the wheel with Ctrl, looks closer; a press moves the instant there. */
import { useComputed, useSignalEffect } from '@preact/signals';
import { ChartKey } from '../charts/chart-key.tsx';
import { NO_SERIES, type Series, SILENCE_S, valueAt } from '../charts/series.ts';
import { useCanvas } from '../charts/use-canvas.ts';
import { fixed, UNKNOWN } from '../format/numbers.ts';
import { span as spanWords, utcFull } from '../format/times.ts';
import { atMs, endMs, lookAt, moveTo, span, zoomAt } from './moment.ts';
import { type PastKind, pasts } from './past.ts';
import { cursorMs } from './pointer.ts';
import { lineOf } from './table.ts';
import { whenWords } from './words.ts';

interface ChartSpec {
  readonly title: string;
  readonly kind: PastKind;
  readonly column: string;
  readonly unit: string;
  readonly digits: number;
  /** Shown units in one stored unit. */
  readonly scale?: number;
  readonly least: number;
  readonly greatest: number;
}

const CHARTS: readonly ChartSpec[] = [
  { title: 'Height', kind: 'position', column: 'altRelM', unit: 'm', digits: 1, least: 0, greatest: 10 },
  { title: 'Speed', kind: 'air', column: 'groundSpeedMps', unit: 'm/s', digits: 1, least: 0, greatest: 5 },
  { title: 'Climb', kind: 'air', column: 'climbMps', unit: 'm/s', digits: 1, least: -1, greatest: 1 },
  { title: 'Battery', kind: 'battery', column: 'remainingPct', unit: '%', digits: 0, least: 0, greatest: 100 },
  { title: 'Voltage', kind: 'battery', column: 'voltageV', unit: 'V', digits: 2, least: 14, greatest: 16 },
  { title: 'Satellites', kind: 'gps', column: 'satellites', unit: '', digits: 0, least: 0, greatest: 12 },
  { title: 'HDOP', kind: 'gps', column: 'hdop', unit: '', digits: 1, least: 0, greatest: 2 },
  {
    title: 'Autopilot link',
    kind: 'link',
    column: 'inBytesPerS',
    unit: 'kB/s',
    digits: 1,
    scale: 1e-3,
    least: 0,
    greatest: 2,
  },
  {
    title: 'Not yet stored',
    kind: 'board',
    column: 'notDurableMs',
    unit: 's',
    digits: 1,
    scale: 1e-3,
    least: 0,
    greatest: 10,
  },
];

export function HistoryCharts() {
  const at = cursorMs.value;
  const coarse = pasts.position.value.table?.bucketS ?? 0;
  return (
    <section class="block charts history-charts" aria-label="Charts">
      <h3>
        Charts
        <span class="when" title={at === null ? '' : utcFull(at)}>
          {at === null ? 'drag: closer; press: go there' : whenWords(at)}
        </span>
      </h3>
      {CHARTS.map((spec, i) => (
        <Chart key={spec.column} spec={spec} axis={i === CHARTS.length - 1} />
      ))}
      <ChartKey>
        {coarse > 0 && <span>every extreme of each {spanWords(Math.ceil(coarse))}; closer shows more</span>}
      </ChartKey>
    </section>
  );
}

function scaled(series: Series, by: number): Series {
  return by === 1 ? series : { ...series, values: series.values.map((value) => (value === null ? null : value * by)) };
}

function Chart({ spec, axis }: { readonly spec: ChartSpec; readonly axis: boolean }) {
  const { kind, column, scale = 1 } = spec;
  const { place, canvas, failed } = useCanvas({
    heightPx: axis ? 84 : 64,
    axis,
    syncKey: 'history',
    least: spec.least,
    greatest: spec.greatest,
    onCursor: (timeS) => {
      cursorMs.value = timeS === null ? null : timeS * 1000;
    },
    hands: {
      onRange: (fromS, toS) => lookAt({ fromMs: fromS * 1000, toMs: toS * 1000 }),
      onWheel: (timeS, factor) => zoomAt(timeS * 1000, factor),
      onPress: (timeS) => moveTo(timeS * 1000),
    },
  });
  const series = useComputed(() => {
    const { table } = pasts[kind].value;
    return table === null ? NO_SERIES : scaled(lineOf(table, column), scale);
  });

  useSignalEffect(() => {
    const one = span.value;
    const { table } = pasts[kind].value;
    const [fromS, toS] = [(table?.fromMs ?? 0) / 1000, Math.min(table?.toMs ?? 0, endMs.value) / 1000];
    if (one !== null) canvas.value?.show(series.value, one.fromMs / 1000, one.toMs / 1000, { fromS, toS });
  });
  useSignalEffect(() => {
    canvas.value?.mark(atMs.value / 1000);
  });

  const past = pasts[kind].value;
  // Where the chart is hatched nothing is known, whatever came before it.
  const { value: line } = series;
  const shown = fixed(valueAt(line, (cursorMs.value ?? atMs.value) / 1000, line.silenceS ?? SILENCE_S), spec.digits);
  const bare = past.table !== null && !past.table.answer.columns[column]?.some((value) => value !== null);
  return (
    <div class="chart" data-chart={column} data-points={past.table?.timesMs.length}>
      <h4>
        {spec.title}
        <b>
          {shown} {shown === UNKNOWN ? '' : spec.unit}
        </b>
      </h4>
      <div class="chart-place">
        <div ref={place} role="img" aria-label={`${spec.title} over the span`} />
        {past.loading && past.table === null && <p class="chart-say">Reading history…</p>}
        {past.trouble !== null && <p class="chart-say">Not read: {past.trouble}.</p>}
        {failed.value !== null && (
          <p class="chart-say" role="alert">
            Not drawn: {failed.value}.
          </p>
        )}
        {!past.loading && past.trouble === null && bare && <p class="chart-say">Nothing recorded in this span.</p>}
      </div>
    </div>
  );
}
