/** The plan that a drone flies, as the detector holds its flight against it: the way, the stays, the charge that is still needed. */
import { type Itinerary, type Limits, phasesOf, routeOf } from '@skein/protocol/fleet';
import type { PlanSeen } from './detector/index.ts';
import { type Entry, knownOf } from './fleet/index.ts';

export interface FlownPlans {
  readonly limits: Limits;
  readonly batteryWh: number;
  readonly entry: (drone: string) => Entry | null;
  readonly itinerary: (id: string, version: number) => Itinerary | null;
  readonly monoUs: () => number;
}

/** The wind changes: the plan is computed anew after, µs. */
const KEPT_US = 60e6;

/** Of each drone the one it flies, kept for a minute: it is asked for each second. */
export function flownPlans(o: FlownPlans): (drone: string, id: string, version: number) => PlanSeen | null {
  const kept = new Map<string, { readonly plan: PlanSeen | null; readonly key: string; readonly atUs: number }>();
  return (drone, id, version) => {
    const known = kept.get(drone);
    const key = `${id}@${version}`;
    const nowUs = o.monoUs();
    if (known?.key === key && nowUs - known.atUs < KEPT_US) return known.plan;
    const itinerary = o.itinerary(id, version);
    const entry = o.entry(drone);
    const plan = itinerary === null || entry === null ? null : planSeen(itinerary, entry, o);
    kept.set(drone, { plan: plan && { ...plan, id, version }, key, atUs: nowUs });
    return plan;
  };
}

function planSeen(itinerary: Itinerary, entry: Entry, { limits, batteryWh }: FlownPlans): PlanSeen {
  const aircraft = knownOf(entry, batteryWh);
  const route = routeOf(itinerary, aircraft);
  const watts = { cruise: limits.cruiseW, hover: limits.hoverW, climb: limits.climbW };
  const per = itinerary.items.map(() => ({ lengthM: 0, waitS: 0, joules: 0 }));
  for (const { item, does, timeS, lengthM } of phasesOf(itinerary, route, limits, aircraft)) {
    const one = per[item];
    if (one === undefined || !Number.isFinite(timeS)) continue;
    one.lengthM += lengthM;
    if (does !== 'cruise') one.waitS += timeS;
    one.joules += timeS * watts[does];
  }
  const fullJ = batteryWh * 3600;
  let left = per.reduce((sum, { joules }) => sum + joules, 0);
  const restPct = per.map(({ joules }) => {
    const pct = (left / fullJ) * 100;
    left -= joules;
    return pct;
  });
  return {
    ...{ id: '', version: 0, legs: route.legs.map(({ from, to }) => [from.place, to.place] as const) },
    lengthM: per.map(({ lengthM }) => lengthM),
    waitS: per.map(({ waitS }) => waitS),
    restPct: fullJ > 0 ? restPct : null,
    reservePct: limits.reservePct,
    home: route.spots.at(-1)?.place ?? null,
    pctPerM: fullJ > 0 ? (limits.cruiseW / limits.cruiseMps / fullJ) * 100 : null,
  };
}
