/**
 * The catalogue of sample kinds: what Skein knows about a drone, in SI units, units in the names.
 *
 * Ids and the order of columns are permanent: on the wire a kind is its id and a column its place in the list, counted
 * from 1. Append; never reorder, rename or reuse (docs/wire.md §5 prints this table, a test compares them).
 * Source messages are those of MAVLink common and ardupilotmega.
 */
import { CLOCK_QUALITIES, STANDINGS } from '../time/index.ts';
import {
  ANSWER_STATES,
  CONTROL_STATES,
  FENCE_BREACHES,
  GPS_FIXES,
  ITINERARY_STATES,
  LADDER_RUNGS,
  LANDED_STATES,
  MISSION_STATES,
  PACK_SOURCES,
  PARAMETER_EVENTS,
  PREFLIGHT_VERDICTS,
  RELEASE_STATES,
  SEVERITIES,
  SYSTEM_STATES,
  TRUST_STATES,
} from './choices.ts';
import { type Column, type ColumnValue, choice, flag, list, num, text } from './columns.ts';

export interface Kind {
  readonly id: number;
  readonly doc: string;
  readonly columns: Readonly<Record<string, Column>>;
}

export const KINDS = {
  position: {
    id: 1,
    doc: 'Fused position (GLOBAL_POSITION_INT)',
    columns: {
      latDeg: num('deg', 7, 'latitude, WGS 84'),
      lonDeg: num('deg', 7, 'longitude, WGS 84'),
      altAmslM: num('m', 3, 'altitude above mean sea level'),
      altRelM: num('m', 3, 'height above home'),
      headingDeg: num('deg', 2, 'heading of the nose, 0–359.99; null when unknown'),
    },
  },
  velocity: {
    id: 2,
    doc: 'Fused velocity in the local level frame (GLOBAL_POSITION_INT)',
    columns: {
      northMps: num('m/s', 2, 'north'),
      eastMps: num('m/s', 2, 'east'),
      downMps: num('m/s', 2, 'down, positive when sinking'),
    },
  },
  attitude: {
    id: 3,
    doc: 'Attitude (ATTITUDE)',
    columns: {
      rollRad: num('rad', 4, 'roll, right side down positive'),
      pitchRad: num('rad', 4, 'pitch, nose up positive'),
      yawRad: num('rad', 4, 'yaw from north, −π…π'),
      rollRateRadps: num('rad/s', 4, 'roll rate'),
      pitchRateRadps: num('rad/s', 4, 'pitch rate'),
      yawRateRadps: num('rad/s', 4, 'yaw rate'),
    },
  },
  air: {
    id: 4,
    doc: 'Speeds and throttle as a pilot reads them (VFR_HUD)',
    columns: {
      groundSpeedMps: num('m/s', 2, 'speed over ground'),
      airSpeedMps: num('m/s', 2, 'air speed, estimated where there is no sensor'),
      climbMps: num('m/s', 2, 'climb rate, up positive'),
      throttlePct: num('%', 0, 'throttle'),
      altAmslM: num('m', 2, 'altitude above mean sea level'),
    },
  },
  battery: {
    id: 5,
    doc: 'One battery (BATTERY_STATUS, SYS_STATUS where that is missing)',
    columns: {
      instance: num('', 0, 'battery number, from 0'),
      voltageV: num('V', 3, 'pack voltage; the sum of the cells where only they are known'),
      currentA: num('A', 2, 'discharge current'),
      remainingPct: num('%', 0, 'charge left as the autopilot counts it (100 after every reboot of it)'),
      consumedMah: num('mAh', 0, 'charge used since its boot'),
      consumedJ: num('J', 0, 'energy used since its boot'),
      cellsV: list('V', 3, 'voltage of each cell the monitor reports'),
      temperatureC: num('°C', 2, 'temperature'),
      timeRemainingS: num('s', 0, 'time left as the autopilot estimates it'),
      faults: num('bitmask', 0, 'MAV_BATTERY_FAULT'),
      chargeState: num('enum', 0, 'MAV_BATTERY_CHARGE_STATE'),
    },
  },
  gps: {
    id: 6,
    doc: 'A satellite receiver as it reports itself, not fused (GPS_RAW_INT, GPS2_RAW)',
    columns: {
      instance: num('', 0, 'receiver number, from 0'),
      fix: choice(GPS_FIXES, 'kind of fix'),
      satellites: num('', 0, 'satellites used'),
      latDeg: num('deg', 7, 'latitude'),
      lonDeg: num('deg', 7, 'longitude'),
      altAmslM: num('m', 3, 'altitude above mean sea level'),
      hdop: num('', 2, 'horizontal dilution of precision'),
      vdop: num('', 2, 'vertical dilution of precision'),
      horizontalAccM: num('m', 3, 'horizontal uncertainty, 1 σ'),
      verticalAccM: num('m', 3, 'vertical uncertainty, 1 σ'),
      speedAccMps: num('m/s', 3, 'speed uncertainty, 1 σ'),
      groundSpeedMps: num('m/s', 2, 'speed over ground'),
      courseDeg: num('deg', 2, 'course over ground'),
    },
  },
  status: {
    id: 7,
    doc: 'Mode, armed, landed (HEARTBEAT of component 1, EXTENDED_SYS_STATE)',
    columns: {
      armed: flag('motors armed'),
      mode: text('flight mode by name, `mode N` when the flavour has no name for it'),
      customMode: num('', 0, 'custom_mode as sent'),
      baseMode: num('bitmask', 0, 'MAV_MODE_FLAG'),
      system: choice(SYSTEM_STATES, 'MAV_STATE; critical means a failsafe acts'),
      landed: choice(LANDED_STATES, 'MAV_LANDED_STATE, unknown until reported'),
      vehicleType: num('enum', 0, 'MAV_TYPE'),
      autopilot: num('enum', 0, 'MAV_AUTOPILOT'),
      sysid: num('', 0, 'MAVLink system id of the autopilot'),
    },
  },
  home: {
    id: 8,
    doc: 'Home position (HOME_POSITION)',
    columns: {
      latDeg: num('deg', 7, 'latitude'),
      lonDeg: num('deg', 7, 'longitude'),
      altAmslM: num('m', 3, 'altitude above mean sea level'),
    },
  },
  mission: {
    id: 9,
    doc: 'Where it is in its mission (MISSION_CURRENT, NAV_CONTROLLER_OUTPUT)',
    columns: {
      seq: num('', 0, 'current item'),
      total: num('', 0, 'items, home left out'),
      state: choice(MISSION_STATES, 'MISSION_STATE'),
      distanceM: num('m', 0, 'distance to the active waypoint'),
      crossTrackM: num('m', 2, 'cross-track error'),
      targetBearingDeg: num('deg', 0, 'bearing to the active waypoint'),
      altErrorM: num('m', 2, 'altitude error'),
    },
  },
  ekf: {
    id: 10,
    doc: 'Health of the position estimate (EKF_STATUS_REPORT; ESTIMATOR_STATUS)',
    columns: {
      flags: num('bitmask', 0, 'EKF_STATUS_FLAGS'),
      velocityVariance: num('', 4, 'velocity test ratio, ≥ 1 is rejected'),
      horizontalVariance: num('', 4, 'horizontal position test ratio'),
      verticalVariance: num('', 4, 'vertical position test ratio'),
      compassVariance: num('', 4, 'compass test ratio'),
      terrainVariance: num('', 4, 'terrain altitude test ratio'),
    },
  },
  vibration: {
    id: 11,
    doc: 'Vibration and accelerometer clipping (VIBRATION)',
    columns: {
      xMps2: num('m/s²', 3, 'x'),
      yMps2: num('m/s²', 3, 'y'),
      zMps2: num('m/s²', 3, 'z'),
      clipping: list('', 0, 'clipping events of each accelerometer since boot'),
    },
  },
  wind: {
    id: 12,
    doc: 'Estimated wind (WIND; WIND_COV)',
    columns: {
      fromDeg: num('deg', 1, 'where it blows from'),
      speedMps: num('m/s', 2, 'horizontal speed'),
      downMps: num('m/s', 2, 'vertical speed, down positive'),
    },
  },
  esc: {
    id: 13,
    doc: 'Motor controllers (ESC_TELEMETRY_n_TO_m)',
    columns: {
      first: num('', 0, 'number of the first motor in the lists, from 1'),
      rpm: list('1/min', 0, 'speed'),
      voltageV: list('V', 2, 'input voltage'),
      currentA: list('A', 2, 'current'),
      temperatureC: list('°C', 0, 'temperature'),
    },
  },
  rc: {
    id: 14,
    doc: 'The pilot’s receiver and switches (RC_CHANNELS, SYS_STATUS)',
    columns: {
      channelsUs: list('µs', 0, 'pulse widths of the channels in use'),
      rssi: num('', 0, 'signal 0–254; null when not measured'),
      receiverHealthy: flag('receiver present and healthy by SYS_STATUS'),
    },
  },
  health: {
    id: 15,
    doc: 'Sensors and the pre-arm verdict (SYS_STATUS)',
    columns: {
      preArmOk: flag('the pre-arm checks pass; null when the autopilot does not report them'),
      sensorsPresent: num('bitmask', 0, 'MAV_SYS_STATUS_SENSOR'),
      sensorsEnabled: num('bitmask', 0, 'MAV_SYS_STATUS_SENSOR'),
      sensorsHealthy: num('bitmask', 0, 'MAV_SYS_STATUS_SENSOR'),
      loadPct: num('%', 1, 'load of its main loop'),
      dropPct: num('%', 2, 'communication errors it counts'),
    },
  },
  fence: {
    id: 16,
    doc: 'Geofence (FENCE_STATUS, SYS_STATUS)',
    columns: {
      enabled: flag('fence enabled'),
      breached: flag('outside now'),
      breaches: num('', 0, 'breaches since boot'),
      breach: choice(FENCE_BREACHES, 'kind of the last breach'),
    },
  },
  radio: {
    id: 17,
    doc: 'A telemetry radio between us and the autopilot (RADIO_STATUS)',
    columns: {
      rssi: num('', 0, 'local signal, device dependent'),
      remoteRssi: num('', 0, 'remote signal'),
      noise: num('', 0, 'local noise'),
      remoteNoise: num('', 0, 'remote noise'),
      bufferFreePct: num('%', 0, 'free transmit buffer'),
      errors: num('', 0, 'receive errors'),
    },
  },
  link: {
    id: 18,
    doc: 'The agent’s own link to the autopilot',
    columns: {
      open: flag('port open'),
      inBytesPerS: num('B/s', 0, 'received'),
      outBytesPerS: num('B/s', 0, 'sent'),
      frames: num('', 0, 'good frames since the agent started'),
      badFrames: num('', 0, 'frames with a wrong checksum'),
      skippedBytes: num('', 0, 'bytes that belong to no frame'),
      lostFrames: num('', 0, 'frames missing by sequence number'),
      reopened: num('', 0, 'times the port was opened again'),
    },
  },
  flight: {
    id: 19,
    doc: 'Hours of this airframe as the agent counts them',
    columns: {
      flights: num('', 0, 'flights'),
      airS: num('s', 0, 'time in the air'),
      armedS: num('s', 0, 'time armed'),
    },
  },
  board: {
    id: 20,
    doc: 'The companion computer',
    columns: {
      temperatureC: num('°C', 1, 'hottest sensor'),
      loadPct: num('%', 1, 'processor, all cores'),
      memoryFreeMb: num('MB', 0, 'available memory'),
      diskFreeMb: num('MB', 0, 'free where the data directory lies'),
      throttled: flag('slowed by heat or low voltage; null where the board does not say'),
      outboxBytes: num('B', 0, 'bytes in the outbox'),
      notDurableMs: num('ms', 0, 'age of the oldest sample not yet durable'),
      uptimeS: num('s', 0, 'since boot'),
    },
  },
  text: {
    id: 21,
    doc: 'What the autopilot says (STATUSTEXT, chunks joined)',
    columns: {
      severity: choice(SEVERITIES, 'MAV_SEVERITY'),
      text: text('the text'),
      repeats: num('', 0, 'times it was said again before this sample was sealed'),
    },
  },
  clock: {
    id: 22,
    doc: 'What time it was: ties this boot’s monotonic clock to UTC',
    columns: {
      utcUs: num('µs', 0, 'UTC at monoUs, microseconds since 1970'),
      errUs: num('µs', 0, 'half width of the interval the true time lies in'),
      source: choice(CLOCK_QUALITIES, 'who told'),
      standing: choice(STANDINGS, 'whether others agree with it'),
      outvoted: text('sources that a majority contradicts, with commas between'),
      boardUs: num('µs', 0, 'the board’s own clock minus UTC'),
    },
  },
  pressure: {
    id: 23,
    doc: 'Barometer (SCALED_PRESSURE)',
    columns: {
      absoluteHpa: num('hPa', 3, 'absolute pressure'),
      temperatureC: num('°C', 2, 'temperature of the sensor'),
    },
  },
  local: {
    id: 24,
    doc: 'Position from the estimator’s origin (LOCAL_POSITION_NED)',
    columns: {
      northM: num('m', 3, 'north'),
      eastM: num('m', 3, 'east'),
      downM: num('m', 3, 'down'),
    },
  },
  autopilot: {
    id: 25,
    doc: 'Which autopilot this is (AUTOPILOT_VERSION)',
    columns: {
      uid2: text('unique hardware id, hex; maps the drone, unlike the 8-bit system id'),
      version: text('flight software version, e.g. 4.7.0-dev'),
      gitHash: text('first 8 characters of its source version'),
      vendor: num('', 0, 'vendor id'),
      product: num('', 0, 'product id'),
      board: num('', 0, 'board version'),
    },
  },
  answer: {
    id: 26,
    doc: 'What became of a command (docs/commands.md); urgent lane only',
    columns: {
      command: text('id of the command'),
      step: num('', 0, 'counts the answers to this command, from 1: a later one replaces an earlier one'),
      state: choice(ANSWER_STATES, 'state of the delivery'),
      reason: text('stable code, or `code: detail`'),
      detail: text('proof and particulars, a JSON object'),
      type: text('type of the command'),
    },
  },
  control: {
    id: 27,
    doc: 'Who has control, as the agent infers it',
    columns: {
      state: choice(CONTROL_STATES, 'who flies'),
      commander: text('operator in command'),
      why: text('what it was inferred from'),
      writers: text('others who write on the link: JSON list of {sysid, compid, role}'),
    },
  },
  safety: {
    id: 28,
    doc: 'Ground lock, safety profile, ground link',
    columns: {
      locked: flag('ground lock set'),
      lockReason: text('why'),
      lockedBy: text('who set it: `drone` or an operator'),
      lockedHere: flag('set at the drone itself'),
      profile: text('name of the safety profile'),
      profileOk: flag('no parameter differs from it; null while not read'),
      linkLossOwner: text('agent or autopilot'),
      groundLink: flag('the ground-link heartbeat is being sent'),
      leaseLeftMs: num('ms', 0, 'left of the controller’s lease when this was sampled'),
      returnAltM: num('m', 1, 'height above home at which the autopilot returns; null while not read'),
    },
  },
  preflight: {
    id: 29,
    doc: 'The pre-flight list',
    columns: {
      verdict: choice(PREFLIGHT_VERDICTS, 'worst of its items'),
      items: text('JSON list of {item, verdict, value, limit, words, ageMs}'),
    },
  },
  itinerary: {
    id: 30,
    doc: 'How an itinerary stands on this drone; urgent lane only',
    columns: {
      itinerary: text('id of the itinerary'),
      version: num('', 0, 'version of it'),
      step: num('', 0, 'counts what this drone says of this version, from 1: a later one replaces an earlier one'),
      state: choice(ITINERARY_STATES, 'how it stands'),
      reason: text('stable code, or `code: detail`'),
      item: num('', 0, 'item under way, counted from 0 in the itinerary; null while not flying'),
      detail: text('particulars, a JSON object'),
    },
  },
  delivery: {
    id: 31,
    doc: 'What became of a parcel; urgent lane only',
    columns: {
      itinerary: text('id of the itinerary'),
      version: num('', 0, 'version of it'),
      item: num('', 0, 'the `deliver` item, counted from 0 in the itinerary'),
      step: num('', 0, 'counts what this drone says of this parcel, from 1'),
      state: choice(RELEASE_STATES, 'where the parcel is'),
      reason: text('stable code, or `code: detail`'),
      latDeg: num('deg', 7, 'where that was seen'),
      lonDeg: num('deg', 7, 'where that was seen'),
      detail: text('the evidence, a JSON object'),
    },
  },
  ladder: {
    id: 32,
    doc: 'What the agent does about a controller it does not hear (flight rules, link loss)',
    columns: {
      rung: choice(
        LADDER_RUNGS,
        'the rung it stands on; `watch`: the autopilot owns the loss, the agent only notes it',
      ),
      sinceMs: num('ms', 0, 'on this rung, by this boot’s monotonic clock'),
      leaseLostMs: num('ms', 0, 'since the lease ran out; null while it is fresh'),
      reason: text('stable code, or `code: detail`'),
      plan: text('what comes next and when, a JSON object'),
    },
  },
  trust: {
    id: 33,
    doc: 'May the position be acted on (docs/position-trust.md)',
    columns: {
      state: choice(TRUST_STATES, 'the verdict of now'),
      reason: text('stable code; null while trusted'),
      forMs: num('ms', 0, 'so long in this state'),
      lastAgeMs: num('ms', 0, 'age of the last trusted position; null: none yet'),
      lastLatDeg: num('deg', 7, 'latitude of the last trusted position'),
      lastLonDeg: num('deg', 7, 'longitude of it'),
      lastAltAmslM: num('m', 3, 'altitude of it above mean sea level'),
      latDeg: num('deg', 7, 'latitude by dead reckoning, for display only'),
      lonDeg: num('deg', 7, 'longitude by dead reckoning'),
      radiusM: num('m', 1, 'the drone is within this of it with 95 %'),
    },
  },
  pack: {
    id: 34,
    doc: 'Which pack is in the drone (SMART_BATTERY_INFO, or whoever put it in)',
    columns: {
      instance: num('', 0, 'number of the battery, from 0'),
      serial: text('its serial number, or the id a person gave'),
      source: choice(PACK_SOURCES, 'who says so'),
      cycles: num('', 0, 'charge cycles as the pack counts them'),
      fullMah: num('mAh', 0, 'it holds now when full'),
      designMah: num('mAh', 0, 'it held when new'),
      cells: num('', 0, 'cells in series'),
    },
  },
  parameters: {
    id: 35,
    doc: 'Which parameters the autopilot has: their hash at each arming, the list once for each hash',
    columns: {
      event: choice(PARAMETER_EVENTS, 'it was armed, or a part of the list'),
      hash: text('hash of the list (docs/fleet-configuration.md); null: it could not be read yet'),
      ageMs: num('ms', 0, 'since the list was read'),
      part: num('', 0, 'of the list, from 1'),
      parts: num('', 0, 'of the list, in all'),
      list: text('lines of NAME type value, by name'),
      version: text('flight software version'),
      gitHash: text('first 8 characters of its source version'),
    },
  },
} as const satisfies Record<string, Kind>;

export type KindName = keyof typeof KINDS;
export const KIND_NAMES = Object.keys(KINDS) as KindName[];

/** The values of one sample of a kind: every column, null where nothing is known. */
export type Values<K extends KindName> = {
  readonly [C in keyof (typeof KINDS)[K]['columns']]: (typeof KINDS)[K]['columns'][C] extends Column
    ? ColumnValue<(typeof KINDS)[K]['columns'][C]>
    : never;
};

/** One observation: `monoUs` is the monotonic clock of its boot at receipt, `bootMs` the autopilot's own stamp if it gave one. */
export type Sample<K extends KindName = KindName> = {
  [N in K]: {
    readonly kind: N;
    readonly monoUs: number;
    readonly bootMs: number | null;
    readonly values: Values<N>;
  };
}[K];

const byId = new Map<number, KindName>(KIND_NAMES.map((name) => [KINDS[name].id, name]));

/** The name of a kind id, or null for one this version does not know. */
export function kindOfId(id: number): KindName | null {
  return byId.get(id) ?? null;
}

/** The columns of a kind in wire order. */
export function columnsOf(kind: KindName): readonly (readonly [string, Column])[] {
  return columnLists[kind];
}

const columnLists = Object.fromEntries(
  KIND_NAMES.map((name) => [name, Object.entries(KINDS[name].columns)]),
) as unknown as Record<KindName, readonly (readonly [string, Column])[]>;
