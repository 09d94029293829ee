/** What is known of a drone, for judging a plan that it is to fly. Pure. */
import { type Aircraft, unknownAircraft } from '@skein/protocol/fleet';
import { chargeOf } from '../live/charge.ts';
import { type DroneRecord, valuesOf } from '../live/record.ts';

/** MAV_AUTOPILOT of PX4. */
const PX4 = 12;

export function aircraftOf(record: DroneRecord): Aircraft {
  const flavour = valuesOf(record, 'status')?.autopilot === PX4 ? 'px4' : 'ardupilot';
  const home = valuesOf(record, 'home');
  const wind = valuesOf(record, 'wind');
  const known = home?.latDeg != null && home.lonDeg != null;
  return {
    ...unknownAircraft(flavour),
    home: known ? { latDeg: home.latDeg ?? 0, lonDeg: home.lonDeg ?? 0 } : null,
    homeAmslM: home?.altAmslM ?? null,
    chargePct: chargeOf(record).pct,
    wind: wind?.fromDeg != null && wind.speedMps != null ? { fromDeg: wind.fromDeg, speedMps: wind.speedMps } : null,
  };
}
