/**
 * What planning is told and what it answers: plain data, no ports to the world. Places are WGS 84 degrees, heights metres
 * above the base that a flight begins at unless their name says otherwise, times UTC in µs since 1970.
 */
import type { DeliveryMethod, Flavour, Itinerary, Limits, Place } from '@skein/protocol/fleet';
import type { Considered, Reason } from './reasons.ts';

export interface OrderWish {
  readonly id: string;
  /** Which attempt this would be, from 1: itineraries are named after order and attempt. */
  readonly attempt?: number;
  readonly pickup: Place;
  /** The one it was placed at: people bring the parcel there; left out, the nearest to the pickup. */
  readonly base?: string;
  readonly dropOff: Place;
  readonly payloadKg: number;
  /** 0–9, 9 goes first. Waiting raises it (turn.ts). */
  readonly priority: number;
  /** When it was placed: the older goes first. */
  readonly placedUtcUs: number;
  /** Not released before, not released after. */
  readonly notBeforeUtcUs: number | null;
  readonly notAfterUtcUs: number | null;
  readonly how: DeliveryMethod;
}

/** What a drone can do; null: what the limits say (protocol, DEFAULT_LIMITS), or nothing is known. */
export interface Airframe {
  /** Without parcel, with battery. */
  readonly emptyKg: number;
  readonly payloadMaxKg: number;
  readonly methods: readonly DeliveryMethod[];
  /** Of a full pack when new, at 20 °C. */
  readonly batteryWh: number | null;
}

/** Fitted from flown history (calibration.ts); null where too little was flown. */
export interface Calibration {
  /** Energy drawn ÷ energy of the model. */
  readonly energyRatio: number;
  /** How far single flights lie from that, as a share of it: added as a margin. */
  readonly energySpread: number;
  readonly timeRatio: number;
  readonly timeSpread: number;
  readonly flights: number;
}

export type Control = 'skein' | 'pilot' | 'other-station' | 'autopilot-failsafe' | 'unknown';

export interface Candidate {
  readonly id: string;
  readonly groups?: readonly string[];
  readonly flavour: Flavour;
  /** Its newest trusted position; null: there is none now. */
  readonly place: Place | null;
  /** Whether that position is trusted now (flight rules §8). */
  readonly trusted: boolean;
  /** Where it stands; null: on no pad of a base. */
  readonly base: string | null;
  readonly pad: string | null;
  /** What the autopilot says, and what was carried across its reboots: the lower counts. */
  readonly reportedPct: number | null;
  readonly rememberedPct: number | null;
  /** Whether it is being charged where it stands. */
  readonly charging: boolean;
  /** It stands on a charger, and its charge does not rise: it is not forecast. */
  readonly chargerFails?: boolean;
  readonly airframe: Airframe;
  readonly calibration: Calibration | null;
  readonly online: boolean;
  readonly armed: boolean;
  readonly onGround: boolean;
  readonly control: Control;
  /** Items of the pre-flight list that stop, by name. */
  readonly preflightStops: readonly string[];
  /** Why it may not fly although it could: maintenance, ground lock, a finding of the detector. */
  readonly holds: readonly string[];
  /** What it does, for people; until when, as far as that is planned. */
  readonly busyWith: string | null;
  readonly busyUntilUtcUs: number | null;
  readonly winchMps?: number;
}

export interface Pad {
  readonly id: string;
  readonly place: Place;
  /** The drone that stands on it, or that it is kept for. */
  readonly occupiedBy: string | null;
  /** Out of use, in words. */
  readonly closed?: string | null;
  /** Power of its charger, W; 0: it has none. */
  readonly chargeW: number;
}

export interface Base {
  readonly id: string;
  readonly name: string;
  readonly place: Place;
  /** Height of its ground above the sea; null: its heights compare with those of no other base. */
  readonly groundAmslM: number | null;
  /** Flights come home at this height or above, m; null: the lowest layer. */
  readonly returnAltM: number | null;
  /** Highest layer flown from here; null: the limits' ceiling. */
  readonly ceilingM: number | null;
  readonly pads: readonly Pad[];
}

export type ZoneKind = 'no-fly' | 'keep-in' | 'slow' | 'caution';
export interface Zone {
  readonly id: string;
  readonly name: string;
  readonly kind: ZoneKind;
  readonly ring?: readonly Place[];
  readonly circle?: { readonly centre: Place; readonly radiusM: number };
  /** Height band; null: from the ground, without end. */
  readonly fromM: number | null;
  readonly toM: number | null;
  readonly frame: 'home' | 'amsl';
  /** It holds in these times only; null: since ever, for ever. */
  readonly validFromUtcUs: number | null;
  readonly validToUtcUs: number | null;
  /** Of `slow`: ground speed inside. */
  readonly speedMaxMps?: number;
}

export interface Weather {
  readonly base: string;
  /** Mean wind at flight height: from where, how strong. */
  readonly windFromDeg: number;
  readonly windMps: number;
  readonly gustMps: number | null;
  readonly temperatureC: number | null;
  readonly atUtcUs: number;
  /** It is told anew by then; null: not known. */
  readonly nextUtcUs: number | null;
}

/** Nothing new arms or starts (flight rules §11). */
export interface GroundStop {
  readonly id: string;
  readonly reach: { readonly fleet: true } | { readonly group: string } | { readonly base: string };
  readonly reason: string;
  readonly by: string;
  readonly fromUtcUs: number;
  readonly untilUtcUs: number | null;
}

/** A piece of air that a flight may be in between two times: along a line, between two heights. */
export interface TubePart {
  readonly from: Place;
  readonly to: Place;
  readonly lowM: number;
  readonly highM: number;
  readonly fromUtcUs: number;
  readonly toUtcUs: number;
  readonly what: 'climb' | 'out' | 'gate' | 'release' | 'back' | 'gate-back' | 'descend';
}
/** `until` null: until somebody says that it is free. */
export interface PadUse {
  readonly base: string;
  readonly pad: string;
  readonly use: 'take-off' | 'landing' | 'alternate';
}
/** Air and pads kept for one flight, from its planning to its landing. */
export interface Reservation {
  readonly order: string;
  readonly drone: string;
  readonly leg: 'ferry' | 'delivery';
  readonly fromUtcUs: number;
  readonly toUtcUs: number;
  /** Heights of the tube count from this base. */
  readonly base: string;
  readonly groundAmslM: number | null;
  readonly tube: readonly TubePart[];
  readonly pads: readonly PadUse[];
}

/** An order further ahead in the turn waits for this drone: later ones leave it to it. */
export interface Claim {
  readonly order: string;
  readonly drone: string;
  readonly fromUtcUs: number;
}

export interface World {
  readonly bases: readonly Base[];
  readonly zones: readonly Zone[];
  /** The newest of each base. */
  readonly weather: readonly Weather[];
  readonly stops: readonly GroundStop[];
  readonly reservations: readonly Reservation[];
  readonly claims?: readonly Claim[];
  /** What every itinerary is judged by (protocol): powers, speeds, ceiling, margins, reserve. */
  readonly limits: Limits;
  readonly rules: Rules;
}

/** What planning keeps to besides the limits; `DEFAULT_RULES` says why each. */
export interface Rules {
  readonly pickupWithinM: number;
  readonly dropOffMaxM: number;
  readonly separationAcrossM: number;
  readonly separationUpM: number;
  readonly lowestLayerM: number;
  readonly layerStepM: number;
  readonly trackErrorM: number;
  readonly heightErrorM: number;
  readonly zoneMarginM: number;
  /** A start takes so long, at most, from `departUtcUs` on. */
  readonly startSlackS: number;
  readonly earlyPct: number;
  readonly latePct: number;
  readonly gateS: number;
  readonly releaseAltM: number;
  readonly delayMaxS: number;
  readonly loadingS: number;
  readonly readyS: number;
  readonly windMaxMps: number;
  readonly gustMaxMps: number;
  readonly windErrorMps: number;
  readonly temperatureMinC: number;
  readonly temperatureMaxC: number;
  readonly energyMarginPct: number;
  readonly agingS: number;
  readonly aheadS: number;
}

/** The energy of a leg, at the worst that the model's margins allow. */
export interface LegEnergy {
  readonly needWh: number;
  readonly needPct: number;
  readonly chargePct: number;
  /** At the landing; at least the reserve. */
  readonly leftPct: number;
  readonly reservePct: number;
  /** From the gate home, with the reserve: below it the delivery is not begun. */
  readonly backPct: number;
  /** What was counted with, in words: temperature, wind, calibration. */
  readonly words: string;
}

export interface PlannedLeg {
  readonly kind: 'ferry' | 'delivery';
  readonly itinerary: Itinerary;
  readonly fromBase: string | null;
  readonly fromPad: string | null;
  readonly toBase: string;
  readonly toPad: string;
  readonly layerOutM: number;
  readonly layerBackM: number;
  readonly departUtcUs: number;
  /** Its air is kept for a start up to then; its drone refuses a later one by the itinerary's `notAfter`. */
  readonly departByUtcUs: number;
  /** Expected, without delays; null: no delivery. */
  readonly releaseUtcUs: number | null;
  readonly landUtcUs: number;
  readonly distanceM: number;
  readonly energy: LegEnergy;
  /** What a person should know of it: slow and caution zones, terrain not known, no alternate. */
  readonly notes: readonly string[];
}

export type Decision =
  | {
      readonly kind: 'fly';
      readonly drone: string;
      readonly legs: readonly PlannedLeg[];
      readonly reservations: readonly Reservation[];
      readonly why: readonly Considered[];
    }
  | {
      readonly kind: 'wait';
      readonly words: string;
      readonly reasons: readonly Reason[];
      readonly untilUtcUs: number | null;
      /** The drone that will be able to; pass it on in `World.claims` to the orders after this one. */
      readonly claim: Claim | null;
      readonly why: readonly Considered[];
    }
  | { readonly kind: 'infeasible'; readonly reasons: readonly Reason[] };
