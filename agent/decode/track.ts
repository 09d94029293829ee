/**
 * The way flown as GeoJSON (RFC 7946), GPX 1.1 and KML 2.2, as the controller exports it: broken where nothing was heard
 * for long; altitudes above mean sea level; a time for each point.
 */
import {
  ALTITUDES,
  GPX_BEGIN,
  GPX_END,
  gpxPoint,
  KML_BEGIN,
  KML_END,
  kmlPoint,
  kmlTime,
  TRACK_SILENCE_US,
  xmlText,
} from '@skein/protocol/export';
import type { Sample } from '@skein/protocol/telemetry';
import { formatUtc } from '@skein/protocol/time';

/** Four days at five a second; 64 MB. The formats want what is known of a way together. */
export const MAX_POINTS = 2_000_000;
const BLOCK = 16_384;
const FIELDS = 4;
/** Lines gathered before they are given on. */
const LINES = 512;

export const TRACK_FORMATS = ['geojson', 'kml', 'gpx'] as const;
export type TrackFormat = (typeof TRACK_FORMATS)[number];

interface Span {
  readonly from: number;
  to: number;
}

export class Track {
  /** Latitude, longitude, altitude (NaN: not known), time of each point. */
  readonly #blocks: Float64Array[] = [];
  readonly #spans: Span[] = [];
  #points = 0;
  /** Positions heard, with a place or without. */
  rows = 0;
  #lastUs: number | null = null;
  /** There were more points than fit. */
  full = false;

  take(sample: Sample): void {
    if (sample.kind !== 'position') return;
    this.rows++;
    const { latDeg, lonDeg, altAmslM } = sample.values;
    if (latDeg === null || lonDeg === null) return;
    if (this.#points === MAX_POINTS) {
      this.full = true;
      return;
    }
    const span = this.#spans.at(-1);
    // A clock that was set back begins a new one: programs that read ways want times that rise.
    const since = this.#lastUs === null ? Number.NaN : sample.monoUs - this.#lastUs;
    if (span === undefined || !(since >= 0 && since <= TRACK_SILENCE_US)) {
      this.#spans.push({ from: this.#points, to: this.#points + 1 });
    } else span.to = this.#points + 1;
    this.#lastUs = sample.monoUs;
    const at = this.#points++ % BLOCK;
    if (at === 0) this.#blocks.push(new Float64Array(BLOCK * FIELDS));
    this.#blocks.at(-1)?.set([latDeg, lonDeg, altAmslM ?? Number.NaN, sample.monoUs], at * FIELDS);
  }

  get points(): number {
    return this.#points;
  }

  #point(n: number): { readonly latDeg: number; readonly lonDeg: number; readonly altAmslM?: number; time: string } {
    const block = this.#blocks[Math.floor(n / BLOCK)];
    const at = (n % BLOCK) * FIELDS;
    const [latDeg = 0, lonDeg = 0, alt = Number.NaN, utcUs = 0] = block?.subarray(at, at + FIELDS) ?? [];
    return { latDeg, lonDeg, ...(Number.isNaN(alt) ? {} : { altAmslM: alt }), time: formatUtc(utcUs) };
  }

  /** A line needs two ends. */
  #lines(): Span[] {
    return this.#spans.filter(({ from, to }) => to - from > 1);
  }

  *write(format: TrackFormat, drone: string): Generator<string> {
    if (format === 'geojson') yield* this.#geojson(drone);
    else if (format === 'gpx') yield* this.#gpx(drone);
    else yield* this.#kml(drone);
  }

  *#each({ from, to }: Span, text: (n: number) => string): Generator<string> {
    for (let n = from; n < to; n += LINES) {
      let part = '';
      for (let i = n; i < Math.min(to, n + LINES); i++) part += text(i);
      yield part;
    }
  }

  *#gpx(drone: string): Generator<string> {
    yield `${GPX_BEGIN}<trk><name>${xmlText(drone)}</name>\n`;
    for (const span of this.#lines()) {
      yield '<trkseg>\n';
      yield* this.#each(span, (n) => {
        const { latDeg, lonDeg, altAmslM, time } = this.#point(n);
        return gpxPoint(latDeg, lonDeg, altAmslM, time);
      });
      yield '</trkseg>\n';
    }
    yield `</trk>\n${GPX_END}`;
  }

  *#kml(drone: string): Generator<string> {
    yield `${KML_BEGIN}<name>${xmlText(drone)}</name>\n<Placemark><name>${xmlText(drone)}</name>\n<gx:MultiTrack>\n<altitudeMode>absolute</altitudeMode>\n`;
    for (const span of this.#lines()) {
      yield '<gx:Track>\n<altitudeMode>absolute</altitudeMode>\n';
      yield* this.#each(span, (n) => kmlTime(this.#point(n).time));
      yield* this.#each(span, (n) => {
        const { latDeg, lonDeg, altAmslM } = this.#point(n);
        return kmlPoint(latDeg, lonDeg, altAmslM);
      });
      yield '</gx:Track>\n';
    }
    yield `</gx:MultiTrack>\n</Placemark>\n${KML_END}`;
  }

  *#geojson(drone: string): Generator<string> {
    const lines = this.#lines();
    const isOne = lines.length === 1;
    yield '{"type":"FeatureCollection","features":[\n{"type":"Feature","geometry":';
    yield `{"type":"${isOne ? 'LineString' : 'MultiLineString'}","coordinates":`;
    yield* this.#lists(lines, isOne, (n) => {
      const { latDeg, lonDeg, altAmslM } = this.#point(n);
      return JSON.stringify(altAmslM === undefined ? [lonDeg, latDeg] : [lonDeg, latDeg, altAmslM]);
    });
    yield `},"properties":{"drone":${JSON.stringify(drone)},"times":`;
    yield* this.#lists(lines, isOne, (n) => JSON.stringify(this.#point(n).time));
    yield `,"altitudes":${JSON.stringify(ALTITUDES)},"gaps":[],"filledLater":[],"rows":${this.rows}}}\n]}\n`;
  }

  *#lists(lines: readonly Span[], isOne: boolean, text: (n: number) => string): Generator<string> {
    if (!isOne) yield '[';
    for (const [i, span] of lines.entries()) {
      yield i > 0 ? ',[' : '[';
      yield* this.#each(span, (n) => (n === span.from ? text(n) : `,${text(n)}`));
      yield ']';
    }
    if (!isOne) yield ']';
  }
}
