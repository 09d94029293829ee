/** Bases with their pads, and zones, as features of the map. Pure. */
import type { Spot } from '../shell/json.ts';
import type { BaseAnswer, ZoneAnswer } from './answers.ts';
import { inForce, ZONE_WORDS } from './words.ts';

const at = ({ lonDeg, latDeg }: Spot): GeoJSON.Position => [lonDeg, latDeg];
const all = (features: GeoJSON.Feature[]): GeoJSON.FeatureCollection => ({ type: 'FeatureCollection', features });

export function baseFeatures(bases: readonly BaseAnswer[]): GeoJSON.FeatureCollection {
  return all(
    bases.flatMap((base): GeoJSON.Feature[] => [
      point(base.place, { what: 'base', id: base.id, label: base.name }),
      ...base.pads.map((pad) =>
        point(pad.place, {
          ...{ what: 'pad', id: base.id, label: pad.closed === null ? pad.id : `${pad.id} closed` },
          closed: pad.closed !== null,
        }),
      ),
    ]),
  );
}

/** Those that are over are not drawn; those to come are drawn fainter, and say so. */
export function zoneFeatures(zones: readonly ZoneAnswer[], nowMs: number): GeoJSON.FeatureCollection {
  return all(
    zones.flatMap((zone): GeoJSON.Feature[] => {
      const when = inForce(zone, nowMs);
      const first = zone.ring[0];
      if (when === 'over' || first === undefined) return [];
      const label = `${ZONE_WORDS[zone.kind]}${when === 'later' ? ', later' : ''}\n${zone.name}`;
      const properties = { id: zone.id, kind: zone.kind, later: when === 'later', label };
      const ring = [...zone.ring, first].map(at);
      return [
        {
          type: 'Feature',
          properties: { ...properties, what: 'area' },
          geometry: { type: 'Polygon', coordinates: [ring] },
        },
        point(middleOf(zone.ring), { ...properties, what: 'label' }),
      ];
    }),
  );
}

function point(place: Spot, properties: GeoJSON.GeoJsonProperties): GeoJSON.Feature {
  return { type: 'Feature', properties, geometry: { type: 'Point', coordinates: at(place) } };
}

function middleOf(ring: readonly Spot[]): Spot {
  const lats = ring.map(({ latDeg }) => latDeg);
  const lons = ring.map(({ lonDeg }) => lonDeg);
  return { latDeg: (Math.min(...lats) + Math.max(...lats)) / 2, lonDeg: (Math.min(...lons) + Math.max(...lons)) / 2 };
}
