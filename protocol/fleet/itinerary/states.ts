/**
 * How an itinerary stands on one drone, and what became of a parcel: the agent says so in samples of the kinds
 * `itinerary` and `delivery`; the lists and what they mean are in telemetry (they travel as choices).
 */
import type { ITINERARY_STATES, LADDER_RUNGS, RELEASE_STATES } from '../../telemetry/index.ts';

export type ItineraryState = (typeof ITINERARY_STATES)[number];
export type ReleaseState = (typeof RELEASE_STATES)[number];
export type LadderRung = (typeof LADDER_RUNGS)[number];

const ENDED: readonly ItineraryState[] = ['refused', 'completed', 'aborted', 'cancelled', 'replaced'];
/** Started, and not over. */
const FLYING: readonly ItineraryState[] = [
  'starting',
  'flying',
  'at-gate',
  'releasing',
  'held',
  'returning',
  'interrupted',
];

/** Nothing more comes of it. */
export function isItineraryOver(state: ItineraryState): boolean {
  return ENDED.includes(state);
}

/** It is under way: nothing else may be assigned, nothing is restarted. */
export function isUnderWay(state: ItineraryState): boolean {
  return FLYING.includes(state);
}
