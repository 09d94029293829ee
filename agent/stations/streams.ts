/**
 * What REQUEST_DATA_STREAM means. The groups are those of ArduCopter's stream table; PX4 has none and takes intervals. A station
 * gets what it asked for because we ask for it: intervals belong to the link, so its own requests would change ours.
 */
import { type MessageName, messageByName } from '@skein/protocol/mavlink';

const GROUPS: ReadonlyMap<number, readonly MessageName[]> = new Map<number, readonly MessageName[]>([
  [1, ['RAW_IMU', 'SCALED_IMU2', 'SCALED_IMU3', 'SCALED_PRESSURE', 'SCALED_PRESSURE2']],
  [
    2,
    [
      'SYS_STATUS',
      'POWER_STATUS',
      'MEMINFO',
      'MISSION_CURRENT',
      'GPS_RAW_INT',
      'GPS2_RAW',
      'NAV_CONTROLLER_OUTPUT',
      'FENCE_STATUS',
      'POSITION_TARGET_GLOBAL_INT',
    ],
  ],
  [3, ['SERVO_OUTPUT_RAW', 'RC_CHANNELS']],
  [4, []],
  [6, ['GLOBAL_POSITION_INT', 'LOCAL_POSITION_NED']],
  [10, ['ATTITUDE', 'AHRS2']],
  [11, ['VFR_HUD']],
  [
    12,
    [
      'AHRS',
      'SYSTEM_TIME',
      'WIND',
      'DISTANCE_SENSOR',
      'TERRAIN_REPORT',
      'BATTERY_STATUS',
      'EKF_STATUS_REPORT',
      'VIBRATION',
      'RPM',
      'ESC_TELEMETRY_1_TO_4',
    ],
  ],
]);
const ALL = 0;

/** Message ids of a stream; empty for one nobody knows. */
export function messagesOfStream(stream: number): readonly number[] {
  const names = stream === ALL ? [...GROUPS.values()].flat() : (GROUPS.get(stream) ?? []);
  return names.map((name) => messageByName(name).id);
}
