/**
 * What a plan draws, by a model simple enough to check by hand: time × power. Level flight at `cruiseW`, hovering and
 * descending at `hoverW`, climbing at `climbW`; the gate is counted with all the time it may wait. Wind lengthens a leg
 * only where it leaves less ground speed than the plan asks for: through the air the drone is no faster than
 * `airspeedMaxMps`.
 */
import { gateS } from './compile.ts';
import { type Point, planeAround } from './geometry.ts';
import type { Aircraft, Limits } from './limits.ts';
import type { Findings } from './refusal.ts';
import { landsToRelease, lineM, WEIGHED_S } from './release.ts';
import { descentM, type Leg, type Route } from './route.ts';
import type { Itinerary } from './schema.ts';

export interface EnergyNeed {
  readonly timeS: number;
  readonly distanceM: number;
  readonly needWh: number;
  /** Charge this takes of a full pack, %; null while the pack is not known. */
  readonly needPct: number | null;
}

/** Slower than this over the ground is no headway, m/s. */
const NO_HEADWAY_MPS = 1;

export function energyOf(
  plan: Itinerary,
  route: Route,
  limits: Limits,
  aircraft: Aircraft,
  found: Findings,
): EnergyNeed {
  const flown = route.legs.filter(({ back }) => !back);
  let joules = 0;
  let timeS = 0;
  let distance = 0;
  const spend = (seconds: number, watts: number): void => {
    timeS += seconds;
    joules += seconds * watts;
  };
  const climb = (metres: number): void => spend(metres / limits.climbMps, limits.climbW);
  const descend = (metres: number): void => spend(metres / limits.descendMps, limits.hoverW);

  for (const leg of flown) {
    const { lengthM, groundMps } = speedOver(leg, limits, aircraft);
    distance += lengthM;
    if (lengthM > 0 && groundMps < NO_HEADWAY_MPS) {
      found.refuse(
        leg.item,
        'wind',
        groundMps,
        NO_HEADWAY_MPS,
        `against the wind it makes ${groundMps.toFixed(1)} m/s over the ground`,
      );
      continue;
    }
    if (lengthM > 0) spend(lengthM / groundMps, limits.cruiseW);
    // Where a height is not known the leg counts as level, and the finding below says so.
    const up = leg.from.relM === null || leg.to.relM === null ? 0 : leg.to.relM - leg.from.relM;
    if (up > 0) climb(up);
    else descend(-up);
  }
  for (const item of plan.items) {
    if (item.do === 'take-off') climb(item.altM);
    if (item.do === 'waypoint') spend(item.holdS ?? 0, limits.hoverW);
    if (item.do === 'loiter') spend(item.forS, limits.hoverW);
    if (item.do === 'deliver') {
      const down = descentM(item, aircraft) ?? Math.abs(item.altM);
      spend(gateS(item), limits.hoverW);
      descend(down);
      climb(down);
      if (item.how === 'place' || landsToRelease(item, aircraft.flavour)) spend(WEIGHED_S, limits.hoverW);
      if (item.how === 'winch') spend(2 * (lineM(item) / aircraft.winchMps + 5), limits.hoverW);
    }
  }
  const end = route.spots.at(-1);
  descend(Math.max(0, end?.relM ?? 0));

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

/** Speed over the ground on a leg, m/s: what the plan asks for, or what the wind leaves. */
function speedOver(
  leg: Leg,
  limits: Limits,
  { wind }: Aircraft,
): { readonly lengthM: number; readonly groundMps: number } {
  const to = planeAround(leg.from.place)(leg.to.place);
  const lengthM = Math.hypot(to.x, to.y);
  const asked = leg.speedMps ?? limits.cruiseMps;
  if (wind === null || lengthM === 0) return { lengthM, groundMps: Math.min(asked, limits.airspeedMaxMps) };
  const blows = windVector(wind);
  const along = (blows.x * to.x + blows.y * to.y) / lengthM;
  const across = Math.sqrt(Math.max(0, wind.speedMps ** 2 - along ** 2));
  const forward = limits.airspeedMaxMps ** 2 - across ** 2;
  return { lengthM, groundMps: forward <= 0 ? 0 : Math.min(asked, Math.sqrt(forward) + along) };
}

/** Where the air goes, m/s: the opposite of where the wind comes from. */
function windVector({ fromDeg, speedMps }: { readonly fromDeg: number; readonly speedMps: number }): Point {
  const rad = (fromDeg * Math.PI) / 180;
  return { x: -Math.sin(rad) * speedMps, y: -Math.cos(rad) * speedMps };
}
