/** What of the world the map shows, for scale and buttons around it. */
export interface MapView {
  readonly latDeg: number;
  readonly lonDeg: number;
  readonly zoom: number;
  readonly gridMetres: number | null;
  readonly gridDegrees: number | null;
  readonly bearingDeg: number;
  /** Somebody looks there: it no longer keeps the whole fleet in view. */
  readonly chosen: boolean;
}
