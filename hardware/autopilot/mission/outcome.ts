/** What a transfer of a mission, a fence or a rally list may be asked to do, and what became of it. */
import type { MissionItem } from '@skein/protocol/mavlink';

/**
 * `refused`: by the autopilot, in its own words. `timeout`: it fell silent, or gave the transfer up. `busy`: another transfer is
 * under way, ours or a stranger's (`result` DENIED). `changed`: it rebooted, was armed, or its list became another meanwhile
 * (`detail`). `armed`, `bad-items`: nothing was sent. `pilot`, `other-station`, `failsafe`: control was taken from us.
 */
export type MissionFailure =
  | 'refused'
  | 'timeout'
  | 'busy'
  | 'cancelled'
  | 'no-link'
  | 'changed'
  | 'armed'
  | 'bad-items'
  | 'pilot'
  | 'other-station'
  | 'failsafe';

export interface MissionFailed {
  readonly ok: false;
  readonly code: MissionFailure;
  /** Name of the MAV_MISSION_RESULT that ended it; null: none did. */
  readonly result: string | null;
  /** The item it was at, by its place in the list. */
  readonly seq: number | null;
  /** What the autopilot said meanwhile. */
  readonly texts: readonly string[];
  readonly detail: string;
  /**
   * False: nothing that writes has left. True: what the autopilot holds now is not known: ArduPilot keeps a list of old and new
   * items mixed (observed), PX4 its old one.
   */
  readonly wrote: boolean;
}

/** `id`: what the autopilot calls the list it holds now (PX4: a checksum); null: it has no names for them. */
export type WriteOutcome = { readonly ok: true; readonly count: number; readonly id: number | null } | MissionFailed;

export type DownloadOutcome =
  | { readonly ok: true; readonly items: readonly MissionItem[]; readonly id: number | null }
  | MissionFailed;

export interface TransferOptions {
  readonly signal?: AbortSignal;
  /** Items done, of how many. */
  readonly onProgress?: (done: number, count: number) => void;
}

export interface WriteOptions extends TransferOptions {
  /**
   * The caller has confirmed a hold: written although armed. Never while a mission is flown: there each arriving item
   * re-steers the aircraft before the answer, and a bare COUNT cuts the list (observed).
   */
  readonly inHold?: boolean;
}

/** How an exchange ended by itself. */
export type Ended<T> = T | Pick<MissionFailed, 'ok' | 'code' | 'result' | 'seq' | 'detail'>;

export function endedBy(code: MissionFailure, o: { result?: string; seq?: number | null; detail?: string } = {}) {
  return { ok: false, code, result: o.result ?? null, seq: o.seq ?? null, detail: o.detail ?? '' } as const;
}
