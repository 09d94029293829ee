/**
 * The lists of one itinerary to the autopilot and back: every list is written, read back and compared before the next step
 * is believed; a count proves nothing (an aborted upload leaves old and new items mixed, observed).
 *
 *   write: fence ─▶ rally ─▶ mission, each: upload or clear ─▶ download ─▶ differences?      read: download ×3 ─▶ differences?
 *                                                                    all equal ─▶ hash over what was read, and home
 */
import { type ReasonCode, reason } from '@skein/protocol/fleet';
import type { MissionItem, MissionType } from '@skein/protocol/mavlink';

export interface ListFailure {
  readonly ok: false;
  readonly code: string;
  readonly detail: string;
  readonly result: string | null;
  readonly seq: number | null;
  readonly texts: readonly string[];
}

export interface MissionPort {
  upload(
    type: MissionType,
    items: readonly MissionItem[],
    o: { readonly signal: AbortSignal },
  ): Promise<{ readonly ok: true } | ListFailure>;
  download(
    type: MissionType,
    o: { readonly signal: AbortSignal },
  ): Promise<{ readonly ok: true; readonly items: readonly MissionItem[] } | ListFailure>;
  clear(type: MissionType, o: { readonly signal: AbortSignal }): Promise<{ readonly ok: true } | ListFailure>;
}

export interface Lists {
  readonly mission: readonly MissionItem[];
  readonly fence: readonly MissionItem[];
  readonly rally: readonly MissionItem[];
}

export interface DifferenceLike {
  readonly seq: number | null;
  readonly field: string;
  readonly wanted: number;
  readonly got: number;
}

export interface TransferPorts {
  readonly missions: MissionPort;
  readonly differences: (
    sent: readonly MissionItem[],
    readBack: readonly MissionItem[],
    type: MissionType,
  ) => readonly DifferenceLike[];
  /** Over what was read back, and home. */
  readonly hash: (lists: Lists) => string;
}

export type Transferred =
  | { readonly ok: true; readonly hash: string }
  | {
      readonly ok: false;
      /** `read-back`: it stores something else. `upload-failed`: it did not take or give a list. */
      readonly code: Extract<ReasonCode, 'read-back' | 'upload-failed'>;
      readonly reason: string;
      readonly list: MissionType;
      /** The one who ended it: `cancelled`, `pilot` …, or what the protocol says. */
      readonly cause: string;
    };

/** Words of a transfer that ended because somebody or something else went first: no fault of the list. */
export const OUTSIDE: readonly string[] = [
  'cancelled',
  'pilot',
  'other-station',
  'failsafe',
  'armed',
  'no-link',
  'busy',
  'changed',
];

/** Fence and rally first: a drone that holds the mission holds them too. */
const ORDER: readonly MissionType[] = ['fence', 'rally', 'mission'];

function failure(list: MissionType, failed: ListFailure): Transferred {
  const at = failed.seq === null ? '' : ` at item ${failed.seq}`;
  const said = [failed.result, failed.detail, ...failed.texts].filter((words) => words !== null && words !== '');
  const words = `${list}${at}: ${[failed.code, ...said].join(', ')}`;
  return { ok: false, code: 'upload-failed', reason: reason('upload-failed', words), list, cause: failed.code };
}

function differing(list: MissionType, found: readonly DifferenceLike[]): Transferred {
  const [first] = found;
  const words =
    first === undefined || first.seq === null
      ? `${list}: ${first?.got ?? 0} items, wanted ${first?.wanted ?? 0}`
      : `${list} item ${first.seq}: ${first.field} ${first.got}, wanted ${first.wanted}${found.length > 1 ? `, and ${found.length - 1} more` : ''}`;
  return { ok: false, code: 'read-back', reason: reason('read-back', words), list, cause: 'read-back' };
}

/** Writes all three and proves them. `signal` ends it; what the autopilot holds then is not known. */
export async function write(lists: Lists, o: TransferPorts, signal: AbortSignal): Promise<Transferred> {
  for (const type of ORDER) {
    const items = lists[type];
    const done =
      items.length === 0 ? await o.missions.clear(type, { signal }) : await o.missions.upload(type, items, { signal });
    if (!done.ok) return failure(type, done);
  }
  return read(lists, o, signal);
}

/** Reads all three and compares: nothing is written. */
export async function read(lists: Lists, o: TransferPorts, signal: AbortSignal): Promise<Transferred> {
  const held: Record<MissionType, readonly MissionItem[]> = { mission: [], fence: [], rally: [] };
  for (const type of ORDER) {
    const got = await o.missions.download(type, { signal });
    if (!got.ok) return failure(type, got);
    const found = o.differences(lists[type], got.items, type);
    if (found.length > 0) return differing(type, found);
    held[type] = got.items;
  }
  return { ok: true, hash: o.hash(held) };
}
