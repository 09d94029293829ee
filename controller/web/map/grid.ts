/**
 * The lines that give an empty map its scale: a metre grid close up, a graticule from afar. Pure.
 *
 * The metre grid is exact in latitude; in longitude it is laid out for the middle of the degree band it is in, so it
 * stays put while the map is panned and is off by less than 1.5 % of its spacing below 60° of latitude.
 */
const METRES_PER_DEGREE = 111_319.49;
const EARTH_M = 40_075_016.686;
const TILE_PX = 512;

export interface View {
  readonly westDeg: number;
  readonly southDeg: number;
  readonly eastDeg: number;
  readonly northDeg: number;
  readonly zoom: number;
}

export interface Grid {
  /** Spacing in metres, or in degrees where that reads better. */
  readonly metres: number | null;
  readonly degrees: number | null;
  readonly lines: GeoJSON.FeatureCollection<GeoJSON.LineString, { major: boolean }>;
}

/** Metres one screen pixel covers at this latitude. */
export function metresPerPixel(latDeg: number, zoom: number): number {
  return (EARTH_M * Math.cos((latDeg * Math.PI) / 180)) / (TILE_PX * 2 ** zoom);
}

/** The nearest of 1, 2, 5 × 10ⁿ at or above (`up`) or below. */
export function roundNumber(value: number, up: boolean): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const steps = up ? [1, 2, 5, 10] : [5, 2, 1];
  const step = up
    ? steps.find((s) => s * power >= value * 0.999_999)
    : steps.find((s) => s * power <= value * 1.000_001);
  return (step ?? 1) * power;
}

const DEGREE_STEPS = [0.5, 1, 2, 5, 10, 15, 30];
const MAX_LINES = 200;

export function gridFor(view: View, spacingPx = 90): Grid {
  const middleDeg = (view.southDeg + view.northDeg) / 2;
  const wantedM = metresPerPixel(middleDeg, view.zoom) * spacingPx;
  if (wantedM <= 20_000) {
    const metres = roundNumber(wantedM, true);
    const stepLat = metres / METRES_PER_DEGREE;
    const bandDeg = Math.floor(middleDeg) + 0.5;
    const stepLon = metres / (METRES_PER_DEGREE * Math.cos((bandDeg * Math.PI) / 180));
    return { metres, degrees: null, lines: lines(view, stepLat, stepLon, 5) };
  }
  const wantedDeg = wantedM / METRES_PER_DEGREE;
  const degrees = DEGREE_STEPS.find((step) => step >= wantedDeg) ?? 30;
  return { metres: null, degrees, lines: lines(view, degrees, degrees, 0) };
}

function lines(view: View, stepLat: number, stepLon: number, majorEvery: number): Grid['lines'] {
  const features: Grid['lines']['features'] = [];
  const south = Math.max(-85, view.southDeg);
  const north = Math.min(85, view.northDeg);
  const add = (coordinates: [number, number][], k: number): void => {
    const major = majorEvery > 0 && k % majorEvery === 0;
    features.push({ type: 'Feature', properties: { major }, geometry: { type: 'LineString', coordinates } });
  };
  const firstLat = Math.ceil(south / stepLat);
  for (let k = firstLat; k * stepLat <= north && k - firstLat < MAX_LINES; k += 1) {
    add(
      [
        [view.westDeg, k * stepLat],
        [view.eastDeg, k * stepLat],
      ],
      k,
    );
  }
  const firstLon = Math.ceil(view.westDeg / stepLon);
  for (let k = firstLon; k * stepLon <= view.eastDeg && k - firstLon < MAX_LINES; k += 1) {
    add(
      [
        [k * stepLon, south],
        [k * stepLon, north],
      ],
      k,
    );
  }
  return { type: 'FeatureCollection', features };
}

/** A scale bar of a round length, at most `maxPx` long. */
export function scaleBar(latDeg: number, zoom: number, maxPx = 110): { readonly metres: number; readonly px: number } {
  const perPx = metresPerPixel(latDeg, zoom);
  const metres = roundNumber(perPx * maxPx, false);
  return { metres, px: Math.round(metres / perPx) };
}

/** A circle on the ground as a ring of 48 corners. */
export function circle(lonDeg: number, latDeg: number, radiusM: number): [number, number][] {
  const stepLat = radiusM / METRES_PER_DEGREE;
  const stepLon = stepLat / Math.max(0.01, Math.cos((latDeg * Math.PI) / 180));
  return Array.from({ length: 49 }, (_, i) => {
    const angle = (i / 48) * 2 * Math.PI;
    return [lonDeg + stepLon * Math.sin(angle), latDeg + stepLat * Math.cos(angle)];
  });
}

/** Metres between two points, good to 0.5 % over the distances drones fly. */
export function metresBetween(aLon: number, aLat: number, bLon: number, bLat: number): number {
  const north = (bLat - aLat) * METRES_PER_DEGREE;
  const east = (bLon - aLon) * METRES_PER_DEGREE * Math.cos((((aLat + bLat) / 2) * Math.PI) / 180);
  return Math.hypot(north, east);
}
