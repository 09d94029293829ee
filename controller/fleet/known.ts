/** What is known of a drone when a plan is judged for it (protocol, Aircraft): the newest values, whatever their age. */
import { type Aircraft, unknownAircraft } from '@skein/protocol/fleet';
import type { Entry } from './entry.ts';

/** MAV_AUTOPILOT_PX4. */
const PX4 = 12;
/** Older wind is of another hour. */
const WIND_MS = 600_000;

/** @param batteryWh of a full pack; 0: not known */
export function knownOf({ kinds, versions }: Pick<Entry, 'kinds' | 'versions'>, batteryWh: number): Aircraft {
  const { home, battery, wind, status } = kinds;
  const px4 = status?.values.autopilot === PX4 || (status === undefined && /px4/i.test(versions.autopilot ?? ''));
  const { latDeg = null, lonDeg = null, altAmslM = null } = home?.values ?? {};
  const { fromDeg = null, speedMps = null } = wind !== undefined && wind.ageMs <= WIND_MS ? wind.values : {};
  return {
    ...unknownAircraft(px4 ? 'px4' : 'ardupilot'),
    home: latDeg === null || lonDeg === null ? null : { latDeg, lonDeg },
    homeAmslM: altAmslM,
    batteryWh: batteryWh > 0 ? batteryWh : null,
    chargePct: battery?.values.remainingPct ?? null,
    wind: fromDeg === null || speedMps === null ? null : { fromDeg, speedMps },
  };
}
