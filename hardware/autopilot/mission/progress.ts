/**
 * How far a mission has come, from MISSION_CURRENT and MISSION_ITEM_REACHED: each item once per visit. Asking for id 46 repeats
 * the last one for ever (observed), PX4 repeats it ten times, and links double things; but a DO_JUMP makes an item be reached again
 * and again in earnest. Pure.
 */
import type { Message, Messages } from '@skein/protocol/mavlink';

/** MISSION_STATE. */
const STATES = ['unknown', 'none', 'not-started', 'active', 'paused', 'complete'] as const;
export type MissionState = (typeof STATES)[number];
const STANDING: readonly MissionState[] = ['none', 'not-started', 'complete'];

export type MissionEvent =
  | {
      readonly kind: 'current';
      readonly seq: number;
      /** Items, home left out; null: it does not say. */
      readonly total: number | null;
      readonly state: MissionState;
    }
  /** `visit` 1, 2 … of this item. */
  | { readonly kind: 'reached'; readonly seq: number; readonly visit: number };

export type MissionListener = (event: MissionEvent, nowMs: number) => void;

/** Nothing is flown to twice in less; a repetition by the line comes sooner. */
const REVISIT_MS = 1_500;
const NO_MISSION = 0xffff;

interface Visits {
  count: number;
  lastMs: number;
  /** It has been the current item since it was reached last. */
  again: boolean;
}

export class MissionProgress {
  readonly #listeners = new Set<MissionListener>();
  readonly #visits = new Map<number, Visits>();
  #last: number | null = null;
  #current: MissionEvent | null = null;

  listen(listener: MissionListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The newest of MISSION_CURRENT; null: none heard. */
  get current(): MissionEvent | null {
    return this.#current;
  }

  /** Another list, or the same from the beginning: nothing of it was reached. */
  reset(): void {
    this.#visits.clear();
    this.#last = null;
  }

  take(message: Message, nowMs: number): void {
    if (message.name === 'MISSION_CURRENT') this.#takeCurrent(message.fields, nowMs);
    if (message.name === 'MISSION_ITEM_REACHED') this.#takeReached(message.fields.seq, nowMs);
  }

  #takeCurrent(f: Messages['MISSION_CURRENT'], nowMs: number): void {
    const { seq } = f;
    const total = f.total === 0 || f.total === NO_MISSION ? null : f.total;
    const now: MissionEvent = { kind: 'current', seq, total, state: STATES[f.mission_state] ?? 'unknown' };
    const before = this.#current;
    this.#current = now;
    // Another flight of it.
    if (before?.kind === 'current' && now.state === 'active' && STANDING.includes(before.state)) this.reset();
    if (before?.kind === 'current' && before.seq === seq && before.state === now.state && before.total === total)
      return;
    if (before?.seq !== seq) {
      const visits = this.#visits.get(seq);
      if (visits !== undefined) visits.again = true;
    }
    this.#tell(now, nowMs);
  }

  #takeReached(seq: number, nowMs: number): void {
    const visits = this.#visits.get(seq);
    const isNew = visits === undefined || visits.again || (this.#last !== seq && nowMs - visits.lastMs >= REVISIT_MS);
    if (visits !== undefined && !isNew) {
      // Said again and again, it stays what was said last.
      if (this.#last === seq) visits.lastMs = nowMs;
      return;
    }
    const count = (visits?.count ?? 0) + 1;
    this.#visits.set(seq, { count, lastMs: nowMs, again: false });
    this.#last = seq;
    this.#tell({ kind: 'reached', seq, visit: count }, nowMs);
  }

  #tell(event: MissionEvent, nowMs: number): void {
    for (const listener of this.#listeners) listener(event, nowMs);
  }
}

/** The mission went on to its last item, or to one that may be: old ones do not say how many there are. */
export function isLastTurn(before: MissionEvent | null, now: MissionEvent | null): boolean {
  if (before === null || now?.kind !== 'current' || before.seq === now.seq) return false;
  return now.total === null || now.seq >= now.total - 1;
}
