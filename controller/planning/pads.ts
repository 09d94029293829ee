/** One drone a pad, from the moment a flight is planned to it: standing on it, coming to it, or having it as its alternate. */
import type { Base, Pad, Reservation } from './ports.ts';

export const padKey = (base: string, pad: string): string => `${base}/${pad}`;

/** Which drone a pad is kept for, by `padKey`. */
export function keptPads(reservations: readonly Reservation[]): ReadonlyMap<string, ReadonlySet<string>> {
  const kept = new Map<string, Set<string>>();
  for (const { drone, pads } of reservations) {
    for (const { base, pad } of pads) {
      const drones = kept.get(padKey(base, pad)) ?? new Set();
      kept.set(padKey(base, pad), drones.add(drone));
    }
  }
  return kept;
}

export function isFreeFor(
  drone: string,
  base: Base,
  pad: Pad,
  kept: ReadonlyMap<string, ReadonlySet<string>>,
  standing: ReadonlyMap<string, string>,
): boolean {
  if (pad.closed) return false;
  const key = padKey(base.id, pad.id);
  const there = standing.get(key) ?? pad.occupiedBy;
  if (pad.occupiedBy !== null && pad.occupiedBy !== drone) return false;
  if (there !== null && there !== drone) return false;
  return [...(kept.get(key) ?? [])].every((one) => one === drone);
}
