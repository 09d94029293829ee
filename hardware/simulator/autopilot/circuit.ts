import { MavCmd } from '@skein/protocol/mavlink';
import { offset, type Place } from '../geo.ts';
import type { Random } from '../random.ts';
import { item, type MissionItem } from './mission.ts';

const CORNERS = 6;
const RADIUS_M = 95;

/** A loop of about 600 m near home at 30–60 m, flown again and again: take-off, six corners, jump. Item 0 is home. */
export function circuit(home: Place, random: Random): readonly MissionItem[] {
  const away = random.between(40, 150);
  const bearing = random.between(0, 2 * Math.PI);
  const centre = { northM: away * Math.cos(bearing), eastM: away * Math.sin(bearing) };
  const turn = random.next() < 0.5 ? -1 : 1;
  const first = random.between(0, 2 * Math.PI);
  const base = random.between(33, 55);
  const corners = Array.from({ length: CORNERS }, (_, index) => {
    const angle = first + (turn * index * 2 * Math.PI) / CORNERS;
    const radius = RADIUS_M * random.between(0.85, 1.2);
    const at = offset(home, {
      northM: centre.northM + radius * Math.cos(angle),
      eastM: centre.eastM + radius * Math.sin(angle),
    });
    return item(MavCmd.NAV_WAYPOINT, { x: at.latE7, y: at.lonE7, z: Math.round(base + random.between(-3, 5)) });
  });
  return [
    item(MavCmd.NAV_WAYPOINT, { frame: 0, x: home.latE7, y: home.lonE7, z: home.altM }),
    item(MavCmd.NAV_TAKEOFF, { z: Math.round(base) }),
    ...corners,
    item(MavCmd.DO_JUMP, { frame: 2, param1: 2, param2: -1 }),
  ];
}
