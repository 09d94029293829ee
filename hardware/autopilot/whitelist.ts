/**
 * The only way to make a frame for the vehicle. What is not listed here cannot be sent: not by a bug, not by a caller,
 * not by any right. Flight rules §1: no magic reboot, no forced arming or disarming, no termination, no override of
 * sticks, no attitude targets. Asking for anything else is a bug and throws.
 */
import {
  encode,
  type FieldsIn,
  MavCmd,
  MavComponent,
  MavFrame,
  type MessageName,
  type Messages,
  MISSION_TYPES,
  type MissionType,
} from '@skein/protocol/mavlink';
import type { CommandRequest } from './command.ts';
import { isWinchAction, itemFault, whole } from './mission/commands.ts';
import { itemOf, MAX_ITEMS } from './mission/wire.ts';

/** Opcodes of MAVFTP that read; the others write, truncate, rename or remove. */
const FTP_READING: readonly number[] = [
  1, // TerminateSession
  2, // ResetSessions
  3, // ListDirectory
  4, // OpenFileRO
  5, // ReadFile
  14, // CalcFileCRC32
  15, // BurstReadFile
];

/** MAVLink messages that change nothing by themselves, or are checked below. */
const MESSAGES = [
  'HEARTBEAT',
  'TIMESYNC',
  'COMMAND_LONG',
  'COMMAND_INT',
  'PARAM_REQUEST_READ',
  'PARAM_REQUEST_LIST',
  'PARAM_SET',
  'LOG_REQUEST_LIST',
  'LOG_REQUEST_DATA',
  'LOG_REQUEST_END',
  'FILE_TRANSFER_PROTOCOL',
  'MISSION_COUNT',
  'MISSION_ITEM_INT',
  'MISSION_REQUEST_LIST',
  'MISSION_REQUEST_INT',
  'MISSION_ACK',
  'MISSION_CLEAR_ALL',
  'MISSION_SET_CURRENT',
] as const satisfies readonly MessageName[];
export type SendableMessage = (typeof MESSAGES)[number];

type Params = readonly [number, number, number, number, number, number, number];

/** PX4: main mode AUTO with TAKEOFF, LOITER, MISSION, RTL, LAND. */
const PX4_AUTO = 4;
const PX4_SUB: readonly number[] = [2, 3, 4, 5, 6];
/** ArduCopter: AUTO, GUIDED, RTL, LAND, SMART_RTL. Never one in which the sticks decide the height. */
const ARDUCOPTER_MODES: readonly number[] = [3, 4, 6, 9, 21];

/** Of a winch's line, and how fast it runs. */
const MAX_LINE_M = 100;
const MAX_LINE_MPS = 10;

/** A place is "here" when it is left out: 0 for ArduPilot, NaN for PX4. */
const here = (value: number): boolean => value === 0 || Number.isNaN(value);
const none = (params: readonly number[]): boolean => params.every((value) => value === 0);

const LONG: ReadonlyMap<number, (p: Params) => boolean> = new Map<number, (p: Params) => boolean>([
  [MavCmd.SET_MESSAGE_INTERVAL, (p) => whole(p[0], 0, 0xffffff) && p[1] >= -1 && p[1] < 1e9 && none(p.slice(2))],
  [MavCmd.REQUEST_MESSAGE, (p) => whole(p[0], 0, 0xffffff) && none(p.slice(1))],
  [
    MavCmd.DO_SET_MODE,
    (p) =>
      p[0] === 1 &&
      none(p.slice(3)) &&
      (p[2] === 0 ? ARDUCOPTER_MODES.includes(p[1]) : p[1] === PX4_AUTO && PX4_SUB.includes(p[2])),
  ],
  [MavCmd.NAV_RETURN_TO_LAUNCH, (p) => none(p)],
  [MavCmd.NAV_LAND, (p) => none(p.slice(0, 3)) && p.slice(3).every(here)],
  [MavCmd.DO_PAUSE_CONTINUE, (p) => whole(p[0], 0, 1) && none(p.slice(1))],
  [MavCmd.DO_SET_MISSION_CURRENT, (p) => whole(p[0], 0, 0xffff) && none(p.slice(1))],
  [MavCmd.MISSION_START, (p) => none(p)],
  [MavCmd.DO_GRIPPER, (p) => whole(p[0], 0, 10) && whole(p[1], 0, 1) && none(p.slice(2))],
  [
    MavCmd.DO_WINCH,
    (p) =>
      whole(p[0], 0, 10) &&
      isWinchAction(p[1], null) &&
      Math.abs(p[2]) <= MAX_LINE_M &&
      Math.abs(p[3]) <= MAX_LINE_MPS &&
      none(p.slice(4)),
  ],
  // p2 is the forbidden force: 0 and nothing else.
  [MavCmd.COMPONENT_ARM_DISARM, (p) => whole(p[0], 0, 1) && none(p.slice(1))],
  // p1 1: the autopilot. A companion is never restarted through it, and p6 would force it in flight.
  [MavCmd.PREFLIGHT_REBOOT_SHUTDOWN, (p) => p[0] === 1 && none(p.slice(1))],
]);

/** On PX4 a second number beside p1 = 1 is a main mode, so the ArduCopter modes would be others there. */
const PX4_MODE = (p: Params): boolean => p[1] === PX4_AUTO && PX4_SUB.includes(p[2]);
const ARDUPILOT_MODE = (p: Params): boolean => ARDUCOPTER_MODES.includes(p[1]) && p[2] === 0;

export type Dialect = 'ardupilot' | 'px4' | null;

export interface Sender {
  readonly sysid: number;
  readonly compid: number;
}

export interface Target {
  readonly sysid: number;
  readonly compid: number;
}

/** Makes frames, and counts the sequence of each sender as MAVLink wants it. */
export class FrameMaker {
  readonly #seq = new Map<number, number>();

  /** A message of ours; throws when it is not on the list. */
  make<N extends SendableMessage>(name: N, fields: FieldsIn<N>, from: Sender): Uint8Array {
    check(name, fields);
    const key = from.sysid * 256 + from.compid;
    const seq = this.#seq.get(key) ?? 0;
    this.#seq.set(key, (seq + 1) & 0xff);
    return encode(name, fields, { ...from, seq });
  }

  command(
    request: CommandRequest,
    o: { readonly confirmation: number; readonly to: Target; readonly from: Sender; readonly dialect: Dialect },
  ): Uint8Array {
    const p = paramsOf(request);
    if (request.command === MavCmd.DO_SET_MODE && o.dialect !== null) {
      const known = o.dialect === 'px4' ? PX4_MODE(p) : ARDUPILOT_MODE(p);
      if (!known) throw new RangeError(`DO_SET_MODE ${p[1]}/${p[2]} is not for ${o.dialect}`);
    }
    if (request.command === MavCmd.DO_WINCH && !isWinchAction(p[1], o.dialect)) {
      throw new RangeError(`DO_WINCH ${p[1]} is not for ${o.dialect}`);
    }
    if (request.unanswered) return this.#plain(request, o);
    const target = { target_system: o.to.sysid, target_component: o.to.compid, command: request.command as never };
    const { int } = request;
    if (int !== undefined) {
      const [param1, param2, param3, param4] = p;
      const fields = {
        ...target,
        param1,
        param2,
        param3,
        param4,
        frame: int.frame as never,
        current: 0,
        autocontinue: 0,
      };
      return this.make('COMMAND_INT', { ...fields, x: int.x, y: int.y, z: int.z }, o.from);
    }
    const [param1, param2, param3, param4, param5, param6, param7] = p;
    const fields = { ...target, param1, param2, param3, param4, param5, param6, param7 };
    return this.make('COMMAND_LONG', { ...fields, confirmation: o.confirmation & 0xff }, o.from);
  }

  /** What a PX4 knows as a message only. */
  #plain(
    request: CommandRequest,
    o: { readonly to: Target; readonly from: Sender; readonly dialect: Dialect },
  ): Uint8Array {
    if (request.command !== MavCmd.DO_SET_MISSION_CURRENT || o.dialect !== 'px4') {
      throw new RangeError(`command ${request.command} is no message of its own for ${o.dialect}`);
    }
    const target = { target_system: o.to.sysid, target_component: o.to.compid };
    return this.make('MISSION_SET_CURRENT', { ...target, seq: request.params?.[0] ?? 0 }, o.from);
  }
}

function paramsOf(request: CommandRequest): Params {
  const at = (index: number): number => request.params?.[index] ?? 0;
  return [at(0), at(1), at(2), at(3), at(4), at(5), at(6)];
}

function check<N extends SendableMessage>(name: N, fields: FieldsIn<N>): void {
  if (!isAllowed(name, fields)) throw new RangeError(`${name} with these fields is never sent: see whitelist.ts`);
}

function isAllowed(name: SendableMessage, fields: FieldsIn<SendableMessage>): boolean {
  switch (name) {
    case 'COMMAND_LONG': {
      const f = fields as FieldsIn<'COMMAND_LONG'>;
      return LONG.get(f.command)?.([f.param1, f.param2, f.param3, f.param4, f.param5, f.param6, f.param7]) ?? false;
    }
    case 'COMMAND_INT':
      return isPlace(fields as FieldsIn<'COMMAND_INT'>);
    case 'HEARTBEAT': {
      const f = fields as FieldsIn<'HEARTBEAT'>;
      // A companion or a ground station: never an autopilot, never armed.
      return (f.type === 18 || f.type === 6) && f.autopilot === 8 && f.base_mode === 0 && f.custom_mode === 0;
    }
    case 'PARAM_SET':
      return /^[A-Z0-9_]{1,16}$/.test((fields as FieldsIn<'PARAM_SET'>).param_id);
    case 'MISSION_SET_CURRENT':
      return whole((fields as FieldsIn<'MISSION_SET_CURRENT'>).seq, 0, 0xffff);
    case 'MISSION_COUNT':
      return isList(fields) && whole((fields as FieldsIn<'MISSION_COUNT'>).count, 0, MAX_ITEMS);
    case 'MISSION_ITEM_INT':
      return isItem(fields as FieldsIn<'MISSION_ITEM_INT'>);
    case 'MISSION_REQUEST_LIST':
    case 'MISSION_REQUEST_INT':
    case 'MISSION_ACK':
    case 'MISSION_CLEAR_ALL':
      return isList(fields);
    case 'FILE_TRANSFER_PROTOCOL':
      return FTP_READING.includes((fields as FieldsIn<'FILE_TRANSFER_PROTOCOL'>).payload[3] ?? -1);
    default:
      return (MESSAGES as readonly string[]).includes(name);
  }
}

const listOf = (type: number | undefined): MissionType | null =>
  (Object.keys(MISSION_TYPES) as MissionType[]).find((name) => MISSION_TYPES[name] === (type ?? 0)) ?? null;

/** One list by its name; never 255, which means all of them. */
function isList(fields: object): boolean {
  return listOf((fields as { readonly mission_type?: number }).mission_type) !== null;
}

/** `current` 2 and 3 would be orders to fly there at once. */
function isItem(f: FieldsIn<'MISSION_ITEM_INT'>): boolean {
  const type = listOf(f.mission_type);
  if (type === null || f.current !== 0 || !whole(f.seq, 0, MAX_ITEMS)) return false;
  return itemFault(type, itemOf(f as Messages['MISSION_ITEM_INT']), f.seq, null) === null;
}

/** DO_REPOSITION and DO_SET_HOME, to a real place; nothing else goes as COMMAND_INT. */
function isPlace(f: FieldsIn<'COMMAND_INT'>): boolean {
  const frame: number = f.frame;
  const isReposition =
    f.command === MavCmd.DO_REPOSITION &&
    (frame === MavFrame.GLOBAL_RELATIVE_ALT ||
      frame === MavFrame.GLOBAL_RELATIVE_ALT_INT ||
      frame === MavFrame.GLOBAL) &&
    (f.param1 === -1 || (f.param1 > 0 && f.param1 <= 30)) &&
    f.param2 === 1 &&
    f.param3 === 0 &&
    here(f.param4);
  // p1 0: to the place given, above sea level; 1 would be where it is.
  const isHome =
    f.command === MavCmd.DO_SET_HOME && frame === MavFrame.GLOBAL && none([f.param1, f.param2, f.param3, f.param4]);
  return (
    (isReposition || isHome) &&
    whole(f.x, -900_000_000, 900_000_000) &&
    whole(f.y, -1_800_000_000, 1_800_000_000) &&
    (f.x !== 0 || f.y !== 0) &&
    Number.isFinite(f.z) &&
    f.z > -500 &&
    f.z < 10_000
  );
}

export const COMPANION = MavComponent.ONBOARD_COMPUTER;
