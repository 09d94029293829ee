/**
 * Which itinerary this drone takes (flight rules §6): pure. The message goes in; what is answered, and whether it is taken,
 * comes out.
 */
import { isDeepStrictEqual } from 'node:util';
import { type ItineraryMessage, isUnderWay, reason } from '@skein/protocol/fleet';
import { type Book, custodyOf, inCustody, isGivenLater, isOver } from './book.ts';
import type { Ended, Stand } from './types.ts';

export type Reception =
  /** Known already: the same answer again. */
  | { readonly do: 'repeat'; readonly stand: Stand }
  /** Known, and not verified (any more): it is tried again. */
  | { readonly do: 'again'; readonly stand: Stand }
  /** Answered, and nothing here changes but what is remembered. */
  | { readonly do: 'answer'; readonly stand: Stand; readonly remember: Ended | null }
  /** The current one is taken back. */
  | { readonly do: 'cancel' }
  | { readonly do: 'take' };

const stand = (message: ItineraryMessage, state: Stand['state'], why: string, step = 1): Stand => ({
  id: message.id,
  version: message.version,
  step,
  state,
  reason: why,
  item: null,
  detail: {},
});

const isDelivery = ({ itinerary }: ItineraryMessage): boolean =>
  itinerary?.items.some((item) => item.do === 'deliver') ?? false;

export function receive(book: Book, message: ItineraryMessage): Reception {
  const { current } = book;
  const same = current !== null && current.stand.id === message.id ? current : null;
  const ended = book.ended.find((one) => one.stand.id === message.id) ?? null;
  if (message.itinerary === null) return takeBack(book, message, ended);
  if (ended?.takenBack === true) {
    return { do: 'answer', stand: stand(message, 'refused', reason('taken-back')), remember: null };
  }
  const known = same?.stand ?? ended?.stand ?? null;
  if (known !== null && message.version < known.version) {
    const why = reason('outdated', `version ${known.version} is on the drone`);
    return { do: 'answer', stand: stand(message, 'refused', why), remember: null };
  }
  if (known !== null && message.version === known.version) {
    // What was sent under a version never changes: whoever sends other content means something else.
    if (same !== null && !isDeepStrictEqual(same.itinerary, message.itinerary)) {
      const why = reason('bad-itinerary', `version ${known.version} is on the drone with other content`);
      return { do: 'answer', stand: stand(message, 'refused', why), remember: null };
    }
    // Where a stranger wrote, or may have, only people who give it again write over it; what is void is read meanwhile.
    const isTheirs = known.state === 'void' || (same !== null && same.foreign !== null);
    const isIdle = isTheirs
      ? same !== null && !isUnderWay(known.state) && isGivenLater(same, message.givenAt)
      : known.state === 'failed';
    return { do: isIdle ? 'again' : 'repeat', stand: known };
  }
  if (current !== null && isUnderWay(current.stand.state)) {
    const why = reason('other-active', `${current.stand.id} version ${current.stand.version}`);
    return { do: 'answer', stand: stand(message, 'refused', why), remember: null };
  }
  const held = isDelivery(message) ? heldBack(book, message.id) : null;
  if (held !== null) return { do: 'answer', stand: stand(message, 'refused', held), remember: null };
  return { do: 'take' };
}

/** A drone that still answers for parcels takes no others. */
function heldBack(book: Book, id: string): string | null {
  if (custodyOf(book) === 'unknown') return reason('still-aboard', `not known: ${book.custodyLost}`);
  // A parcel whose release was never begun may be tried again by a new version of the same itinerary.
  const parcel = book.parcels.find((one) => inCustody(one) && (one.itinerary !== id || one.begun));
  if (parcel === undefined) return null;
  const name = parcel.name ?? `item ${parcel.item}`;
  return reason('still-aboard', `${name} of ${parcel.itinerary} is ${parcel.state}: settle it first`);
}

function takeBack(book: Book, message: ItineraryMessage, ended: Ended | null): Reception {
  const { current } = book;
  if (current !== null && current.stand.id === message.id && message.version < current.stand.version) {
    // An older one: what replaced it is not meant.
    const same = ended?.stand.version === message.version ? ended.stand : null;
    return { do: 'answer', stand: same ?? stand(message, 'cancelled', reason('taken-back')), remember: null };
  }
  if (current !== null && current.stand.id === message.id && !isOver(current.stand.state)) {
    if (!isUnderWay(current.stand.state)) return { do: 'cancel' };
    // In flight it takes an order to the aircraft (abort, return) and not a message: but it is the last flight of it.
    const remember = { stand: current.stand, takenBack: true };
    return { do: 'answer', stand: current.stand, remember };
  }
  if (ended?.takenBack === true) return { do: 'repeat', stand: ended.stand };
  const known = ended?.stand ?? null;
  const version = Math.max(message.version, known?.version ?? 0);
  const cancelled = stand({ ...message, version }, 'cancelled', reason('taken-back'), (known?.step ?? 0) + 1);
  return { do: 'answer', stand: cancelled, remember: { stand: cancelled, takenBack: true } };
}
