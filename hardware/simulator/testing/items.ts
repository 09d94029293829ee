/** For this folder's tests: uploads and downloads of mission, fence and rally points, by a station that answers at once. */
import type { MissionItem } from '../autopilot/mission.ts';
import type { Station } from './station.ts';

const TARGET = { target_system: 1, target_component: 1 };
const NONE = { frame: 3, param1: 0, param2: 0, param3: 0, param4: 0, x: 0, y: 0, z: 0 };

export type Draft = Partial<MissionItem> & { readonly command: number };

export const draft = (command: number, fields: Partial<MissionItem> = {}): Draft => ({ command, ...fields });

export function announce(station: Station, count: number, mission_type = 0): void {
  station.send('MISSION_COUNT', { ...TARGET, count, mission_type });
}

export function sendItem(station: Station, seq: number, item: Draft, mission_type = 0): void {
  station.send('MISSION_ITEM_INT', { ...TARGET, seq, current: 0, autocontinue: 1, mission_type, ...NONE, ...item });
}

/** The result of the last MISSION_ACK of this type; null: none came. */
export const lastAck = (station: Station, mission_type = 0): number | null =>
  station.of('MISSION_ACK').findLast(({ fields }) => fields.mission_type === mission_type)?.fields.type ?? null;

/** Uploads a whole list; gives the result. Stops where an item is refused. */
export function upload(station: Station, items: readonly Draft[], mission_type = 0): number | null {
  const before = station.of('MISSION_ACK').length;
  announce(station, items.length, mission_type);
  for (const [seq, item] of items.entries()) {
    station.pass(0.01);
    sendItem(station, seq, item, mission_type);
    if (station.of('MISSION_ACK').length > before) break;
  }
  return station.of('MISSION_ACK').length > before ? lastAck(station, mission_type) : null;
}

/** Downloads a whole list. */
export function download(station: Station, mission_type = 0) {
  station.send('MISSION_REQUEST_LIST', { ...TARGET, mission_type });
  const count = station.of('MISSION_COUNT').at(-1)?.fields.count ?? 0;
  for (let seq = 0; seq < count; seq += 1) station.send('MISSION_REQUEST_INT', { ...TARGET, seq, mission_type });
  return station
    .of('MISSION_ITEM_INT')
    .slice(-count || Number.POSITIVE_INFINITY)
    .map(({ fields }) => fields);
}
