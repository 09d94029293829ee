/** The frame: bar, list, map, and the drone looked at. On a phone one of them at a time. */
import { useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { DronePanel } from '../detail/drone-panel.tsx';
import { FleetList } from '../list/fleet-list.tsx';
import type { LiveConnection } from '../live/connection.ts';
import type { Fleet } from '../live/fleet.ts';
import type { FleetMap } from '../map/fleet-map.ts';
import { MapPane } from '../map/map-pane.tsx';
import { listenToKeys } from './keyboard.ts';
import { Notices } from './notices.tsx';
import { route, selectedId } from './route.ts';
import { TopBar } from './top-bar.tsx';

export interface AppProps {
  readonly fleet: Fleet;
  readonly connection: LiveConnection;
}

export function App({ fleet, connection }: AppProps) {
  const map = useRef<FleetMap | null>(null);
  const { view } = route.value;
  const selected = selectedId();

  useEffect(() => listenToKeys({ fleet, fitFleet: () => map.current?.fitFleet() }), [fleet]);
  useSignalEffect(() => {
    const id = selectedId();
    connection.select(id === null ? [] : [id]);
  });

  return (
    <div class="app" data-view={view}>
      <TopBar fleet={fleet} />
      <Notices fleet={fleet} open={selected !== null} onRetry={() => connection.retryNow()} />
      <main class="panes" data-open={selected !== null}>
        <FleetList fleet={fleet} />
        <MapPane
          fleet={fleet}
          onReady={(ready) => {
            map.current = ready;
          }}
        />
        {selected !== null && <DronePanel key={selected} fleet={fleet} id={selected} />}
      </main>
      <nav class="tabs" aria-label="Views">
        <a href="#/" aria-current={view === 'map' ? undefined : 'page'}>
          Fleet
        </a>
        <a href="#/map" aria-current={view === 'map' ? 'page' : undefined}>
          Map
        </a>
      </nav>
    </div>
  );
}
