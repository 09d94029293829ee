/** What people say of the ground and the air: bases with their pads, zones, weather, ground stops. Degrees WGS 84, metres, m/s, °C. */

import { type Static, Type } from 'typebox';
import { Place } from './itinerary/index.ts';

const Closed = { additionalProperties: false } as const;
export const PlaceId = Type.String({ pattern: '^[a-z0-9-]{1,32}$', description: 'yours: a-z, 0-9, -' });
const Name = Type.String({ minLength: 1, maxLength: 120 });
const Metres = (description: string) => Type.Number({ minimum: -500, maximum: 9000, description });
const Time = Type.String({ maxLength: 40, description: 'RFC 3339, UTC' });

const Pad = Type.Object(
  {
    id: PlaceId,
    place: Place,
    closed: Type.Optional(Type.String({ minLength: 1, maxLength: 120, description: 'out of use, and why' })),
    chargeW: Type.Optional(Type.Number({ minimum: 0, maximum: 10_000, description: 'its charger, W; none: 0' })),
  },
  Closed,
);
export const Base = Type.Object(
  {
    name: Name,
    place: Place,
    groundAmslM: Type.Optional(
      Metres('height of its ground above mean sea level; flights of bases that both say it are compared in height'),
    ),
    returnAltM: Type.Optional(
      Type.Number({ minimum: 5, maximum: 500, description: 'flights come home at this height or above, m' }),
    ),
    ceilingM: Type.Optional(
      Type.Number({ minimum: 5, maximum: 9000, description: 'nothing flies higher from here, m above it' }),
    ),
    pads: Type.Array(Pad, { minItems: 1, maxItems: 200, description: 'one drone each' }),
  },
  Closed,
);
export type Base = Static<typeof Base>;

export const Zone = Type.Object(
  {
    name: Name,
    kind: Type.Union([Type.Literal('no-fly'), Type.Literal('keep-in'), Type.Literal('slow'), Type.Literal('caution')]),
    ring: Type.Optional(Type.Array(Place, { minItems: 3, maxItems: 500 })),
    circle: Type.Optional(
      Type.Object({ centre: Place, radiusM: Type.Number({ exclusiveMinimum: 0, maximum: 100_000 }) }, Closed),
    ),
    fromM: Type.Optional(Metres('lower end of its band; none: the ground')),
    toM: Type.Optional(Metres('upper end; none: without end')),
    frame: Type.Optional(Type.Union([Type.Literal('home'), Type.Literal('amsl')])),
    validFrom: Type.Optional(Time),
    validTo: Type.Optional(Time),
    speedMaxMps: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, maximum: 100, description: 'of slow: ground speed inside' }),
    ),
  },
  Closed,
);
export type Zone = Static<typeof Zone>;

/** At a base, as it is told; the newest counts. */
export const Weather = Type.Object(
  {
    windFromDeg: Type.Number({ minimum: 0, maximum: 360 }),
    windMps: Type.Number({ minimum: 0, maximum: 100, description: 'mean at flight height' }),
    gustMps: Type.Optional(Type.Number({ minimum: 0, maximum: 150 })),
    temperatureC: Type.Optional(Type.Number({ minimum: -80, maximum: 70 })),
    next: Type.Optional(Type.String({ maxLength: 40, description: 'told anew by then, RFC 3339' })),
  },
  Closed,
);
export type Weather = Static<typeof Weather>;

export const Reach = Type.Union([
  Type.Literal('fleet'),
  Type.Object({ group: Type.String({ pattern: '^[a-z0-9-]{1,26}$' }) }, Closed),
  Type.Object({ base: PlaceId }, Closed),
]);
export type Reach = Static<typeof Reach>;
/** No new arm or start of these drones (flight rules §11). Until it is lifted, or its time is over. */
export const GroundStop = Type.Object(
  {
    reach: Reach,
    reason: Type.String({ minLength: 1, maxLength: 200 }),
    until: Type.Optional(Time),
    issuedBy: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  },
  Closed,
);
export type GroundStop = Static<typeof GroundStop>;
