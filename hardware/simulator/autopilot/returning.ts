import { MavFrame } from '@skein/protocol/mavlink';
import { type NorthEast, type Place, toNorthEast } from '../geo.ts';
import type { Body } from '../vehicle/kinematics.ts';
import type { ReturnPlan } from './descent.ts';
import type { Parameters } from './parameters.ts';
import type { RallyPoint } from './rallyList.ts';

/** RTL climbs at least so far, and on no slope flatter than this. */
const LEAST_ALT_M = 0.3;
const LEAST_SLOPE = 0.5;

export interface ReturnView {
  readonly parameters: Parameters;
  readonly world: Place;
  readonly home: Place;
  readonly rally: readonly RallyPoint[];
  readonly ceilingM: number | null;
  isOutside(spot: NorthEast, aboveHomeM: number): boolean;
}

const away = (body: Body, spot: NorthEast): number => Math.hypot(spot.northM - body.northM, spot.eastM - body.eastM);

interface Spot extends NorthEast {
  readonly aboveHomeM: number;
}

/** The nearest rally point inside the fence, unless it is too far or home is nearer; then home. */
function spotOf(body: Body, { parameters, world, home, rally, isOutside }: ReturnView): Spot {
  const base = { ...toNorthEast(world, home), aboveHomeM: 0 };
  const spots = rally
    .map(({ x, y, z, frame }) => ({
      ...toNorthEast(world, { latE7: x, lonE7: y }),
      aboveHomeM: frame === MavFrame.GLOBAL ? z - home.altM : z,
    }))
    .filter((spot) => !isOutside(spot, spot.aboveHomeM))
    .toSorted((a, b) => away(body, a) - away(body, b));
  const [nearest] = spots;
  const limitM = parameters.value('RALLY_LIMIT_KM') * 1_000;
  if (nearest === undefined || (limitM > 0 && away(body, nearest) > limitM)) return base;
  const homeCounts = parameters.value('RALLY_INCL_HOME') !== 0;
  return homeCounts && away(body, base) <= away(body, nearest) ? base : nearest;
}

/** Where RTL goes and how high, as ArduCopter reckons it when the mode begins. */
export function returnPlan(body: Body, view: ReturnView): ReturnPlan {
  const { parameters, home, world, ceilingM } = view;
  const metres = (name: string): number => parameters.value(name) / 100;
  const homeUpM = home.altM - world.altM;
  const spot = spotOf(body, view);
  const nowM = body.upM - homeUpM;
  const leastM = Math.max(LEAST_ALT_M, nowM + Math.max(0, metres('RTL_CLIMB_MIN')));
  let altM = Math.max(0, spot.aboveHomeM, metres('RTL_ALT'), leastM);
  // Near home it need not climb so high.
  const slope = parameters.value('RTL_CONE_SLOPE');
  if (slope >= LEAST_SLOPE) altM = Math.min(altM, Math.max(away(body, spot) * slope, leastM));
  if (ceilingM !== null) altM = Math.min(altM, ceilingM);
  const finalM = metres('RTL_ALT_FINAL');
  return {
    spot,
    upM: Math.max(altM, nowM) + homeUpM,
    waitMs: parameters.value('RTL_LOIT_TIME'),
    finalUpM: finalM > 0 ? finalM + homeUpM : null,
  };
}
