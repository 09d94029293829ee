/** What a request about an itinerary is answered with. */
import type { EnergyNeed, FormatRefusal, Itinerary, PlanWarning, Refusal } from '@skein/protocol/fleet';
import type { ItineraryView } from './view.ts';

export interface Refused {
  readonly ok: false;
  readonly code:
    | 'bad-itinerary'
    | 'outdated-itinerary'
    | 'itinerary-over'
    | 'itinerary-taken-back'
    | 'other-content'
    | 'unknown-itinerary'
    | 'unknown-drone'
    | 'unknown-delivery'
    | 'not-unproved'
    | 'key-reused'
    | 'store-unavailable';
  readonly detail: string;
  readonly refusals?: readonly (Refusal | FormatRefusal)[];
  readonly warnings?: readonly PlanWarning[];
}
export type GiveAnswer =
  | { readonly ok: true; readonly fresh?: boolean; readonly itinerary: ItineraryView }
  | { readonly ok: true; readonly dryRun: DryRun }
  | Refused;
export interface DryRun {
  readonly itinerary: Itinerary;
  readonly warnings: readonly PlanWarning[];
  readonly notes: readonly string[];
  readonly energy: EnergyNeed | null;
}
export type Answer =
  | {
      readonly ok: true;
      /** Made by this request, and not before. */
      readonly fresh?: boolean;
      readonly itinerary: ItineraryView;
      /** Drones under way with it, from which it was not taken back: abort first. */
      readonly underWay?: readonly string[];
    }
  | Refused;

/** A restart now would forget it, so it is not done. */
export const NOT_STORED: Refused = {
  ok: false,
  code: 'store-unavailable',
  detail: 'not done: it could not be written down',
};

export function unknownItinerary(id: string): Refused {
  return { ok: false, code: 'unknown-itinerary', detail: `"${id}"` };
}

/** How long a request waits for the store, ms. */
export const STORE_WAIT_MS = 5000;
/** Events waiting for a store that does not take them: past it nothing new is taken. */
export const MAX_UNWRITTEN = 20_000;
