/**
 * What can be commanded, and by which rules: one table that agent, controller and page read alike (docs/commands.md).
 */

import { type Static, type TObject, Type } from 'typebox';

/** Who may send it: an operator, or only an admin. */
export type Role = 'operator' | 'admin';

export interface CommandRule {
  readonly doc: string;
  readonly params: TObject;
  /** Lifetime unless the caller says otherwise, s. */
  readonly lifetimeS: number;
  /** May wait for a drone that is away; the others are `rejected (offline)`. */
  readonly queued: boolean;
  /** May go to a group or to all; the others name their drones. */
  readonly broadcast: boolean;
  /** It changes how the aircraft flies: the first such command makes its sender the commander. */
  readonly flight: boolean;
  /** Open to every operator, whoever is in command. Carried out even when the journal fails: repeating is harmless. */
  readonly safe: boolean;
  readonly role: Role;
  /** `heard`: refused (`stale`) when the drone's own clock is more than this past what the controller had heard, ms. */
  readonly staleMs: number;
}

const Force = Type.Optional(Type.Boolean({ description: 'waives what the grant `force` may waive' }));
const TakeOver = Type.Optional(Type.Boolean({ description: 'take the drone from whoever is in command' }));

const usual = { queued: true, broadcast: false, flight: false, safe: false, role: 'operator' } as const;
const now = { ...usual, queued: false, lifetimeS: 10, staleMs: 5_000 } as const;
const safe = { ...usual, lifetimeS: 60, staleMs: 60_000, flight: true, safe: true } as const;
const later = { ...usual, lifetimeS: 600, staleMs: 600_000 } as const;
const REASON_TEXT = Type.String({ minLength: 1, maxLength: 200, description: 'why, in words' });

export const COMMANDS = {
  hold: { ...safe, broadcast: true, doc: 'stay here, payload untouched', params: Type.Object({}) },
  resume: {
    ...now,
    flight: true,
    doc: 'go on after our own hold; after a pilot flew, only with takeControl',
    params: Type.Object({ takeControl: Type.Optional(Type.Boolean()), takeOver: TakeOver }),
  },
  return: {
    ...safe,
    broadcast: true,
    doc: 'fly back and land',
    params: Type.Object({
      atLeastAltRelM: Type.Optional(
        Type.Number({
          minimum: 1,
          maximum: 1000,
          description: 'climb to this height above home first; if it cannot, it returns at once at its own',
        }),
      ),
    }),
  },
  land: { ...safe, doc: 'land here, now', params: Type.Object({}) },
  goto: {
    ...now,
    flight: true,
    doc: 'from hold: fly to a place inside fence and energy',
    params: Type.Object({
      latDeg: Type.Number({ minimum: -90, maximum: 90 }),
      lonDeg: Type.Number({ minimum: -180, maximum: 180 }),
      altRelM: Type.Number({ minimum: 1, maximum: 1000, description: 'height above home' }),
      takeOver: TakeOver,
    }),
  },
  skip: {
    ...later,
    flight: true,
    doc: 'to the next navigation item, never past a delivery',
    params: Type.Object({ takeOver: TakeOver }),
  },
  abort: {
    ...later,
    flight: true,
    doc: 'secure the payload, then return; before take-off: cancel',
    params: Type.Object({ takeOver: TakeOver }),
  },
  arm: { ...now, flight: true, doc: 'start the motors', params: Type.Object({ takeOver: TakeOver }) },
  disarm: {
    ...now,
    flight: true,
    doc: 'stop the motors, on the ground only',
    params: Type.Object({ takeOver: TakeOver }),
  },
  start: {
    ...now,
    flight: true,
    doc: 'fly the verified itinerary',
    params: Type.Object({
      takeOver: TakeOver,
      ifItinerary: Type.Optional(Type.String({ maxLength: 64, description: 'id of the itinerary that it is to fly' })),
      ifVersion: Type.Optional(Type.Integer({ minimum: 0, description: 'its version' })),
    }),
  },
  'set-parameter': {
    ...now,
    doc: 'set one parameter of the autopilot, read back; undo: the same id gives the old value back',
    params: Type.Object({
      name: Type.String({ pattern: '^[A-Z0-9_]{1,16}$' }),
      value: Type.Number(),
      undo: Type.Optional(
        Type.String({ description: 'id of the set-parameter command to undo; name and value are then ignored' }),
      ),
    }),
  },
  'fetch-log': {
    ...later,
    broadcast: true,
    doc: 'bring logs of the autopilot to the companion, only while disarmed',
    params: Type.Object({ log: Type.Optional(Type.Union([Type.Integer({ minimum: 0 }), Type.Literal('latest')])) }),
  },
  reboot: {
    ...later,
    broadcast: true,
    doc: 'restart the autopilot, the companion or the agent; proved',
    params: Type.Object({
      target: Type.Union([Type.Literal('autopilot'), Type.Literal('companion'), Type.Literal('agent')]),
      ifBoot: Type.Optional(
        Type.String({ maxLength: 64, description: 'companion boot id, or autopilot boot id, it is to end' }),
      ),
      ifSession: Type.Optional(Type.String({ maxLength: 32, description: 'agent session it is to end' })),
      force: Force,
    }),
  },
  'new-pack': {
    ...later,
    doc: 'the battery was changed: what the autopilot reports of its charge counts again; only while disarmed',
    params: Type.Object({
      pack: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9._-]{1,32}$', description: 'id of the one in it now' })),
      instance: Type.Optional(Type.Integer({ minimum: 0, maximum: 9, description: 'number of the battery, from 0' })),
    }),
  },
  ping: { ...later, broadcast: true, doc: 'answer', params: Type.Object({}) },
  lock: { ...later, doc: 'set the ground lock', params: Type.Object({ reason: REASON_TEXT }) },
  unlock: { ...later, doc: 'remove the ground lock', params: Type.Object({ reason: REASON_TEXT }) },
  settle: {
    ...later,
    doc: 'an operator’s word on a parcel that nothing proved (made by POST …/settle)',
    params: Type.Object({
      itinerary: Type.String({ pattern: '^[A-Za-z0-9._-]{1,64}$' }),
      item: Type.Integer({ minimum: 0, maximum: 299 }),
      released: Type.Boolean(),
    }),
  },
  cancel: {
    ...later,
    doc: 'cancel an earlier command that is still under way (made by POST …/cancel)',
    params: Type.Object({ id: Type.String({ pattern: '^[0-9A-HJKMNP-TV-Z]{26}$' }) }),
  },
} as const satisfies Record<string, CommandRule>;

export type CommandType = keyof typeof COMMANDS;
export type CommandParams<T extends CommandType> = Static<(typeof COMMANDS)[T]['params']>;
export const COMMAND_TYPES = Object.keys(COMMANDS) as CommandType[];

export function isCommandType(type: string): type is CommandType {
  return Object.hasOwn(COMMANDS, type);
}

/** The rights the controller has checked and the agent checks again. */
export const GRANTS = ['force', 'safety-parameters', 'admin'] as const;
export type Grant = (typeof GRANTS)[number];

const Id = Type.String({ pattern: '^[0-9A-HJKMNP-TV-Z]{26}$', description: 'ULID' });
const Time = Type.String({ maxLength: 40, description: 'RFC 3339, UTC' });

/** `down/command`. `session` and `heard` are left out on the broadcast topics only. */
export const Command = Type.Object({
  id: Id,
  type: Type.String({ maxLength: 32 }),
  params: Type.Record(Type.String({ maxLength: 32 }), Type.Unknown()),
  issuedAt: Time,
  expiresAt: Time,
  sentAt: Time,
  issuedBy: Type.String({ minLength: 1, maxLength: 64 }),
  grants: Type.Array(Type.String({ maxLength: 32 }), { maxItems: 16 }),
  session: Type.Optional(Type.String({ pattern: '^[0-9a-f]{8,32}$' })),
  heard: Type.Optional(
    Type.Object({
      session: Type.String({ pattern: '^[0-9a-f]{8,32}$' }),
      monoMs: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
    }),
  ),
});
export type Command = Static<typeof Command>;
