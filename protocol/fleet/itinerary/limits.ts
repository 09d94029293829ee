/**
 * What a plan must lie within, and what is known of the aircraft that is to fly it. The controller validates with what
 * it knows and sends its limits along; the agent validates again with what it reads from its autopilot.
 */
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/schema';
import type { Flavour } from './release.ts';
import { type Fence, Place } from './schema.ts';

const Positive = (description: string) => Type.Number({ exclusiveMinimum: 0, maximum: 1e7, description });

/** Where nobody flies: a ring or a circle, between two heights (none: at every height). */
export const NoFlyZone = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 120 }),
  ring: Type.Optional(Type.Array(Place, { minItems: 3, maxItems: 500 })),
  circle: Type.Optional(Type.Object({ centre: Place, radiusM: Positive('m') })),
  fromM: Type.Optional(Type.Number({ description: 'lower end of the band, m; none: the ground' })),
  toM: Type.Optional(Type.Number({ description: 'upper end of the band, m; none: no end' })),
  frame: Type.Optional(Type.Union([Type.Literal('home'), Type.Literal('amsl')])),
});
export type NoFlyZone = Static<typeof NoFlyZone>;

export const Limits = Type.Object({
  ceilingM: Positive('above home, and above the ground where the plan says terrain, m'),
  ceilingAmslM: Type.Union([Type.Number(), Type.Null()]),
  legMaxM: Positive('longest leg, m'),
  marginM: Type.Number({ minimum: 0, maximum: 1000, description: 'kept from fences and zones, m' }),
  speedMaxMps: Positive('fastest speed that a plan may ask for, m/s'),
  baseWithinM: Positive('the first place lies at most so far from the base, m'),
  maxItems: Type.Integer({ minimum: 1, maximum: 5_000, description: 'the autopilot keeps so many, home included' }),
  reservePct: Type.Number({ minimum: 0, maximum: 100, description: 'charge left at the end of the plan, %' }),
  /** The model of energy: what it draws, W, and how fast it goes, m/s. */
  cruiseW: Positive('in level flight, W'),
  hoverW: Positive('hovering and descending, W'),
  climbW: Positive('climbing, W'),
  cruiseMps: Positive('where the plan names no speed, m/s'),
  airspeedMaxMps: Positive('through the air, m/s'),
  climbMps: Positive('m/s'),
  descendMps: Positive('m/s'),
  noFly: Type.Array(NoFlyZone, { maxItems: 500 }),
});
export type Limits = Static<typeof Limits>;

export const DEFAULT_LIMITS: Limits = {
  ceilingM: 120,
  ceilingAmslM: null,
  legMaxM: 10_000,
  marginM: 5,
  speedMaxMps: 20,
  baseWithinM: 500,
  // ArduCopter says "Only 650 items are supported" (observed).
  maxItems: 650,
  reservePct: 25,
  cruiseW: 420,
  hoverW: 450,
  climbW: 600,
  cruiseMps: 10,
  airspeedMaxMps: 18,
  climbMps: 2.5,
  descendMps: 1.5,
  noFly: [],
};

/** What is known of one drone; null where nothing is. */
export interface Aircraft {
  readonly flavour: Flavour;
  /** Where it stands or last took off from, and how high that is above mean sea level. */
  readonly home: Place | null;
  readonly homeAmslM: number | null;
  /** Energy of a full pack, Wh. */
  readonly batteryWh: number | null;
  /** The lower of reported and remembered, %. */
  readonly chargePct: number | null;
  /** Mean wind where it flies: from where, how strong. */
  readonly wind: { readonly fromDeg: number; readonly speedMps: number } | null;
  /** The ceiling its own fence parameters keep, m above home. */
  readonly fenceCeilingM: number | null;
  /** It stays armed after a landing in mid-plan (ArduPilot: MIS_OPTIONS has 4; PX4 does). */
  readonly staysArmed: boolean | null;
  /** Home is set at base before it flies on, whatever the autopilot makes of landings. */
  readonly homeLocked: boolean;
  /** How fast its winch unreels, m/s. */
  readonly winchMps: number;
  /** The controller's clock, ms since 1970. */
  readonly nowMs: number | null;
}

/** Nothing known but the flavour. */
export function unknownAircraft(flavour: Flavour): Aircraft {
  return {
    ...{ flavour, home: null, homeAmslM: null, batteryWh: null, chargePct: null, wind: null, fenceCeilingM: null },
    ...{ staysArmed: flavour === 'px4' ? true : null, homeLocked: false, winchMps: 0.5, nowMs: null },
  };
}

const check = Compile(Limits);

/** Limits as they travel: what is missing is the default, what is wrong is named. */
export function readLimits(
  value: unknown,
): { readonly ok: true; readonly limits: Limits } | { readonly ok: false; readonly reason: string } {
  const limits: unknown = { ...DEFAULT_LIMITS, ...(typeof value === 'object' ? value : {}) };
  if (check.Check(limits)) return { ok: true, limits };
  const first = check.Errors(limits)[1][0];
  return { ok: false, reason: `limits${first?.instancePath ?? ''}: ${first?.message ?? 'do not fit'}` };
}

/** The strictest ceiling above home, m, and what it is. */
export function ceilingOf(limits: Limits, fence: Fence | undefined, aircraft: Aircraft): { m: number; what: string } {
  const all = [
    { m: limits.ceilingM, what: 'ceiling' },
    { m: fence?.maxAltM ?? Number.POSITIVE_INFINITY, what: 'ceiling of the plan’s fence' },
    { m: aircraft.fenceCeilingM ?? Number.POSITIVE_INFINITY, what: 'ceiling of the drone’s own fence' },
  ];
  return all.reduce((lowest, one) => (one.m < lowest.m ? one : lowest));
}
