/**
 * The map itself. Loaded on its own, after list and bar are on screen.
 *
 *   fleet.onChange ─┐                       ┌─ drones        updateData, stable ids, one change set per frame
 *   250 ms tick ────┼─► mark ids dirty ─► frame
 *   selection ──────┘                       └─ reach, doubt  when they change
 *                                               trails, label sides, pads: twice a second
 */
import { effect } from '@preact/signals';
import type { GeoJSONSource } from 'maplibre-gl';
import type { Fleet } from '../live/fleet.ts';
import { go, historyOf, selectedId } from '../shell/route.ts';
import { theme } from '../shell/theme.ts';
import { keepAround } from './around.ts';
import { keepBusiness } from './business.ts';
import { createCamera } from './camera.ts';
import { changeOf, type DroneFeature, type FeatureChange, featureOf, geoFeature } from './drone-features.ts';
import { keepEditor } from './editor.ts';
import { gridFor } from './grid.ts';
import { keepGround } from './ground.ts';
import { keepStreets } from './keep-streets.ts';
import type { Side } from './labels.ts';
import { repaint } from './map-style.ts';
import { pickAt } from './picking.ts';
import { keepRoute } from './route-layer.ts';
import { chooseSides } from './sides.ts';
import { droneSprites, padSprite } from './sprites.ts';
import { startMap } from './start-map.ts';
import { keepTarget } from './target-layer.ts';
import { keepTrack } from './track-layer.ts';
import { createTrailLayer } from './trail-layer.ts';
import type { MapView } from './view.ts';

/** First the fleet, which also says where to look. */
const GROUND_AFTER_MS = 300;
/** How often trails grow and labels look for a better place. */
const SLOW_MS = 500;
const DRAW_EVERY_MS = 180;
const TOUCH_PX = 10;

export interface FleetMapOptions {
  readonly fleet: Fleet;
  readonly container: HTMLElement;
  readonly onView: (view: MapView) => void;
  readonly onPointer: (at: { readonly latDeg: number; readonly lonDeg: number } | null) => void;
  /** The operator moved the map by hand: following ends. */
  readonly onMovedByHand: () => void;
}

export interface FleetMap {
  fitFleet(): void;
  zoomBy(steps: number): void;
  northUp(): void;
  follow(on: boolean): void;
  close(): void;
}

export async function createFleetMap(options: FleetMapOptions): Promise<FleetMap> {
  const { fleet, container } = options;
  const map = await startMap(container);
  const ground = keepGround(map);
  const camera = createCamera(map, container);
  const trails = createTrailLayer(map, fleet);
  const editor = keepEditor(map);
  const business = keepBusiness(map, fleet, camera);
  const source = (id: string): GeoJSONSource => map.getSource(id) as GeoJSONSource;
  const drawn = new Map<string, DroneFeature>();
  const dirty = new Set<string>();
  const around = keepAround(map, fleet);
  let sides = new Map<string, Side>();
  let near: readonly string[] = [];
  let gone = new Set<string>();
  let everything = true;
  let frame = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let drawnAtMs = Number.NEGATIVE_INFINITY;
  let slowAtMs = Number.NEGATIVE_INFINITY;
  /** Until someone takes hold of the map it keeps the whole fleet in view as drones report in. */
  let untouched = true;
  let following = false;

  /** Before the next frame, but not more often than positions come: every change makes the map draw all of itself. */
  function schedule(): void {
    if (timer !== undefined || frame !== 0) return;
    timer = setTimeout(
      () => {
        timer = undefined;
        frame = requestAnimationFrame(draw);
      },
      Math.max(0, drawnAtMs + DRAW_EVERY_MS - performance.now()),
    );
  }

  function draw(): void {
    frame = 0;
    drawnAtMs = performance.now();
    if (drawnAtMs - slowAtMs >= SLOW_MS) {
      slowAtMs = drawnAtMs;
      lookAround();
      trails.draw(near, selectedId());
      around.drawSlowly();
    }
    const nowMs = fleet.nowMs.peek();
    const limits = fleet.limits.peek();
    const chosen = selectedId();
    const records = fleet.all();
    const add: GeoJSON.Feature[] = [];
    const update: FeatureChange[] = [];
    const remove = [...gone];
    for (const id of everything ? records.keys() : dirty) {
      const record = records.get(id);
      const after = record ? featureOf(record, nowMs, limits, id === chosen, sides.get(id) ?? 'none') : null;
      const before = drawn.get(id);
      if (!after) {
        if (before) remove.push(id);
        drawn.delete(id);
        continue;
      }
      drawn.set(id, after);
      const change = before ? changeOf(before, after) : null;
      if (!before) add.push(geoFeature(after));
      else if (change) update.push(change);
    }
    for (const id of gone) drawn.delete(id);
    gone = new Set();
    dirty.clear();
    everything = false;
    if (add.length + update.length + remove.length > 0) {
      void source('drones').updateData({ add, remove, update: update as never });
    }
    around.draw(nowMs);
    if (add.length > 0 && untouched && historyOf() === null) {
      camera.fit([...drawn.values()], false);
      trails.recall();
    }
    const followed = following && chosen !== null ? drawn.get(chosen) : undefined;
    if (followed) camera.middle(followed);
  }

  function lookAround(): void {
    ({ sides, near } = chooseSides(map, fleet, drawn, sides));
    everything = true;
  }

  function drawGrid(): void {
    const bounds = map.getBounds();
    const marginLon = (bounds.getEast() - bounds.getWest()) * 0.5;
    const marginLat = (bounds.getNorth() - bounds.getSouth()) * 0.5;
    const grid = gridFor({
      westDeg: bounds.getWest() - marginLon,
      eastDeg: bounds.getEast() + marginLon,
      southDeg: bounds.getSouth() - marginLat,
      northDeg: bounds.getNorth() + marginLat,
      zoom: map.getZoom(),
    });
    void source('grid').setData(grid.lines);
    tellView(grid.metres, grid.degrees);
  }

  function tellView(gridMetres: number | null, gridDegrees: number | null): void {
    const view = { latDeg: map.getCenter().lat, zoom: map.getZoom(), bearingDeg: map.getBearing() };
    options.onView({ ...view, gridMetres, gridDegrees });
  }

  function putSprites(): void {
    for (const { name, image, pixelRatio } of [...droneSprites(), padSprite()]) {
      if (map.hasImage(name)) map.updateImage(name, image);
      else map.addImage(name, image, { pixelRatio });
    }
  }

  function droneAt(x: number, y: number): string | null {
    const box: [[number, number], [number, number]] = [
      [x - TOUCH_PX, y - TOUCH_PX],
      [x + TOUCH_PX, y + TOUCH_PX],
    ];
    const id: unknown = map.queryRenderedFeatures(box, { layers: ['drones', 'labels'] })[0]?.properties.id;
    return typeof id === 'string' ? id : null;
  }

  const stops = [
    fleet.onChange((changed, removed) => {
      for (const id of changed) {
        dirty.add(id);
        trails.take(id);
      }
      for (const id of removed) {
        gone.add(id);
        trails.drop(id);
      }
      schedule();
    }),
    effect(() => {
      void fleet.nowMs.value;
      everything = true;
      schedule();
    }),
    effect(() => {
      void theme.value;
      putSprites();
      repaint((layer, property, value) => map.setPaintProperty(layer, property as never, value as never));
    }),
    effect(() => {
      const id = selectedId();
      const place = id === null ? undefined : drawn.get(id);
      if (place) camera.show(place);
      everything = true;
      schedule();
    }),
    keepTrack(map, fleet),
    keepRoute(map, fleet),
    keepTarget(map, fleet),
    keepStreets(map),
  ];

  map.on('move', () => tellView(null, null));
  map.on('moveend', () => {
    drawGrid();
    lookAround();
    schedule();
    ground.look();
  });
  map.on('movestart', (event) => {
    if (event.originalEvent) untouched = false;
  });
  map.on('dragstart', () => options.onMovedByHand());
  map.on('mousemove', ({ point, lngLat }) => {
    options.onPointer({ latDeg: lngLat.lat, lonDeg: lngLat.lng });
    map.getCanvasContainer().dataset.over = droneAt(point.x, point.y) === null ? '' : 'drone';
  });
  map.on('mouseout', () => options.onPointer(null));
  map.on('click', ({ point, lngLat }) => {
    const place = { latDeg: lngLat.lat, lonDeg: lngLat.lng };
    if (pickAt(place) || business.take(place) || editor.click(place)) return;
    const id = droneAt(point.x, point.y);
    if (id === null) business.press(point);
    else go({ view: 'drone', id });
  });
  const resized = new ResizeObserver(() => map.resize());
  resized.observe(container);

  for (const id of fleet.all().keys()) trails.take(id);
  drawGrid();
  const firstGround = setTimeout(() => ground.look(), GROUND_AFTER_MS);
  schedule();

  return {
    fitFleet: () => camera.fit([...drawn.values()], true),
    zoomBy(steps) {
      untouched = false;
      camera.zoomBy(steps);
    },
    northUp: () => camera.northUp(),
    follow(on) {
      following = on;
      everything = true;
      schedule();
    },
    close() {
      for (const stop of stops) stop();
      trails.close();
      editor.close();
      business.close();
      ground.close();
      clearTimeout(timer);
      clearTimeout(firstGround);
      cancelAnimationFrame(frame);
      resized.disconnect();
      map.remove();
    },
  };
}
