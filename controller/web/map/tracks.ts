/** Where a drone was before this page was opened: `track.geojson` of the controller, as points. */
import type { TrailPoint } from './trails.ts';

interface TrackAnswer {
  readonly geometry:
    | { readonly type: 'LineString'; readonly coordinates: readonly (readonly number[])[] }
    | { readonly type: 'MultiLineString'; readonly coordinates: readonly (readonly (readonly number[])[])[] };
  readonly properties: { readonly times: readonly string[] | readonly (readonly string[])[] };
}

export interface Track {
  /** Unbroken parts, oldest first. */
  readonly parts: readonly (readonly TrailPoint[])[];
}

export async function fetchTrack(
  drone: string,
  fromMs: number,
  toMs: number,
  maxPoints: number,
  signal: AbortSignal,
): Promise<Track> {
  const asked = new URLSearchParams({
    from: String(Math.floor(fromMs)),
    to: String(Math.ceil(toMs)),
    maxPoints: String(maxPoints),
  });
  const response = await fetch(`/api/v1/drones/${drone}/track.geojson?${asked}`, { signal });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return readTrack((await response.json()) as TrackAnswer);
}

export function readTrack({ geometry, properties }: TrackAnswer): Track {
  const lines = geometry.type === 'LineString' ? [geometry.coordinates] : geometry.coordinates;
  const times = (
    geometry.type === 'LineString' ? [properties.times] : properties.times
  ) as readonly (readonly string[])[];
  return {
    parts: lines.map((line, i) =>
      line
        .map(([lonDeg = 0, latDeg = 0], j) => ({ lonDeg, latDeg, atMs: Date.parse(times[i]?.[j] ?? '') }))
        .filter((point) => Number.isFinite(point.atMs)),
    ),
  };
}
