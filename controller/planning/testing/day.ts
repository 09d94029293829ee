/** A city's orders planned one after the other, as they come, with what each flight takes kept for those after it. */
import { plan } from '../plan.ts';
import type { Candidate, Claim, Decision, OrderWish, PlannedLeg, Reservation, World } from '../ports.ts';
import { inTurn } from '../turn.ts';
import type { City } from './cities.ts';
import { MIN } from './city.ts';

export interface Released {
  readonly order: OrderWish;
  readonly drone: Candidate;
  readonly legs: readonly PlannedLeg[];
  readonly reservations: readonly Reservation[];
  readonly atUtcUs: number;
  /** As it was asked. */
  readonly world: World;
}

/** Each order is asked for when it is placed, and those that wait again with each that comes, `rounds` times more at the end. */
export function dayOf(
  { world, fleet, orders }: City,
  rounds = 3,
): {
  readonly released: readonly Released[];
  readonly decisions: readonly Decision[];
} {
  const released: Released[] = [];
  const decisions: Decision[] = [];
  let waiting: readonly OrderWish[] = [];
  const last = orders.at(-1)?.placedUtcUs ?? 0;
  const times = [
    ...orders.map((one) => one.placedUtcUs),
    ...Array.from({ length: rounds }, (_, i) => last + (i + 1) * 5 * MIN),
  ];
  for (const [i, nowUtcUs] of times.entries()) {
    const placed = orders[i];
    if (placed !== undefined) waiting = [...waiting, placed];
    const claims: Claim[] = [];
    for (const order of inTurn(waiting, nowUtcUs, world.rules)) {
      const reservations = released.flatMap((one) => one.reservations).filter(({ toUtcUs }) => toUtcUs >= nowUtcUs);
      const asked = { ...world, reservations, claims };
      const now = fleetNow(fleet, released, nowUtcUs);
      const decision = plan({ order, fleet: now, world: asked, nowUtcUs });
      decisions.push(decision);
      if (decision.kind === 'wait') {
        if (decision.claim !== null) claims.push(decision.claim);
        continue;
      }
      waiting = waiting.filter((one) => one !== order);
      if (decision.kind !== 'fly') continue;
      const drone = now.find(({ id }) => id === decision.drone);
      if (drone === undefined) throw new Error(`${decision.drone} is no drone of this fleet`);
      released.push({
        order,
        drone,
        legs: decision.legs,
        reservations: decision.reservations,
        atUtcUs: nowUtcUs,
        world: asked,
      });
    }
  }
  return { released, decisions };
}

/** A drone that flies stands nowhere; landed it stands where it was planned to, with what was left at the worst. */
function fleetNow(fleet: readonly Candidate[], released: readonly Released[], nowUtcUs: number): readonly Candidate[] {
  return fleet.map((one) => {
    const last = released.findLast(({ drone }) => drone.id === one.id);
    const leg = last?.legs.at(-1);
    if (last === undefined || leg === undefined) return one;
    const isFlying = last.reservations.some(({ toUtcUs }) => toUtcUs >= nowUtcUs);
    if (isFlying) return { ...one, base: null, pad: null, armed: true, onGround: false };
    const base = last.world.bases.find(({ id }) => id === leg.toBase);
    const place = base?.pads.find(({ id }) => id === leg.toPad)?.place ?? null;
    const pct = leg.energy.leftPct;
    return { ...one, base: leg.toBase, pad: leg.toPad, place, reportedPct: pct, rememberedPct: pct };
  });
}
