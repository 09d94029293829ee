/**
 * What a plan draws, by a model simple enough to check by hand: time (`phases.ts`) × power. Level flight at `cruiseW`,
 * hovering and descending at `hoverW`, climbing at `climbW`; the gate is counted with all the time it may wait.
 */
import type { Aircraft, Limits } from './limits.ts';
import { NO_HEADWAY_MPS, phasesOf } from './phases.ts';
import type { Findings } from './refusal.ts';
import type { Route } from './route.ts';
import type { Itinerary } from './schema.ts';

export interface EnergyNeed {
  readonly timeS: number;
  readonly distanceM: number;
  readonly needWh: number;
  /** Charge this takes of a full pack, %; null while the pack is not known. */
  readonly needPct: number | null;
}

export function energyOf(
  plan: Itinerary,
  route: Route,
  limits: Limits,
  aircraft: Aircraft,
  found: Findings,
): EnergyNeed {
  const watts = { cruise: limits.cruiseW, hover: limits.hoverW, climb: limits.climbW };
  let joules = 0;
  let timeS = 0;
  let distance = 0;
  for (const phase of phasesOf(plan, route, limits, aircraft)) {
    distance += phase.lengthM;
    if (phase.does === 'cruise' && phase.groundMps < NO_HEADWAY_MPS) {
      found.refuse(
        phase.item,
        'wind',
        phase.groundMps,
        NO_HEADWAY_MPS,
        `against the wind it makes ${phase.groundMps.toFixed(1)} m/s over the ground`,
      );
      continue;
    }
    timeS += phase.timeS;
    joules += phase.timeS * watts[phase.does];
  }

  const needWh = joules / 3600;
  const { batteryWh, chargePct } = aircraft;
  const needPct = batteryWh === null ? null : (needWh / batteryWh) * 100;
  if (needPct === null || chargePct === null) {
    const what = batteryWh === null ? 'the energy of the battery' : 'the charge';
    found.warn(null, 'energy-not-checked', `${what} is not known: it needs ${Math.round(needWh)} Wh`, needWh);
  } else {
    const leftPct = chargePct - needPct;
    if (leftPct < limits.reservePct) {
      found.refuse(
        ...([null, 'energy', leftPct, limits.reservePct] as const),
        `it needs ${Math.round(needPct)} % of the battery, ${Math.round(chargePct)} % are there: ${Math.round(leftPct)} % would be left, the reserve is ${limits.reservePct} %`,
      );
    }
  }
  if (aircraft.wind === null) found.warn(null, 'wind-not-known', 'energy is computed without wind');
  return { timeS, distanceM: distance, needWh, needPct };
}
