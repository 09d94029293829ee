/** Samples of the kinds `itinerary` and `delivery`, out of committed batches, as words about a stand and a parcel. */
import { ITINERARY_STATES, RELEASE_STATES } from '@skein/protocol/telemetry';
import type { Detail, ParcelWord, Word } from './stand.ts';

const ID = /^[A-Za-z0-9._-]{1,64}$/;
const MAX_DETAIL = 4096;
const MAX_REASON = 300;

export interface About {
  readonly itinerary: string;
  readonly version: number;
}

type Cells = Readonly<Record<string, unknown>>;

const whole = (value: unknown): number | null =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
const real = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null);
const reasonOf = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value.slice(0, MAX_REASON) : null;

function aboutOf(values: Cells): (About & { readonly step: number }) | null {
  const [version, step] = [whole(values.version), whole(values.step)];
  const { itinerary } = values;
  if (typeof itinerary !== 'string' || !ID.test(itinerary)) return null;
  return version === null || version < 1 || step === null || step < 1 ? null : { itinerary, version, step };
}

/** null: it cannot be read, or speaks of a state that only a later version knows. */
export function readWord(values: Cells): (About & { readonly word: Word }) | null {
  const about = aboutOf(values);
  const state = ITINERARY_STATES.find((one) => one === values.state);
  if (about === null || state === undefined) return null;
  const { itinerary, version, step } = about;
  const word = {
    step,
    state,
    reason: reasonOf(values.reason),
    item: whole(values.item),
    detail: detailOf(values.detail),
  };
  return { itinerary, version, word };
}

export function readParcelWord(values: Cells): (About & { readonly word: ParcelWord }) | null {
  const about = aboutOf(values);
  const state = RELEASE_STATES.find((one) => one === values.state);
  const item = whole(values.item);
  if (about === null || state === undefined || item === null || item > 10_000) return null;
  const { itinerary, version, step } = about;
  const where = { latDeg: real(values.latDeg), lonDeg: real(values.lonDeg) };
  return {
    itinerary,
    version,
    word: { item, step, state, reason: reasonOf(values.reason), ...where, detail: detailOf(values.detail) },
  };
}

function detailOf(text: unknown): Detail | null {
  if (typeof text !== 'string' || text === '') return null;
  if (text.length > MAX_DETAIL) return { tooLong: text.length };
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Shown as it is.
  }
  return { text };
}
