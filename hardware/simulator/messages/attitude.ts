import type { View } from '../autopilot/view.ts';
import { placeOf, timeBootMs, timeBootUs } from '../autopilot/view.ts';
import type { Builds } from './build.ts';

const mrad = (radS: number): number => Math.round(radS * 1_000);

/** What the inertial sensors feel: milli-g and milli-gauss in the body's frame. The field is that of southern France. */
function felt(view: View) {
  const { body } = view.vehicle;
  const { noise } = view;
  const load = body.onGround ? 1 : body.throttle / 0.38;
  const sinYaw = Math.sin(body.yaw);
  const cosYaw = Math.cos(body.yaw);
  const shake = body.throttle > 0.15 ? 12 : 1.5;
  const north = 232;
  const down = 402;
  return {
    xacc: Math.round(1_000 * Math.sin(body.pitch) * (body.onGround ? 1 : 0.12) + shake * noise.normal()),
    yacc: Math.round(-1_000 * Math.sin(body.roll) * (body.onGround ? 1 : 0.12) + shake * noise.normal()),
    zacc: Math.round(-1_000 * load + shake * noise.normal()),
    xgyro: mrad(body.rollRate) + Math.round(noise.normal()),
    ygyro: mrad(body.pitchRate) + Math.round(noise.normal()),
    zgyro: mrad(body.yawRate) + Math.round(noise.normal()),
    xmag: Math.round(north * cosYaw * Math.cos(body.pitch) - down * Math.sin(body.pitch) + noise.normal()),
    ymag: Math.round(-north * sinYaw + down * Math.sin(body.roll) + noise.normal()),
    zmag: Math.round(down * Math.cos(body.pitch) * Math.cos(body.roll) + north * cosYaw * Math.sin(body.pitch)),
  };
}

/** Hundredths of °C of the sensors: they warm up after boot. */
const boardTemperature = (view: View): number =>
  Math.round(2_600 + 1_100 * (1 - Math.exp(-view.sinceBootMs / 180_000)));

export const attitude: Builds = {
  ATTITUDE: (view) => {
    const { body } = view.vehicle;
    const { noise } = view;
    return {
      time_boot_ms: timeBootMs(view),
      roll: body.roll + 0.002 * noise.normal(),
      pitch: body.pitch + 0.002 * noise.normal(),
      yaw: body.yaw,
      rollspeed: body.rollRate,
      pitchspeed: body.pitchRate,
      yawspeed: body.yawRate,
    };
  },
  AHRS: () => ({
    omegaIx: -0.0003,
    omegaIy: -0.0003,
    omegaIz: 0.0002,
    accel_weight: 0,
    renorm_val: 0,
    error_rp: 0.01,
    error_yaw: 0.007,
  }),
  AHRS2: (view) => {
    const { body } = view.vehicle;
    const place = placeOf(view);
    return {
      roll: body.roll,
      pitch: body.pitch,
      yaw: body.yaw,
      altitude: view.world.altM + body.upM,
      lat: place?.latE7 ?? 0,
      lng: place?.lonE7 ?? 0,
    };
  },
  RAW_IMU: (view) => ({ time_usec: timeBootUs(view), ...felt(view), id: 0, temperature: boardTemperature(view) }),
  SCALED_IMU2: (view) => ({ time_boot_ms: timeBootMs(view), ...felt(view), temperature: boardTemperature(view) + 90 }),
  SCALED_IMU3: (view) => {
    const { xmag, ymag, zmag } = felt(view);
    return {
      time_boot_ms: timeBootMs(view),
      xacc: 0,
      yacc: 0,
      zacc: 0,
      xgyro: 0,
      ygyro: 0,
      zgyro: 0,
      xmag,
      ymag,
      zmag,
    };
  },
  SCALED_PRESSURE: (view) => ({
    time_boot_ms: timeBootMs(view),
    // Standard atmosphere, hPa.
    press_abs:
      1_013.25 * (1 - 2.25577e-5 * (view.world.altM + view.vehicle.body.upM)) ** 5.25588 + 0.02 * view.noise.normal(),
    press_diff: 0,
    temperature: boardTemperature(view) + 400,
  }),
  SCALED_PRESSURE2: (view) => ({
    time_boot_ms: timeBootMs(view),
    press_abs:
      1_013.23 * (1 - 2.25577e-5 * (view.world.altM + view.vehicle.body.upM)) ** 5.25588 + 0.02 * view.noise.normal(),
    press_diff: 0,
    temperature: boardTemperature(view) + 430,
  }),
  VIBRATION: (view) => {
    const strength = view.vehicle.body.onGround
      ? 0.02
      : 6 + view.vehicle.body.throttle * 14 + view.troubles.vibrationMS2;
    const of = (part: number): number => Math.abs(strength * part * (1 + 0.15 * view.noise.normal()));
    return {
      time_usec: timeBootUs(view),
      vibration_x: of(0.8),
      vibration_y: of(0.75),
      vibration_z: of(1.1),
      clipping_0: 0,
      clipping_1: 0,
      clipping_2: 0,
    };
  },
};
