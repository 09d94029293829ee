/** Where a drone may be that is silent or whose position is not trusted: a ring about the estimate. Pure. */
import { type DroneRecord, stillOf } from '../live/record.ts';
import { circle } from './grid.ts';
import { type Drawn, MOST_FILLED_M } from './reach.ts';

/** A ring under this hides beneath the mark; one over that says only "somewhere", and would cover the map. */
const LEAST_M = 5;
const MOST_M = 30_000;
/** Past this many the oldest are left out: a fleet that was switched off is no news. */
const MOST_RINGS = 200;

export function doubtsOf(records: Iterable<DroneRecord>): Drawn {
  const rings = [];
  for (const record of records) {
    const entry = stillOf(record);
    const estimate = entry.trust?.estimate;
    if (!estimate || estimate.radiusM < LEAST_M || estimate.radiusM > MOST_M) continue;
    rings.push({ id: entry.id, state: entry.trust?.state, ...estimate });
  }
  const shown = rings.sort((a, b) => a.sinceMs - b.sinceMs).slice(0, MOST_RINGS);
  const key = shown.map((one) => `${one.id} ${one.state} ${one.latDeg} ${one.lonDeg} ${one.radiusM}`).join('|');
  const features = shown.map(
    ({ id, state, latDeg, lonDeg, radiusM }): GeoJSON.Feature => ({
      type: 'Feature',
      properties: { id, state, filled: radiusM <= MOST_FILLED_M },
      geometry: { type: 'Polygon', coordinates: [circle(lonDeg, latDeg, radiusM)] },
    }),
  );
  return { key, data: { type: 'FeatureCollection', features } };
}
