/** Keeps the picture of the vehicle (state.ts) current from its messages. Pure: messages with their time go in. */
import { MavSysStatusSensor, type Message, type Messages } from '@skein/protocol/mavlink';
import type { HeardText, Landed, Place, RcState, VehicleState } from './state.ts';

const MAX_TEXTS = 50;
const LANDED: readonly Landed[] = ['unknown', 'on-ground', 'in-air', 'taking-off', 'landing'];
const UNKNOWN_U16 = 0xffff;
const RC_CHANNELS = 16;

/** What messages alone tell; the client adds the rest. */
export type Tracked = Pick<
  VehicleState,
  | 'landed'
  | 'landedAgeMs'
  | 'speedMps'
  | 'climbMps'
  | 'altRelM'
  | 'position'
  | 'home'
  | 'preArmOk'
  | 'rc'
  | 'missionCurrent'
  | 'missionTotal'
  | 'missionState'
  | 'batteryPct'
  | 'batteryV'
  | 'texts'
>;

export class StateTracker {
  #landed: Landed = 'unknown';
  #landedMs: number | null = null;
  #speedMps: number | null = null;
  #climbMps: number | null = null;
  #altRelM: number | null = null;
  #place: (Omit<Place, 'ageMs'> & { readonly atMs: number }) | null = null;
  #home: Omit<Place, 'ageMs'> | null = null;
  #preArmOk: boolean | null = null;
  #rcHealthy: boolean | null = null;
  #rc: { readonly channelsUs: readonly (number | null)[]; readonly atMs: number } | null = null;
  #mission: Messages['MISSION_CURRENT'] | null = null;
  #batteryPct: number | null = null;
  #batteryV: number | null = null;
  #texts: readonly HeardText[] = [];

  /** It rebooted, or is another: nothing it said before holds. Its texts stay. */
  reset(): void {
    const texts = this.#texts;
    this.#landed = 'unknown';
    this.#landedMs = null;
    this.#speedMps = null;
    this.#climbMps = null;
    this.#altRelM = null;
    this.#place = null;
    this.#home = null;
    this.#preArmOk = null;
    this.#rcHealthy = null;
    this.#rc = null;
    this.#mission = null;
    this.#batteryPct = null;
    this.#batteryV = null;
    this.#texts = texts;
  }

  text(text: HeardText): void {
    this.#texts = [...this.#texts.slice(1 - MAX_TEXTS), text];
  }

  take(message: Message, nowMs: number): void {
    switch (message.name) {
      case 'EXTENDED_SYS_STATE':
        this.#landed = LANDED[message.fields.landed_state] ?? 'unknown';
        this.#landedMs = nowMs;
        break;
      case 'GLOBAL_POSITION_INT':
        this.#position(message.fields, nowMs);
        break;
      case 'HOME_POSITION': {
        const { latitude, longitude, altitude } = message.fields;
        this.#home = { latDeg: latitude / 1e7, lonDeg: longitude / 1e7, altAmslM: altitude / 1e3 };
        break;
      }
      case 'SYS_STATUS':
        this.#sysStatus(message.fields);
        break;
      case 'RC_CHANNELS':
        this.#rc = { channelsUs: channels(message.fields), atMs: nowMs };
        break;
      case 'MISSION_CURRENT':
        this.#mission = message.fields;
        break;
      default:
    }
  }

  #position(f: Messages['GLOBAL_POSITION_INT'], nowMs: number): void {
    this.#speedMps = Math.hypot(f.vx, f.vy) / 100;
    this.#climbMps = -f.vz / 100;
    this.#altRelM = f.relative_alt / 1e3;
    // ArduPilot sends (0, 0) while it has no position.
    const known = f.lat !== 0 || f.lon !== 0;
    this.#place = known ? { latDeg: f.lat / 1e7, lonDeg: f.lon / 1e7, altAmslM: f.alt / 1e3, atMs: nowMs } : null;
  }

  #sysStatus(f: Messages['SYS_STATUS']): void {
    const present: number = f.onboard_control_sensors_present;
    const healthy: number = f.onboard_control_sensors_health;
    const of = (bit: number): boolean | null => ((present & bit) === 0 ? null : (healthy & bit) !== 0);
    this.#preArmOk = of(MavSysStatusSensor.PREARM_CHECK);
    this.#rcHealthy = of(MavSysStatusSensor.SENSOR_RC_RECEIVER);
    this.#batteryPct = f.battery_remaining < 0 ? null : f.battery_remaining;
    this.#batteryV = f.voltage_battery === UNKNOWN_U16 || f.voltage_battery === 0 ? null : f.voltage_battery / 1000;
  }

  snapshot(nowMs: number): Tracked {
    const place = this.#place;
    const rc: RcState | null =
      this.#rc === null
        ? null
        : { healthy: this.#rcHealthy, channelsUs: this.#rc.channelsUs, ageMs: nowMs - this.#rc.atMs };
    return {
      landed: this.#landed,
      landedAgeMs: this.#landedMs === null ? null : nowMs - this.#landedMs,
      speedMps: this.#speedMps,
      climbMps: this.#climbMps,
      altRelM: this.#altRelM,
      position:
        place === null
          ? null
          : { latDeg: place.latDeg, lonDeg: place.lonDeg, altAmslM: place.altAmslM, ageMs: nowMs - place.atMs },
      home: this.#home,
      preArmOk: this.#preArmOk,
      rc,
      missionCurrent: this.#mission?.seq ?? null,
      missionTotal: this.#mission?.total ?? null,
      missionState: this.#mission?.mission_state ?? null,
      batteryPct: this.#batteryPct,
      batteryV: this.#batteryV,
      texts: this.#texts,
    };
  }

  get rcHealthy(): boolean | null {
    return this.#rcHealthy;
  }
}

function channels(f: Messages['RC_CHANNELS']): readonly (number | null)[] {
  const raw = f as unknown as Readonly<Record<string, number>>;
  return Array.from({ length: Math.min(f.chancount, RC_CHANNELS) }, (_, index) => {
    const value = raw[`chan${index + 1}_raw`] ?? 0;
    return value === 0 || value === UNKNOWN_U16 ? null : value;
  });
}
