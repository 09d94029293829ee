/**
 * Whether a plan may be flown (flight rules §6): asked by the controller when it is given and again for each drone it is
 * assigned to, by the page while it is drawn, and by the agent with what it reads from its autopilot.
 */
import { checkArea } from './check-area.ts';
import { checkOrder } from './check-order.ts';
import { checkShape } from './check-shape.ts';
import { type EnergyNeed, energyOf } from './energy.ts';
import type { Aircraft, Limits } from './limits.ts';
import { Findings, type PlanWarning, type Refusal } from './refusal.ts';
import { routeOf } from './route.ts';
import type { Itinerary } from './schema.ts';

export interface Verdict {
  /** Null where it is not even an itinerary. */
  readonly itinerary: Itinerary | null;
  /** Empty: it may be flown, as far as is known here. At most 100. */
  readonly refusals: readonly Refusal[];
  readonly warnings: readonly PlanWarning[];
  readonly energy: EnergyNeed | null;
}

export function validate(value: unknown, limits: Limits, aircraft: Aircraft): Verdict {
  const found = new Findings();
  const itinerary = checkShape(value, found);
  if (itinerary === null) return { itinerary, refusals: found.refusals, warnings: found.warnings, energy: null };
  checkOrder(itinerary, limits, aircraft, found);
  const route = routeOf(itinerary, aircraft);
  checkArea(itinerary, route, limits, aircraft, found);
  const energy = energyOf(itinerary, route, limits, aircraft, found);
  return { itinerary, refusals: found.refusals, warnings: found.warnings, energy };
}
