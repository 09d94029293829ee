/**
 * Before take-off: is the gripper told to be open? One that jams holds the parcel all the same, until its jam yields in mid-flight.
 * Its output says so on ArduPilot; a PX4 does not tell.
 */
import type { Itinerary } from '@skein/protocol/fleet';
import type { Delivering } from './delivering.ts';
import type { ItineraryPorts } from './ports.ts';

/** Its output is told twice a second once an itinerary is under way. */
const WITHIN_MS = 2_500;
const LOOK_MS = 100;

/** By what is heard from now on; where nothing is, by what was heard last. */
export async function areToldToOpen(
  { vehicle, nowUs, pause }: Pick<ItineraryPorts, 'vehicle' | 'nowUs' | 'pause'>,
  { items }: Pick<Itinerary, 'items'>,
  { delivering, signal }: { readonly delivering: Delivering; readonly signal: AbortSignal },
): Promise<boolean> {
  if (vehicle.flavour !== 'ardupilot' || !items.some((item) => item.do === 'deliver' && item.how !== 'winch'))
    return false;
  const sinceUs = nowUs();
  while (delivering.gripper.atUs < sinceUs && nowUs() - sinceUs < WITHIN_MS * 1000 && !signal.aborted) {
    await pause(LOOK_MS, signal);
  }
  return delivering.gripper.told === 'open';
}
