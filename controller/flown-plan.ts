/** The plan that a drone flies, as the detector holds its flight against it: the way, the stays, the charge that is still needed. */
import { type Itinerary, type Limits, phasesOf, routeOf } from '@skein/protocol/fleet';
import type { PlanSeen } from './detector/index.ts';
import { type Entry, knownOf } from './fleet/index.ts';
import { massRatioOf, powerW } from './planning/index.ts';

/** What is set of a drone; `batteryWh` 0: its pack is not known. */
export interface FlownAirframe {
  readonly batteryWh: number;
  readonly emptyKg: number;
}

export interface FlownPlans {
  readonly limits: Limits;
  readonly airframe: (drone: string) => FlownAirframe;
  /** Of the parcel that it carries on this itinerary, kg; 0: none, or nobody has said. */
  readonly payloadKg: (itinerary: string) => number;
  readonly entry: (drone: string) => Entry | null;
  readonly itinerary: (id: string, version: number) => Itinerary | null;
  readonly monoUs: () => number;
}

/** The wind changes, and so does what is set: the plan is computed anew after, µs. */
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
    const of = { limits: o.limits, ...o.airframe(drone), payloadKg: o.payloadKg(id) };
    const plan = itinerary === null || entry === null ? null : planSeen(itinerary, entry, of);
    kept.set(drone, { plan: plan && { ...plan, id, version }, key, atUs: nowUs });
    return plan;
  };
}

/** Before, the parcel is aboard; after, nothing is raised for a parcel that it may have left there. */
const lastDelivery = ({ items }: Itinerary): number => items.findLastIndex(({ do: does }) => does === 'deliver');

export function planSeen(
  itinerary: Itinerary,
  entry: Pick<Entry, 'kinds' | 'versions'>,
  { limits, batteryWh, ...mass }: { readonly limits: Limits; readonly payloadKg: number } & FlownAirframe,
): PlanSeen {
  const aircraft = knownOf(entry, batteryWh);
  const route = routeOf(itinerary, aircraft);
  const loaded = massRatioOf({ airframe: mass, payloadKg: mass.payloadKg });
  const delivered = lastDelivery(itinerary);
  const per = itinerary.items.map(() => ({ lengthM: 0, waitS: 0, joules: 0 }));
  for (const phase of phasesOf(itinerary, route, limits, aircraft)) {
    const { item, does, timeS, lengthM } = phase;
    const one = per[item];
    if (one === undefined || !Number.isFinite(timeS)) continue;
    one.lengthM += lengthM;
    if (does !== 'cruise') one.waitS += timeS;
    one.joules += timeS * powerW(phase, item <= delivered ? loaded : 1, limits);
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
