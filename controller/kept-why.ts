/**
 * Why the others were not chosen, as an order keeps it for good: of a large fleet those that came nearest to it by name, of the
 * rest how many, by reason. The whole list of 2 000 drones is a quarter of a megabyte, in the event, and in each answer.
 */
import type { Considered, DroneReason } from './planning/index.ts';

export interface More {
  readonly rule: DroneReason | null;
  /** So many drones besides. */
  readonly more: number;
}

/** Kept by name, the chosen one among them. */
const MAX_NAMED = 20;
/** Could have flown it, but for this. */
const NEAR: readonly (DroneReason | null)[] = [null, 'other', 'air', 'no-pad', 'charge', 'promised'];

export function keptWhy(why: readonly Considered[]): readonly (Considered | More)[] {
  if (why.length <= MAX_NAMED) return why;
  const sorted = why.toSorted((a, b) => farness(a) - farness(b));
  const rest = Map.groupBy(sorted.slice(MAX_NAMED), ({ rule }) => rule);
  return [...sorted.slice(0, MAX_NAMED), ...[...rest].map(([rule, all]): More => ({ rule, more: all.length }))];
}

function farness({ rule }: Considered): number {
  const at = NEAR.indexOf(rule);
  return at < 0 ? NEAR.length : at;
}
