/** Everything known about the drone looked at, the most needed first. */
import { DroneCharts } from '../charts/drone-charts.tsx';
import type { Book } from '../commands/book.ts';
import { CommandList } from '../commands/command-list.tsx';
import type { Desk } from '../commands/desk.ts';
import { Dock } from '../commands/dock.tsx';
import { eventsHash } from '../events/filter.ts';
import type { Fleet } from '../live/fleet.ts';
import { freshnessOf, valuesOf } from '../live/record.ts';
import { leave } from '../shell/route.ts';
import { Maintenance } from '../upkeep/maintenance.tsx';
import { Companion, Versions } from './companion.tsx';
import { Delivery } from './delivery.tsx';
import { Flight } from './flight.tsx';
import { ItineraryBlock } from './itinerary.tsx';
import { Checks, Motors } from './motors.tsx';
import { Estimate, Satellites } from './navigation.tsx';
import { PositionTrust } from './position-trust.tsx';
import { Power } from './power.tsx';
import { Preflight } from './preflight.tsx';
import { problemsOf } from './problems.ts';
import { ReportButton } from './report-button.tsx';
import { DroneState } from './state.tsx';
import { Texts } from './texts.tsx';
import type { View } from './view.ts';

export interface DronePanelProps {
  readonly fleet: Fleet;
  readonly book: Book;
  readonly desk: Desk;
  readonly id: string;
}

export function DronePanel({ fleet, book, desk, id }: DronePanelProps) {
  const record = fleet.drone(id).value;
  if (!record) return <Absent id={id} loaded={fleet.loaded.value} />;
  const view: View = {
    record,
    nowMs: fleet.nowMs.value,
    asOfMs: fleet.asOfMs.value,
    limits: fleet.limits.value,
    pageLive: fleet.connection.value.state === 'open',
  };
  // In the air what comes before flight can wait.
  const down = valuesOf(record, 'status')?.landed === 'on-ground';
  const freshness = freshnessOf(record, view.nowMs, view.limits);
  return (
    <aside class="pane pane-detail" aria-label={`Drone ${id}`} data-detail={id} data-freshness={freshness}>
      <DroneState view={view} />
      <div class="detail-scroll">
        <Problems view={view} />
        <ItineraryBlock view={view} />
        <Flight view={view} />
        <Power view={view} />
        {down && <Preflight view={view} />}
        <CommandList view={view} book={book} desk={desk} />
        <p class="block">
          <a class="done-with" href={eventsHash({ drone: id })}>
            What was done with {id}
          </a>
        </p>
        <DroneCharts fleet={fleet} id={id} />
        <ReportButton key={id} id={id} />
        {!down && <Preflight view={view} />}
        <Delivery view={view} />
        <Texts fleet={fleet} id={id} />
        <PositionTrust view={view} />
        <Satellites view={view} />
        <Estimate view={view} />
        <Checks view={view} />
        <Motors view={view} />
        <Maintenance view={view} id={id} />
        <Companion view={view} />
        <Versions view={view} />
      </div>
      <Dock view={view} book={book} desk={desk} />
    </aside>
  );
}

function Problems({ view }: { readonly view: View }) {
  const problems = problemsOf(view);
  if (problems.length === 0) return null;
  return (
    <ul class="problems" aria-label="Needs attention">
      {problems.map((one) => (
        <li key={one.words.replace(/\d[\d\s.a-z\u202f]*/g, '#')} data-level={one.severity}>
          <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
            {one.severity === 'danger' ? (
              <path d="M4.3 1h5.4L13 4.3v5.4L9.7 13H4.3L1 9.7V4.3Z" fill="currentColor" />
            ) : (
              <path
                d="M7 1.5 13 12.5H1Z"
                fill="none"
                stroke="currentColor"
                stroke-width="1.5"
                stroke-linejoin="round"
              />
            )}
          </svg>
          <p>
            <b>{one.words}</b> {one.advice && <span>{one.advice}</span>}
          </p>
        </li>
      ))}
    </ul>
  );
}

function Absent({ id, loaded }: { readonly id: string; readonly loaded: boolean }) {
  return (
    <aside class="pane pane-detail" aria-label={`Drone ${id}`} data-detail={id}>
      <div class="empty">
        <h2>{loaded ? `No drone is called ${id}` : id}</h2>
        <p>
          {loaded
            ? 'It may not have reported to this controller yet; it appears here when it does. If you followed a link, check the name.'
            : 'Asking the controller…'}
        </p>
        <p>
          <button type="button" class="link" onClick={leave}>
            Back to the fleet
          </button>
        </p>
      </div>
    </aside>
  );
}
