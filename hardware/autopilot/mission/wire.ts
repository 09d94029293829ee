/** Items as they travel, and whom a message of the mission protocol is meant for. */
import {
  type FieldsIn,
  MavComponent,
  MavMissionResult,
  type Message,
  type Messages,
  MISSION_TYPES,
  type MissionItem,
  type MissionType,
} from '@skein/protocol/mavlink';

/** More than any autopilot holds (ArduPilot some 700): a bound on memory. */
export const MAX_ITEMS = 5_000;

export function itemFields(
  item: MissionItem,
  seq: number,
  type: MissionType,
): Omit<FieldsIn<'MISSION_ITEM_INT'>, 'target_system' | 'target_component'> {
  const [param1, param2, param3, param4] = item.params;
  return {
    seq,
    frame: item.frame as 0,
    command: item.command as 0,
    // 2 and 3 would make ArduPilot fly there at once instead.
    current: 0,
    autocontinue: item.autocontinue === false ? 0 : 1,
    param1,
    param2,
    param3,
    param4,
    x: item.x,
    y: item.y,
    z: item.z,
    mission_type: MISSION_TYPES[type],
  };
}

export function itemOf(f: Messages['MISSION_ITEM_INT']): MissionItem {
  return {
    frame: f.frame,
    command: f.command,
    params: [f.param1, f.param2, f.param3, f.param4],
    x: f.x,
    y: f.y,
    z: f.z,
    autocontinue: f.autocontinue !== 0,
  };
}

/** What an autopilot says in the course of a transfer. */
export type MissionMessage = Message & {
  readonly name: 'MISSION_REQUEST' | 'MISSION_REQUEST_INT' | 'MISSION_COUNT' | 'MISSION_ITEM_INT' | 'MISSION_ACK';
};

const SAID: readonly string[] = [
  'MISSION_REQUEST',
  'MISSION_REQUEST_INT',
  'MISSION_COUNT',
  'MISSION_ITEM_INT',
  'MISSION_ACK',
] satisfies readonly MissionMessage['name'][];

export function isMissionMessage(message: Message): message is MissionMessage {
  return SAID.includes(message.name);
}

/** Others transfer too, and their messages pass here: only what names us, or nobody, is ours. */
export function isForUs({ fields }: MissionMessage, sysid: number): boolean {
  const { target_system: system, target_component: component } = fields;
  return (system === sysid || system === 0) && (component === MavComponent.ONBOARD_COMPUTER || component === 0);
}

const RESULT_NAMES = new Map(Object.entries(MavMissionResult).map(([name, value]) => [value as number, name]));

/** `INVALID_PARAM5_X`, or `result 42` for one the definitions lack. */
export function missionResultName(result: number): string {
  return RESULT_NAMES.get(result) ?? `result ${result}`;
}
