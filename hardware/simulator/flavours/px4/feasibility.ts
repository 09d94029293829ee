import { MavCmd, MavFrame } from '@skein/protocol/mavlink';
import type { Autopilot } from '../../autopilot/autopilot.ts';
import { toNorthEast } from '../../geo.ts';
import type { Px4Item } from './items.ts';
import type { Px4Parameters } from './parameters.ts';

const hasPlace = ({ frame }: Px4Item): boolean => frame !== MavFrame.MISSION;

/**
 * What PX4 holds against a mission that it has taken: it is looked at when a list is another, and said then; until it is replaced no mission
 * can be flown. Null: nothing. A part of what a real one looks at.
 */
export function infeasible(
  items: readonly Px4Item[],
  { flight, parameters: engine, world }: Autopilot,
  parameters: Px4Parameters,
): string | null {
  const { home, steering, failsafes } = flight;
  if (items[0]?.command === MavCmd.NAV_LAND && !flight.armed) return 'Mission rejected: starts with landing';
  const first = items.findIndex(hasPlace);
  for (const [at, item] of items.entries()) {
    if (!hasPlace(item)) continue;
    const relative = item.frame === MavFrame.GLOBAL_RELATIVE_ALT_INT;
    if (home === null) {
      if (relative) return `Mission rejected: No home pos, WP ${at + 1} uses rel alt`;
      continue;
    }
    const place = { ...toNorthEast(world, { latE7: item.x, lonE7: item.y }), upM: item.z - world.altM };
    const { aboveHomeM, fromHomeM } = steering.fromHome(place);
    const heightM = relative ? item.z : aboveHomeM;
    const farM = parameters.value('MIS_DIST_1WP');
    if (at === first && farM > 0 && fromHomeM >= farM) {
      return `First waypoint far away from home: ${Math.trunc(fromHomeM)}m. Correct mission loaded?`;
    }
    if (item.command === MavCmd.NAV_TAKEOFF && heightM < 0) {
      return 'Mission rejected: Takeoff altitude below home altitude!';
    }
    const beyond = (name: string, value: number): boolean =>
      parameters.value(name) > 0 && value > parameters.value(name);
    const outside =
      failsafes.fence.isOutside(place, engine) ||
      beyond('GF_MAX_HOR_DIST', fromHomeM) ||
      beyond('GF_MAX_VER_DIST', heightM);
    if (outside) return `Geofence violation for waypoint ${at + 1}`;
  }
  return null;
}
