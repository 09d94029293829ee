/**
 * Itineraries out of files and into files, for an editor: what is read is neither judged nor kept, since a draft is judged
 * while it is drawn; what is written need not keep the rules, but must be an itinerary.
 */
import {
  DEFAULT_LIMITS,
  type Flavour,
  type FormatRefusal,
  type Itinerary,
  type Refusal,
  unknownAircraft,
  validate,
  type Written,
  writeGeojson,
  writePlan,
  writeWpl,
} from '@skein/protocol/fleet';
import type { Refused } from './answers.ts';
import { readBody } from './body.ts';
import type { Count } from './ports.ts';

export type FileFormat = 'plan' | 'wpl' | 'geojson';

export interface ReadOptions {
  readonly id?: string;
  readonly version?: number;
  readonly name?: string;
  /** What the heights of a GeoJSON count from, where it does not say. */
  readonly heightReference?: string;
}

export type ReadAnswer =
  | { readonly ok: true; readonly itinerary: object; readonly source: string; readonly notes: readonly string[] }
  | Refused;
export type WriteAnswer = ({ readonly ok: true } & Written) | Refused;

export class ItineraryFiles {
  readonly #count: Count;

  constructor(count: Count) {
    this.#count = count;
  }

  /** @param body a file as text, whatever of the formats it is, or as JSON that is parsed already */
  read(body: unknown, { id = 'imported', version = 1, name, heightReference }: ReadOptions): ReadAnswer {
    const about = { id, version, ...(name === undefined ? {} : { name }) };
    const value = typeof body === 'string' ? parsed(body.trim()) : body;
    if (value === undefined) return this.#refused([unreadable('neither JSON nor "QGC WPL 110"')]);
    const read = readBody(value, about, heightReference ?? null);
    if (!read.ok) return this.#refused(read.refusals);
    // Other formats make items; Skein's own says of itself what it is.
    if (!isListOfObjects(read.value.items))
      return this.#refused([unreadable('neither Skein JSON with items, nor a .plan, nor GeoJSON')]);
    this.#count('filesRead');
    return { ok: true, itinerary: read.value, source: read.source, notes: read.notes };
  }

  write(body: unknown, format: FileFormat, flavour: Flavour): WriteAnswer {
    const { itinerary, refusals } = validate(body, DEFAULT_LIMITS, unknownAircraft(flavour));
    if (itinerary === null) return this.#refused(refusals);
    this.#count('filesWritten');
    return { ok: true, ...written(itinerary, format, flavour) };
  }

  #refused(refusals: readonly (Refusal | FormatRefusal)[]): Refused {
    this.#count('filesRefused');
    return { ok: false, code: 'bad-itinerary', detail: refusals[0]?.words ?? 'not an itinerary', refusals };
  }
}

export function written(itinerary: Itinerary, format: FileFormat, flavour: Flavour): Written {
  if (format === 'geojson') return writeGeojson(itinerary);
  return format === 'plan' ? writePlan(itinerary, { flavour }) : writeWpl(itinerary, { flavour });
}

/** WPL stays text; undefined: it is neither. */
function parsed(text: string): unknown {
  if (text.startsWith('QGC WPL')) return text;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isListOfObjects = (value: unknown): boolean =>
  Array.isArray(value) && value.every((one) => typeof one === 'object' && one !== null && !Array.isArray(one));

const unreadable = (words: string): FormatRefusal => ({ item: null, rule: 'format', value: null, limit: null, words });
