/** The words of this folder: an itinerary on this drone, how it stands, the parcels in its custody. */
import type { IntentOutcome } from '@skein/hardware/autopilot';
import type { Itinerary, ItineraryState, ReleaseState } from '@skein/protocol/fleet';

export type Json = Readonly<Record<string, unknown>>;

/** How one version of an itinerary stands: a sample of kind `itinerary`, but for its stamp. */
export interface Stand {
  readonly id: string;
  readonly version: number;
  /** Rises with everything that is said of it, also over restarts. */
  readonly step: number;
  readonly state: ItineraryState;
  /** Code, or `code: detail`; empty when the state says it all. */
  readonly reason: string;
  readonly item: number | null;
  readonly detail: Json;
}

/** What was read back, and for which boot of the autopilot that holds. */
export interface Verification {
  readonly hash: string;
  readonly home: { readonly latDeg: number; readonly lonDeg: number; readonly altAmslM: number };
  readonly boot: BootMark;
}

/**
 * A boot of the autopilot, as a later start of the agent can find it again: when it began, by the monotonic clock of that
 * run of our own kernel.
 */
export interface BootMark {
  readonly kernel: string;
  readonly beganMs: number;
  /** The name that the start of the agent which made this mark had for it. */
  readonly id?: string;
}

/** One parcel in the drone's custody, by itinerary and item. */
export interface Parcel {
  readonly itinerary: string;
  readonly version: number;
  readonly item: number;
  readonly name: string | null;
  readonly step: number;
  readonly state: ReleaseState;
  readonly reason: string;
  /** The way to its release was taken once. It never is again, whatever came of it. */
  readonly begun: boolean;
  readonly latDeg: number | null;
  readonly lonDeg: number | null;
  readonly detail: Json;
}

/** The itinerary this drone has now. */
export interface Current {
  readonly itinerary: Itinerary;
  readonly issuedBy: string;
  readonly limits: Json;
  readonly stand: Stand;
  readonly verification: Verification | null;
  /**
   * Somebody else wrote since people gave it, as a reason: what is there is only read, and left to people where it differs.
   * Null: nobody, or all was equal since, or people gave it again.
   */
  readonly foreign: string | null;
  /** When an operator gave it last, as the controller says it; null: it did not say. */
  readonly givenAt: string | null;
  /** Mission item that was flown last, for going on after a break; null before the start. */
  readonly seq: number | null;
}

/** An id of which nothing more comes on this drone. */
export interface Ended {
  readonly stand: Stand;
  /** By the controller or an `abort` before take-off: refused from then on. */
  readonly takenBack: boolean;
}

/** How a command ended; commands/types.ts takes it as it is. */
export interface Outcome {
  readonly state: 'succeeded' | 'failed' | 'rejected' | 'cancelled' | 'superseded' | 'unknown';
  readonly reason: string;
  readonly detail?: Json;
}

export interface ResumeOrder {
  readonly signal: AbortSignal;
  /** Control was taken back by the same order. */
  readonly tookControl: boolean;
  /** Sets the item as current where needed, and goes on. */
  readonly send: (seq: number) => Promise<IntentOutcome>;
}
