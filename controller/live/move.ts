/** A type only, as in messages.ts. */

/**
 * Where a drone is and how it moves, in short: `freshness`, and the kinds `position` and, from the same instant, `velocity`
 * (left out where there is none). Instants as µs before the message's `serverUtcUs`; `utcUs` as µs after `atUtcUs`.
 */
export type Move = readonly [
  id: string,
  sampledAgoUs: number,
  lastHeardAgoUs: number | null,
  positionAgoUs: number,
  utcAfterUs: number | null,
  latDeg: number | null,
  lonDeg: number | null,
  altAmslM: number | null,
  altRelM: number | null,
  headingDeg: number | null,
  northMps?: number | null,
  eastMps?: number | null,
  downMps?: number | null,
];
