import type { Random } from '../random.ts';
import type { Vehicle } from '../vehicle/vehicle.ts';
import { fittedWith } from './cargo.ts';
import type { Flight } from './flight.ts';
import { here } from './guidance.ts';
import { isNavigation, type Mission } from './mission.ts';
import type { AutopilotOptions } from './options.ts';

/** What the owner of a vehicle that flies circuits has set: a battery failsafe, and the way home. A new autopilot has neither. */
export const onDuty: Readonly<Record<string, number>> = {
  BATT_LOW_VOLT: 20.7,
  BATT_LOW_MAH: 3_200,
  BATT_FS_LOW_ACT: 2,
  RTL_ALT: 3_000,
  WPNAV_SPEED: 900,
};

/** What differs from a new autopilot when the simulation begins. */
export const firstValues = ({ sysid, start, gripper, winch }: AutopilotOptions): Readonly<Record<string, number>> => ({
  MAV_SYSID: sysid,
  ...(start === 'airborne' ? onDuty : {}),
  ...(gripper === true ? fittedWith.gripper : {}),
  ...(winch === true ? fittedWith.winch : {}),
});

/** Take-off is item 1; the corners begin at 2. */
const FIRST_CORNER = 2;

/** Puts the vehicle on its circuit, as if the take-off had been a while ago. */
export function startInFlight(vehicle: Vehicle, flight: Flight, mission: Mission, random: Random): Vehicle {
  const corners = mission.items.filter((item, seq) => seq >= FIRST_CORNER && isNavigation(item.command));
  const leg = Math.floor(random.between(0, corners.length - 1));
  const [from, to] = [corners[leg], corners[leg + 1]].map((corner) =>
    corner === undefined ? undefined : flight.steering.targetOf(corner, here(vehicle.body)),
  );
  if (from === undefined || to === undefined) return vehicle;
  const part = random.between(0.15, 0.7);
  const north = to.northM - from.northM;
  const east = to.eastM - from.eastM;
  const length = Math.hypot(north, east);
  const speedMS = flight.steering.speeds.cruiseMS;
  const body = {
    ...vehicle.body,
    northM: from.northM + north * part,
    eastM: from.eastM + east * part,
    upM: from.upM + (to.upM - from.upM) * part,
    northMS: (north / length) * speedMS,
    eastMS: (east / length) * speedMS,
    yaw: Math.atan2(east, north),
    throttle: 0.4,
    onGround: false,
  };
  mission.current = FIRST_CORNER + leg + 1;
  mission.progress = 'active';
  flight.placeInFlight(body, from);
  flight.lastReached = FIRST_CORNER + leg;
  return { ...vehicle, body };
}
