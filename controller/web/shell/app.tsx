/** The frame: bar, list, map, and the drone looked at. On a phone one of them at a time. */
import { useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { AlertList } from '../alerts/alert-list.tsx';
import type { Book } from '../commands/book.ts';
import type { Desk } from '../commands/desk.ts';
import { Results } from '../commands/results.tsx';
import { DronePanel } from '../detail/drone-panel.tsx';
import { GroundStops } from '../ground-stop/ground-stops.tsx';
import { StopForm } from '../ground-stop/stop-form.tsx';
import { FleetList } from '../list/fleet-list.tsx';
import type { LiveConnection } from '../live/connection.ts';
import type { Fleet } from '../live/fleet.ts';
import type { FleetMap } from '../map/fleet-map.ts';
import { MapPane } from '../map/map-pane.tsx';
import { needing } from '../orders/desk.ts';
import { OrdersPanel } from '../orders/orders-panel.tsx';
import { Palette } from '../palette/palette.tsx';
import { listenToKeys } from './keyboard.ts';
import { Notices } from './notices.tsx';
import { EventsPane, HistoryPane, PlanPane } from './panes.ts';
import { type Route, route, selectedId } from './route.ts';
import { Shortcuts } from './shortcuts.tsx';
import { TopBar } from './top-bar.tsx';

export interface AppProps {
  readonly fleet: Fleet;
  readonly connection: LiveConnection;
  readonly book: Book;
  readonly desk: Desk;
}

export function App({ fleet, connection, book, desk }: AppProps) {
  const map = useRef<FleetMap | null>(null);
  const at = route.value;
  const { view } = at;
  const selected = selectedId();
  const open = view !== 'list' && view !== 'map';

  useEffect(() => listenToKeys({ fleet, fitFleet: () => map.current?.fitFleet() }), [fleet]);
  useSignalEffect(() => {
    const id = selectedId();
    connection.select(id === null ? [] : [id]);
  });

  return (
    <div class="app" data-view={view}>
      <div class="above">
        <TopBar fleet={fleet} book={book} />
        <GroundStops fleet={fleet} />
        <StopForm fleet={fleet} />
        <AlertList fleet={fleet} />
      </div>
      <Notices fleet={fleet} open={open} onRetry={() => connection.retryNow()} />
      <main class="panes" data-open={open}>
        <FleetList fleet={fleet} desk={desk} />
        <MapPane
          fleet={fleet}
          onReady={(ready) => {
            map.current = ready;
          }}
        />
        {selected !== null && <DronePanel key={selected} fleet={fleet} book={book} desk={desk} id={selected} />}
        {at.view === 'history' && <HistoryPane key={at.id} fleet={fleet} id={at.id} />}
        {view === 'plan' && <PlanPane fleet={fleet} />}
        {view === 'orders' && <OrdersPanel fleet={fleet} />}
        {view === 'events' && <EventsPane fleet={fleet} />}
        {at.view === 'command' && <Results key={at.id} id={at.id} fleet={fleet} book={book} desk={desk} />}
      </main>
      <Tabs view={view} />
      <Shortcuts />
      <Palette fleet={fleet} fitFleet={() => map.current?.fitFleet()} />
    </div>
  );
}

/** On a phone; elsewhere the list and the map are there, and the bar leads to the rest. */
const TABS = ['map', 'plan', 'orders', 'events'] as const;

function Tabs({ view }: { readonly view: Route['view'] }) {
  const now = TABS.find((one) => one === view);
  const count = needing.value ?? 0;
  return (
    <nav class="tabs" aria-label="Views">
      <a href="#/" aria-current={now ? undefined : 'page'}>
        Fleet
      </a>
      {TABS.map((one) => (
        <a key={one} href={`#/${one}`} aria-current={one === now ? 'page' : undefined}>
          {one}
          {one === 'orders' && count > 0 && <b>{count}</b>}
        </a>
      ))}
    </nav>
  );
}
