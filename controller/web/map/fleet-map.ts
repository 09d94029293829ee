/**
 * The map itself. Loaded on its own, after list and bar are on screen.
 *
 *   fleet.onChange ─┐                       ┌─ drones        updateData, stable ids, one change set per frame
 *   250 ms tick ────┼─► mark ids dirty ─► frame ─ trails      twice a second
 *   selection ──────┘                       └─ reach, pads    when they change
 */
import { effect } from '@preact/signals';
import { type GeoJSONSource, Map as MapLibre, setWorkerUrl } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import type { Fleet } from '../live/fleet.ts';
import { valuesOf } from '../live/record.ts';
import { go, selectedId } from '../shell/route.ts';
import { calmMotion } from '../shell/screen.ts';
import { theme } from '../shell/theme.ts';
import { changeOf, type DroneFeature, type FeatureChange, featureOf, geoFeature } from './drone-features.ts';
import { gridFor } from './grid.ts';
import { keepGround } from './ground.ts';
import { type Labelled, placeLabels, type Side } from './labels.ts';
import { DETAIL_FROM_ZOOM, EMPTY, LABEL_PX, mapStyle, repaint } from './map-style.ts';
import { padsOf, reachOf } from './reach.ts';
import { droneSprites, padSprite } from './sprites.ts';
import { extend, lineOf, NO_TRAIL, type Trail } from './trails.ts';

setWorkerUrl(workerUrl);

/** First the fleet, which also says where to look. */
const GROUND_AFTER_MS = 300;
/** How often trails grow and labels look for a better place. */
const SLOW_MS = 500;
const EASE_MS = 150;

export interface MapView {
  readonly latDeg: number;
  readonly zoom: number;
  readonly gridMetres: number | null;
  readonly gridDegrees: number | null;
  readonly bearingDeg: number;
}

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
  const map = new MapLibre({
    container,
    style: mapStyle(),
    center: [8, 30],
    zoom: 1.6,
    minZoom: 1,
    maxZoom: 20.5,
    maxPitch: 0,
    attributionControl: false,
    keyboard: false,
    fadeDuration: 0,
    pitchWithRotate: false,
    touchPitch: false,
  });
  const ground = keepGround(map);

  await new Promise<void>((resolve) => map.once('load', () => resolve()));

  const source = (id: string): GeoJSONSource => map.getSource(id) as GeoJSONSource;
  const drawn = new Map<string, DroneFeature>();
  const trails = new Map<string, Trail>();
  const trailDrawn = new Set<string>();
  const dirty = new Set<string>();
  const dirtyTrails = new Set<string>();
  let sides = new Map<string, Side>();
  let gone = new Set<string>();
  let everything = true;
  let frame = 0;
  let fitted = false;
  let following = false;
  let reachKey = '';
  let padsKey = '';

  function schedule(): void {
    if (frame === 0) frame = requestAnimationFrame(draw);
  }

  function draw(): void {
    frame = 0;
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
      if (!before) add.push(geoFeature(after));
      else {
        const change = changeOf(before, after);
        if (change) update.push(change);
      }
    }
    for (const id of gone) drawn.delete(id);
    gone = new Set();
    dirty.clear();
    everything = false;
    if (add.length + update.length + remove.length > 0) {
      void source('drones').updateData({ add, remove, update: update as never });
    }
    drawReach(nowMs);
    drawPads();
    if (!fitted && drawn.size > 0) {
      fitted = true;
      fitFleet(false);
      chooseSides();
    }
    if (following) keepInMiddle();
  }

  /** Only what is in sight competes for room. */
  function chooseSides(): void {
    const detailed = map.getZoom() >= DETAIL_FROM_ZOOM;
    const { clientWidth, clientHeight } = container;
    const seen: Labelled[] = [];
    for (const [id, { lonDeg, latDeg, properties }] of drawn) {
      const { x, y } = map.project([lonDeg, latDeg]);
      if (x < -50 || y < -50 || x > clientWidth + 50 || y > clientHeight + 50) continue;
      const twoLines = detailed || properties.state !== 'fresh';
      const letters = twoLines ? Math.max(id.length, properties.sub.length * 0.9) : id.length;
      const size = { widthPx: letters * LABEL_PX * 0.56 + 4, heightPx: (twoLines ? 2 : 1) * 14 };
      seen.push({ id, x, y, ...size, rank: properties.rank, before: sides.get(id) ?? null });
    }
    sides = placeLabels(seen);
    everything = true;
    schedule();
  }

  function drawReach(nowMs: number | null): void {
    const id = selectedId();
    const record = id === null ? null : fleet.all().get(id);
    const { key, data } = record ? reachOf(record, nowMs, fleet.limits.peek()) : { key: '', data: EMPTY };
    if (key === reachKey) return;
    reachKey = key;
    void source('reach').setData(data);
  }

  function drawPads(): void {
    const { key, data } = padsOf([...fleet.all().values()].map((record) => valuesOf(record, 'home')));
    if (key === padsKey) return;
    padsKey = key;
    void source('pads').setData(data);
  }

  function takeTrail(id: string): void {
    const record = fleet.all().get(id);
    const value = record?.entry.kinds.position;
    if (!value || value.values.latDeg === null || value.values.lonDeg === null) return;
    const before = trails.get(id) ?? NO_TRAIL;
    const after = extend(before, {
      lonDeg: value.values.lonDeg,
      latDeg: value.values.latDeg,
      atMs: value.atUtcUs / 1000,
    });
    if (after === before) return;
    trails.set(id, after);
    dirtyTrails.add(id);
  }

  function drawTrails(): void {
    if (dirtyTrails.size === 0) return;
    const now: { id: string; coordinates: [number, number][]; earlier: [number, number][][] }[] = [];
    for (const id of dirtyTrails) {
      const trail = trails.get(id) ?? NO_TRAIL;
      now.push({ id, coordinates: lineOf(trail.current), earlier: trail.earlier.map(lineOf) });
    }
    dirtyTrails.clear();
    // A line needs two points; one that has fewer is taken away until it has.
    const long = now.filter((one) => one.coordinates.length > 1);
    void source('trails').updateData({
      remove: now.filter((one) => one.coordinates.length < 2).map((one) => one.id),
      add: long.map((one) => ({
        type: 'Feature',
        id: one.id,
        properties: {},
        geometry: { type: 'LineString', coordinates: one.coordinates },
      })),
    });
    const broken = now.filter((one) => one.earlier.length > 0 || trailDrawn.has(one.id));
    if (broken.length === 0) return;
    for (const one of broken) trailDrawn.add(one.id);
    void source('trails-earlier').updateData({
      remove: broken.filter((one) => one.earlier.length === 0).map((one) => one.id),
      add: broken
        .filter((one) => one.earlier.length > 0)
        .map((one) => ({
          type: 'Feature',
          id: one.id,
          properties: {},
          geometry: { type: 'MultiLineString', coordinates: one.earlier },
        })),
    });
  }

  function drawGrid(): void {
    const bounds = map.getBounds();
    const zoom = map.getZoom();
    const [west, east] = [bounds.getWest(), bounds.getEast()];
    const [south, north] = [bounds.getSouth(), bounds.getNorth()];
    const marginLon = (east - west) * 0.5;
    const marginLat = (north - south) * 0.5;
    const grid = gridFor({
      westDeg: west - marginLon,
      eastDeg: east + marginLon,
      southDeg: south - marginLat,
      northDeg: north + marginLat,
      zoom,
    });
    void source('grid').setData(grid.lines);
    options.onView({
      latDeg: map.getCenter().lat,
      zoom,
      gridMetres: grid.metres,
      gridDegrees: grid.degrees,
      bearingDeg: map.getBearing(),
    });
  }

  function putSprites(): void {
    for (const { name, image, pixelRatio } of [...droneSprites(), padSprite()]) {
      if (map.hasImage(name)) map.updateImage(name, image);
      else map.addImage(name, image, { pixelRatio });
    }
  }

  function fitFleet(smooth = true): void {
    const points = [...drawn.values()];
    if (points.length === 0) return;
    const lons = points.map((p) => p.lonDeg);
    const lats = points.map((p) => p.latDeg);
    map.fitBounds(
      [
        [Math.min(...lons), Math.min(...lats)],
        [Math.max(...lons), Math.max(...lats)],
      ],
      {
        padding: Math.min(90, container.clientWidth * 0.15),
        maxZoom: 16.5,
        duration: smooth && !calmMotion() ? EASE_MS : 0,
      },
    );
  }

  function keepInMiddle(): void {
    const id = selectedId();
    const at = id === null ? null : drawn.get(id);
    if (at) map.jumpTo({ center: [at.lonDeg, at.latDeg] });
  }

  /** Brings the chosen drone into sight, moving no more than is needed. */
  function showSelected(): void {
    const id = selectedId();
    const at = id === null ? null : drawn.get(id);
    if (!at) return;
    const { x, y } = map.project([at.lonDeg, at.latDeg]);
    const margin = 40;
    const inside =
      x > margin && y > margin && x < container.clientWidth - margin && y < container.clientHeight - margin;
    if (!inside) map.easeTo({ center: [at.lonDeg, at.latDeg], duration: calmMotion() ? 0 : EASE_MS });
  }

  const stops = [
    fleet.onChange((changed, removed) => {
      for (const id of changed) {
        dirty.add(id);
        takeTrail(id);
      }
      for (const id of removed) {
        gone.add(id);
        trails.delete(id);
        dirtyTrails.add(id);
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
      if (selectedId() !== null) showSelected();
      everything = true;
      schedule();
    }),
  ];
  const slowTimer = setInterval(() => {
    drawTrails();
    chooseSides();
  }, SLOW_MS);

  map.on('move', () =>
    options.onView({
      latDeg: map.getCenter().lat,
      zoom: map.getZoom(),
      gridMetres: null,
      gridDegrees: null,
      bearingDeg: map.getBearing(),
    }),
  );
  map.on('moveend', () => {
    drawGrid();
    chooseSides();
    ground.look();
  });
  map.on('dragstart', () => options.onMovedByHand());
  map.on('mousemove', (event) => options.onPointer({ latDeg: event.lngLat.lat, lonDeg: event.lngLat.lng }));
  map.on('mouseout', () => options.onPointer(null));
  map.on('click', (event) => {
    const { x, y } = event.point;
    const hit = map.queryRenderedFeatures(
      [
        [x - 10, y - 10],
        [x + 10, y + 10],
      ],
      { layers: ['drones', 'labels'] },
    )[0];
    const id: unknown = hit?.properties.id;
    if (typeof id === 'string') go({ view: 'drone', id });
  });
  const hover = (over: boolean) => () => {
    map.getCanvasContainer().dataset.over = over ? 'drone' : '';
  };
  map.on('mouseenter', 'drones', hover(true));
  map.on('mouseleave', 'drones', hover(false));
  const resized = new ResizeObserver(() => map.resize());
  resized.observe(container);

  for (const id of fleet.all().keys()) takeTrail(id);
  drawGrid();
  const firstGround = setTimeout(() => ground.look(), GROUND_AFTER_MS);
  schedule();

  return {
    fitFleet: () => fitFleet(),
    zoomBy: (steps) => map.easeTo({ zoom: map.getZoom() + steps, duration: calmMotion() ? 0 : EASE_MS }),
    northUp: () => map.easeTo({ bearing: 0, duration: calmMotion() ? 0 : EASE_MS }),
    follow(on) {
      following = on;
      if (on) keepInMiddle();
    },
    close() {
      ground.close();
      for (const stop of stops) stop();
      clearInterval(slowTimer);
      clearTimeout(firstGround);
      cancelAnimationFrame(frame);
      resized.disconnect();
      map.remove();
    },
  };
}
