/** Metres between two places, flat earth: of use over a few kilometres. */
export interface Spot {
  readonly latDeg: number;
  readonly lonDeg: number;
}

const M_PER_DEG = 111_320;

export function apartM(a: Spot, b: Spot): number {
  const north = (b.latDeg - a.latDeg) * M_PER_DEG;
  const lonDeg = ((b.lonDeg - a.lonDeg + 540) % 360) - 180;
  return Math.hypot(north, lonDeg * M_PER_DEG * Math.cos((a.latDeg * Math.PI) / 180));
}
