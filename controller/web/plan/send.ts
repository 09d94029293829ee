/** Itineraries, asked of the controller. */
import type { Itinerary } from '@skein/protocol/fleet';
import { type Asked, ask, failed, newKey, type SendPorts } from '../shell/ask.ts';
import { type PlanAnswer, readPlanAnswer, readPlanList } from './answers.ts';

const ROUTE = '/api/v1/itineraries';

function asPlan(asked: Asked<unknown>): Asked<PlanAnswer> {
  if (!asked.ok) return asked;
  const value = readPlanAnswer(asked.value);
  return value === null
    ? failed(null, 'The controller answered with something that is no itinerary.', true)
    : { ok: true, value };
}

export async function fetchPlan(id: string, ports?: SendPorts): Promise<Asked<PlanAnswer>> {
  return asPlan(await ask(`${ROUTE}/${id}`, {}, ports));
}

/** Those given last, first. */
export async function fetchPlans(ports?: SendPorts): Promise<Asked<readonly PlanAnswer[]>> {
  const asked = await ask(ROUTE, {}, ports);
  return asked.ok ? { ok: true, value: readPlanList(asked.value) } : asked;
}

export async function givePlan(plan: Itinerary, issuedBy: string, ports?: SendPorts): Promise<Asked<PlanAnswer>> {
  return asPlan(await ask(`${ROUTE}?issuedBy=${encodeURIComponent(issuedBy)}`, { body: plan, key: newKey() }, ports));
}

async function assignPlan(
  id: string,
  targets: readonly string[],
  issuedBy: string,
  ports?: SendPorts,
): Promise<Asked<PlanAnswer>> {
  return asPlan(await ask(`${ROUTE}/${id}/assign`, { body: { targets, issuedBy }, key: newKey() }, ports));
}

/**
 * Assigned; where this version is over on one of them (flown, replaced, refused for what it says) once more as the next one.
 * What was taken back is not: its drone takes no version of that id. `given`: the version made by this.
 */
export async function assignOrRaise(
  plan: Itinerary,
  targets: readonly string[],
  issuedBy: string,
  ports?: SendPorts,
): Promise<{ readonly assigned: Asked<PlanAnswer>; readonly given: Itinerary | null }> {
  const assigned = await assignPlan(plan.id, targets, issuedBy, ports);
  if (assigned.ok || assigned.trouble.code !== 'itinerary-over') return { assigned, given: null };
  const again = await givePlan({ ...plan, version: plan.version + 1 }, issuedBy, ports);
  if (!again.ok || again.value.itinerary === null) return { assigned, given: null };
  return { assigned: await assignPlan(plan.id, targets, issuedBy, ports), given: again.value.itinerary };
}

export async function takeBackPlan(
  id: string,
  targets: readonly string[],
  issuedBy: string,
  ports?: SendPorts,
): Promise<Asked<PlanAnswer>> {
  return asPlan(await ask(`${ROUTE}/${id}/cancel`, { body: { targets, issuedBy }, key: newKey() }, ports));
}
