/** What this folder needs of others; the composition root fits it (itinerary-wiring.ts). */
import type { ControlSnapshot, IntentOutcome, VehicleState } from '@skein/hardware/autopilot';
import type { Itinerary } from '@skein/protocol/fleet';
import type { MissionItem, MissionType } from '@skein/protocol/mavlink';
import type { RouteLeg, RouteStep } from './route.ts';
import type { DifferenceLike, Lists, MissionPort } from './transfer.ts';
import type { Json } from './types.ts';

export type FlavourName = 'ardupilot' | 'px4';

/** An itinerary as the autopilot gets it, and what each of its items is for. */
export interface Compiled extends Lists {
  readonly steps: ReadonlyMap<number, RouteStep>;
  readonly legs: readonly RouteLeg[];
  /** Where each gate waits. */
  readonly gates: ReadonlyMap<number, { readonly latDeg: number; readonly lonDeg: number }>;
  /** From this mission item on the parcel has left or it has not: what hovers there is weighed. */
  readonly weighFrom: ReadonlyMap<number, number>;
}

/** One breach of a rule, as docs/itineraries.md lists them. */
export interface Breach {
  /** Item of the itinerary; null: the plan as a whole. */
  readonly item: number | null;
  readonly rule: string;
  readonly value: string | number | null;
  readonly limit: string | number | null;
  readonly words: string;
}

export interface ItineraryVehicle {
  readonly state: VehicleState;
  readonly control: ControlSnapshot;
  readonly flavour: FlavourName | null;
  readonly missions: MissionPort;
  /** A log is being fetched: the autopilot would not arm. */
  readonly logTransfer: boolean;
  readonly parameter: (name: string, signal: AbortSignal) => Promise<number | null>;
  /** GUIDED, armed, home within 5 m of `base`, and the mission runs; on any failure disarmed and out of AUTO. */
  start(o: {
    readonly signal: AbortSignal;
    readonly may: () => boolean;
    readonly base: { readonly latDeg: number; readonly lonDeg: number };
  }): Promise<IntentOutcome>;
  /** Sent once; its effect is looked for. */
  jump(seq: number, o: { readonly signal: AbortSignal; readonly may: () => boolean }): Promise<IntentOutcome>;
  /** Reels in what is out, m. */
  retract(lineM: number, o: { readonly signal: AbortSignal }): Promise<IntentOutcome>;
  comeHome(o: { readonly signal: AbortSignal }): Promise<IntentOutcome>;
  disarm(o: { readonly signal: AbortSignal }): Promise<IntentOutcome>;
  /** Asked now, how long the autopilot has run: whether it restarted is known with the answer. Null: it does not answer. */
  bootAge(o: { readonly signal: AbortSignal }): Promise<{ readonly bootMs: number } | null>;
}

export interface ItineraryPorts {
  readonly vehicle: ItineraryVehicle;
  readonly nowUs: () => number;
  readonly boot: string;
  readonly linkOpen: () => boolean;
  readonly locked: () => string | null;
  /** What happened to the aircraft since it was armed, if anything did: it fell, or hit the ground. */
  readonly crashed: () => string | null;
  /** Why it must not be armed now; null: nothing speaks against it. */
  readonly canArm: () => string | null;
  /** The pre-flight list, to go with the start. */
  readonly preflight: () => Json;
  readonly chargePct: () => number | null;
  readonly leaseLeftMs: () => number;
  readonly controllerTime: () => { readonly utcUs: number; readonly errUs: number } | null;
  /** Null: trusted now; else why not. */
  readonly position: () => string | null;
  readonly compile: (itinerary: Itinerary, flavour: FlavourName) => Compiled;
  /** `atStart`: by the charge it has now. Judged again by what this drone knows of itself; null: a parameter that is needed was not read. */
  readonly validate: (
    itinerary: Itinerary,
    o: {
      readonly flavour: FlavourName;
      readonly limits: Json;
      readonly signal: AbortSignal;
      readonly atStart: boolean;
    },
  ) => Promise<readonly Breach[] | null>;
  /** What a release of this itinerary is proved by is looked up, unless it is known: an earlier start may have known it. */
  readonly learn: (
    itinerary: Itinerary,
    o: { readonly flavour: FlavourName; readonly signal: AbortSignal },
  ) => Promise<void>;
  readonly differences: (
    sent: readonly MissionItem[],
    readBack: readonly MissionItem[],
    type: MissionType,
    flavour: FlavourName,
  ) => readonly DifferenceLike[];
  readonly hash: (lists: Lists, home: VehicleState['home'], flavour: FlavourName) => string;
  /** Resolves after `ms`, or at once when the signal is aborted. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly settings: ItinerarySettings;
}

export interface ItinerarySettings {
  /** `abort`, and a lost link: the line is reeled in, or left where it is. */
  readonly onAbort: 'retract' | 'abandon';
  /** Longest that reeling in may take, s. */
  readonly retractS: number;
  /** Part of the hover current by which it must fall when the parcel has left. */
  readonly hoverDropPct: number;
}
