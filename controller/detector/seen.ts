/**
 * What the detector sees of one drone at one moment. Ages are of now; nothing here says more than the drone has said, and
 * what is not known is null.
 */
import type { Place } from '@skein/protocol/fleet';
import type { KindName, Values } from '@skein/protocol/telemetry';

export interface SampleSeen<K extends KindName> {
  readonly values: Values<K>;
  readonly ageMs: number;
}

/** The itinerary that it flies, as planned; per item, counted from 0. */
export interface PlanSeen {
  readonly id: string;
  readonly version: number;
  /** Each two ends of a leg, the ways back from gates too. */
  readonly legs: readonly (readonly [Place, Place])[];
  /** Length of the way to the item, m. */
  readonly lengthM: readonly number[];
  /** Stays there, the gate with all the time it may wait, s. */
  readonly waitS: readonly number[];
  /** Charge from the beginning of the item to the end of the plan, %; null: the pack is not known. */
  readonly restPct: readonly number[] | null;
  readonly reservePct: number;
  /** Where it ends, and charge per metre of the way there, %. */
  readonly home: Place | null;
  readonly pctPerM: number | null;
}

export interface Seen {
  readonly drone: string;
  readonly utcUs: number;
  /** Monotonic, µs. */
  readonly monoUs: number;
  /** Its session is online, as far as the broker has said. */
  readonly connected: boolean;
  /** Since anything at all came of its session; null: never. */
  readonly heardAgeMs: number | null;
  /** Since its autopilot was sampled; null: never. */
  readonly vehicleAgeMs: number | null;
  readonly session: string | null;
  /** Of the companion. */
  readonly boot: string | null;
  readonly autopilotBoot: string | null;
  /** Why two may claim its identity. */
  readonly conflict: string | null;
  readonly control: { readonly state: string; readonly why: string | null };
  readonly clock: { readonly source: string; readonly errUs: number | null; readonly standing: string | null } | null;
  readonly itinerary: {
    readonly id: string;
    readonly version: number;
    readonly state: string;
    readonly reason: string | null;
    readonly item: number | null;
    readonly at: string;
  } | null;
  readonly delivery: {
    readonly state: string;
    readonly reason: string | null;
    readonly settling: string | null;
  } | null;
  readonly commands: readonly {
    readonly type: string;
    readonly state: string;
    readonly reason: string | null;
    readonly at: string;
  }[];
  /** Charge, the lower of reported and remembered, %. */
  readonly chargePct: number | null;
  readonly plan: PlanSeen | null;
  /** Computed when asked for. */
  trust(): { readonly state: string; readonly reason: string | null };
  /** What it must be doing while it is not heard, a sentence; null: nothing is known, or it stands. */
  expectation(): string | null;
  /** The newest one, however old. `key`: `esc.5` is the motors from the fifth on. */
  sample<K extends KindName>(kind: K, key?: string): SampleSeen<K> | null;
}

/** Older is of another moment, ms. */
export const FRESH_MS = 5000;

export function fresh<K extends KindName>(seen: Seen, kind: K, withinMs = FRESH_MS): Values<K> | null {
  const held = seen.sample(kind);
  return held === null || held.ageMs > withinMs ? null : held.values;
}

/** By fresh samples; null: not known. Where the autopilot does not say whether it has landed, its height tells. */
export function inAir(seen: Seen): boolean | null {
  const status = fresh(seen, 'status');
  if (status?.armed == null) return null;
  if (!status.armed) return false;
  const { landed } = status;
  if (landed !== null && landed !== 'unknown') return landed !== 'on-ground';
  const altRelM = fresh(seen, 'position')?.altRelM ?? null;
  return altRelM === null ? null : altRelM > 2;
}

export function armed(seen: Seen): boolean | null {
  return fresh(seen, 'status')?.armed ?? null;
}

/** It was armed when it was seen last, however long ago. */
export function wasArmed(seen: Seen): boolean {
  return seen.sample('status')?.values.armed === true;
}

/** When it was sampled, monotonic µs; now, where it never was. */
export function stampOf(seen: Seen, kind: KindName): number {
  return seen.monoUs - (seen.sample(kind)?.ageMs ?? 0) * 1e3;
}
