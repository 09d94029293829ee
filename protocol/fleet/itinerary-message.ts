/**
 * `down/itinerary`: an itinerary given to one drone, whole, with its version; or taken back. Sent again on each presence
 * until the drone has answered for this version (kind `itinerary`).
 */
import { type Static, Type } from 'typebox';
import { Itinerary } from './itinerary/schema.ts';
import { reader } from './reader.ts';

const Time = Type.String({ maxLength: 40, description: 'RFC 3339, UTC' });

export const ItineraryMessage = Type.Object({
  session: Type.String({ pattern: '^[0-9a-f]{8,32}$' }),
  /** Which itinerary, also where it is taken back. */
  id: Type.String({ pattern: '^[A-Za-z0-9._-]{1,64}$' }),
  version: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
  /** Null: it is taken back; the drone refuses this id from then on. */
  itinerary: Type.Union([Itinerary, Type.Null()]),
  /** What the controller found the plan to lie within, for the drone to find again: zones not to be flown, ceiling. */
  limits: Type.Optional(Type.Record(Type.String({ maxLength: 32 }), Type.Unknown())),
  issuedBy: Type.String({ minLength: 1, maxLength: 64 }),
  sentAt: Time,
  /** When an operator gave it to this drone last; the same in all that is sent for it until the drone has answered. */
  givenAt: Type.Optional(Time),
});
export type ItineraryMessage = Static<typeof ItineraryMessage>;

export const readItineraryMessage = reader('itinerary', ItineraryMessage);
