import { type MessageName, messageById } from '@skein/protocol/mavlink';
import type { View } from '../autopilot/view.ts';
import type { Port } from '../port.ts';
import { attitude } from './attitude.ts';
import type { Builds } from './build.ts';
import { health } from './health.ts';
import { identity } from './identity.ts';
import { position } from './position.ts';
import { power } from './power.ts';

const builds: Builds = { ...health, ...position, ...attitude, ...power, ...identity };

/** Ids a real one takes an interval or a request for without ever having something to send, here. */
const silentIds: ReadonlySet<number> = new Set([22, 35, 124, 127, 128, 132, 143, 173, 191, 192, 226, 246, 259, 262]);

/** ESTIMATOR_STATUS: PX4 sends it by itself; an ArduPilot does not know it. */
const notArduPilots: ReadonlySet<number> = new Set([230]);

/** Does it know how to send this id? */
export function canStream(msgid: number): boolean {
  if (notArduPilots.has(msgid)) return false;
  if (silentIds.has(msgid)) return true;
  const name = messageById(msgid)?.name;
  return name !== undefined && builds[name] !== undefined;
}

function sendNamed<N extends MessageName>(name: N, view: View, port: Port): void {
  // The table is keyed by name, so the builder found under a name makes that message's fields.
  const build = builds[name] as Builds[N];
  const fields = build?.(view) ?? null;
  if (fields !== null) port.send(name, fields);
}

/** Sends one message now, if there is something to say. */
export function sendById(msgid: number, view: View, port: Port): void {
  const name = messageById(msgid)?.name;
  if (name !== undefined) sendNamed(name, view, port);
}

/** MISSION_CURRENT, but for its number. */
export function sendCurrentAs(seq: number, view: View, port: Port): void {
  const fields = builds.MISSION_CURRENT?.(view) ?? null;
  if (fields !== null) port.send('MISSION_CURRENT', { ...fields, seq });
}

/** The messages of each REQUEST_DATA_STREAM group, by MAV_DATA_STREAM. */
export const streamGroups: Readonly<Record<number, readonly MessageName[]>> = {
  1: ['RAW_IMU', 'SCALED_IMU2', 'SCALED_IMU3', 'SCALED_PRESSURE', 'SCALED_PRESSURE2'],
  2: [
    'SYS_STATUS',
    'POWER_STATUS',
    'MEMINFO',
    'MISSION_CURRENT',
    'GPS_RAW_INT',
    'NAV_CONTROLLER_OUTPUT',
    'FENCE_STATUS',
    'POSITION_TARGET_GLOBAL_INT',
  ],
  3: ['RC_CHANNELS', 'SERVO_OUTPUT_RAW'],
  6: ['GLOBAL_POSITION_INT', 'LOCAL_POSITION_NED'],
  10: ['ATTITUDE', 'AHRS2'],
  11: ['VFR_HUD'],
  12: [
    'AHRS',
    'SYSTEM_TIME',
    'WIND',
    'TERRAIN_REPORT',
    'BATTERY_STATUS',
    'EKF_STATUS_REPORT',
    'VIBRATION',
    'ESC_TELEMETRY_1_TO_4',
  ],
};
