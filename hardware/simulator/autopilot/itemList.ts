import type { ItemFields } from './missionStorage.ts';

/** An item as it is given back. `current` and `autocontinue` are 0 for those of a fence. */
export interface GivenItem extends ItemFields {
  readonly current: number;
  readonly autocontinue: number;
}

export type Given = { readonly ok: true; readonly item: GivenItem } | { readonly ok: false; readonly result: number };

/** One of the three lists that clients upload and download: each stores in a way of its own. Results are MAV_MISSION_RESULTs. */
export interface ItemList {
  /** MAV_MISSION_TYPE. */
  readonly type: number;
  /** The most items it takes. */
  readonly room: number;
  /** How many a download announces. */
  readonly count: number;
  /** In texts: "Mission upload timeout". */
  readonly name: string;
  /** Said when it is complete; null: nothing. */
  readonly thanks: string | null;
  /** An upload of `count` items begins. */
  begin(count: number): void;
  /** `last`: the last number of this upload. */
  put(seq: number, fields: ItemFields, last: number): number;
  complete(): number;
  /** An upload was given up. */
  abandon(): void;
  clear(): number;
  give(seq: number): Given;
}
