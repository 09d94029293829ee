/** What people set of their fleet: groups, settings of a drone, roll-outs of parameters, limits of maintenance. kg, Wh, hours. */
import { type Static, Type } from 'typebox';
import { DeliveryMethod } from './itinerary/index.ts';

const Closed = { additionalProperties: false } as const;
export const DroneId = Type.String({ pattern: '^[a-z0-9-]{1,32}$', description: 'id of a drone' });
export const GroupName = Type.String({ pattern: '^[a-z0-9-]{1,26}$', description: 'yours: a-z, 0-9, -' });
const Operator = Type.String({ minLength: 1, maxLength: 64 });

export const Group = Type.Object(
  {
    members: Type.Array(DroneId, { maxItems: 2000, uniqueItems: true }),
    note: Type.Optional(Type.String({ maxLength: 200 })),
  },
  Closed,
);
export type Group = Static<typeof Group>;

export const ParameterName = '^[A-Z0-9_]{1,16}$';
export const Parameters = Type.Record(Type.String({ pattern: ParameterName }), Type.Number(), {
  maxProperties: 200,
  description: 'parameters of the autopilot by name',
});
export type Parameters = Static<typeof Parameters>;

/** Of this drone; what is left out is as `[orders]` and `itineraries.batteryWh` say. */
export const AirframeSettings = Type.Object(
  {
    emptyKg: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, maximum: 1000, description: 'with its battery, without a parcel' }),
    ),
    payloadMaxKg: Type.Optional(Type.Number({ minimum: 0, maximum: 1000 })),
    methods: Type.Optional(Type.Array(DeliveryMethod, { maxItems: 4, uniqueItems: true })),
    batteryWh: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1e6, description: 'of a full pack' })),
  },
  Closed,
);
export type AirframeSettings = Static<typeof AirframeSettings>;

const Limit = (description: string) => Type.Optional(Type.Number({ minimum: 0, maximum: 1e6, description }));
/** Since the last inspection. At the limit the drone is held on the ground; 0: no limit. */
export const MaintenanceLimits = Type.Object(
  {
    hours: Limit('time armed, h'),
    flights: Limit('flights'),
    hardLandings: Limit('hard landings'),
  },
  Closed,
);
export type MaintenanceLimits = Static<typeof MaintenanceLimits>;

/** Since the last inspection of the pack; where it is reached, the drone that carries it gets no orders; 0: no limit. */
export const PackLimits = Type.Object(
  {
    cycles: Limit('equivalent full cycles: what was drawn in flight, by what it holds'),
    flights: Limit('flights'),
    hours: Limit('time armed, h'),
    minCellV: Limit('no cell was lower in flight, V'),
    maxTemperatureC: Limit('it was no hotter in flight, °C'),
  },
  Closed,
);
export type PackLimits = Static<typeof PackLimits>;

export const PackId = Type.String({ pattern: '^[A-Za-z0-9._-]{1,32}$', description: 'id of a pack, as on its label' });
/** What people know of a pack. */
export const PackSettings = Type.Object(
  {
    capacityMah: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1e6, description: 'of the full pack' })),
    cells: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: 'in series' })),
    limits: Type.Optional(PackLimits),
    note: Type.Optional(Type.String({ maxLength: 200 })),
  },
  Closed,
);
export type PackSettings = Static<typeof PackSettings>;

export const NewPack = Type.Object(
  {
    pack: PackId,
    instance: Type.Optional(Type.Integer({ minimum: 0, maximum: 9, default: 0, description: 'number of the battery' })),
    issuedBy: Type.Optional(Operator),
  },
  Closed,
);
export const PackWord = Type.Object(
  {
    issuedBy: Type.Optional(Operator),
    note: Type.Optional(Type.String({ maxLength: 500, description: 'what was found and done; why' })),
  },
  Closed,
);

const Hash = Type.String({ pattern: '^[0-9a-f]{16}$', description: 'of a list of parameters' });
/** What the parameters of a drone, or of a group, are to be: a list that some drone has had. */
export const Baseline = Type.Object(
  {
    hash: Type.Optional(Hash),
    drone: Type.Optional(DroneId),
    ignore: Type.Optional(
      Type.Array(Type.String({ pattern: '^[A-Za-z0-9_]{1,16}\\*?$' }), {
        maxItems: 200,
        description: 'names that may differ; NAME* for all that begin so',
      }),
    ),
    hold: Type.Optional(Type.Boolean({ default: false, description: 'a difference holds it from orders' })),
    note: Type.Optional(Type.String({ maxLength: 200 })),
  },
  { ...Closed, description: 'hash: of a list; drone: the one whose list it is to be, as it is now' },
);
export type Baseline = Static<typeof Baseline>;

export const DesiredSettings = Type.Object(
  {
    parameters: Type.Optional(Parameters),
    airframe: Type.Optional(AirframeSettings),
    limits: Type.Optional(MaintenanceLimits),
  },
  Closed,
);
export type DesiredSettings = Static<typeof DesiredSettings>;

export const RolloutWish = Type.Object(
  {
    targets: Type.Union([
      Type.Array(DroneId, { minItems: 1, maxItems: 2000, uniqueItems: true }),
      Type.Object({ group: GroupName }, Closed),
    ]),
    /** Left out: what the settings of each drone want and was not read back. */
    parameters: Type.Optional(Parameters),
    stageSize: Type.Optional(Type.Integer({ minimum: 1, maximum: 2000, default: 1, description: 'drones at a time' })),
    stopAfterFailures: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 2000, default: 1, description: 'so many failures stop it' }),
    ),
    waitS: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 3600, default: 120, description: 'for a drone that is away, s' }),
    ),
    issuedBy: Type.Optional(Operator),
  },
  Closed,
);
export type RolloutWish = Static<typeof RolloutWish>;

export const Inspected = Type.Object(
  {
    issuedBy: Type.Optional(Operator),
    note: Type.Optional(Type.String({ maxLength: 500, description: 'what was found and done' })),
  },
  Closed,
);
