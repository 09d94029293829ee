import { Other, type Simulator } from '@skein/hardware/simulator';
import { MavParamType, MavType } from '@skein/protocol/mavlink';

const BENCH = { FS_GCS_ENABLE: 1 };
const FLYING = { ...BENCH, BATT_FS_LOW_ACT: 2, BATT_FS_CRT_ACT: 1, BATT_CRT_VOLT: 10, FENCE_ENABLE: 1 };

/** What a default ArduCopter must be given before it fits a safety profile. */
const WANTED = { bench: BENCH, 'line-of-sight': FLYING, bvlos: { ...FLYING, FS_OPTIONS: 17 } } as const;

export function fit({ autopilot }: Simulator, profile: keyof typeof WANTED): void {
  for (const [name, value] of Object.entries(WANTED[profile])) autopilot.parameters.set(name, value);
}

/** Climbs and sinks as fast as a real one may be set to, and does not wait above home: flights take less of a test's time. */
const BRISK = { WPNAV_SPEED_UP: 500, WPNAV_SPEED_DN: 500, LAND_SPEED: 100, LAND_SPEED_HIGH: 400, RTL_LOIT_TIME: 500 };

export function hasten({ autopilot }: Simulator): void {
  for (const [name, value] of Object.entries(BRISK)) autopilot.parameters.set(name, value);
}

/** NAV_DLL_ACT: what a lost ground link means, 2 return. A default PX4 does nothing. */
const PX4 = { NAV_DLL_ACT: 2 } as const;
const TECHNICIAN = { sysid: 250, compid: 191, type: MavType.ONBOARD_CONTROLLER };

/**
 * What a default PX4 must be given before it is started, by a technician over a line of his own: integers, and `more` that
 * are floats. Its bytes of an integer stand in the float.
 */
export function fitPx4(simulator: Simulator, more: Readonly<Record<string, number>> = {}): void {
  const { stage, end } = simulator.stage('technician');
  const technician = new Other(stage, TECHNICIAN);
  const bytes = new DataView(new ArrayBuffer(4));
  const to = { target_system: simulator.autopilot.sysid, target_component: 1 };
  for (const [param_id, value] of Object.entries(PX4)) {
    bytes.setInt32(0, value);
    const param_value = bytes.getFloat32(0);
    technician.send('PARAM_SET', { ...to, param_id, param_value, param_type: MavParamType.INT32 });
  }
  for (const [name, value] of Object.entries(more)) technician.setParameter(name, value);
  end();
}
