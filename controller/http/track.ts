/** A drone's way as GeoJSON (RFC 7946): lines broken where something is missing. */
import { ALTITUDES, TRACK_SILENCE_US } from '@skein/protocol/export';
import { formatUtc } from '@skein/protocol/time';
import type { SeriesAnswer } from './ports.ts';

type Point = readonly [number, number] | readonly [number, number, number];

interface Segment {
  readonly coordinates: Point[];
  readonly times: string[];
}

export interface TrackFeature {
  readonly type: 'Feature';
  readonly geometry:
    | { readonly type: 'LineString'; readonly coordinates: readonly Point[] }
    | { readonly type: 'MultiLineString'; readonly coordinates: readonly (readonly Point[])[] };
  readonly properties: {
    readonly drone: string;
    /** Like the coordinates: a list, or a list of lists. */
    readonly times: readonly string[] | readonly (readonly string[])[];
    readonly altitudes: typeof ALTITUDES;
    readonly gaps: readonly { readonly from: string; readonly to: string; readonly reason: string }[];
    readonly filledLater: readonly { readonly from: string; readonly to: string }[];
    readonly rows: number;
  };
}

/** `bucketUs`: how far apart down-sampled points may lie without anything being missing. */
export function trackFeature(drone: string, series: SeriesAnswer, bucketUs: number): TrackFeature {
  const segments = segmentsOf(series, Math.max(TRACK_SILENCE_US, 2 * bucketUs)).filter(
    (one) => one.coordinates.length > 1,
  );
  const [only] = segments;
  const single = segments.length === 1 && only !== undefined;
  const span = (one: { fromUtcUs: number; toUtcUs: number }) => ({
    from: formatUtc(one.fromUtcUs),
    to: formatUtc(one.toUtcUs),
  });
  return {
    type: 'Feature',
    geometry: single
      ? { type: 'LineString', coordinates: only.coordinates }
      : { type: 'MultiLineString', coordinates: segments.map((one) => one.coordinates) },
    properties: {
      drone,
      times: single ? only.times : segments.map((one) => one.times),
      altitudes: ALTITUDES,
      gaps: series.gaps.map((gap) => ({ ...span(gap), reason: gap.reason })),
      filledLater: series.filledLater.map(span),
      rows: series.rows,
    },
  };
}

function segmentsOf(series: SeriesAnswer, silenceUs: number): Segment[] {
  const { latDeg = [], lonDeg = [], altAmslM = [] } = series.columns;
  const segments: Segment[] = [];
  let beforeUs: number | null = null;
  series.timesUtcUs.forEach((utcUs, i) => {
    const [lat, lon, alt] = [latDeg[i], lonDeg[i], altAmslM[i]];
    if (typeof lat !== 'number' || typeof lon !== 'number') return;
    const last = segments.at(-1);
    const joined = last !== undefined && beforeUs !== null && utcUs - beforeUs <= silenceUs;
    const into =
      joined && !series.gaps.some((gap) => isBetween(gap, beforeUs ?? 0, utcUs)) ? last : newSegment(segments);
    into.coordinates.push(typeof alt === 'number' ? [lon, lat, alt] : [lon, lat]);
    into.times.push(formatUtc(utcUs));
    beforeUs = utcUs;
  });
  return segments;
}

function newSegment(segments: Segment[]): Segment {
  const segment: Segment = { coordinates: [], times: [] };
  segments.push(segment);
  return segment;
}

function isBetween(gap: { fromUtcUs: number; toUtcUs: number }, afterUs: number, beforeUs: number): boolean {
  return gap.fromUtcUs < beforeUs && gap.toUtcUs > afterUs;
}
