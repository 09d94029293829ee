import type { NorthEast } from '../geo.ts';

export type Polygon = readonly NorthEast[];

/** Even and odd crossings of a line to the east. */
export function polygonContains(corners: Polygon, { northM, eastM }: NorthEast): boolean {
  let inside = false;
  let before = corners.at(-1);
  for (const corner of corners) {
    if (before !== undefined && corner.northM > northM !== before.northM > northM) {
      const part = (northM - corner.northM) / (before.northM - corner.northM);
      if (eastM < corner.eastM + (before.eastM - corner.eastM) * part) inside = !inside;
    }
    before = corner;
  }
  return inside;
}
