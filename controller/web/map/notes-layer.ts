/** What is written and drawn about marks: names, the ring of the chosen one, rings of uncertainty. Of a large fleet few have any. */
import type { GeoJSONSource, Map as MapLibre } from 'maplibre-gl';
import type { Fleet } from '../live/fleet.ts';
import { selectedId } from '../shell/route.ts';
import { noteOf } from './drone-notes.ts';
import type { Side } from './labels.ts';
import { uncertaintyM } from './uncertainty.ts';

export interface Notes {
  /** Those there should be, as they are now. */
  draw(sides: ReadonlyMap<string, Side>, inSight: readonly string[]): void;
}

export function keepNotes(map: MapLibre, fleet: Fleet): Notes {
  let drawn = '';
  return {
    draw(sides, inSight) {
      const chosen = selectedId();
      const features: GeoJSON.Feature[] = [];
      const nowMs = fleet.nowMs.peek();
      const rings = inSight.filter((id) => {
        const record = fleet.all().get(id);
        return record && uncertaintyM(record, nowMs) > 0;
      });
      for (const id of new Set([...sides.keys(), ...rings, ...(chosen === null ? [] : [chosen])])) {
        const record = fleet.all().get(id);
        const note = record ? noteOf(record, nowMs, fleet.limits.peek(), id === chosen, sides.get(id) ?? 'none') : null;
        if (note) features.push(note);
      }
      const key = JSON.stringify(features);
      if (key === drawn) return;
      drawn = key;
      void (map.getSource('notes') as GeoJSONSource).setData({ type: 'FeatureCollection', features });
    },
  };
}
