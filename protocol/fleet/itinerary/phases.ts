/**
 * What a plan does, one thing after the other, with the time each takes: what its energy and its times are counted from.
 * Wind lengthens a leg only where it leaves less ground speed than the plan asks for: through the air the drone is no
 * faster than `airspeedMaxMps`.
 */
import { gateS } from './compile.ts';
import { type Point, planeAround } from './geometry.ts';
import type { Aircraft, Limits } from './limits.ts';
import { landsToRelease, lineM, WEIGHED_S } from './release.ts';
import { descentM, type Leg, type Route } from './route.ts';
import type { Itinerary, Place } from './schema.ts';

export interface Phase {
  /** Of the plan, counted from 0. */
  readonly item: number;
  /** `gate`: waiting at it, counted with all the time it may wait; `release`: all between the gate and the way on. */
  readonly of: 'way' | 'gate' | 'release';
  readonly does: 'cruise' | 'climb' | 'hover';
  readonly timeS: number;
  /** null: the place is not known. */
  readonly from: Place | null;
  readonly to: Place | null;
  /** Heights above home at its ends, m; null: not known. */
  readonly fromM: number | null;
  readonly toM: number | null;
  readonly lengthM: number;
  /** Over the ground and through the air, m/s; of cruise only. */
  readonly groundMps: number;
  readonly airMps: number;
}

/** Slower than this over the ground is no headway, m/s. */
export const NO_HEADWAY_MPS = 1;

/**
 * In flown order; the ways back from gates that do not open are not among them. A leg without headway takes for ever.
 * @param headMps wind that blows against every leg besides, m/s: for what the wind's forecast may be wrong by
 */
export function phasesOf(
  plan: Itinerary,
  route: Route,
  limits: Limits,
  aircraft: Aircraft,
  headMps = 0,
): readonly Phase[] {
  const phases: Phase[] = [];
  let place: Place | null = route.base;
  let heightM: number | null = 0;
  const stay = (item: number, of: Phase['of'], does: Phase['does'], timeS: number, toM: number | null): void => {
    if (timeS > 0) {
      phases.push({ item, of, does, timeS, from: place, to: place, fromM: heightM, toM, ...still });
    }
    heightM = toM;
  };
  const climb = (item: number, metres: number, of: Phase['of'] = 'way'): void =>
    stay(item, of, 'climb', metres / limits.climbMps, heightM === null ? null : heightM + metres);
  const descend = (item: number, metres: number, of: Phase['of'] = 'way'): void =>
    stay(item, of, 'hover', metres / limits.descendMps, heightM === null ? null : heightM - metres);
  const hover = (item: number, seconds: number, of: Phase['of'] = 'way'): void =>
    stay(item, of, 'hover', seconds, heightM);

  const flown = route.legs.filter(({ back }) => !back);
  for (const [index, item] of plan.items.entries()) {
    if (item.do === 'take-off') {
      heightM = 0;
      climb(index, item.altM);
    }
    for (const leg of flown.filter((one) => one.item === index)) {
      const { lengthM, groundMps, airMps } = speedOver(leg, limits, aircraft, headMps);
      place = leg.from.place;
      heightM = leg.from.relM;
      if (lengthM > 0) {
        phases.push({
          ...{ item: index, of: 'way', does: 'cruise', timeS: lengthM / groundMps, lengthM, groundMps, airMps },
          ...{ from: leg.from.place, to: leg.to.place, fromM: leg.from.relM, toM: leg.to.relM },
        });
        place = leg.to.place;
      }
      // Where a height is not known the leg counts as level.
      const up = leg.from.relM === null || leg.to.relM === null ? 0 : leg.to.relM - leg.from.relM;
      if (up > 0) climb(index, up);
      else descend(index, -up);
      heightM = leg.to.relM;
    }
    if (item.do === 'waypoint') hover(index, item.holdS ?? 0);
    if (item.do === 'loiter') hover(index, item.forS);
    if (item.do === 'deliver') {
      const down = descentM(item, aircraft) ?? Math.abs(item.altM);
      hover(index, gateS(item), 'gate');
      descend(index, down, 'release');
      if (item.how === 'winch') hover(index, 2 * (lineM(item) / aircraft.winchMps + 5), 'release');
      climb(index, down, 'release');
      if (item.how === 'place' || landsToRelease(item, aircraft.flavour)) hover(index, WEIGHED_S, 'release');
    }
  }
  const last = plan.items.length - 1;
  heightM = route.spots.at(-1)?.relM ?? 0;
  descend(last, Math.max(0, heightM));
  return phases;
}

const still = { lengthM: 0, groundMps: 0, airMps: 0 };

/** Speed over the ground on a leg, m/s: what the plan asks for, or what the wind leaves (the wind triangle). */
function speedOver(
  leg: Leg,
  limits: Limits,
  { wind }: Aircraft,
  headMps: number,
): { readonly lengthM: number; readonly groundMps: number; readonly airMps: number } {
  const to = planeAround(leg.from.place)(leg.to.place);
  const lengthM = Math.hypot(to.x, to.y);
  const asked = leg.speedMps ?? limits.cruiseMps;
  const blows = windVector(wind ?? { fromDeg: 0, speedMps: 0 });
  const along = lengthM === 0 ? 0 : (blows.x * to.x + blows.y * to.y) / lengthM - headMps;
  const across2 = Math.max(0, blows.x ** 2 + blows.y ** 2 - (along + headMps) ** 2);
  const forward = limits.airspeedMaxMps ** 2 - across2;
  const groundMps = forward <= 0 ? 0 : Math.max(0, Math.min(asked, Math.sqrt(forward) + along));
  return {
    lengthM,
    groundMps,
    airMps: Math.min(limits.airspeedMaxMps, Math.hypot(groundMps - along, Math.sqrt(across2))),
  };
}

/** Where the air goes, m/s: the opposite of where the wind comes from. */
function windVector({ fromDeg, speedMps }: { readonly fromDeg: number; readonly speedMps: number }): Point {
  const rad = (fromDeg * Math.PI) / 180;
  return { x: -Math.sin(rad) * speedMps, y: -Math.cos(rad) * speedMps };
}
