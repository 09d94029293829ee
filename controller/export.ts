/**
 * Telemetry and events out of a data directory, also while a controller runs on it: CSV (RFC 4180), GeoJSON (RFC 7946),
 * GPX 1.1, JSON lines. Written as it is read, an hour of a drone at a time, so that a year needs no more memory than a day.
 */
import fs from 'node:fs';
import { csvRow, GPX_BEGIN, GPX_END, gpxPoint, TRACK_SILENCE_US, xmlText } from '@skein/protocol/export';
import { formatUtc, parseTime } from '@skein/protocol/time';
import { trackFeature } from './http/index.ts';
import { demandData, type Said, type Tool, UsageError } from './maintenance.ts';
import { type Series, StoreReader } from './store/index.ts';

const HOUR_US = 3600e6;
/** Of one drone and hour, or one track: what memory is for. */
const MAX_POINTS = 2_000_000;
const PAGE = 1000;
const FORMATS = ['csv', 'geojson', 'gpx', 'jsonl'] as const;
type Format = (typeof FORMATS)[number];

interface Asked {
  readonly reader: StoreReader;
  readonly drones: readonly string[];
  readonly fromUtcUs: number;
  readonly toUtcUs: number;
  readonly kind: string;
  readonly put: (text: string) => void;
}

export const exportData: Tool = async (config, own): Promise<Said> => {
  demandData(config);
  const format = own.get('format') ?? 'csv';
  const known = FORMATS.find((one) => one === format);
  if (known === undefined) throw new UsageError(`--format=${format}: write one of ${FORMATS.join(', ')}`);
  const isEvents = own.has('events');
  if (isEvents !== (known === 'jsonl') && !(isEvents && known === 'csv'))
    throw new UsageError(
      isEvents ? '--events come as csv or jsonl' : 'jsonl is for --events; telemetry comes as csv, geojson or gpx',
    );
  const reader = new StoreReader(config.dataDir);
  const out = own.get('out');
  if (out !== undefined && fs.existsSync(out)) throw new UsageError(`${out} is there already: nothing is overwritten`);
  const fd = out === undefined ? 1 : fs.openSync(out, 'wx');
  const asked: Asked = {
    ...{ reader, drones: dronesOf(own.get('drones'), reader), kind: own.get('kind') ?? 'position' },
    ...{ fromUtcUs: timeOf(own, 'from', 0), toUtcUs: timeOf(own, 'to', Date.now() * 1e3) },
    put: (text) => {
      // A pipe takes what it has room for.
      for (let left = Buffer.from(text); left.length > 0; ) left = left.subarray(writeSome(fd, left));
    },
  };
  try {
    if (isEvents) putEvents(asked, known);
    else if (known === 'csv') putCsv(asked);
    else if (known === 'geojson') putGeoJson(asked);
    else putGpx(asked);
  } finally {
    reader.close();
    if (out !== undefined) fs.closeSync(fd);
  }
  return { words: out === undefined ? '' : `${out}: written\n`, code: 0 };
};

function writeSome(fd: number, bytes: Uint8Array): number {
  try {
    return fs.writeSync(fd, bytes);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return 0;
    throw error;
  }
}

function dronesOf(named: string | undefined, reader: StoreReader): readonly string[] {
  const all = reader.drones();
  if (named === undefined || named === 'all') return all;
  const wanted = named.split(',');
  const strange = wanted.filter((id) => !all.includes(id));
  if (strange.length > 0)
    throw new UsageError(
      `--drones: ${strange.join(', ')} was never heard of here; known: ${all.slice(0, 20).join(', ')}`,
    );
  return wanted;
}

function timeOf(own: ReadonlyMap<string, string>, name: string, fallback: number): number {
  const text = own.get(name);
  const utcUs = text === undefined ? fallback : parseTime(text);
  if (utcUs === null) throw new UsageError(`--${name}=${text}: write a time like 2026-11-21T12:00:00Z`);
  return utcUs;
}

/** Hours in which there may be something, oldest first. */
function* hoursOf({ reader, fromUtcUs, toUtcUs, kind }: Asked, drone: string): Generator<Series> {
  // What there is is found with a single point: of ages without telemetry no hour is looked at.
  const { boots } = reader.series({ drone, kind, fromUtcUs, toUtcUs, maxPoints: 1, columns: [] });
  const first = Math.max(fromUtcUs, Math.min(...boots.map((boot) => boot.fromUtcUs)));
  const last = Math.min(toUtcUs, Math.max(...boots.map((boot) => boot.toUtcUs)) + 1);
  for (let at = first; at < last; at += HOUR_US) {
    yield reader.series({ drone, kind, fromUtcUs: at, toUtcUs: Math.min(at + HOUR_US, last), maxPoints: MAX_POINTS });
  }
}

function putCsv(asked: Asked): void {
  let columns: readonly string[] | null = null;
  for (const drone of asked.drones) {
    for (const series of hoursOf(asked, drone)) {
      if (columns === null) {
        columns = Object.keys(series.columns);
        asked.put(csvRow(['time', 'drone', ...columns]));
      }
      const names = columns;
      const lines = series.timesUtcUs.map((utcUs, i) =>
        csvRow([formatUtc(utcUs), drone, ...names.map((name) => series.columns[name]?.[i])]),
      );
      asked.put(lines.join(''));
    }
  }
  if (columns === null) asked.put(csvRow(['time', 'drone']));
}

/** One at a time: each may be all that memory is for. */
function* tracks({ reader, drones, fromUtcUs, toUtcUs }: Asked) {
  for (const drone of drones) {
    const columns = ['latDeg', 'lonDeg', 'altAmslM'];
    const series = reader.series({ drone, kind: 'position', fromUtcUs, toUtcUs, maxPoints: MAX_POINTS, columns });
    if (series.rows > MAX_POINTS)
      throw new UsageError(`${drone}: ${series.rows} positions; a track holds ${MAX_POINTS}: ask for a shorter time`);
    yield trackFeature(drone, series, TRACK_SILENCE_US / 2);
  }
}

function putGeoJson(asked: Asked): void {
  asked.put('{"type":"FeatureCollection","features":[');
  let before = '\n';
  for (const feature of tracks(asked)) {
    asked.put(`${before}${JSON.stringify(feature)}`);
    before = ',\n';
  }
  asked.put('\n]}\n');
}

function putGpx(asked: Asked): void {
  asked.put(GPX_BEGIN);
  for (const { geometry, properties } of tracks(asked)) {
    const isOne = geometry.type === 'LineString';
    const lines = isOne ? [geometry.coordinates] : geometry.coordinates;
    const times = (isOne ? [properties.times] : properties.times) as readonly (readonly string[])[];
    asked.put(`<trk><name>${xmlText(properties.drone)}</name>\n`);
    for (const [s, line] of lines.entries()) {
      const points = line.map(([lon, lat, ele], i) => gpxPoint(lat, lon, ele, times[s]?.[i]));
      asked.put(`<trkseg>\n${points.join('')}</trkseg>\n`);
    }
    asked.put('</trk>\n');
  }
  asked.put(GPX_END);
}

function putEvents({ reader, fromUtcUs, toUtcUs, put }: Asked, format: Format): void {
  const columns = ['id', 'entity', 'version', 'type', 'at', 'by', 'cause', 'stamp', 'data', 'hash'] as const;
  if (format === 'csv') put(csvRow(columns));
  for (let afterId = 0; ; ) {
    const events = reader.events({ afterId, limit: PAGE });
    const wanted = events.filter(({ atUtcUs }) => atUtcUs >= fromUtcUs && atUtcUs < toUtcUs);
    const shown = wanted.map(({ atUtcUs, by, ...rest }) => ({ ...rest, at: formatUtc(atUtcUs), by }));
    const lines = shown.map((one) => {
      if (format === 'jsonl') return `${JSON.stringify(one)}\n`;
      const named = { ...one, by: one.by === null ? null : `${one.by.kind} ${one.by.name}` };
      return csvRow(columns.map((column) => named[column]));
    });
    put(lines.join(''));
    const last = events.at(-1);
    if (last === undefined) return;
    afterId = last.id;
  }
}
