/**
 * An itinerary as Skein writes it (docs/itineraries.md): where to fly, in which order, where something is delivered and
 * how, and the fence and rally points it is flown with. Degrees are WGS 84; every altitude says what it counts from.
 */
import { type Static, Type } from 'typebox';

const Lat = Type.Number({ minimum: -90, maximum: 90, description: 'latitude, degrees' });
const Lon = Type.Number({ minimum: -180, maximum: 180, description: 'longitude, degrees' });
const Alt = Type.Number({ minimum: -500, maximum: 9_000, description: 'altitude in `frame`, m' });
const Time = Type.String({ maxLength: 40, description: 'RFC 3339, UTC' });
const Seconds = (maximum: number, description: string) => Type.Number({ minimum: 0, maximum, description });

export const Place = Type.Object({ latDeg: Lat, lonDeg: Lon });
export type Place = Static<typeof Place>;

/** What an altitude counts from: home, mean sea level, or the ground below (only where the autopilot has terrain data). */
export const ALTITUDE_FRAMES = ['home', 'amsl', 'terrain'] as const;
export const AltitudeFrame = Type.Union([Type.Literal('home'), Type.Literal('amsl'), Type.Literal('terrain')]);
export type AltitudeFrame = (typeof ALTITUDE_FRAMES)[number];

/** How a parcel leaves the drone. `drop`: from a low hover, by the gripper. */
export const DELIVERY_METHODS = ['place', 'gripper', 'winch', 'drop'] as const;
export const DeliveryMethod = Type.Union([
  Type.Literal('place'),
  Type.Literal('gripper'),
  Type.Literal('winch'),
  Type.Literal('drop'),
]);
export type DeliveryMethod = (typeof DELIVERY_METHODS)[number];

const at = { latDeg: Lat, lonDeg: Lon, altM: Alt, frame: AltitudeFrame };
const speedMps = Type.Optional(
  Type.Number({ minimum: 0.5, maximum: 30, description: 'ground speed from here on, m/s' }),
);

export const TakeOffItem = Type.Object({
  do: Type.Literal('take-off'),
  altM: Type.Number({ minimum: 1, maximum: 500, description: 'height above the place it takes off from, m' }),
});
export const WaypointItem = Type.Object({
  do: Type.Literal('waypoint'),
  ...at,
  speedMps,
  holdS: Type.Optional(Seconds(3_600, 'stays there, s')),
});
export const LoiterItem = Type.Object({ do: Type.Literal('loiter'), ...at, forS: Seconds(3_600, 'waits there, s') });
/** Approach at `altM` (the gate is there), descend, release, climb back to `altM`. */
export const DeliverItem = Type.Object({
  do: Type.Literal('deliver'),
  ...at,
  how: DeliveryMethod,
  /** Names the parcel for people and orders. */
  parcel: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  /** How long the gate waits for its conditions before the drone returns with the parcel. */
  gateS: Type.Optional(Type.Number({ minimum: 5, maximum: 600, description: 'default 60 s' })),
  /**
   * `gripper`, `winch`, `drop`: height of the hover from which it is released, m above home (above the ground where
   * `frame` is terrain). `gripper` lands when 0, which is its default.
   */
  releaseAltM: Type.Optional(Type.Number({ minimum: 0, maximum: 120 })),
  /** `winch`: line to unreel, m; default 1 m more than the hover is high. */
  lineM: Type.Optional(Type.Number({ minimum: 0.5, maximum: 60 })),
  /** `place`: how far below `altM` it may descend looking for the ground, m; default altM + 10, with amsl it must be said. */
  maxDescentM: Type.Optional(Type.Number({ minimum: 1, maximum: 120 })),
  /** Charge below which it is not begun, %. */
  minBatteryPct: Type.Optional(Type.Number({ minimum: 0, maximum: 100, description: 'default 50' })),
  /** Not begun after this, by the controller's clock. */
  notAfter: Type.Optional(Time),
  /** Granted beforehand: it may release while the controller is not reachable. */
  releaseOffline: Type.Optional(Type.Boolean()),
  /**
   * Where a gate that stays shut leads: `home`, straight to the item that the plan ends with (default), or `along` the
   * items behind this delivery, where the straight way is not free. No other delivery may follow then.
   */
  shut: Type.Optional(Type.Union([Type.Literal('home'), Type.Literal('along')])),
});
export const LandItem = Type.Object({
  do: Type.Literal('land'),
  latDeg: Type.Optional(Lat),
  lonDeg: Type.Optional(Lon),
});
export const ReturnItem = Type.Object({ do: Type.Literal('return') });

export const ItineraryItem = Type.Union([TakeOffItem, WaypointItem, LoiterItem, DeliverItem, LandItem, ReturnItem]);
export type ItineraryItem = Static<typeof ItineraryItem>;
export type DeliverItem = Static<typeof DeliverItem>;

export const MAX_ITEMS = 300;
const Ring = Type.Array(Place, { minItems: 3, maxItems: 100 });

/** What the drone must stay inside (`inside`) and out of (`outside`), and how high it may go. */
export const Fence = Type.Object({
  maxAltM: Type.Optional(Type.Number({ minimum: 2, maximum: 9_000, description: 'ceiling above home, m' })),
  polygons: Type.Optional(Type.Array(Type.Object({ inside: Type.Boolean(), points: Ring }), { maxItems: 20 })),
  circles: Type.Optional(
    Type.Array(
      Type.Object({
        inside: Type.Boolean(),
        centre: Place,
        radiusM: Type.Number({ minimum: 1, maximum: 100_000 }),
      }),
      { maxItems: 20 },
    ),
  ),
});
export type Fence = Static<typeof Fence>;

export const RallyPoint = Type.Object({
  latDeg: Lat,
  lonDeg: Lon,
  altM: Type.Number({ minimum: 1, maximum: 1_000, description: 'height above home, m' }),
});
export type RallyPoint = Static<typeof RallyPoint>;

export const Itinerary = Type.Object({
  id: Type.String({ pattern: '^[A-Za-z0-9._-]{1,64}$', description: 'yours; made when left out' }),
  version: Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'rises with each change' }),
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 120 })),
  /** Where it takes off: at the start the autopilot's home must lie within 5 m of it. */
  base: Type.Optional(Place),
  items: Type.Array(ItineraryItem, { minItems: 1, maxItems: MAX_ITEMS }),
  fence: Type.Optional(Fence),
  rally: Type.Optional(Type.Array(RallyPoint, { maxItems: 10 })),
  /** Not started after this, by the controller's clock. */
  notAfter: Type.Optional(Time),
});
export type Itinerary = Static<typeof Itinerary>;
