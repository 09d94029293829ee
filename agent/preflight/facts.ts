/** What pre-flight looks at; the composition root gathers it. */
import type { KindName, Sample } from '@skein/protocol/telemetry';

export type PreflightVerdict = 'ok' | 'warn' | 'stop';

export interface PreflightItem {
  readonly item: string;
  readonly verdict: PreflightVerdict;
  /** What was seen, as a person reads it; null when nothing was. */
  readonly value: string | null;
  /** What it is held against; null when there is no limit. */
  readonly limit: string | null;
  /** One sentence. */
  readonly words: string;
  /** Age of what was seen, ms; null when it has none. */
  readonly ageMs: number | null;
}

export interface Preflight {
  readonly verdict: PreflightVerdict;
  readonly items: readonly PreflightItem[];
}

/** The newest sample of each kind. */
export interface Seen {
  of<K extends KindName>(kind: K): Sample<K> | null;
  /** One of each instance. */
  batteries(): readonly Sample<'battery'>[];
  receivers(): readonly Sample<'gps'>[];
}

export interface PreflightFacts {
  /** The clock that samples carry. */
  readonly nowUs: number;
  readonly profile: 'bvlos' | 'line-of-sight' | 'bench';
  readonly seen: Seen;
  /** The verdict on the position (docs/position-trust.md); `words` say what speaks against it. */
  readonly position: {
    readonly trusted: boolean;
    readonly state: string;
    readonly words: string;
    readonly lastAgeMs: number | null;
  };
  readonly link: { readonly open: boolean; readonly problem: string | null };
  readonly autopilot: {
    readonly alive: boolean;
    readonly lastHeartbeatAgeMs: number | null;
    readonly armed: boolean | null;
    readonly mode: string | null;
    readonly others: number;
    readonly version: string | null;
    readonly flavour: string | null;
  };
  /** Since when our heartbeats go out without a break, ms; null while they do not. */
  readonly heartbeats: { readonly presence: boolean; readonly groundLinkMs: number | null };
  /** Newest last. */
  readonly texts: readonly { readonly ageMs: number; readonly text: string }[];
  /** Charge carried across reboots of the autopilot, %; null when nothing is remembered. */
  readonly rememberedPct: number | null;
  /** Cells in series; 0: guessed from the voltage. */
  readonly cells: number;
  /** Null while not all is read. `differences` in words. */
  readonly profileCheck: {
    readonly ok: boolean | null;
    readonly differences: readonly string[];
    readonly unread: number;
  };
  readonly failsafeCheck: {
    readonly ok: boolean | null;
    readonly differences: readonly string[];
    readonly owner: string;
  };
  /** Null: there is none. */
  readonly itinerary: { readonly id: string; readonly verified: boolean } | null;
  /** OPEN_DRONE_ID_ARM_STATUS; null when none was heard. */
  readonly remoteId: { readonly ok: boolean; readonly error: string; readonly ageMs: number } | null;
  readonly disk: { readonly freeMb: number | null; readonly problem: string | null };
  readonly clock: {
    readonly source: string;
    readonly errMs: number;
    /** Its sources contradict each other. */
    readonly split: boolean;
    readonly liars: readonly string[];
  } | null;
  readonly lock: { readonly reason: string; readonly by: string; readonly here: boolean } | null;
}
