import { FenceBreach, FenceMitigate, MavLandedState, MavModeFlag } from '@skein/protocol/mavlink';
import { bootMs, ekfFlags, FENCE_BIT, SENSORS_ENABLED, SENSORS_PRESENT, sensorHealth } from '../autopilot/boot.ts';
import { FenceType } from '../autopilot/fence.ts';
import type { View } from '../autopilot/view.ts';
import { timeBootMs } from '../autopilot/view.ts';
import { packVolts } from '../vehicle/battery.ts';
import type { Builds } from './build.ts';

const NO_MISSION = 1;
const MISSION_STATES = { 'not-started': 2, active: 3, complete: 5 } as const;
const RC_CHANNELS = 8;
/** A compass this far off is no longer believed. */
const COMPASS_GATE_DEG = 40;

function baseMode(view: View): number {
  const { CUSTOM_MODE_ENABLED, STABILIZE_ENABLED, MANUAL_INPUT_ENABLED, GUIDED_ENABLED, SAFETY_ARMED } = MavModeFlag;
  // A real one shows "guided" while it still initialises.
  const guided = view.flight.guided || view.sinceBootMs < bootMs.standby;
  return (
    CUSTOM_MODE_ENABLED |
    STABILIZE_ENABLED |
    MANUAL_INPUT_ENABLED |
    (guided ? GUIDED_ENABLED : 0) |
    (view.flight.armed ? SAFETY_ARMED : 0)
  );
}

function landedState(view: View): MavLandedState {
  // Disarmed is landed to it, even while it falls (measured).
  if (view.vehicle.body.onGround || !view.flight.armed) return MavLandedState.ON_GROUND;
  return view.flight.phase === 'landing'
    ? MavLandedState.LANDING
    : view.flight.phase === 'taking-off'
      ? MavLandedState.TAKEOFF
      : MavLandedState.IN_AIR;
}

/** Null: the fence is off. */
function fenceOk({ flight, parameters }: View): boolean | null {
  const { fence } = flight.failsafes;
  return fence.isOn(parameters) ? fence.breached === 0 : null;
}

function breachType(breached: number): number {
  if ((breached & (FenceType.CIRCLE | FenceType.POLYGON)) !== 0) return FenceBreach.BOUNDARY;
  if ((breached & FenceType.ALTITUDE) !== 0) return FenceBreach.MAXALT;
  return breached === 0 ? FenceBreach.NONE : FenceBreach.MINALT;
}

function wellbeing({ sinceBootMs, flight }: View) {
  const { radio, battery } = flight.failsafes;
  return {
    sinceBootMs,
    preArmOk: flight.armed || flight.preArm.faults.length === 0,
    radioOk: !radio.tripped,
    batteryOk: !battery.tripped,
  };
}

/** Modes, sensors, estimator, links: how it is doing. */
export const health: Builds = {
  HEARTBEAT: (view) => ({
    type: 2,
    autopilot: 3,
    base_mode: baseMode(view),
    custom_mode: view.flight.mode.number,
    system_status: view.flight.systemStatus,
    mavlink_version: 3,
  }),
  SYS_STATUS: (view) => {
    const { battery } = view.vehicle;
    const fence = { fenceOk: fenceOk(view) };
    return {
      onboard_control_sensors_present: SENSORS_PRESENT,
      onboard_control_sensors_enabled: fence.fenceOk === null ? SENSORS_ENABLED : SENSORS_ENABLED | FENCE_BIT,
      onboard_control_sensors_health: sensorHealth({ ...wellbeing(view), ...fence }),
      load: Math.round(310 + 15 * view.noise.normal()),
      voltage_battery: Math.round(packVolts(battery) * 1_000),
      current_battery: Math.round(battery.currentA * 100),
      battery_remaining: Math.max(
        0,
        Math.min(100, Math.round((100 * view.remainingMah) / view.vehicle.battery.capacityMah)),
      ),
      drop_rate_comm: 0,
      errors_comm: 0,
      errors_count1: 0,
      errors_count2: 0,
      errors_count3: 0,
      errors_count4: 0,
    };
  },
  SYSTEM_TIME: (view) => ({ time_unix_usec: view.unixUs, time_boot_ms: timeBootMs(view) }),
  EXTENDED_SYS_STATE: (view) => ({ vtol_state: 3, landed_state: landedState(view) }),
  EKF_STATUS_REPORT: (view) => {
    const about = (mean: number): number => Math.abs(mean * (1 + 0.4 * view.noise.normal()));
    const { estimate } = view.vehicle;
    const compassOff = Math.abs(view.troubles.compassDeg) / COMPASS_GATE_DEG;
    return {
      flags: ekfFlags(view.sinceBootMs, view.flight.failsafes.position.trusted),
      velocity_variance: about(0.015),
      pos_horiz_variance: about(0.02) + estimate.variance,
      pos_vert_variance: about(0.006),
      compass_variance: about(0.01) + compassOff,
      terrain_alt_variance: 0,
      airspeed_variance: 0,
    };
  },
  /** PX4's report of its estimator: the flags have the same bits. */
  ESTIMATOR_STATUS: (view) => {
    const about = (mean: number): number => Math.abs(mean * (1 + 0.4 * view.noise.normal()));
    const { estimate } = view.vehicle;
    return {
      time_usec: BigInt(Math.round(view.sinceBootMs * 1000)),
      flags: ekfFlags(view.sinceBootMs, view.flight.failsafes.position.trusted),
      vel_ratio: about(0.03),
      pos_horiz_ratio: about(0.04) + estimate.variance,
      pos_vert_ratio: about(0.02),
      mag_ratio: about(0.02) + Math.abs(view.troubles.compassDeg) / COMPASS_GATE_DEG,
      hagl_ratio: 0,
      tas_ratio: 0,
      pos_horiz_accuracy: about(0.4),
      pos_vert_accuracy: about(0.6),
    };
  },
  WIND: (view) => {
    const { wind } = view.vehicle;
    const from = (Math.atan2(-wind.eastMS, -wind.northMS) * 180) / Math.PI;
    return { direction: from, speed: Math.hypot(wind.northMS, wind.eastMS), speed_z: 0 };
  },
  MISSION_CURRENT: (view) => ({
    seq: view.mission.current,
    total: view.mission.total,
    mission_state: view.mission.total === 0 ? NO_MISSION : MISSION_STATES[view.mission.progress],
    mission_mode: view.flight.mode.number === 3 ? 1 : 0,
  }),
  MISSION_ITEM_REACHED: (view) => ({ seq: view.flight.lastReached }),
  FENCE_STATUS: (view) => {
    if (fenceOk(view) === null) return null;
    const { breached, breaches, breachedAtMs } = view.flight.failsafes.fence;
    return {
      breach_status: breached === 0 ? 0 : 1,
      breach_count: breaches,
      breach_type: breachType(breached),
      breach_time: breachedAtMs === 0 ? 0 : Math.max(0, timeBootMs(view) - Math.floor(view.nowMs - breachedAtMs)),
      breach_mitigation: FenceMitigate.NONE,
    };
  },
  RC_CHANNELS: (view) => {
    const channel = (index: number): number => view.channels[index] ?? 0;
    return {
      time_boot_ms: timeBootMs(view),
      chancount: RC_CHANNELS,
      chan1_raw: channel(0),
      chan2_raw: channel(1),
      chan3_raw: channel(2),
      chan4_raw: channel(3),
      chan5_raw: channel(4),
      chan6_raw: channel(5),
      chan7_raw: channel(6),
      chan8_raw: channel(7),
      chan9_raw: 0,
      chan10_raw: 0,
      chan11_raw: 0,
      chan12_raw: 0,
      chan13_raw: 0,
      chan14_raw: 0,
      chan15_raw: 0,
      chan16_raw: 0,
      chan17_raw: 0,
      chan18_raw: 0,
      rssi: 255,
    };
  },
  MEMINFO: () => ({ brkval: 0, freemem: 65_535, freemem32: 524_288 }),
};
