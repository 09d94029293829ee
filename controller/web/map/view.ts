/** What of the world the map shows, for scale and buttons around it. */
export interface MapView {
  readonly latDeg: number;
  readonly zoom: number;
  readonly gridMetres: number | null;
  readonly gridDegrees: number | null;
  readonly bearingDeg: number;
}
