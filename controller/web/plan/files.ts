/** Itineraries from files and to files. The controller reads and writes the formats of others; Skein's own is written here. */
import type { Flavour, Itinerary } from '@skein/protocol/fleet';
import { type Asked, ask, type SendPorts } from '../shell/ask.ts';
import { objectOf, textOf, textsOf } from '../shell/json.ts';
import { itineraryOf, refusalsOf } from './answers.ts';

export const FILE_FORMATS = ['json', 'plan', 'waypoints', 'geojson'] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];
export const FORMAT_WORDS: Readonly<Record<FileFormat, string>> = {
  json: 'Skein JSON',
  plan: 'QGroundControl .plan',
  waypoints: 'QGC WPL 110',
  geojson: 'GeoJSON',
};
/** What the controller takes. */
const MOST_BYTES = 524_288;

/** Why it was not done, each reason by itself. */
export interface Refused {
  readonly ok: false;
  readonly reasons: readonly string[];
}
export type ReadFile =
  | { readonly ok: true; readonly itinerary: Itinerary; readonly notes: readonly string[] }
  | Refused;
export type Written = { readonly ok: true; readonly text: string; readonly leftOut: readonly string[] } | Refused;

/** An id that the file's name gives: letters, digits, `.`, `_`, `-`. */
export function idOf(fileName: string): string {
  const id = fileName
    .replace(/\.[^.]*$/, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 64);
  return id === '' ? 'imported' : id;
}

/** What a file holds, whatever of the formats it is. `heightReference`: what a GeoJSON's heights count from, or empty. */
export async function readFile(
  file: Pick<File, 'name' | 'size' | 'text'>,
  heightReference: string,
  ports?: SendPorts,
): Promise<ReadFile> {
  if (file.size > MOST_BYTES) return { ok: false, reasons: ['It is larger than 512 kB.'] };
  const query = new URLSearchParams({ id: idOf(file.name), ...(heightReference === '' ? {} : { heightReference }) });
  const asked = await ask(`/api/v1/itineraries/read?${query}`, { body: await file.text() }, ports);
  const value = objectOf(asked.ok ? asked.value : null);
  const itinerary = itineraryOf(value);
  return itinerary === null ? refused(asked) : { ok: true, itinerary, notes: textsOf(value.notes) };
}

/** A mission is compiled for one make of autopilot. */
export async function writeFile(
  plan: Itinerary,
  format: FileFormat,
  flavour: Flavour,
  ports?: SendPorts,
): Promise<Written> {
  if (format === 'json') return { ok: true, text: `${JSON.stringify(plan, null, 2)}\n`, leftOut: [] };
  const query = `format=${format === 'waypoints' ? 'wpl' : format}&flavour=${flavour}`;
  const asked = await ask(`/api/v1/itineraries/write?${query}`, { body: plan }, ports);
  const value = objectOf(asked.ok ? asked.value : null);
  const text = textOf(value.text);
  return text === null ? refused(asked) : { ok: true, text, leftOut: textsOf(value.leftOut) };
}

function refused(asked: Asked<unknown>): Refused {
  if (asked.ok) return { ok: false, reasons: ['The controller answered with something else.'] };
  const reasons = refusalsOf(asked.trouble.problem);
  return { ok: false, reasons: reasons.length > 0 ? reasons : [asked.trouble.words] };
}
