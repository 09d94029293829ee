/**
 * The map itself. Loaded on its own, after list and bar are on screen.
 *
 *   fleet.onChange ─► dirty ids ─┐              ┌─ marks         all drones, a layer of our own (marks-layer.ts)
 *   250 ms tick ─────────────────┼─► pace ─► frame ─ reach, doubt  when they change
 *   selection ───────────────────┘              └─ notes         names and rings of those that have any
 *                                                  trails, label sides, pads: twice a second
 */
import { effect } from '@preact/signals';
import type { Fleet } from '../live/fleet.ts';
import { go, selectedId } from '../shell/route.ts';
import { theme } from '../shell/theme.ts';
import { keepAround } from './around.ts';
import { keepBusiness } from './business.ts';
import { createCamera } from './camera.ts';
import { keepEditor } from './editor.ts';
import { drawGrid } from './grid-layer.ts';
import { keepGround } from './ground.ts';
import { keepStreets } from './keep-streets.ts';
import type { Side } from './labels.ts';
import { repaint } from './map-style.ts';
import { Marks } from './marks.ts';
import { addMarksLayer, viewOf } from './marks-layer.ts';
import { keepNotes } from './notes-layer.ts';
import { keepPace } from './pace.ts';
import { pickAt } from './picking.ts';
import { keepRoute } from './route-layer.ts';
import { chooseSides } from './sides.ts';
import { droneAtlas, droneSprites, padSprite } from './sprites.ts';
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
/** With more drones in sight one is so far from it that in half a second none moves by a pixel: names follow as slowly. */
const MANY = 300;
const SELDOM_MS = 1_000;
/** From the middle of a mark. */
const TOUCH_PX = 20;

export interface FleetMapOptions {
  readonly fleet: Fleet;
  readonly container: HTMLElement;
  readonly onView: (view: MapView) => void;
  readonly onPointer: (at: { readonly latDeg: number; readonly lonDeg: number } | null) => void;
  /** The operator moved the map by hand: following ends. */
  readonly onMovedByHand: () => void;
  /** The browser took the drawing away (its graphics process ended, too many maps): this map is over. */
  readonly onLost: () => void;
  /** Where to look at first; null: at the fleet. */
  readonly at: MapView | null;
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
  const map = await startMap(container, options.at);
  const marks = new Marks();
  const paintMarks = addMarksLayer(map, marks);
  const notes = keepNotes(map, fleet);
  keepPace(map);
  const ground = keepGround(map);
  const camera = createCamera(map, container);
  const trails = createTrailLayer(map, fleet);
  const editor = keepEditor(map);
  const business = keepBusiness(map, fleet, camera);
  const dirty = new Set<string>(fleet.all().keys());
  const around = keepAround(map, fleet);
  let sides = new Map<string, Side>();
  let near: readonly string[] = [];
  const gone = new Set<string>();
  let frame = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let drawnAtMs = 0;
  /** 0: it must be done with the next picture. */
  let slowAtMs = 0;
  /** Until someone takes hold of the map it keeps the whole fleet in view as drones report in. */
  let untouched = options.at === null;
  let following = false;
  /** It was chosen and the map not moved by hand since: whatever opens beside the map, it stays in sight. */
  let shown: string | null = null;
  let over = false;

  /** Before the next frame, but not more often than positions come: every change makes the map draw all of itself. */
  function schedule(): void {
    if (timer !== undefined || frame !== 0 || over) return;
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
    const nowMs = fleet.nowMs.peek();
    const records = fleet.all();
    const chosen = selectedId();
    let appeared = false;
    for (const id of dirty) {
      const record = records.get(id);
      if (record === undefined) continue;
      appeared = marks.take(record) || appeared;
    }
    for (const id of gone) {
      // It may have come back since.
      if (records.has(id)) continue;
      marks.drop(id);
    }
    const moved = dirty.size + gone.size > 0;
    dirty.clear();
    gone.clear();
    if (marks.age(nowMs, fleet.limits.peek(), chosen) || moved) {
      map.triggerRepaint();
      container.dataset.toldMs = `${fleet.toldMs}`;
    }
    const slowly = drawnAtMs - slowAtMs >= (near.length > MANY ? SELDOM_MS : SLOW_MS);
    if (slowly) {
      slowAtMs = drawnAtMs;
      lookAround();
      trails.draw(near, chosen);
      around.drawSlowly();
    }
    if (slowly || near.length <= MANY) notes.draw(sides, near);
    around.draw(nowMs);
    if (appeared && untouched) {
      camera.fit([...marks.values()], false);
      trails.recall();
    }
    const followed = following && chosen !== null ? marks.get(chosen) : undefined;
    if (followed) camera.middle(followed);
  }

  function lookAround(): void {
    ({ sides, near } = chooseSides(map, fleet, marks, sides));
  }

  function lookAtGrid(): void {
    const { metres, degrees } = drawGrid(map);
    tellView(metres, degrees);
  }

  function tellView(gridMetres: number | null, gridDegrees: number | null): void {
    const { lat: latDeg, lng: lonDeg } = map.getCenter();
    const view = { latDeg, lonDeg, zoom: map.getZoom(), bearingDeg: map.getBearing(), chosen: !untouched };
    options.onView({ ...view, gridMetres, gridDegrees });
  }

  function showChosen(): void {
    const place = shown === null ? undefined : marks.get(shown);
    if (place) camera.show(place);
  }

  function putSprites(): void {
    const atlas = droneAtlas();
    paintMarks(atlas);
    for (const { name, image, pixelRatio } of [...droneSprites(atlas), padSprite()]) {
      if (map.hasImage(name)) map.updateImage(name, image);
      else map.addImage(name, image, { pixelRatio });
    }
  }

  function droneAt(x: number, y: number): string | null {
    const mark = marks.at(viewOf(map), x, y, TOUCH_PX);
    if (mark !== null) return mark;
    const id: unknown = map.queryRenderedFeatures([x, y], { layers: ['labels'] })[0]?.properties.id;
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
      schedule();
    }),
    effect(() => {
      void theme.value;
      putSprites();
      repaint((layer, property, value) => map.setPaintProperty(layer, property as never, value as never));
    }),
    effect(() => {
      shown = selectedId();
      showChosen();
      slowAtMs = 0;
      schedule();
    }),
    keepTrack(map, fleet),
    keepRoute(map, fleet),
    keepTarget(map, fleet),
    keepStreets(map),
  ];

  map.on('move', () => tellView(null, null));
  map.on('moveend', () => {
    lookAtGrid();
    slowAtMs = 0;
    schedule();
    ground.look();
  });
  map.on('movestart', (event) => {
    // By hand, or to a past that somebody looks at (history/replay-layer.ts).
    if (!event.originalEvent && !('past' in event)) return;
    untouched = false;
    shown = null;
  });
  map.on('webglcontextlost', () => {
    over = true;
    options.onLost();
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
  const resized = new ResizeObserver(() => {
    map.resize();
    showChosen();
  });
  resized.observe(container);

  for (const id of fleet.all().keys()) trails.take(id);
  lookAtGrid();
  const firstGround = setTimeout(() => ground.look(), GROUND_AFTER_MS);
  schedule();

  return {
    fitFleet: () => camera.fit([...marks.values()], true),
    zoomBy(steps) {
      untouched = false;
      shown = null;
      camera.zoomBy(steps);
    },
    northUp: () => camera.northUp(),
    follow(on) {
      following = on;
      schedule();
    },
    close() {
      over = true;
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
