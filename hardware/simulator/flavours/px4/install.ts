import {
  MavAutopilot,
  MavMissionType,
  MavModeFlag,
  MavSeverity,
  MavState,
  type Message,
  MissionState,
} from '@skein/protocol/mavlink';
import type { Autopilot } from '../../autopilot/autopilot.ts';
import type { Command } from '../../commands/command.ts';
import type { Meddler, Outgoing, Verdict } from '../../meddler.ts';
import type { Port } from '../../port.ts';
import type { Service, Source } from '../../service.ts';
import { Px4Cargo } from './cargo.ts';
import { carryOutPx4, px4Commands } from './commands.ts';
import { Px4Failsafes } from './failsafes.ts';
import { infeasible } from './feasibility.ts';
import { Px4Fence } from './fence.ts';
import { Px4Missions } from './missions.ts';
import { modeBy, px4Modes } from './modes.ts';
import { Px4ParameterService } from './parameter-service.ts';
import { Px4Parameters } from './parameters.ts';
import { Pilotage } from './pilotage.ts';

const STEP_MS = 100;
const RC_RECEIVER = 1 << 16;
const MAVLINK_MARKERS: ReadonlySet<number | undefined> = new Set([0xfd, 0xfe]);
/** 1.15.4, a release. */
const VERSION = 0x010f04ff;
/** Missions and commands as integers, parameters byte-wise, files, set points, MAVLink 2. */
const CAPABILITIES = 0xe0fdn;

/** Sent without being asked for, as PX4 does on a telemetry line: message and interval in µs. */
const DEFAULT_STREAMS: readonly (readonly [msgid: number, intervalUs: number])[] = [
  [1, 1_000_000],
  [2, 1_000_000],
  [24, 1_000_000],
  [30, 66_667],
  [33, 200_000],
  [42, 1_000_000],
  [74, 250_000],
  [147, 2_000_000],
  [230, 1_000_000],
  [242, 2_000_000],
  [245, 1_000_000],
];

/** What the engine's numbers are of PX4's. */
const ENGINE_VALUES: Readonly<Record<string, readonly [name: string, scale: number]>> = {
  RTL_ALT: ['RTL_RETURN_ALT', 100],
  LAND_SPEED: ['MPC_LAND_SPEED', 100],
  DISARM_DELAY: ['COM_DISARM_PRFLT', 1],
};
const MISSION_CURRENT = 42;
/** Total of an empty mission. */
const NO_ITEMS = 65_535;

/** The engine's own failsafes: PX4 has others. */
const NOT_THE_ENGINES = [
  'FS_THR_ENABLE',
  'FS_GCS_ENABLE',
  'BATT_FS_LOW_ACT',
  'BATT_FS_CRT_ACT',
  'FENCE_ENABLE',
] as const;

/**
 * PX4 in place of ArduPilot. Requests are taken before ArduPilot's tables see them; what the engine says in ArduPilot's words is kept back or
 * put into PX4's. From PX4's documentation and sources, not measured.
 */
class Px4 implements Service {
  readonly #autopilot: Autopilot;
  readonly #parameters: Px4Parameters;
  readonly #pilotage: Pilotage;
  readonly #failsafes: Px4Failsafes;
  readonly #values: Px4ParameterService;
  readonly #cargo: Px4Cargo;
  readonly #missions: Px4Missions;
  readonly #fence: Px4Fence;
  readonly #say: (text: string, severity: number) => void;
  readonly #handlers: ReturnType<typeof px4Commands>;
  /** Ports that have their default streams since this boot. */
  readonly #streaming = new Set<Port>();
  #stepDueMs: number;
  /** What is sent now is PX4's own, not the engine's. */
  #own = false;
  readonly meddler: Meddler;

  constructor(autopilot: Autopilot) {
    this.#autopilot = autopilot;
    this.#stepDueMs = autopilot.nowMs;
    for (const name of NOT_THE_ENGINES) autopilot.parameters.set(name, 0);
    this.#parameters = new Px4Parameters(autopilot.sysid, autopilot.parameters.value('GRIP_ENABLE') !== 0);
    const say = (text: string, severity: number): void =>
      autopilot.voice.inTurn(() => this.#asOwn(() => autopilot.voice.say(text, severity)));
    this.#say = say;
    this.#pilotage = new Pilotage({
      autopilot,
      say,
      takeoffAltM: () => this.#parameters.value('MIS_TAKEOFF_ALT'),
    });
    this.#failsafes = new Px4Failsafes({ autopilot, parameters: this.#parameters, pilotage: this.#pilotage, say });
    this.#values = new Px4ParameterService({
      autopilot,
      parameters: this.#parameters,
      say: (text, severity, port) => autopilot.voice.sayTo(port, text, severity),
    });
    this.#cargo = new Px4Cargo(autopilot, this.#parameters);
    autopilot.sequence = this.#cargo;
    this.#missions = new Px4Missions({ autopilot, say, changed: (type) => this.#changed(type) });
    this.#fence = new Px4Fence({ autopilot, parameters: this.#parameters, pilotage: this.#pilotage, say });
    this.#handlers = px4Commands(this.#pilotage, this.#cargo);
    this.meddler = {
      sending: (message) => this.#sending(message),
      leaving: (bytes) => (MAVLINK_MARKERS.has(bytes[0]) ? bytes : null),
    };
  }

  #asOwn(run: () => void): void {
    const before = this.#own;
    this.#own = true;
    run();
    this.#own = before;
  }

  get nextDueMs(): number {
    return Math.min(this.#stepDueMs, this.#values.nextDueMs, this.#missions.nextDueMs);
  }

  tick(nowMs: number): void {
    this.#asOwn(() => this.#values.tick(nowMs));
    this.#missions.tick(nowMs);
    if (nowMs < this.#stepDueMs) return;
    this.#stepDueMs = nowMs + STEP_MS;
    for (const port of this.#autopilot.ports) {
      if (this.#streaming.has(port) || port.streams.intervalUs(0) === null) continue;
      this.#streaming.add(port);
      for (const [msgid, intervalUs] of DEFAULT_STREAMS) port.streams.set(msgid, intervalUs, nowMs);
    }
    this.#pilotage.notice();
    this.#failsafes.step();
    this.#fence.step();
    this.#cargo.step();
    this.#follow();
  }

  /** The engine flies by PX4's numbers. */
  #follow(): void {
    const { parameters } = this.#autopilot;
    for (const [name, [of, scale]] of Object.entries(ENGINE_VALUES)) {
      parameters.set(name, this.#parameters.value(of) * scale);
    }
  }

  /** What is being flown may be gone, and what is stored may not be flown. */
  #changed(type: number): void {
    const { flight, mission, nowMs, vehicle } = this.#autopilot;
    const { items } = this.#missions.list(MavMissionType.MISSION);
    const fault = infeasible(items, this.#autopilot, this.#parameters);
    this.#pilotage.missionFeasible = fault === null;
    if (fault !== null && type !== MavMissionType.RALLY) this.#say(fault, MavSeverity.CRITICAL);
    if (type !== MavMissionType.MISSION) return;
    mission.jumps.clear();
    if (!flight.inAuto) mission.progress = 'not-started';
    mission.current = 0;
    if (mission.total > 0) flight.setCurrent(1, vehicle.body, nowMs);
  }

  restart(): void {
    this.#streaming.clear();
    this.#values.restart();
    this.#failsafes.restart();
    this.#missions.restart();
    this.#cargo.restart();
  }

  take(message: Message, from: Source, port: Port): boolean {
    let taken = true;
    this.#asOwn(() => {
      taken = this.#values.take(message, port);
    });
    return taken || this.#missions.take(message, from, port) || this.#takeOther(message, from, port);
  }

  #takeOther(message: Message, from: Source, port: Port): boolean {
    switch (message.name) {
      case 'HEARTBEAT':
        this.#failsafes.heardHeartbeat(message.fields.type);
        return true;
      case 'COMMAND_LONG': {
        const { command, param1, param2, param3, param4, param5, param6, param7 } = message.fields;
        const params: Command['params'] = [param1, param2, param3, param4, param5, param6, param7];
        carryOutPx4(this.#handlers, this.#autopilot, { id: command, params, frame: 0, int: false, from }, port);
        return true;
      }
      case 'COMMAND_INT': {
        const { command, frame, param1, param2, param3, param4, x, y, z } = message.fields;
        const params: Command['params'] = [param1, param2, param3, param4, x, y, z];
        carryOutPx4(this.#handlers, this.#autopilot, { id: command, params, frame, int: true, from }, port);
        return true;
      }
      case 'SET_MODE': {
        const { custom_mode } = message.fields;
        const mode = modeBy((custom_mode >>> 16) & 255, custom_mode >>> 24);
        if (mode !== undefined) this.#pilotage.setMode(mode);
        return true;
      }
      case 'MISSION_SET_CURRENT': {
        const { flight, nowMs, vehicle, voice } = this.#autopilot;
        if (flight.setCurrent(message.fields.seq + 1, vehicle.body, nowMs)) voice.sendOne(MISSION_CURRENT, port);
        return true;
      }
      case 'REQUEST_DATA_STREAM':
        // Not known to PX4.
        return true;
      default:
        return false;
    }
  }

  #sending({ name, fields }: Outgoing): Verdict {
    switch (name) {
      case 'SYS_STATUS': {
        const { onboard_control_sensors_health: health } = fields;
        const spoilt = this.#failsafes.sticksLost && typeof health === 'number';
        return spoilt ? { fields: { onboard_control_sensors_health: (health & ~RC_RECEIVER) >>> 0 } } : 'send';
      }
      case 'STATUSTEXT':
      case 'PARAM_VALUE':
        return this.#own ? 'send' : 'drop';
      case 'HEARTBEAT':
        return { fields: { autopilot: MavAutopilot.PX4, ...this.#heartbeat() } };
      case 'MISSION_CURRENT':
        return { fields: this.#current() };
      case 'MISSION_ITEM_REACHED':
        return typeof fields.seq === 'number' && fields.seq > 0 ? { fields: { seq: fields.seq - 1 } } : 'drop';
      case 'AUTOPILOT_VERSION':
        return { fields: { capabilities: CAPABILITIES, flight_sw_version: VERSION } };
      default:
        return 'send';
    }
  }

  /** Item 0 is the first, not home. */
  #current() {
    const { mission } = this.#autopilot;
    const list = this.#missions.list(MavMissionType.MISSION);
    const flies = this.#pilotage.mode === px4Modes.mission;
    const begun = mission.progress === 'active' || mission.current > 1;
    const state = mission.progress === 'complete' ? 'COMPLETE' : flies ? 'ACTIVE' : begun ? 'PAUSED' : 'NOT_STARTED';
    return {
      seq: Math.max(0, mission.current - 1),
      total: mission.total > 0 ? mission.total : NO_ITEMS,
      mission_state: MissionState[mission.total > 0 && this.#pilotage.missionFeasible ? state : 'NO_MISSION'],
      mission_mode: flies ? 1 : 2,
      mission_id: list.name,
      fence_id: this.#missions.list(MavMissionType.FENCE).name,
      rally_points_id: this.#missions.list(MavMissionType.RALLY).name,
    };
  }

  #heartbeat() {
    const { mode } = this.#pilotage;
    const { armed, systemStatus } = this.#autopilot.flight;
    const { AUTO_ENABLED, CUSTOM_MODE_ENABLED, GUIDED_ENABLED, MANUAL_INPUT_ENABLED } = MavModeFlag;
    const { SAFETY_ARMED, STABILIZE_ENABLED } = MavModeFlag;
    const by = mode.auto ? AUTO_ENABLED | GUIDED_ENABLED : MANUAL_INPUT_ENABLED;
    const status = armed ? MavState.ACTIVE : systemStatus === MavState.BOOT ? MavState.UNINIT : MavState.STANDBY;
    return {
      base_mode: CUSTOM_MODE_ENABLED | STABILIZE_ENABLED | by | (armed ? SAFETY_ARMED : 0),
      custom_mode: mode.custom,
      system_status: this.#failsafes.acting ? MavState.CRITICAL : status,
    };
  }
}

export function installPx4(autopilot: Autopilot): void {
  const px4 = new Px4(autopilot);
  autopilot.services.unshift(px4);
  autopilot.meddlers.add(px4.meddler);
}
