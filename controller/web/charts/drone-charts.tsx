/** Height, speed and charge over time: history from the controller, the live end appended as it comes. */
import { useComputed, useSignal, useSignalEffect } from '@preact/signals';
import type { KindName } from '@skein/protocol/telemetry';
import { useRef } from 'preact/hooks';
import { clockTime, face, zoneWord } from '../format/face.ts';
import { fixed, UNKNOWN } from '../format/numbers.ts';
import { utcClock } from '../format/times.ts';
import type { Fleet } from '../live/fleet.ts';
import { goHistory } from '../shell/route.ts';
import { ChartKey } from './chart-key.tsx';
import { cursorS, RANGES, spanS } from './chart-range.ts';
import { append, NO_SERIES, type Series, seriesOf, silenceFor, underLive, valueAt } from './series.ts';
import { fetchTelemetry } from './telemetry-answer.ts';
import { useCanvas } from './use-canvas.ts';

interface ChartSpec {
  readonly title: string;
  readonly kind: KindName;
  readonly column: string;
  readonly unit: string;
  readonly digits: number;
  readonly least: number;
  readonly greatest: number;
}

const CHARTS: readonly ChartSpec[] = [
  { title: 'Height', kind: 'position', column: 'altRelM', unit: 'm', digits: 1, least: 0, greatest: 10 },
  { title: 'Speed', kind: 'air', column: 'groundSpeedMps', unit: 'm/s', digits: 1, least: 0, greatest: 5 },
  { title: 'Battery', kind: 'battery', column: 'remainingPct', unit: '%', digits: 0, least: 0, greatest: 100 },
];
const POINTS = 900;

/** Under the pointer: in the chosen zone, and in UTC. */
function whenWords(atMs: number): string {
  const [zone, utc] = [zoneWord(atMs), `${utcClock(atMs)} UTC`];
  return zone === 'UTC' && face.value.hours === '24h' ? utc : `${clockTime(atMs)} ${zone} · ${utc}`;
}

export function DroneCharts({ fleet, id }: { readonly fleet: Fleet; readonly id: string }) {
  const at = cursorS.value;
  return (
    <section class="block charts" aria-label="History">
      <h3>
        History
        <span class="when">{at === null ? zoneWord(fleet.nowMs.peek() ?? 0) : whenWords(at * 1000)}</span>
        <fieldset class="ranges" aria-label="Time range">
          {RANGES.map((range) => (
            <button
              key={range.label}
              type="button"
              aria-pressed={spanS.value === range.spanS}
              onClick={() => {
                spanS.value = range.spanS;
              }}
            >
              {range.label}
            </button>
          ))}
        </fieldset>
      </h3>
      {CHARTS.map((spec, i) => (
        <Chart key={spec.column} fleet={fleet} id={id} spec={spec} axis={i === CHARTS.length - 1} />
      ))}
      <ChartKey>
        <button type="button" class="link open-history" title="Flights, zoom, replay (t)" onClick={() => goHistory(id)}>
          Zoom and replay
        </button>
      </ChartKey>
    </section>
  );
}

interface ChartProps {
  readonly fleet: Fleet;
  readonly id: string;
  readonly spec: ChartSpec;
  readonly axis: boolean;
}

type Loading = 'loading' | 'ready' | { readonly failed: string };

function Chart({ fleet, id, spec, axis }: ChartProps) {
  const series = useSignal<Series>(NO_SERIES);
  const loading = useSignal<Loading>('loading');
  const retry = useSignal(0);
  const shownSpan = useRef(0);
  const { place, canvas, failed } = useCanvas({
    heightPx: axis ? 92 : 72,
    axis,
    syncKey: id,
    least: spec.least,
    greatest: spec.greatest,
    onCursor: (timeS) => {
      cursorS.value = timeS;
    },
  });
  const online = useComputed(() => fleet.loaded.value && fleet.connection.value.state === 'open');

  // History for the range chosen; read again now and then, since what was missing fills in.
  useSignalEffect(() => {
    const span = spanS.value;
    void retry.value;
    if (!online.value) return;
    const stop = new AbortController();
    const load = async (): Promise<void> => {
      const toMs = fleet.nowMs.peek() ?? Date.now();
      try {
        const answer = await fetchTelemetry(
          { drone: id, kind: spec.kind, columns: [spec.column], fromMs: toMs - span * 1000, toMs, maxPoints: POINTS },
          stop.signal,
        );
        series.value = underLive(seriesOf(answer, spec.column), series.peek());
        loading.value = 'ready';
      } catch (error) {
        if (!stop.signal.aborted) loading.value = { failed: error instanceof Error ? error.message : String(error) };
      }
    };
    if (span !== shownSpan.current) series.value = NO_SERIES;
    shownSpan.current = span;
    loading.value = 'loading';
    void load();
    const again = setInterval(
      () => {
        if (document.visibilityState === 'visible' && fleet.connection.peek().state === 'open') void load();
      },
      Math.max(15_000, span * 20),
    );
    return () => {
      clearInterval(again);
      stop.abort();
    };
  });

  // The live end. Times are the drone's own clock where it has one, as in history.
  useSignalEffect(() => {
    const value = fleet.drone(id).value?.entry.kinds[spec.kind];
    if (!value) return;
    const number = (value.values as Readonly<Record<string, unknown>>)[spec.column];
    if (typeof number !== 'number') return;
    series.value = append(series.peek(), (value.utcUs ?? value.atUtcUs) / 1e6, number);
  });

  useSignalEffect(() => {
    void fleet.second.value;
    const toS = (fleet.nowMs.peek() ?? Date.now()) / 1000;
    canvas.value?.show(series.value, toS - spanS.peek(), toS);
  });

  const reading = useComputed(() => {
    const at = cursorS.value;
    const shown = series.value;
    if (at === null) return fixed(shown.values.at(-1), spec.digits);
    return fixed(valueAt(shown, at, silenceFor(spanS.value, shown.timesS.length)), spec.digits);
  });
  const state = loading.value;
  return (
    <div class="chart">
      <h4>
        {spec.title}
        <b>
          {reading} {reading.value === UNKNOWN ? '' : spec.unit}
        </b>
      </h4>
      <div class="chart-place">
        <div
          ref={place}
          role="img"
          aria-label={`${spec.title} over the last ${RANGES.find((r) => r.spanS === spanS.value)?.label}`}
        />
        {failed.value !== null && (
          <p class="chart-say" role="alert">
            Not drawn: {failed.value}.
          </p>
        )}
        {state === 'loading' && series.value.timesS.length < 2 && <p class="chart-say">Reading history…</p>}
        {typeof state === 'object' && (
          <p class="chart-say" role="alert">
            No history: {state.failed}.{' '}
            <button
              type="button"
              onClick={() => {
                retry.value += 1;
              }}
            >
              Try again
            </button>
          </p>
        )}
        {state === 'ready' && series.value.timesS.length === 0 && <p class="chart-say">Nothing stored in this time.</p>}
      </div>
    </div>
  );
}
