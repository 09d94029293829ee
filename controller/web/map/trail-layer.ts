/** The trails on the map: fed from the live stream, begun from history, redrawn only where something moved. */
import type { GeoJSONSource, Map as MapLibre } from 'maplibre-gl';
import type { Fleet } from '../live/fleet.ts';
import { liveOf } from '../live/record.ts';
import { historyOf } from '../shell/route.ts';
import { showLayersOf } from './put.ts';
import { fetchTrack } from './tracks.ts';
import { extend, lineOf, NO_TRAIL, prepend, TRAIL_MS, type Trail } from './trails.ts';

/** Trails of larger fleets begin when the page opens. */
const RECALL_AT_MOST = 60;
const RECALL_POINTS = 200;
/** With more drones in sight their trails are a carpet, and drawing it anew costs more than all else: one sees that of the chosen one. */
const MOST_SHOWN = 300;
/** A fleet of more than so many keeps fewer points of each. */
const LARGE_FLEET = 1000;
const LARGE_APART_MS = 5_000;

export interface TrailLayer {
  /** The drone moved. */
  take(id: string): void;
  drop(id: string): void;
  /** Draws what changed since the last call, of those in sight and of the chosen one. */
  draw(inSight: readonly string[], chosen: string | null): void;
  /** Fetches the minutes before the page was opened, a few drones at a time; once. */
  recall(): void;
  close(): void;
}

export function createTrailLayer(map: MapLibre, fleet: Fleet): TrailLayer {
  const trails = new Map<string, Trail>();
  const dirty = new Set<string>();
  /** They moved since their trail was looked at. */
  const grown = new Set<string>();
  let grownAtMs = 0;
  const shown = new Set<string>();
  const everBroken = new Set<string>();
  const closing = new AbortController();
  let recalled = false;
  const source = (id: string): GeoJSONSource => map.getSource(id) as GeoJSONSource;

  async function recall(): Promise<void> {
    const nowMs = fleet.nowMs.peek();
    if (nowMs === null) return;
    const waiting = [...fleet.all().keys()].slice(0, RECALL_AT_MOST);
    const worker = async (): Promise<void> => {
      for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
        const track = await fetchTrack(id, nowMs - TRAIL_MS, nowMs, RECALL_POINTS, closing.signal).catch(() => null);
        const trail = trails.get(id);
        if (!track || !trail) continue;
        trails.set(id, prepend(trail, track.parts.flat()));
        dirty.add(id);
      }
    };
    await Promise.all([worker(), worker()]);
  }

  /** Takes up its newest position. */
  function grow(id: string): void {
    const record = fleet.all().get(id);
    const value = record && liveOf(record, 'position');
    if (!value || value.values.latDeg === null || value.values.lonDeg === null) return;
    const { lonDeg, latDeg } = value.values;
    const before = trails.get(id) ?? NO_TRAIL;
    const apartMs = fleet.all().size > LARGE_FLEET ? LARGE_APART_MS : undefined;
    const after = extend(before, { lonDeg, latDeg, atMs: (value.utcUs ?? value.atUtcUs) / 1000 }, apartMs);
    if (after === before) return;
    trails.set(id, after);
    dirty.add(id);
  }

  return {
    take(id) {
      // While no picture is drawn the way is noted all the same.
      if (document.hidden) grow(id);
      else grown.add(id);
    },
    drop(id) {
      trails.delete(id);
      dirty.add(id);
    },
    draw(inSight, chosen) {
      const many = inSight.length > MOST_SHOWN;
      const wanted = new Set(many ? (chosen === null ? [] : [chosen]) : inSight);
      const isTurn = fleet.all().size <= LARGE_FLEET || performance.now() - grownAtMs > LARGE_APART_MS / 2;
      if (isTurn) grownAtMs = performance.now();
      for (const id of isTurn ? [...grown] : wanted) if (grown.delete(id)) grow(id);
      // What is not shown is drawn whole as soon as it is; what is no longer shown is taken away.
      const now = [...new Set([...shown, ...wanted])].flatMap((id) => {
        if (wanted.has(id) && shown.has(id) && !dirty.has(id)) return [];
        return [{ id, trail: wanted.has(id) ? (trails.get(id) ?? NO_TRAIL) : NO_TRAIL }];
      });
      dirty.clear();
      shown.clear();
      for (const id of wanted) shown.add(id);
      const seen = historyOf() === null;
      showLayersOf(map, 'trails', seen && shown.size > 0);
      showLayersOf(map, 'trails-earlier', seen && everBroken.size > 0);
      if (now.length === 0) return;
      // A line needs two points; one that has fewer is taken away until it has.
      const [lines, points] = split(now, ({ trail }) => trail.current.length > 1);
      void source('trails').updateData({
        remove: points.map(({ id }) => id),
        add: lines.map(({ id, trail }) => shape(id, { type: 'LineString', coordinates: lineOf(trail.current) })),
      });
      const [broken, whole] = split(now, ({ trail }) => trail.earlier.length > 0);
      const mended = whole.filter(({ id }) => everBroken.delete(id));
      if (broken.length + mended.length === 0) return;
      for (const { id } of broken) everBroken.add(id);
      void source('trails-earlier').updateData({
        remove: mended.map(({ id }) => id),
        add: broken.map(({ id, trail }) =>
          shape(id, { type: 'MultiLineString', coordinates: trail.earlier.map(lineOf) }),
        ),
      });
    },
    recall() {
      if (!recalled) void recall();
      recalled = true;
    },
    close: () => closing.abort(),
  };
}

function shape(id: string, geometry: GeoJSON.Geometry): GeoJSON.Feature {
  return { type: 'Feature', id, properties: {}, geometry };
}

function split<T>(all: readonly T[], is: (one: T) => boolean): [T[], T[]] {
  return [all.filter(is), all.filter((one) => !is(one))];
}
