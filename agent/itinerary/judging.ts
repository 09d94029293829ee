/** What the drone itself finds wrong with an itinerary (flight rules §6, §7). */
import { reason } from '@skein/protocol/fleet';
import { unfitFor } from './payload-settings.ts';
import type { Breach, ItineraryPorts } from './ports.ts';
import type { Current } from './types.ts';

/** As many as an answer carries. */
const MAX_BREACHES = 15;

export interface Judged {
  /** Null: nothing is wrong. */
  readonly reason: string | null;
  readonly breaches: readonly Breach[];
}

/** Null: a parameter could not be read. */
export async function judge(
  { itinerary, limits }: Pick<Current, 'itinerary' | 'limits'>,
  { vehicle, validate }: Pick<ItineraryPorts, 'vehicle' | 'validate'>,
  { signal, atStart }: { readonly signal: AbortSignal; readonly atStart: boolean },
): Promise<Judged | null> {
  const { flavour } = vehicle;
  if (flavour === null) return null;
  const read = (name: string): Promise<number | null> => vehicle.parameter(name, signal);
  const unfit = flavour === 'ardupilot' ? await unfitFor(itinerary, read) : null;
  if (unfit !== null) return unfit === 'unread' ? null : { reason: unfit.reason, breaches: [] };
  const all = await validate(itinerary, { flavour, limits, signal, atStart });
  if (all === null) return null;
  const [first] = all;
  if (first === undefined) return { reason: null, breaches: [] };
  const more = all.length === 1 ? '' : `, and ${all.length - 1} more`;
  return { reason: reason('bad-itinerary', `${first.words}${more}`), breaches: all.slice(0, MAX_BREACHES) };
}
