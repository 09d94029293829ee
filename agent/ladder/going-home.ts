/** Is it on its way home or down by itself, so that nobody needs to call it back? */
import { LAND_MODES, MISSION_MODES, RETURN_MODES } from '@skein/protocol/telemetry';

/** @param planReturns the itinerary it flies is on its own way home: the mission brings it there */
export function isGoingHome(
  { alive, mode }: { readonly alive: boolean; readonly mode: string | null },
  planReturns: boolean,
): boolean {
  if (!alive || mode === null) return false;
  return RETURN_MODES.includes(mode) || LAND_MODES.includes(mode) || (planReturns && MISSION_MODES.includes(mode));
}
