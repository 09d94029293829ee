/** Why an itinerary must not be started now (flight rules §6). */
import { distanceM, isUnderWay, reason } from '@skein/protocol/fleet';
import { parseTime } from '@skein/protocol/time';
import { inCustody } from './book.ts';
import { tooLate } from './gate.ts';
import type { ItineraryPorts } from './ports.ts';
import type { Preparing } from './preparing.ts';
import type { Records } from './records.ts';

/** Home is set where it stands as it is armed, and is judged then to 5 m; a satellite fix may be off by as much. */
const BASE_WITHIN_M = 10;

/** What is meant to be flown; null: whatever there is. */
export interface Meant {
  readonly id: string | null;
  readonly version: number | null;
}

/** All that speaks against it, before anything is sent; empty: nothing. */
export function againstStart(
  o: ItineraryPorts,
  records: Records,
  preparing: Preparing,
  meant: Meant,
): readonly string[] {
  const { current } = records;
  if (current === null) return [reason('no-itinerary')];
  const { stand, itinerary } = current;
  const why: string[] = [];
  // Another one came between the order to fly and what it was given for: a parcel would go to somebody else's door.
  const isOther = (meant.id ?? stand.id) !== stand.id || (meant.version ?? stand.version) !== stand.version;
  if (isOther) why.push(reason('not-verified', `${stand.id}, version ${stand.version}, is on it`));
  if (isUnderWay(stand.state)) why.push(reason('active-leg', stand.id));
  else if (stand.state !== 'verified' || !preparing.isVerified) {
    why.push(reason('not-verified', stand.reason === '' ? stand.state : `${stand.state}: ${stand.reason}`));
  }
  if (records.isTakenBack) why.push(reason('taken-back'));
  if (o.vehicle.state.armed === true) why.push(reason('armed'));
  const unsure = o.position();
  if (unsure !== null) why.push(reason('position', unsure));
  const { position } = o.vehicle.state;
  const offM = itinerary.base === undefined || position === null ? 0 : distanceM(itinerary.base, position);
  if (offM > BASE_WITHIN_M) why.push(reason('home-moved', `it stands ${Math.round(offM)} m from the base of the plan`));
  const notAfterUs =
    itinerary.notAfter === undefined ? null : (parseTime(itinerary.notAfter) ?? Number.NEGATIVE_INFINITY);
  const late = tooLate(notAfterUs, o.controllerTime());
  if (late !== null) why.push(late);
  const begun = records.book.parcels.find((one) => inCustody(one) && (one.itinerary !== stand.id || one.begun));
  if (begun !== undefined && itinerary.items.some((item) => item.do === 'deliver')) {
    why.push(reason('still-aboard', `item ${begun.item} of ${begun.itinerary} is ${begun.state}`));
  }
  return why;
}
