/**
 * What travels on `WS /api/v1/live` (docs/live.md). Types only: the web page imports them with
 * `import type`, so nothing here may need a runtime.
 *
 * Every instant is controller time, UTC in µs (safe integers until the year 2255). A page ages a value as
 * `serverNow - atUtcUs`, where `serverNow` is the `serverUtcUs` of the last message plus what has passed since on the
 * browser's monotonic clock; the browser's wall clock is never consulted.
 */
import type { CommandType, DeliveryState } from '@skein/protocol/fleet';
import type { KindName, Values } from '@skein/protocol/telemetry';
import type { Board } from './board.ts';
import type { Move } from './move.ts';

export type * from './board.ts';
export type * from './move.ts';
export type * from './said.ts';

/** fresh: newest sample ≤ `freshMs` old; stale: older; lost: older than `lostMs`; never: no live sample yet. */
export type FreshnessState = 'fresh' | 'stale' | 'lost' | 'never';

/** The newest live sample of one kind. */
export interface LiveValue<K extends KindName = KindName> {
  /** SI units; names and units in protocol/telemetry. */
  readonly values: Values<K>;
  /** When it was sampled, on the controller's clock (never later than `serverUtcUs`). */
  readonly atUtcUs: number;
  /** `serverUtcUs - atUtcUs` when this message was made, ms. A convenience: it does not tick, `atUtcUs` does. */
  readonly ageMs: number;
  /** UTC by the drone's own clock records, null while its clock is unset. For display beside data from history. */
  readonly utcUs: number | null;
}

/**
 * By kind; of kinds with several instances (battery, gps, esc) instance 0 has the plain name and the others
 * `battery.1`, `gps.1`, `esc.5` (number of the first motor, where that is not 1).
 */
export type LiveKinds = { readonly [K in KindName]?: LiveValue<K> } & {
  readonly [K in KindName as `${K}.${number}`]?: LiveValue<K>;
};

export interface Freshness {
  readonly state: FreshnessState;
  /** When the newest live sample of the *vehicle* was taken (companion-only kinds do not count); null: never. */
  readonly sampledUtcUs: number | null;
  /** Age of that sample when this message was made, ms; null: never. */
  readonly ageMs: number | null;
  /** When anything at all last arrived from the current session (presence, time, batches); null: never. */
  readonly lastHeardUtcUs: number | null;
}

export interface LinkState {
  /** Has the current session's MQTT connection been seen alive (and no `offline` for that session)? */
  readonly connected: boolean;
  /** When the present state of `connected` began. */
  readonly sinceUtcUs: number;
  /** How late live data is: sampling to arrival of the newest live batch, ms. */
  readonly latencyMs: number | null;
  /** Times the current session was announced anew after having been offline. */
  readonly reconnects: number;
  /** How often live data is asked for at present, Hz. */
  readonly liveHz: number;
}

export interface LaneBacklog {
  /** Batches the drone holds that the controller has not committed. */
  readonly batches: number;
  /** Age of the oldest of them, s; null when unknown or none. */
  readonly oldestS: number | null;
}

export interface Conflict {
  /** 'two-boards': different boards alive at once; 'checksum': one batch number with two contents. */
  readonly reason: 'two-boards' | 'two-boots' | 'checksum';
  readonly sinceUtcUs: number;
  /** The sessions concerned, newest first. */
  readonly sessions: readonly string[];
}

/** Who flies, as the drone last said. */
export interface ControlEntry {
  /** skein, pilot, other-station, autopilot-failsafe, unknown. */
  readonly state: string;
  /** The operator whose flight command came first; null: nobody is in command. */
  readonly commander?: string | null;
  /** What the state was inferred from, in words. */
  readonly why?: string | null;
}

/** The ground lock; everything else of the kind `safety` is in `kinds.safety`. */
export interface SafetyEntry {
  readonly locked: boolean | null;
  readonly lockReason: string | null;
  readonly lockedBy: string | null;
}

export interface PreflightEntry {
  readonly verdict: 'ok' | 'warn' | 'stop';
  /** The items that say `stop`, in words. */
  readonly stops: readonly string[];
}

/** May the position be acted on (docs/position-trust.md). */
export interface TrustEntry {
  /** trusted, suspect, rejected. */
  readonly state: string;
  /** Stable code; null while trusted. */
  readonly reason: string | null;
  readonly words: string | null;
  /** The drone's own word while it is fresh, else what the controller makes of its live data. */
  readonly by: 'drone' | 'controller';
  /** The last trusted position; null: none yet. */
  readonly last: {
    readonly latDeg: number;
    readonly lonDeg: number;
    readonly altAmslM: number | null;
    readonly atUtcUs: number;
  } | null;
  /**
   * While it is not trusted, or silent: where the drone may be, by dead reckoning, for people to look at. Within `radiusM`
   * of it with 95 %; `sinceMs` after the last trusted position. It grows: sent again as it does.
   */
  readonly estimate: {
    readonly latDeg: number;
    readonly lonDeg: number;
    readonly radiusM: number;
    readonly sinceMs: number;
  } | null;
}

/** A delivery to this drone, in short; `GET /api/v1/commands/:id` has its steps and its proof. */
export interface CommandEntry {
  /** Id of the command, a ULID: sorts by time. */
  readonly id: string;
  readonly type: CommandType;
  readonly state: DeliveryState;
  /** `code` or `code: detail` (protocol/fleet, reasons); null while there is none. */
  readonly reason: string | null;
  readonly words: string | null;
  /** When the delivery came into this state, RFC 3339 UTC as on the HTTP routes. */
  readonly at: string;
  readonly issuedBy: string;
}

/** How the itinerary stands that it is under way with, or was last given; `GET /api/v1/itineraries/:id` has its steps. */
export interface ItineraryEntry {
  readonly id: string;
  readonly version: number;
  /** `assigned` until the drone has said something, then its own word (protocol, ITINERARY_STATES). */
  readonly state: string;
  readonly reason: string | null;
  readonly words: string | null;
  /** Item under way, counted from 0, and how many there are; null: none, not known. */
  readonly item: number | null;
  readonly items: number | null;
  /** RFC 3339 UTC. */
  readonly at: string;
}

/** The parcel of that itinerary of which something was said last. */
export interface ParcelEntry {
  readonly itinerary: string;
  readonly version: number;
  readonly item: number;
  readonly parcel: string | null;
  /** Protocol, RELEASE_STATES. */
  readonly state: string;
  readonly reason: string | null;
  readonly words: string | null;
  readonly at: string;
  /** What an operator said of it, while the drone has not agreed. */
  readonly settling: 'released' | 'aboard' | null;
}

/** The link-loss ladder, as the drone last said (at most a minute old while it is heard). */
export interface LadderEntry {
  readonly rung: string;
  readonly reason: string | null;
  readonly words: string | null;
  /** Whose rung it is, and when each ends: {owner, waitS, finishS, retractS, maxS}. */
  readonly plan: Readonly<Record<string, unknown>> | null;
}

/** What a drone must be doing now that is not heard: by its own settings, nothing but time having passed. */
export interface ExpectationEntry {
  readonly must: string;
  readonly rung: string;
  /** When its lease ran out: the ladder counts from there. */
  readonly sinceUtcUs: number;
  /** When the next rung begins; null: none by time. */
  readonly endsUtcUs: number | null;
  /** Until when its energy lasts, as it was last seen to be used; null: not known. */
  readonly untilEnergyUtcUs: number | null;
}

export interface DroneEntry {
  readonly id: string;
  readonly online: boolean;
  readonly session: string | null;
  /** Start counter of the session. */
  readonly n: number;
  /** Kernel boot id of the companion. */
  readonly boot: string | null;
  readonly firstSeenUtcUs: number;
  readonly control: ControlEntry;
  /** Boot of the autopilot as the agent counts them, for `ifBoot` of a reboot; null while not known. */
  readonly autopilotBoot?: string | null;
  /** Null until the drone has said. */
  readonly safety?: SafetyEntry | null;
  readonly preflight?: PreflightEntry | null;
  readonly trust?: TrustEntry;
  /** Deliveries to this drone: every open one and the last 5 others, newest first. */
  readonly commands?: readonly CommandEntry[];
  /** Null: none was ever given. */
  readonly itinerary?: ItineraryEntry | null;
  readonly delivery?: ParcelEntry | null;
  readonly ladder?: LadderEntry | null;
  /** Null while it is heard, and while it was last seen disarmed on the ground. */
  readonly expectation?: ExpectationEntry | null;
  readonly versions: Readonly<Record<string, string>>;
  readonly freshness: Freshness;
  readonly link: LinkState;
  readonly kinds: LiveKinds;
  readonly backlog: { readonly urgent: LaneBacklog; readonly history: LaneBacklog };
  /** Quality of the drone's UTC, from its newest clock record. */
  readonly clock: {
    readonly source: string;
    readonly errUs: number | null;
    /** single, agreed, split; null: it does not say. */
    readonly standing?: string | null;
    /** Sources that a majority contradicts. */
    readonly outvoted?: readonly string[];
    /** The board's own clock minus UTC, µs. */
    readonly boardUs?: number | null;
  };
  /** Two boards claim this identity, or one batch number came with two contents; null: none within the last minute. */
  readonly conflict: Conflict | null;
  /** Too many of its packs came to nothing: for a minute they are not opened, and it is told to send the same unpacked. */
  readonly packsShut: boolean;
}

/** Changed top-level fields replace those held; `kinds` is merged kind by kind. */
export type DroneDelta = Partial<Omit<DroneEntry, 'id' | 'kinds'>> & {
  readonly id: string;
  readonly kinds?: LiveKinds;
};

/** How the controller itself is: shown on the page because history stops filling in when the store does. */
export interface Health {
  readonly store: 'ok' | 'slow' | 'failed';
  /** Plain words, null when all is well. */
  readonly message: string | null;
}

export interface SnapshotMessage {
  readonly type: 'snapshot';
  /** Deltas continue with `seq + 1`. */
  readonly seq: number;
  readonly serverUtcUs: number;
  readonly controller: {
    readonly name: string;
    readonly start: string;
    readonly version: string;
    /** Which build of its page it serves; left out: none. Another than before: an open page is of the one before. */
    readonly page?: string;
  };
  /** The limits behind `freshness.state`, so that the page ages by the same rule. */
  readonly limits: { readonly freshMs: number; readonly lostMs: number };
  readonly health: Health;
  /** Left out by a controller that has none. */
  readonly board?: Board;
  readonly drones: readonly DroneEntry[];
  /** To those that connect with `?pieces=true`: these are not all, the deltas that follow at once have the others, whole. */
  readonly more?: boolean;
}

export interface DeltaMessage {
  readonly type: 'delta';
  readonly seq: number;
  readonly serverUtcUs: number;
  /** Only to those that asked for it: drones that moved, folded in after `drones`. */
  readonly moved?: readonly Move[];
  readonly drones: readonly DroneDelta[];
  readonly removed?: readonly string[];
  readonly health?: Health;
  /** When it has changed. */
  readonly board?: Board;
}

export type ServerMessage = SnapshotMessage | DeltaMessage;
