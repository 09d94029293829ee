import { hasGps, localOf, placeOf, timeBootMs, timeBootUs } from '../autopilot/view.ts';
import { degrees360, offset, toNorthEast } from '../geo.ts';
import type { Builds } from './build.ts';

const UNKNOWN = Number.NaN;
const NO_FIX = { lat: 0, lon: 0, alt: 0, eph: 9_999, epv: 9_999, vel: 0, cog: 0, satellites_visible: 0 } as const;

/** Where it is and where it is going. Zeros before a position is known, as a real one sends them. */
export const position: Builds = {
  GLOBAL_POSITION_INT: (view) => {
    const { body } = view.vehicle;
    const place = placeOf(view);
    const baseM = (view.flight.home ?? view.world).altM - view.world.altM;
    return {
      time_boot_ms: timeBootMs(view),
      lat: place?.latE7 ?? 0,
      lon: place?.lonE7 ?? 0,
      alt: Math.round((place?.altM ?? body.upM) * 1_000),
      relative_alt: Math.round((body.upM - baseM) * 1_000),
      vx: Math.round(body.northMS * 100),
      vy: Math.round(body.eastMS * 100),
      vz: Math.round(-body.upMS * 100),
      hdg: Math.floor(degrees360(body.yaw) * 100) % 36_000,
    };
  },
  LOCAL_POSITION_NED: (view) => {
    const { body } = view.vehicle;
    if (view.origin === null) return null;
    return {
      time_boot_ms: timeBootMs(view),
      ...localOf(view),
      vx: body.northMS,
      vy: body.eastMS,
      vz: -body.upMS,
    };
  },
  GPS_RAW_INT: (view) => {
    if (!hasGps(view)) {
      return { ...NO_FIX, time_usec: 0n, fix_type: view.sinceBootMs < 9_700 ? 0 : 1 };
    }
    const { gps } = view.vehicle;
    if (!gps.fixed) return { ...NO_FIX, time_usec: timeBootUs(view), fix_type: 1 };
    const place = gps.zero ? { latE7: 0, lonE7: 0 } : offset(view.world, gps);
    const altMm = Math.round((view.world.altM + gps.upM) * 1_000);
    const speed = Math.hypot(gps.northMS, gps.eastMS);
    return {
      time_usec: timeBootUs(view),
      fix_type: 6,
      lat: place.latE7,
      lon: place.lonE7,
      alt: altMm,
      eph: 121,
      epv: 200,
      vel: Math.round(speed * 100),
      cog: Math.round(degrees360(Math.atan2(gps.eastMS, gps.northMS)) * 100) % 36_000,
      satellites_visible: 14,
      alt_ellipsoid: altMm + 47_000,
      h_acc: 300,
      v_acc: 500,
      vel_acc: 100,
    };
  },
  GPS_GLOBAL_ORIGIN: (view) =>
    view.origin === null
      ? null
      : {
          latitude: view.origin.latE7,
          longitude: view.origin.lonE7,
          altitude: Math.round(view.origin.altM * 1_000),
          time_usec: timeBootUs(view),
        },
  HOME_POSITION: (view) => {
    const { home } = view.flight;
    if (home === null) return null;
    const base = toNorthEast(view.origin ?? view.world, home);
    return {
      latitude: home.latE7,
      longitude: home.lonE7,
      altitude: Math.round(home.altM * 1_000),
      x: base.northM,
      y: base.eastM,
      z: (view.origin ?? view.world).altM - home.altM,
      q: [UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN],
      approach_x: 0,
      approach_y: 0,
      approach_z: 0,
      time_usec: timeBootUs(view),
    };
  },
  VFR_HUD: (view) => {
    const { body, wind } = view.vehicle;
    return {
      airspeed: Math.hypot(body.northMS - wind.northMS, body.eastMS - wind.eastMS),
      groundspeed: Math.hypot(body.northMS, body.eastMS),
      heading: Math.floor(degrees360(body.yaw)),
      throttle: Math.round(body.throttle * 100),
      alt: view.world.altM + body.upM,
      climb: body.upMS,
    };
  },
  POSITION_TARGET_GLOBAL_INT: (view) => {
    const { target } = view.flight;
    if (target === null) return null;
    const place = offset(view.world, target);
    return {
      time_boot_ms: timeBootMs(view),
      coordinate_frame: 0,
      type_mask: 65_016,
      lat_int: place.latE7,
      lon_int: place.lonE7,
      alt: view.world.altM + target.upM,
      vx: 0,
      vy: 0,
      vz: 0,
      afx: 0,
      afy: 0,
      afz: 0,
      yaw: 0,
      yaw_rate: 0,
    };
  },
  POSITION_TARGET_LOCAL_NED: (view) => {
    const { target } = view.flight;
    if (target === null) return null;
    return {
      time_boot_ms: timeBootMs(view),
      coordinate_frame: 1,
      type_mask: 3_576,
      x: target.northM,
      y: target.eastM,
      z: -target.upM,
      vx: 0,
      vy: 0,
      vz: 0,
      afx: 0,
      afy: 0,
      afz: 0,
      yaw: 0,
      yaw_rate: 0,
    };
  },
  NAV_CONTROLLER_OUTPUT: (view) => {
    const { body } = view.vehicle;
    const { target } = view.flight;
    const north = target === null ? 0 : target.northM - body.northM;
    const east = target === null ? 0 : target.eastM - body.eastM;
    const bearing = Math.round((Math.atan2(east, north) * 180) / Math.PI);
    return {
      nav_roll: (body.roll * 180) / Math.PI,
      nav_pitch: (body.pitch * 180) / Math.PI,
      nav_bearing: bearing,
      target_bearing: bearing,
      wp_dist: Math.min(65_535, Math.round(Math.hypot(north, east))),
      alt_error: target === null ? 0 : target.upM - body.upM,
      aspd_error: 0,
      xtrack_error: 0,
    };
  },
  TERRAIN_REPORT: (view) => {
    const place = placeOf(view);
    return {
      lat: place?.latE7 ?? 0,
      lon: place?.lonE7 ?? 0,
      spacing: 0,
      terrain_height: 0,
      current_height: view.world.altM + view.vehicle.body.upM,
      pending: 336,
      loaded: 0,
    };
  },
};
