/** Bases, zones, weather and ground stops, wired to their documents. */
import type { Base, GroundStop, Weather, Zone } from '@skein/protocol/fleet/places';
import { ulidMaker } from './commands/index.ts';
import type { AllRecords } from './compose-records.ts';
import type { PlacePort } from './http/index.ts';
import { type Kept, Places, type PlacesOptions, readZones, writeZones } from './places/index.ts';
import { systemTimers } from './timers.ts';

export interface PlacesWiring {
  readonly records: AllRecords;
  readonly clock: { utcUs(): number };
  readonly random: () => number;
  readonly onChange: () => void;
}

const TICK_MS = 60_000;

/** Names that people choose come again: all of them stay in memory. */
const ALL = { closedKept: Number.POSITIVE_INFINITY } as const;

export function makePlaces({ records, clock, random, onChange }: PlacesWiring) {
  const places = new Places({
    bases: records.of<Base>('base', ALL) as Kept<Base>,
    zones: records.of<Zone>('zone', ALL) as Kept<Zone>,
    weather: records.of<Weather>('weather', ALL) as Kept<Weather>,
    stops: records.of<GroundStop>('stop') as unknown as PlacesOptions['stops'],
    ...{ clock, onChange, newId: ulidMaker(random) },
  });
  let stop = (): void => {};
  const operator = (name: string) => ({ kind: 'operator', name }) as const;
  const port: PlacePort = {
    list: (kind) => places.list(kind),
    get: (kind, id) => places.get(kind, id),
    // The route has checked its shape.
    put: (kind, id, doc, by) => places.put(kind, id, doc as never, operator(by)),
    remove: (kind, id, by) => places.remove(kind, id, operator(by)),
    zonesAsGeojson: () => writeZones(places.list('zones')),
    async putZones(geojson, by) {
      const read = readZones(geojson);
      if (!read.ok) return { ok: false, code: 'bad-place', detail: read.detail };
      return places.putZones(read.zones, operator(by));
    },
    stops: () => places.stops(),
    stop: (asked, by, key) => places.stop(asked, operator(by), key),
    lift: (id, by) => places.lift(id, operator(by)),
  };
  const start = (): void => {
    stop = systemTimers.every(TICK_MS, () => places.tick());
  };
  return { places, port, start, close: () => stop() };
}
