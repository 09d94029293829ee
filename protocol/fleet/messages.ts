/**
 * The JSON messages between agents and controllers (docs/wire.md §4). One schema is type, check and documentation;
 * a reader ignores fields it does not know, so every object stays open.
 */

import { type Static, Type } from 'typebox';
import { CONTROL_STATES } from '../telemetry/index.ts';
import { Command } from './commands.ts';
import { reader } from './reader.ts';

const Hex16 = Type.String({ pattern: '^[0-9a-f]{16}$' });
const Hex = Type.String({ pattern: '^[0-9a-f]{8,32}$' });
const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const Seq = Type.Integer({ minimum: 0, maximum: 0xffff_ffff });

export const LANES = ['urgent', 'history'] as const;
export const Lane = Type.Union([Type.Literal('urgent'), Type.Literal('history')]);
export type Lane = Static<typeof Lane>;

export const ControlState = Type.Union(CONTROL_STATES.map((state) => Type.Literal(state)));
export type ControlState = (typeof CONTROL_STATES)[number];

/** What a lane of an epoch still holds: `first` = lowest seq not yet removed, `next` = the seq the next batch will get. */
export const LaneRange = Type.Object({ first: Seq, next: Seq });
export type LaneRange = Static<typeof LaneRange>;

export const EpochRange = Type.Object({
  epoch: Hex16,
  lanes: Type.Object({ urgent: LaneRange, history: LaneRange }),
});
export type EpochRange = Static<typeof EpochRange>;

/** `up/presence`: on connect, every 15 s, on hello; and as the last will with `online: false`. */
export const Presence = Type.Object({
  session: Hex,
  n: Count,
  boot: Type.String({ minLength: 8, maxLength: 64 }),
  journal: Type.Union([Type.String({ maxLength: 64 }), Type.Null()]),
  online: Type.Boolean(),
  versions: Type.Record(Type.String({ maxLength: 32 }), Type.String({ maxLength: 128 })),
  control: Type.Object({
    state: Type.String({ maxLength: 32 }),
    /** Who commands it, when somebody does. */
    commander: Type.Optional(Type.Union([Type.String({ maxLength: 64 }), Type.Null()])),
    /** Why the state is as it is, in words. */
    why: Type.Optional(Type.String({ maxLength: 200 })),
  }),
  /** Boot id of the autopilot as the agent counts them, for `ifBoot`; null while not known. */
  autopilotBoot: Type.Optional(Type.Union([Type.String({ maxLength: 64 }), Type.Null()])),
  /** The itinerary it has, and how it stands there; null: none. */
  itinerary: Type.Optional(
    Type.Union([
      Type.Object({
        id: Type.String({ maxLength: 64 }),
        version: Type.Integer({ minimum: 1 }),
        state: Type.String({ maxLength: 32 }),
        item: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]),
      }),
      Type.Null(),
    ]),
  ),
  /** Parcels: none, aboard, releasing, not-released, unproved; unknown when its record was lost. */
  custody: Type.Optional(Type.String({ maxLength: 32 })),
  epochs: Type.Array(EpochRange, { maxItems: 32 }),
  board: Type.Optional(Type.String({ maxLength: 64 })),
  /** Groups whose broadcasts this drone listens to: a command to a group goes to those who say so. */
  groups: Type.Optional(Type.Array(Type.String({ maxLength: 32 }), { maxItems: 16 })),
  bootAgeMs: Type.Optional(Count),
  /** What else than JSON the agent opens (docs/wire.md §4, short JSON). */
  opens: Type.Optional(Type.Array(Type.String({ maxLength: 32 }), { maxItems: 16 })),
});
export type Presence = Static<typeof Presence>;

/** `down/ack`: every seq ≤ upTo of this lane of this epoch is committed, as batch or gap. */
export const Ack = Type.Object({
  session: Hex,
  start: Hex,
  epoch: Hex16,
  lane: Lane,
  upTo: Seq,
  window: Count,
  /** In answer to a presence: what this controller opens and reads (docs/wire.md §5); left out by one that takes neither. */
  packs: Type.Optional(Type.Array(Type.String({ maxLength: 32 }), { maxItems: 16 })),
  codecs: Type.Optional(Type.Array(Type.Integer({ minimum: 0, maximum: 255 }), { maxItems: 16 })),
});
export type Ack = Static<typeof Ack>;

/** `all/down/hello`: a controller began, or came back to the broker. */
export const Hello = Type.Object({ controller: Type.String({ minLength: 1, maxLength: 64 }), start: Hex });
export type Hello = Static<typeof Hello>;

/** `up/time`: the agent asks, every 5 s. `agentMonoUs` is its monotonic clock as it sends. */
export const TimeRequest = Type.Object({
  session: Hex,
  agentMonoUs: Count,
  boot: Type.String({ minLength: 8, maxLength: 64 }),
});
export type TimeRequest = Static<typeof TimeRequest>;

/** `down/time`: the owner answers; both stamps are its UTC clock. It renews the lease and says how often live is wanted. */
export const TimeAnswer = Type.Object({
  session: Hex,
  agentMonoUs: Count,
  receivedUtcUs: Count,
  sentUtcUs: Count,
  leaseS: Type.Number({ minimum: 0, maximum: 3600 }),
  liveHz: Type.Number({ minimum: 0, maximum: 50 }),
  /** Another board says that it is this drone, and why the controller thinks so. */
  conflict: Type.Optional(Type.String({ maxLength: 32 })),
  /** The controller lacks what live deltas of this drone refer to: the next live message is to go whole. */
  base: Type.Optional(Type.Boolean()),
});
export type TimeAnswer = Static<typeof TimeAnswer>;

export const readPresence = reader('presence', Presence);
export const readAck = reader('ack', Ack);
export const readHello = reader('hello', Hello);
export const readTimeRequest = reader('time request', TimeRequest);
export const readTimeAnswer = reader('time answer', TimeAnswer);
export const readCommand = reader('command', Command);
