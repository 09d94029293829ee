/** Small distances on WGS 84, by the radii of curvature at the place: exact to a per mille over some kilometres. */
const RAD = Math.PI / 180;
const A = 6_378_137;
const E2 = 0.006_694_38;

export interface Place {
  readonly latDeg: number;
  readonly lonDeg: number;
}

/** Metres per degree of latitude and of longitude. */
export function metresPerDegree(latDeg: number): { readonly lat: number; readonly lon: number } {
  const sin = Math.sin(latDeg * RAD);
  const w = 1 - E2 * sin * sin;
  const normal = A / Math.sqrt(w);
  return { lat: ((normal * (1 - E2)) / w) * RAD, lon: normal * Math.max(0.01, Math.cos(latDeg * RAD)) * RAD };
}

/** The shorter way round. */
const wrapped = (deg: number): number => (deg > 180 ? deg - 360 : deg < -180 ? deg + 360 : deg);

/** From a to b: north and east, m. */
export function stepM(a: Place, b: Place): { readonly northM: number; readonly eastM: number } {
  const per = metresPerDegree(a.latDeg);
  return { northM: (b.latDeg - a.latDeg) * per.lat, eastM: wrapped(b.lonDeg - a.lonDeg) * per.lon };
}

export function movedBy(a: Place, northM: number, eastM: number): Place {
  const per = metresPerDegree(a.latDeg);
  const latDeg = Math.max(-90, Math.min(90, a.latDeg + northM / per.lat));
  return { latDeg, lonDeg: wrapped(a.lonDeg + eastM / per.lon) };
}

/** Height in the standard atmosphere, m; only differences of it mean anything. */
export function pressureAltitudeM(hPa: number): number {
  return 44_330.8 * (1 - (hPa / 1013.25) ** 0.190_263);
}
