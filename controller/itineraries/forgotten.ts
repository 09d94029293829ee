/**
 * A drone may forget what it said that it has: killed before its disk had it, or given another disk. Its presence names the
 * itinerary it has; what it does not name, in two presences of one session and without a word between, it has not.
 *
 *   sent later, and the drone has that ──► replaced: it has only one
 *   else                               ──► owed again, once in each session
 *
 * What was under way is left alone: how much of it was flown nobody here knows, and a parcel may be on the ground.
 */
import { reason } from '@skein/protocol/fleet';
import type { Engine } from './engine.ts';
import type { Entry } from './entry.ts';
import type { Clock, DronePort, Named } from './ports.ts';
import { isHad, isOver, onForgotten, onReplaced, type Stand } from './stand.ts';

/** A word that was said just before the first presence is committed by then, µs. */
const ABSENT_US = 5e6;

interface One {
  readonly record: Entry;
  readonly stand: Stand;
}

/** A presence of this drone has come. */
export function lookForForgotten(
  engine: Engine,
  drone: string,
  o: { readonly clock: Clock; readonly drones: DronePort },
): void {
  const contact = o.drones.contact(drone);
  // A drone that never says what it has is asked nothing.
  if (contact === null || contact.session === null || contact.itinerary === undefined) return;
  const { session, itinerary: named } = contact;
  const all = engine.records
    .ofDrone(drone)
    .flatMap((record) => record.standsOf(drone).map((stand): One => ({ record, stand })));
  const absent = all.filter((one) => isAbsent(one, named, session, o.clock.monoUs()));
  for (const { record, stand } of absent) {
    const later = all.filter((one) => isLater(one, { record, stand }));
    const newer = later.find((one) => one.stand.heard);
    if (newer !== undefined) {
      const why = reason('newer', `${newer.record.id} version ${newer.stand.version}`);
      engine.changed(record, stand, onReplaced(stand, why, engine.utcUs));
    } else if (later.length === 0) {
      const sending = record.sending(stand);
      Object.assign(sending, { sends: 0, dueMonoUs: 0, absent: null, owedAgainIn: session });
      engine.changed(record, stand, onForgotten(stand, reason('forgotten', words(named)), engine.utcUs));
    }
  }
}

const words = (named: Named | null): string =>
  named === null ? 'it has none' : `it has ${named.id} version ${named.version}`;

/** Two presences in a row do not name it, and nothing was said of it between. */
function isAbsent({ record, stand }: One, named: Named | null, session: string, nowUs: number): boolean {
  const sending = record.sending(stand);
  const isNamed = named !== null && named.id === record.id && named.version === stand.version;
  if (isNamed || !isHad(stand) || sending.owedAgainIn === session) {
    sending.absent = null;
    return false;
  }
  const { absent } = sending;
  if (absent !== null && absent.session === session && absent.stand === stand) {
    return nowUs - absent.sinceMonoUs >= ABSENT_US;
  }
  sending.absent = { session, stand, sinceMonoUs: nowUs };
  return false;
}

/** Sent to the drone after this one, or about to be, and neither over nor taken back. */
function isLater(one: One, than: One): boolean {
  if (one.stand === than.stand || one.stand.untargeted || one.stand.takingBack !== null) return false;
  if (isOver(one.stand.state)) return false;
  if (one.record === than.record) return one.stand.version > than.stand.version;
  return (one.stand.sentUtcUs ?? Number.POSITIVE_INFINITY) > (than.stand.sentUtcUs ?? 0);
}
