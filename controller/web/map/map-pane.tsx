/** The map with its buttons, scale and legend. MapLibre itself comes in its own chunk. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { latLon, roundLength } from '../format/numbers.ts';
import type { Fleet } from '../live/fleet.ts';
import { PlaceCard } from '../places/place-card.tsx';
import { Glyph } from '../shell/glyph.tsx';
import { Icon } from '../shell/icon.tsx';
import { go, selectedId } from '../shell/route.ts';
import { phone } from '../shell/screen.ts';
import type { FleetMap } from './fleet-map.ts';
import { scaleBar } from './grid.ts';
import { picking } from './picking.ts';
import { streets } from './streets-state.ts';
import type { MapView } from './view.ts';

/** A browser that has just lost its graphics process needs a moment for another. */
const AGAIN_MS = 2_000;
const LOST = 'the browser took it away; it is made anew by itself';

export interface MapPaneProps {
  readonly fleet: Fleet;
  readonly onReady: (map: FleetMap) => void;
}

export function MapPane({ fleet, onReady }: MapPaneProps) {
  const canvas = useRef<HTMLDivElement>(null);
  const map = useRef<FleetMap | null>(null);
  const view = useSignal<MapView | null>(null);
  const pointer = useSignal<{ latDeg: number; lonDeg: number } | null>(null);
  const trouble = useSignal<string | null>(null);
  const following = useSignal(false);
  /** How many maps there were: one whose drawing the browser took away is made anew. */
  const made = useSignal(0);
  const generation = made.value;

  useEffect(() => {
    let closed = false;
    let again: ReturnType<typeof setTimeout> | undefined;
    const container = canvas.current;
    if (!container) return;
    const at = view.peek();
    const letGo = (): void => {
      map.current?.close();
      map.current = null;
    };
    const makeAnew = (): void => {
      again = setTimeout(() => {
        made.value += 1;
      }, AGAIN_MS);
    };
    import('./fleet-map.ts')
      .then(({ createFleetMap }) =>
        createFleetMap({
          fleet,
          container,
          at: at?.chosen ? at : null,
          onLost: () => {
            trouble.value = LOST;
            // Not while it says so.
            setTimeout(letGo);
            makeAnew();
          },
          onView: (next) => {
            const held = view.peek();
            const moving = next.gridMetres === null && next.gridDegrees === null;
            view.value =
              moving && held ? { ...next, gridMetres: held.gridMetres, gridDegrees: held.gridDegrees } : next;
          },
          onPointer: (at) => {
            pointer.value = at;
          },
          onMovedByHand: () => {
            following.value = false;
            map.current?.follow(false);
          },
        }),
      )
      .then((ready) => {
        if (closed) {
          ready.close();
          return;
        }
        map.current = ready;
        trouble.value = null;
        onReady(ready);
      })
      .catch((error: unknown) => {
        const words = error instanceof Error ? error.message : String(error);
        trouble.value = /webgl/i.test(words) ? 'this browser offers no WebGL' : words;
        if (generation > 0 && !closed) makeAnew();
      });
    return () => {
      closed = true;
      clearTimeout(again);
      letGo();
    };
  }, [generation]);

  const selected = selectedId();
  return (
    <section class="pane pane-map" aria-label="Map">
      <div
        ref={canvas}
        class="map-canvas"
        data-map={trouble.value !== null ? 'trouble' : view.value ? 'ready' : 'loading'}
        data-view={view.value && `${view.value.latDeg} ${view.value.lonDeg} ${view.value.zoom}`}
        data-streets={streets.value.state}
      />
      {trouble.value !== null && (
        <p class="map-message" role="alert">
          The map cannot be drawn: {trouble.value}.{' '}
          <button type="button" class="link" onClick={() => location.reload()}>
            Reload
          </button>
          <br />
          List and details work without it.
        </p>
      )}
      <PickNotice />
      <StreetsNotice />
      <PlaceCard fleet={fleet} />
      <div class="map-buttons">
        <div>
          <MapButton
            label="Show the whole fleet (f)"
            path="M2 5V2h3M11 2h3v3M14 11v3h-3M5 14H2v-3M5.5 8h5M8 5.5v5"
            onClick={() => map.current?.fitFleet()}
          />
          <MapButton
            label={selected ? `Follow ${selected}` : 'Choose a drone to follow it'}
            path="M8 1.5v3M8 11.5v3M1.5 8h3M11.5 8h3M8 5.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6Z"
            pressed={following.value && selected !== null}
            disabled={selected === null}
            onClick={() => {
              following.value = !following.value;
              map.current?.follow(following.value);
            }}
          />
        </div>
        <div>
          <MapButton label="Nearer" path="M8 3v10M3 8h10" onClick={() => map.current?.zoomBy(1)} />
          <MapButton label="Farther" path="M3 8h10" onClick={() => map.current?.zoomBy(-1)} />
        </div>
        {Math.abs(view.value?.bearingDeg ?? 0) > 0.5 && (
          <div>
            <MapButton label="North up" path="M8 2 11 9H5Z M8 9v5" onClick={() => map.current?.northUp()} />
          </div>
        )}
      </div>
      <div class="map-foot">
        {view.value && <Scale view={view.value} />}
        <Legend />
        {streets.value.credit !== null && <span class="ground-note">{streets.value.credit}</span>}
        <span class="at">{pointer.value ? latLon(pointer.value.latDeg, pointer.value.lonDeg) : ''}</span>
      </div>
    </section>
  );
}

/** While a place is being chosen. On a phone the map was opened for it, and the way back is to the drone. */
function PickNotice() {
  const drone = picking.value;
  const asked = useRef<string | null>(null);
  useEffect(() => {
    if (drone === null && asked.current !== null && phone.peek()) go({ view: 'drone', id: asked.current });
    asked.current = drone;
  }, [drone]);
  if (drone === null) return null;
  return (
    <p class="pick-notice" role="status">
      <span>
        Choose where <b>{drone}</b> is to go
      </span>
      <button
        type="button"
        class="second"
        onClick={() => {
          picking.value = null;
        }}
      >
        Cancel
      </button>
    </p>
  );
}

/** Streets were configured and are not drawn, or not all of them. The map works without. */
function StreetsNotice() {
  const { words } = streets.value;
  const read = useSignal<string | null>(null);
  if (words === null || words === read.value) return null;
  return (
    <p class="streets-notice" role="status">
      <span>{words} The map goes on with its plain ground.</span>
      <button
        type="button"
        class="second"
        onClick={() => {
          read.value = words;
        }}
      >
        Seen
      </button>
    </p>
  );
}

interface MapButtonProps {
  readonly label: string;
  readonly path: string;
  readonly pressed?: boolean;
  readonly disabled?: boolean;
  readonly onClick: () => void;
}

function MapButton({ label, path, pressed, disabled = false, onClick }: MapButtonProps) {
  return (
    <button type="button" title={label} aria-label={label} aria-pressed={pressed} disabled={disabled} onClick={onClick}>
      <Icon box={16} width={1.4} path={path} />
    </button>
  );
}

function Scale({ view }: { readonly view: MapView }) {
  const bar = scaleBar(view.latDeg, view.zoom);
  const grid = view.gridMetres !== null ? roundLength(view.gridMetres) : `${view.gridDegrees}°`;
  return (
    <span class="scale" title="Coast and borders: Natural Earth 1:10 m, not for navigation; hidden close up">
      {roundLength(bar.metres)} <span class="grid-note">· grid {grid}</span>
      <i style={{ width: `${bar.px}px` }} />
    </span>
  );
}

function Legend() {
  return (
    <span class="legend">
      <span>
        <Glyph freshness="fresh" size={13} /> fresh
      </span>
      <span>
        <Glyph freshness="stale" size={13} /> stale
      </span>
      <span>
        <Glyph freshness="lost" size={13} /> lost
      </span>
      <span>
        <Glyph freshness="fresh" inAir={false} size={13} /> on ground
      </span>
    </span>
  );
}
