/**
 * How old things look. One rule for the drone (fresh, stale, lost; limits come from the controller) and one table that
 * says when a single value is too old to be shown at full strength.
 */
import type { KindName } from '@skein/protocol/telemetry';
import type { FreshnessState } from '../../live/messages.ts';

export interface FreshnessLimits {
  readonly freshMs: number;
  readonly lostMs: number;
}

/** Used until the first snapshot names the controller's own. */
export const DEFAULT_LIMITS: FreshnessLimits = { freshMs: 3_000, lostMs: 30_000 };

export function classify(ageMs: number | null, limits: FreshnessLimits): FreshnessState {
  if (ageMs === null) return 'never';
  if (ageMs <= limits.freshMs) return 'fresh';
  return ageMs <= limits.lostMs ? 'stale' : 'lost';
}

/**
 * A kind past this age is dimmed. Motion is sampled once a second or faster; the rest is sent when it changes and every
 * 10 s in any case, so it may be 10 s old plus a late batch on a healthy drone. Kinds that hold once learnt never dim by
 * themselves.
 */
const DIM_AFTER_MS: Partial<Record<KindName, number>> = {
  position: 3_000,
  velocity: 3_000,
  attitude: 3_000,
  air: 3_000,
  home: Number.POSITIVE_INFINITY,
  autopilot: Number.POSITIVE_INFINITY,
  flight: Number.POSITIVE_INFINITY,
  text: Number.POSITIVE_INFINITY,
  itinerary: Number.POSITIVE_INFINITY,
  clock: 600_000,
  // Said at once when they change, and each minute in any case.
  control: 75_000,
  safety: 75_000,
  preflight: 75_000,
};
const DIM_AFTER_OTHERS_MS = 15_000;

export function isDim(kind: KindName, ageMs: number | null): boolean {
  return ageMs === null || ageMs > (DIM_AFTER_MS[kind] ?? DIM_AFTER_OTHERS_MS);
}

/** How strongly a drone is drawn: full while fresh, fading from 0.85 to 0.45 while stale, 0.45 when lost. In steps of 0.05. */
export function strength(ageMs: number | null, limits: FreshnessLimits): number {
  if (ageMs === null) return 0.45;
  if (ageMs <= limits.freshMs) return 1;
  const through = Math.min(1, (ageMs - limits.freshMs) / Math.max(1, limits.lostMs - limits.freshMs));
  return Math.round((0.85 - 0.4 * through) * 20) / 20;
}
