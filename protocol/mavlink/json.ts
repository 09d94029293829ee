import { decode } from './codec.ts';
import type { Extensions } from './dialect/messages.generated.ts';
import type { Frame } from './frame.ts';
import { messageById } from './table.ts';

export type JsonValue = null | number | string | readonly (number | string)[];

/**
 * Extension fields of common.xml that ArduPilot's definitions (4.7-dev) do not have. Its frames end before them: a zero
 * there would be said by nobody, so they are shown only when the frame carries them.
 */
export const LATE_EXTENSIONS: { readonly [N in keyof Extensions]?: readonly Extensions[N][] } = {
  SYS_STATUS: [
    'onboard_control_sensors_present_extended',
    'onboard_control_sensors_enabled_extended',
    'onboard_control_sensors_health_extended',
  ],
  MISSION_CURRENT: ['mission_id', 'fence_id', 'rally_points_id'],
  MISSION_COUNT: ['opaque_id'],
  MISSION_ACK: ['opaque_id'],
  SET_ATTITUDE_TARGET: ['thrust_body'],
  TIMESYNC: ['target_system', 'target_component'],
  SERIAL_CONTROL: ['target_system', 'target_component'],
  CAMERA_INFORMATION: ['camera_device_id'],
  CAMERA_SETTINGS: ['camera_device_id'],
  STORAGE_INFORMATION: ['storage_usage'],
  CAMERA_CAPTURE_STATUS: ['camera_device_id'],
  FLIGHT_INFORMATION: ['landing_time'],
  VIDEO_STREAM_INFORMATION: ['camera_device_id'],
  VIDEO_STREAM_STATUS: ['camera_device_id'],
  CAMERA_FOV_STATUS: ['camera_device_id'],
  CAMERA_TRACKING_IMAGE_STATUS: ['camera_device_id'],
  CAMERA_TRACKING_GEO_STATUS: ['camera_device_id'],
  WIFI_CONFIG_AP: ['mode', 'response'],
};

const lateExtensions = new Map<string, readonly string[]>(Object.entries(LATE_EXTENSIONS));

/** One line of `skein-agent decode`. 64-bit integers, NaN and ±Infinity are strings, which JSON has no numbers for. */
export interface FrameJson {
  /** Microseconds since 1970; a recording without times has none. */
  readonly t?: number;
  /** MAVLink version. */
  readonly v: 1 | 2;
  readonly msgid: number;
  /** null: the dialect does not know the id; then `fields` is null and `hex` has the frame. */
  readonly name: string | null;
  readonly sysid: number;
  readonly compid: number;
  readonly seq: number;
  /** Bytes of the whole frame. */
  readonly len: number;
  readonly fields: Readonly<Record<string, JsonValue>> | null;
  readonly hex?: string;
}

/** The frame as plain data. A MAVLink 1 frame has no extension fields; see also `LATE_EXTENSIONS`. */
export function frameJson(frame: Frame, timeUs?: number): FrameJson {
  const message = decode(frame);
  const time = timeUs === undefined ? {} : { t: timeUs };
  const { version: v, msgid, sysid, compid, seq, bytes } = frame;
  const head = { ...time, v, msgid, name: message?.name ?? null, sysid, compid, seq, len: bytes.length };
  if (message === null) return { ...head, fields: null, hex: toHex(bytes) };
  const fields: Record<string, JsonValue> = {};
  const values = message.fields as unknown as Readonly<Record<string, Value>>;
  const late = lateExtensions.get(message.name);
  for (const field of messageById(msgid)?.fields ?? []) {
    if (frame.version === 1 && field.extension) continue;
    if (frame.payloadLength <= field.offset && late?.includes(field.name)) continue;
    fields[field.name] = toJson(values[field.name] ?? 0);
  }
  return { ...head, fields };
}

/** `frameJson` as text without line end; keeps the sign of −0, which `JSON.stringify` loses. */
export function frameJsonLine(frame: Frame, timeUs?: number): string {
  return stringify(frameJson(frame, timeUs));
}

type Value = number | bigint | string | readonly number[];

function toJson(value: Value): JsonValue {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return finite(value);
  return value.map(finite);
}

function finite(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

function stringify(value: unknown): string {
  if (Object.is(value, -0)) return '-0.0';
  if (Array.isArray(value)) return `[${value.map(stringify).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, entry]) => `${JSON.stringify(key)}:${stringify(entry)}`)
    .join(',')}}`;
}

function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}
