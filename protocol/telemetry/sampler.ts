/**
 * MAVLink messages of one vehicle → samples in SI units.
 *
 * One message usually makes one sample. What a message marks as unknown (65535, −1, INT16_MAX, NaN …) becomes null,
 * never a number. The sampler remembers only what one kind needs from two messages. Texts are joined elsewhere
 * (StatusTexts), since a chunk may never come.
 */
import type { Message, Messages } from '../mavlink/index.ts';
import { FENCE_BREACHES, GPS_FIXES, LANDED_STATES, MISSION_STATES, SYSTEM_STATES } from './choices.ts';
import type { KindName, Sample, Values } from './kinds.ts';
import { modeName } from './modes.ts';

const MAV_AUTOPILOT_INVALID = 8;
const SAFETY_ARMED = 0x80;
const SENSOR_RC_RECEIVER = 0x1_0000;
const SENSOR_GEOFENCE = 0x10_0000;
const SENSOR_PREARM = 0x1000_0000;
const CELL_FULL_MV = 0xfffe;
const FIX_2D = 2;
/** The flags that ESTIMATOR_STATUS_FLAGS and EKF_STATUS_FLAGS share, and the glitch flag of each. */
const ESTIMATOR_COMMON = 0x3ff;
const ESTIMATOR_GPS_GLITCH = 0x400;
const HORIZONTAL_POSITION = 0x10;
const CONSTANT_POSITION = 0x80;
const EKF_GPS_GLITCHING = 0x8000;

/** `value / per`, or null where the field carries its "unknown" value. */
const known = (value: number, unknown: number, per = 1): number | null => (value === unknown ? null : value / per);
const positive = (value: number): number | null => (value > 0 ? value : null);
const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
const has = (bits: number, bit: number): boolean => (bits & bit) !== 0;
const degrees = (value: number): number | null => finite(((value % 360) + 360) % 360);
/**
 * An autopilot without a position sends the place 0, 0; nobody flies within a centimetre of it. Nothing else makes a place
 * null (but a receiver without a fix, which says so): position trust relies on it.
 */
const place = (lat: number, lon: number) =>
  lat === 0 && lon === 0 ? { latDeg: null, lonDeg: null } : { latDeg: lat / 1e7, lonDeg: lon / 1e7 };

function named<N extends string>(names: readonly N[], index: number): N {
  // A number past the list travels as `#n` (body.ts), so a newer autopilot's state is kept and shown as it is.
  return names[index] ?? (`#${index}` as N);
}

interface Stamp {
  readonly monoUs: number;
  readonly bootMs: number | null;
}

export class Sampler {
  #heartbeat: Messages['HEARTBEAT'] | null = null;
  #sysid = 0;
  #landed: Values<'status'>['landed'] = 'unknown';
  #navigation: Messages['NAV_CONTROLLER_OUTPUT'] | null = null;
  #receiverHealthy: boolean | null = null;
  #fenceEnabled: boolean | null = null;
  #batteryStatusSeen = false;
  /** What each pack told last. */
  readonly #packs = new Map<number, string>();

  /** Forget what the autopilot said before it rebooted. */
  reset(): void {
    this.#heartbeat = null;
    this.#landed = 'unknown';
    this.#navigation = null;
    this.#receiverHealthy = null;
    this.#fenceEnabled = null;
    this.#batteryStatusSeen = false;
    this.#packs.clear();
  }

  /**
   * Samples in this message, often one, often none. `monoUs`: monotonic µs of receipt; `sysid`: who sent it.
   * Pass only messages of the vehicle's own autopilot (and RADIO_STATUS of its radio).
   */
  take(message: Message, monoUs: number, sysid = this.#sysid): readonly Sample[] {
    this.#sysid = sysid;
    const at = (bootMs: number | null = null): Stamp => ({ monoUs, bootMs });
    switch (message.name) {
      case 'HEARTBEAT':
        if (message.fields.autopilot === MAV_AUTOPILOT_INVALID) return [];
        this.#heartbeat = message.fields;
        return this.#status(at());
      case 'EXTENDED_SYS_STATE': {
        const landed = named(LANDED_STATES, message.fields.landed_state);
        if (landed === this.#landed) return [];
        this.#landed = landed;
        return this.#status(at());
      }
      case 'GLOBAL_POSITION_INT':
        return fused(message.fields, at(message.fields.time_boot_ms));
      case 'ATTITUDE':
        return [attitude(message.fields, at(message.fields.time_boot_ms))];
      case 'VFR_HUD':
        return [air(message.fields, at())];
      case 'LOCAL_POSITION_NED':
        return [local(message.fields, at(message.fields.time_boot_ms))];
      case 'SYS_STATUS':
        return this.#sysStatus(message.fields, at());
      case 'BATTERY_STATUS':
        this.#batteryStatusSeen = true;
        return [battery(message.fields, at())];
      case 'SMART_BATTERY_INFO':
        return this.#pack(message.fields, at());
      case 'GPS_RAW_INT':
        return [gps(message.fields, 0, at())];
      case 'GPS2_RAW':
        return [gps(message.fields, 1, at())];
      case 'HOME_POSITION':
        return [
          sample('home', at(), {
            latDeg: message.fields.latitude / 1e7,
            lonDeg: message.fields.longitude / 1e7,
            altAmslM: message.fields.altitude / 1e3,
          }),
        ];
      case 'NAV_CONTROLLER_OUTPUT':
        this.#navigation = message.fields;
        return [];
      case 'MISSION_CURRENT':
        return [this.#mission(message.fields, at())];
      case 'EKF_STATUS_REPORT':
        return [ekf(message.fields, at())];
      case 'ESTIMATOR_STATUS':
        return [estimator(message.fields, at())];
      case 'VIBRATION':
        return [vibration(message.fields, at())];
      case 'WIND':
        return [
          sample('wind', at(), {
            fromDeg: degrees(message.fields.direction),
            speedMps: finite(message.fields.speed),
            downMps: finite(message.fields.speed_z),
          }),
        ];
      case 'WIND_COV':
        return [windFromVector(message.fields, at())];
      case 'ESC_TELEMETRY_1_TO_4':
        return [esc(message.fields, 1, at())];
      case 'ESC_TELEMETRY_5_TO_8':
        return [esc(message.fields, 5, at())];
      case 'ESC_TELEMETRY_9_TO_12':
        return [esc(message.fields, 9, at())];
      case 'RC_CHANNELS':
        return [this.#rc(message.fields, at(message.fields.time_boot_ms))];
      case 'FENCE_STATUS':
        return [this.#fence(message.fields, at())];
      case 'RADIO_STATUS':
        return [radio(message.fields, at())];
      case 'SCALED_PRESSURE':
        return [
          sample('pressure', at(message.fields.time_boot_ms), {
            absoluteHpa: finite(message.fields.press_abs),
            temperatureC: message.fields.temperature / 100,
          }),
        ];
      case 'AUTOPILOT_VERSION':
        return [autopilot(message.fields, at())];
      default:
        return [];
    }
  }

  #status(at: Stamp): readonly Sample[] {
    const beat = this.#heartbeat;
    if (beat === null) return [];
    return [
      sample('status', at, {
        armed: has(beat.base_mode, SAFETY_ARMED),
        mode: modeName(beat.autopilot, beat.custom_mode, beat.type),
        customMode: beat.custom_mode,
        baseMode: beat.base_mode,
        system: named(SYSTEM_STATES, beat.system_status),
        landed: this.#landed,
        vehicleType: beat.type,
        autopilot: beat.autopilot,
        sysid: this.#sysid,
      }),
    ];
  }

  #sysStatus(f: Messages['SYS_STATUS'], at: Stamp): readonly Sample[] {
    const present = f.onboard_control_sensors_present;
    const healthy = f.onboard_control_sensors_health;
    this.#receiverHealthy = has(present, SENSOR_RC_RECEIVER) ? has(healthy, SENSOR_RC_RECEIVER) : null;
    this.#fenceEnabled = has(present, SENSOR_GEOFENCE) ? has(f.onboard_control_sensors_enabled, SENSOR_GEOFENCE) : null;
    const health = sample('health', at, {
      preArmOk: has(present, SENSOR_PREARM) ? has(healthy, SENSOR_PREARM) : null,
      sensorsPresent: present,
      sensorsEnabled: f.onboard_control_sensors_enabled,
      sensorsHealthy: healthy,
      loadPct: f.load / 10,
      dropPct: f.drop_rate_comm / 100,
    });
    // Its first battery, for autopilots that send no BATTERY_STATUS.
    return this.#batteryStatusSeen || f.voltage_battery === 0xffff ? [health] : [health, summaryBattery(f, at)];
  }

  /** Sent again and again, and always the same: what is new of it is a sample. */
  #pack(f: Messages['SMART_BATTERY_INFO'], at: Stamp): Sample[] {
    const serial = f.serial_number.trim();
    if (serial === '') return [];
    const values = {
      ...{ instance: f.id, serial, source: 'autopilot' as const, cycles: known(f.cycle_count, 0xffff) },
      ...{ fullMah: positive(f.capacity_full), designMah: positive(f.capacity_full_specification) },
      cells: positive(f.cells_in_series ?? 0),
    };
    const told = JSON.stringify(values);
    if (this.#packs.get(f.id) === told) return [];
    this.#packs.set(f.id, told);
    return [sample('pack', at, values)];
  }

  #mission(f: Messages['MISSION_CURRENT'], at: Stamp): Sample {
    const nav = this.#navigation;
    return sample('mission', at, {
      seq: f.seq,
      total: missionTotal(f),
      state: named(MISSION_STATES, f.mission_state ?? 0),
      distanceM: nav?.wp_dist ?? null,
      crossTrackM: nav ? finite(nav.xtrack_error) : null,
      targetBearingDeg: nav ? degrees(nav.target_bearing) : null,
      altErrorM: nav ? finite(nav.alt_error) : null,
    });
  }

  #rc(f: Messages['RC_CHANNELS'], at: Stamp): Sample {
    const channels: number[] = [];
    for (let i = 1; i <= Math.min(f.chancount, 18); i++) channels.push(f[`chan${i as 1}_raw`]);
    return sample('rc', at, {
      channelsUs: channels.map((us) => (us === 0xffff || us === 0 ? null : us)),
      rssi: known(f.rssi, 255),
      receiverHealthy: this.#receiverHealthy,
    });
  }

  #fence(f: Messages['FENCE_STATUS'], at: Stamp): Sample {
    return sample('fence', at, {
      enabled: this.#fenceEnabled,
      breached: f.breach_status !== 0,
      breaches: f.breach_count,
      breach: named(FENCE_BREACHES, f.breach_type),
    });
  }
}

/** A sample of a kind; the one place where the union over kinds is told that name and values belong together. */
export function sample<K extends KindName>(kind: K, at: Stamp, values: Values<K>): Sample {
  return { kind, monoUs: at.monoUs, bootMs: at.bootMs, values } as unknown as Sample;
}

function fused(f: Messages['GLOBAL_POSITION_INT'], at: Stamp): Sample[] {
  return [
    sample('position', at, {
      ...place(f.lat, f.lon),
      altAmslM: f.alt / 1e3,
      altRelM: f.relative_alt / 1e3,
      headingDeg: known(f.hdg, 0xffff, 100),
    }),
    sample('velocity', at, { northMps: f.vx / 100, eastMps: f.vy / 100, downMps: f.vz / 100 }),
  ];
}

/** 65 535 says there is no mission. 0 is "not supported", unless the state, which came with the same extension, is told. */
function missionTotal({ total = 0, mission_state = 0 }: Messages['MISSION_CURRENT']): number | null {
  if (total === 0xffff) return 0;
  return total === 0 && mission_state === 0 ? null : total;
}

function attitude(f: Messages['ATTITUDE'], at: Stamp): Sample {
  return sample('attitude', at, {
    rollRad: finite(f.roll),
    pitchRad: finite(f.pitch),
    yawRad: finite(f.yaw),
    rollRateRadps: finite(f.rollspeed),
    pitchRateRadps: finite(f.pitchspeed),
    yawRateRadps: finite(f.yawspeed),
  });
}

function air(f: Messages['VFR_HUD'], at: Stamp): Sample {
  return sample('air', at, {
    groundSpeedMps: finite(f.groundspeed),
    airSpeedMps: finite(f.airspeed),
    climbMps: finite(f.climb),
    throttlePct: f.throttle,
    altAmslM: finite(f.alt),
  });
}

function local(f: Messages['LOCAL_POSITION_NED'], at: Stamp): Sample {
  return sample('local', at, { northM: finite(f.x), eastM: finite(f.y), downM: finite(f.z) });
}

function battery(f: Messages['BATTERY_STATUS'], at: Stamp): Sample {
  const main = f.voltages.map((mv) => known(mv, 0xffff, 1000));
  const more = (f.voltages_ext ?? []).map((mv) => known(mv, 0, 1000));
  const cells = [...main, ...more];
  while (cells.length > 0 && cells.at(-1) === null) cells.pop();
  const sum = cells.reduce<number>((total, volts) => total + (volts ?? 0), 0);
  return sample('battery', at, {
    instance: f.id,
    voltageV: cells.length > 0 ? sum : null,
    currentA: known(f.current_battery, -1, 100),
    remainingPct: known(f.battery_remaining, -1),
    consumedMah: known(f.current_consumed, -1),
    consumedJ: f.energy_consumed === -1 ? null : f.energy_consumed * 100,
    // One "cell" is how a monitor without cell taps reports the pack; a pack above 65.534 V runs on in the next ones.
    cellsV: cells.length > 1 && f.voltages[0] !== CELL_FULL_MV ? cells : null,
    temperatureC: known(f.temperature, 0x7fff, 100),
    timeRemainingS: known(f.time_remaining ?? 0, 0),
    faults: f.fault_bitmask ?? null,
    chargeState: f.charge_state ?? null,
  });
}

function summaryBattery(f: Messages['SYS_STATUS'], at: Stamp): Sample {
  return sample('battery', at, {
    instance: 0,
    voltageV: known(f.voltage_battery, 0xffff, 1000),
    currentA: known(f.current_battery, -1, 100),
    remainingPct: known(f.battery_remaining, -1),
    consumedMah: null,
    consumedJ: null,
    cellsV: null,
    temperatureC: null,
    timeRemainingS: null,
    faults: null,
    chargeState: null,
  });
}

function gps(f: Messages['GPS_RAW_INT'] | Messages['GPS2_RAW'], instance: number, at: Stamp): Sample {
  const has2d = f.fix_type >= FIX_2D;
  return sample('gps', at, {
    instance,
    fix: named(GPS_FIXES, f.fix_type),
    satellites: known(f.satellites_visible, 255),
    ...(has2d ? place(f.lat, f.lon) : { latDeg: null, lonDeg: null }),
    altAmslM: has2d ? f.alt / 1e3 : null,
    hdop: known(f.eph, 0xffff, 100),
    vdop: known(f.epv, 0xffff, 100),
    horizontalAccM: f.h_acc ? f.h_acc / 1e3 : null,
    verticalAccM: f.v_acc ? f.v_acc / 1e3 : null,
    speedAccMps: f.vel_acc ? f.vel_acc / 1e3 : null,
    groundSpeedMps: has2d ? known(f.vel, 0xffff, 100) : null,
    courseDeg: has2d ? known(f.cog, 0xffff, 100) : null,
  });
}

function ekf(f: Messages['EKF_STATUS_REPORT'], at: Stamp): Sample {
  return sample('ekf', at, {
    flags: f.flags,
    velocityVariance: finite(f.velocity_variance),
    horizontalVariance: finite(f.pos_horiz_variance),
    verticalVariance: finite(f.pos_vert_variance),
    compassVariance: finite(f.compass_variance),
    terrainVariance: finite(f.terrain_alt_variance),
  });
}

/**
 * A PX4 that stands still holds its place constant besides using the satellites (1.18, measured: flags 1023 after each
 * landing); an ArduPilot only when it has no position. So the flag counts only where there is none.
 */
function estimator(f: Messages['ESTIMATOR_STATUS'], at: Stamp): Sample {
  const common = f.flags & ESTIMATOR_COMMON;
  const flags = has(common, HORIZONTAL_POSITION) ? common & ~CONSTANT_POSITION : common;
  return sample('ekf', at, {
    flags: flags | (has(f.flags, ESTIMATOR_GPS_GLITCH) ? EKF_GPS_GLITCHING : 0),
    velocityVariance: finite(f.vel_ratio),
    horizontalVariance: finite(f.pos_horiz_ratio),
    verticalVariance: finite(f.pos_vert_ratio),
    compassVariance: finite(f.mag_ratio),
    terrainVariance: finite(f.hagl_ratio),
  });
}

function vibration(f: Messages['VIBRATION'], at: Stamp): Sample {
  return sample('vibration', at, {
    xMps2: finite(f.vibration_x),
    yMps2: finite(f.vibration_y),
    zMps2: finite(f.vibration_z),
    clipping: [f.clipping_0, f.clipping_1, f.clipping_2],
  });
}

function windFromVector(f: Messages['WIND_COV'], at: Stamp): Sample {
  // The vector says where the air goes; people say where it comes from.
  return sample('wind', at, {
    fromDeg: degrees((Math.atan2(-f.wind_y, -f.wind_x) * 180) / Math.PI),
    speedMps: finite(Math.hypot(f.wind_x, f.wind_y)),
    downMps: finite(f.wind_z),
  });
}

function esc(f: Messages['ESC_TELEMETRY_1_TO_4'], first: number, at: Stamp): Sample {
  return sample('esc', at, {
    first,
    rpm: f.rpm,
    voltageV: f.voltage.map((centivolts) => centivolts / 100),
    currentA: f.current.map((centiamps) => centiamps / 100),
    temperatureC: f.temperature,
  });
}

function radio(f: Messages['RADIO_STATUS'], at: Stamp): Sample {
  return sample('radio', at, {
    rssi: known(f.rssi, 255),
    remoteRssi: known(f.remrssi, 255),
    noise: known(f.noise, 255),
    remoteNoise: known(f.remnoise, 255),
    bufferFreePct: f.txbuf,
    errors: f.rxerrors,
  });
}

function autopilot(f: Messages['AUTOPILOT_VERSION'], at: Stamp): Sample {
  const version = f.flight_sw_version;
  const release = ['-dev', '-alpha', '-beta', '-rc'][(version & 0xff) >> 6] ?? '';
  const suffix = (version & 0xff) === 255 ? '' : release;
  const uid2 = (f.uid2 ?? []).map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return sample('autopilot', at, {
    uid2: /^0*$/.test(uid2) ? (f.uid === 0n ? null : f.uid.toString(16).padStart(16, '0')) : uid2,
    version: `${version >>> 24}.${(version >>> 16) & 0xff}.${(version >>> 8) & 0xff}${suffix}`,
    gitHash: String.fromCharCode(...f.flight_custom_version.filter((byte) => byte > 31 && byte < 127)) || null,
    vendor: f.vendor_id,
    product: f.product_id,
    board: f.board_version,
  });
}
