/** Which span: the last minutes or hours, or a flight. */
import { useSignal, useSignalEffect } from '@preact/signals';
import { fetchTelemetry } from '../charts/telemetry-answer.ts';
import { zoneWord } from '../format/face.ts';
import { utcFull } from '../format/times.ts';
import type { Fleet } from '../live/fleet.ts';
import { FLIGHTS_ASK, FLIGHTS_POINTS, type Flight, flightsOf, spanOf } from './flights.ts';
import { choose, chosen, nowMs } from './moment.ts';
import { lastOf, lengthOf, PRESETS } from './span.ts';
import { tableOf } from './table.ts';
import { beginWords, flightWords } from './words.ts';

const DAY_MS = 86_400_000;
const MOST_DAYS = 30;

type Search =
  | { readonly state: 'looking' }
  | { readonly state: 'found'; readonly flights: readonly Flight[] }
  | { readonly state: 'failed'; readonly words: string };

export function Choice({ fleet, id }: { readonly fleet: Fleet; readonly id: string }) {
  const one = chosen.value;
  return (
    <section class="block history-choice" aria-label="Span">
      <h3>
        Look at the last
        <fieldset class="ranges" aria-label="Span">
          {PRESETS.map(({ label, spanMs }) => (
            <button
              key={label}
              type="button"
              data-preset={label}
              aria-pressed={one !== null && lengthOf(one) === spanMs}
              onClick={() => choose(lastOf(spanMs, nowMs.peek()), nowMs.peek())}
            >
              {label}
            </button>
          ))}
        </fieldset>
      </h3>
      <Flights fleet={fleet} id={id} />
    </section>
  );
}

function Flights({ fleet, id }: { readonly fleet: Fleet; readonly id: string }) {
  const search = useSignal<Search>({ state: 'looking' });
  const days = useSignal(1);
  const retry = useSignal(0);
  useSignalEffect(() => {
    void retry.value;
    if (!fleet.loaded.value) return;
    const stop = new AbortController();
    const toMs = fleet.nowMs.peek() ?? 0;
    const asked = { drone: id, ...FLIGHTS_ASK, fromMs: toMs - days.value * DAY_MS, toMs, maxPoints: FLIGHTS_POINTS };
    search.value = { state: 'looking' };
    fetchTelemetry(asked, stop.signal).then(
      (answer) => {
        const flights = flightsOf(tableOf(FLIGHTS_ASK, answer, FLIGHTS_POINTS), toMs);
        search.value = { state: 'found', flights };
      },
      (error: unknown) => {
        if (!stop.signal.aborted)
          search.value = { state: 'failed', words: error instanceof Error ? error.message : String(error) };
      },
    );
    return () => stop.abort();
  });
  const { value } = search;
  const back = days.value === 1 ? 'the last 24 hours' : `the last ${days.value} days`;
  return (
    <>
      <h4>
        Flights of {back} <span class="when">{zoneWord(fleet.nowMs.peek() ?? 0)}</span>
      </h4>
      {value.state === 'looking' && <p class="nothing">Looking for flights…</p>}
      {value.state === 'failed' && (
        <p class="nothing" role="alert">
          Flights cannot be read: {value.words}.{' '}
          <button
            type="button"
            class="link"
            onClick={() => {
              retry.value += 1;
            }}
          >
            Try again
          </button>
        </p>
      )}
      {value.state === 'found' && value.flights.length === 0 && <p class="nothing">It was not armed in {back}.</p>}
      {value.state === 'found' && value.flights.length > 0 && <FlightList flights={value.flights} />}
      {value.state === 'found' && days.value < MOST_DAYS && (
        <button
          type="button"
          class="link"
          onClick={() => {
            days.value = days.peek() === 1 ? 7 : MOST_DAYS;
          }}
        >
          Look further back
        </button>
      )}
    </>
  );
}

function FlightList({ flights }: { readonly flights: readonly Flight[] }) {
  const one = chosen.value;
  return (
    <ol class="flights">
      {flights.map((flight) => {
        const asked = spanOf(flight);
        return (
          <li key={flight.fromMs}>
            <button
              type="button"
              data-flight={flight.fromMs}
              aria-pressed={one?.fromMs === asked.fromMs}
              title={`${utcFull(flight.fromMs)} – ${utcFull(flight.toMs)}`}
              onClick={() => choose({ ...asked, toMs: Math.min(asked.toMs, nowMs.peek()) }, flight.fromMs)}
            >
              <time>{beginWords(flight)}</time>
              <span>{flightWords(flight)}</span>
            </button>
          </li>
        );
      })}
    </ol>
  );
}
