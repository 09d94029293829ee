/** What is drawn about drones: reach and way home of the one looked at, rings of those in doubt, pads. */
import type { Map as MapLibre } from 'maplibre-gl';
import type { Fleet } from '../live/fleet.ts';
import { valuesOf } from '../live/record.ts';
import { selectedId } from '../shell/route.ts';
import { doubtsOf } from './doubt.ts';
import { EMPTY } from './map-style.ts';
import { keepHomes } from './pads.ts';
import { put } from './put.ts';
import { type Drawn, reachOf } from './reach.ts';

export interface Around {
  draw(nowMs: number | null): void;
  /** What seldom changes, and takes a look at every drone. */
  drawSlowly(): void;
}

export function keepAround(map: MapLibre, fleet: Fleet): Around {
  const keys = new Map<string, string>();
  const homes = keepHomes();

  function putNew(source: string, { key, data }: Drawn): void {
    if (keys.get(source) === key) return;
    keys.set(source, key);
    put(map, source, data);
  }

  return {
    draw(nowMs) {
      const id = selectedId();
      const record = id === null ? null : fleet.all().get(id);
      putNew('reach', record ? reachOf(record, nowMs, fleet.limits.peek()) : { key: '', data: EMPTY });
    },
    drawSlowly() {
      const records = fleet.all();
      putNew('doubt', doubtsOf(records.values()));
      for (const [id, record] of records) homes.take(id, valuesOf(record, 'home'));
      const pads = homes.pads((id) => records.has(id));
      if (pads !== null) putNew('pads', pads);
    },
  };
}
