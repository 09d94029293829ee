/** Itineraries from files and to files, by the same readers and writers the controller has. Pure. */
import {
  type Flavour,
  type Itinerary,
  type ReadFile,
  readGeojson,
  readPlan,
  readWpl,
  type Written,
  writeGeojson,
  writePlan,
  writeWpl,
} from '@skein/protocol/fleet';

export const FILE_FORMATS = ['json', 'plan', 'waypoints', 'geojson'] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];
export const FORMAT_WORDS: Readonly<Record<FileFormat, string>> = {
  json: 'Skein JSON',
  plan: 'QGroundControl .plan',
  waypoints: 'QGC WPL 110',
  geojson: 'GeoJSON',
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An id that the file's name gives: letters, digits, `.`, `_`, `-`. */
export function idOf(fileName: string): string {
  const id = fileName
    .replace(/\.[^.]*$/, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 64);
  return id === '' ? 'imported' : id;
}

/** What a file holds, whatever of the formats it is. `heightReference`: what a GeoJSON's heights count from. */
export function readFile(text: string, fileName: string, heightReference: string | null): ReadFile {
  const about = { id: idOf(fileName), version: 1 };
  if (text.startsWith('QGC WPL')) return readWpl(text, about);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refused('neither JSON nor "QGC WPL 110"');
  }
  if (!isObject(value)) return refused('not an itinerary');
  if (value.fileType === 'Plan') return readPlan(value, about);
  if (value.type === 'FeatureCollection') return readGeojson(value, about, heightReference);
  if (Array.isArray(value.items)) {
    return { ok: true, itinerary: { ...about, ...value } as unknown as Itinerary, notes: [] };
  }
  return refused('neither Skein JSON, nor a .plan, nor GeoJSON');
}

function refused(words: string): ReadFile {
  return { ok: false, refusals: [{ item: null, rule: 'format', value: null, limit: null, words }] };
}

/** A mission is compiled for one make of autopilot. */
export function writeFile(plan: Itinerary, format: FileFormat, flavour: Flavour): Written {
  switch (format) {
    case 'plan':
      return writePlan(plan, { flavour });
    case 'waypoints':
      return writeWpl(plan, { flavour });
    case 'geojson':
      return writeGeojson(plan);
    default:
      return { text: `${JSON.stringify(plan, null, 2)}\n`, leftOut: [] };
  }
}
