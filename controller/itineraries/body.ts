/** A plan as it is posted: Skein’s JSON, a `.plan`, a `QGC WPL 110`, GeoJSON. Which one, the body says itself. */
import { type About, type FormatRefusal, readGeojson, readPlan, readWpl } from '@skein/protocol/fleet';

export interface Given {
  readonly ok: true;
  /** Not checked yet: validation does. */
  readonly value: Readonly<Record<string, unknown>>;
  readonly source: 'skein' | 'plan' | 'wpl' | 'geojson';
  readonly notes: readonly string[];
}
export type ReadBody = Given | { readonly ok: false; readonly refusals: readonly FormatRefusal[] };

/** @param about id, version and name said beside the plan, or made for it */
export function readBody(body: unknown, about: About, heightReference: string | null): ReadBody {
  if (typeof body === 'string') return from('wpl', readWpl(body, about));
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return {
      ok: false,
      refusals: [{ item: null, rule: 'format', value: typeof body, limit: null, words: 'not a plan' }],
    };
  }
  const value = body as Readonly<Record<string, unknown>>;
  if (value.fileType === 'Plan') return from('plan', readPlan(value, about));
  if (value.type === 'FeatureCollection') return from('geojson', readGeojson(value, about, heightReference));
  return { ok: true, value: { ...about, ...value }, source: 'skein', notes: [] };
}

function from(source: Given['source'], read: ReturnType<typeof readWpl>): ReadBody {
  return read.ok ? { ok: true, value: { ...read.itinerary }, source, notes: read.notes } : read;
}
