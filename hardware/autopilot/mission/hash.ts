/**
 * One number for all that an autopilot holds: mission, fence and rally points as they were read back, and home. Equal means that
 * it would fly the same. Pure: the hash function is passed in.
 *
 *   'skein-mission-1' · home · (type, count, items)*      numbers big-endian, altitudes and params as float32
 */
import { MISSION_TYPES, type MissionItem, type MissionType } from '@skein/protocol/mavlink';
import { frameOf, type MissionFlavour } from './stored.ts';

export interface HeldLists {
  readonly mission: readonly MissionItem[];
  readonly fence: readonly MissionItem[];
  readonly rally: readonly MissionItem[];
}

export interface HomePlace {
  readonly latDeg: number;
  readonly lonDeg: number;
  readonly altAmslM: number;
}

const HEADER = new TextEncoder().encode('skein-mission-1');
const LISTS: readonly MissionType[] = ['mission', 'fence', 'rally'];
const HOME_BYTES = 13;
const LIST_BYTES = 3;
const ITEM_BYTES = 32;

/** Every NaN alike, and no negative zero. */
const plain = (value: number): number => (Number.isNaN(value) ? Number.NaN : value + 0);

/** Item 0 of an ArduPilot mission is left out: it is home once more, and drifts while the drone stands. */
export function missionBytes(lists: HeldLists, home: HomePlace | null, flavour: MissionFlavour): Uint8Array {
  const parts = LISTS.map((type) => ({
    type: MISSION_TYPES[type],
    items: type === 'mission' && flavour === 'ardupilot' ? lists[type].slice(1) : lists[type],
  }));
  const count = parts.reduce((sum, { items }) => sum + items.length, 0);
  const bytes = new Uint8Array(HEADER.length + HOME_BYTES + parts.length * LIST_BYTES + count * ITEM_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(HEADER);
  let at = HEADER.length;
  view.setUint8(at, home === null ? 0 : 1);
  view.setInt32(at + 1, Math.round((home?.latDeg ?? 0) * 1e7));
  view.setInt32(at + 5, Math.round((home?.lonDeg ?? 0) * 1e7));
  view.setFloat32(at + 9, plain(home?.altAmslM ?? 0));
  at += HOME_BYTES;
  for (const { type, items } of parts) {
    view.setUint8(at, type);
    view.setUint16(at + 1, items.length);
    at += LIST_BYTES;
    for (const item of items) {
      putItem(view, at, item);
      at += ITEM_BYTES;
    }
  }
  return bytes;
}

function putItem(view: DataView, at: number, item: MissionItem): void {
  view.setUint8(at, frameOf(item.frame));
  view.setUint16(at + 1, item.command);
  view.setUint8(at + 3, item.autocontinue === false ? 0 : 1);
  for (const [index, value] of item.params.entries()) view.setFloat32(at + 4 + 4 * index, plain(value));
  view.setInt32(at + 20, item.x);
  view.setInt32(at + 24, item.y);
  view.setFloat32(at + 28, plain(item.z));
}

/** `hash`: of bytes, say SHA-256 in hex. */
export function missionHash(
  lists: HeldLists,
  home: HomePlace | null,
  flavour: MissionFlavour,
  hash: (bytes: Uint8Array) => string,
): string {
  return hash(missionBytes(lists, home, flavour));
}
