/** What happened: who did what to what, why and when; newest first, and kept current while it is looked at. */
import { useSignalEffect } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { download } from '../format/download.ts';
import { clockDate, clockMinute, zoneWord } from '../format/face.ts';
import { ageExact, utcFull } from '../format/times.ts';
import type { Fleet } from '../live/fleet.ts';
import { Back } from '../shell/back.tsx';
import { Close } from '../shell/close.tsx';
import { leave } from '../shell/route.ts';
import { Chain } from './chain.tsx';
import { csvOf } from './csv.ts';
import { chosen, filter } from './desk.ts';
import { EventDetail } from './event-detail.tsx';
import { EventRows } from './event-rows.tsx';
import { isAll, writeFilter } from './filter.ts';
import { Filters } from './filters.tsx';
import { createLog, type EventLog, type LogState, MOST } from './log.ts';

const EVERY_MS = 2_000;
/** Asked for every 2 s; older than this, it is said. */
const OLD_MS = 8_000;

export function EventsPanel({ fleet }: { readonly fleet: Fleet }) {
  const log = useMemo(() => createLog(), []);
  const asked = writeFilter(filter.value);
  useEffect(() => void log.start(filter.peek()), [asked]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    const look = async (): Promise<void> => {
      if (document.visibilityState === 'visible') await log.look();
      if (!isOver) timer = setTimeout(() => void look(), EVERY_MS);
    };
    void look();
    return () => {
      isOver = true;
      clearTimeout(timer);
      chosen.value = null;
    };
  }, []);
  // One that the filter shows no more is not looked at any more.
  useSignalEffect(() => {
    const isThere = log.events.value.some(({ cursor }) => cursor === chosen.value);
    if (!isThere && log.state.value.busy === null) chosen.value = null;
  });
  const events = log.events.value;
  const state = log.state.value;
  const event = events.find(({ cursor }) => cursor === chosen.value);
  return (
    <aside class="pane pane-detail events-panel" aria-label="Events" data-events-state={stateWord(state)}>
      <header class="drone-head">
        <Back label="Back to the fleet" onClick={leave} />
        <h2>What happened</h2>
        <button
          type="button"
          class="second"
          disabled={events.length === 0}
          title="Save the events that are listed here as CSV"
          onClick={() =>
            download(csvOf(events), `events-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}Z.csv`)
          }
        >
          Save as CSV
        </button>
        <Close onClick={leave} />
      </header>
      <div class="event-body">
        <Filters fleet={fleet} />
        <Old fleet={fleet} state={state} />
        <div class="event-heads" aria-hidden="true">
          <span>when ({zoneWord(fleet.nowMs.peek() ?? Date.now())})</span>
          <span>who</span>
          <span>what</span>
          <span>why</span>
        </div>
        <EventRows events={events}>
          <End log={log} state={state} count={events.length} />
        </EventRows>
        {event !== undefined && <EventDetail key={event.cursor} event={event} />}
      </div>
      <Chain />
    </aside>
  );
}

function stateWord({ busy, trouble, next }: LogState): string {
  return busy ?? (trouble !== null ? 'failed' : next === null ? 'all' : 'part');
}

/** Below the last one: how far back was looked, and what can be done. */
function End({ log, state, count }: { readonly log: EventLog; readonly state: LogState; readonly count: number }) {
  const { busy, trouble, again, next, searchedToMs, full } = state;
  const back =
    searchedToMs === null ? null : `${clockDate(searchedToMs)} ${clockMinute(searchedToMs)} ${zoneWord(searchedToMs)}`;
  const further = (label: string) => (
    <button type="button" class="second" data-further onClick={() => void log.further()}>
      {label}
    </button>
  );
  if (busy === 'first' && count === 0 && back === null)
    return (
      <p class="event-end" role="status">
        Asking the controller…
      </p>
    );
  if (trouble !== null)
    return (
      <div class="event-end" role="alert" data-trouble>
        <p>
          {count === 0 ? 'The events cannot be read' : 'It could not be searched further'}: {trouble}
          {again && ' It is tried again by itself.'}
        </p>
        {further(again ? 'Try now' : 'Try again')}
      </div>
    );
  if (busy !== null)
    return (
      <p class="event-end" role="status">
        Searching further back{back !== null && ` than ${back}`}…
      </p>
    );
  if (full)
    return <p class="event-end">These are the newest {MOST}. Narrow the search, or set “Before”, to see older ones.</p>;
  if (next !== null)
    return (
      <div class="event-end" data-searched-back>
        <p title={searchedToMs === null ? '' : utcFull(searchedToMs)}>
          {count === 0 ? 'Nothing found so far. ' : ''}
          {back === null ? 'There is more further back.' : `Searched back to ${back}; not further yet.`}
        </p>
        {further('Search further back')}
      </div>
    );
  if (count === 0)
    return (
      <div class="event-end" role="status" data-nothing>
        <p>
          {isAll(filter.value)
            ? 'Nothing has happened yet. What happens appears here by itself.'
            : 'No event fits. All that this controller has were searched.'}
        </p>
      </div>
    );
  return <p class="event-end">That is all{isAll(filter.value) ? ', back to the first event' : ' that fits'}.</p>;
}

/** Whether there are newer ones is not known. */
function Old({ fleet, state }: { readonly fleet: Fleet; readonly state: LogState }) {
  void fleet.second.value;
  if (state.asOfMonoMs === null || state.busy !== null) return null;
  const ageMs = performance.now() - state.asOfMonoMs;
  if (state.newTrouble === null && ageMs < OLD_MS) return null;
  return (
    <p class="orders-note" role="status" data-old>
      <b>Not current.</b> What happened in the last {ageExact(ageMs)} may be missing
      {state.newTrouble !== null && `: ${state.newTrouble}`}
    </p>
  );
}
