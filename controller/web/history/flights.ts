/**
 * The flights of a drone, found in what its autopilot said of itself: from motors armed to motors disarmed. Pure.
 * A silence while armed is part of the flight when it is armed again after it; a longer one ends it, and then nobody
 * knows when it ended.
 */
import type { Ask, Table } from './table.ts';

/**
 * `baseMode` is a number whose greatest bit is "armed", so of a bucket with an armed sample one stays, and of one with a
 * disarmed sample as well (MAV_MODE_FLAG_SAFETY_ARMED = 128): no flight is lost by down-sampling.
 */
export const FLIGHTS_ASK: Ask = { kind: 'status', columns: ['armed', 'landed', 'baseMode'], numbers: 1 };
export const FLIGHTS_POINTS = 3_000;

export interface Flight {
  readonly fromMs: number;
  /** Last word of it so far, where it is not over. */
  readonly toMs: number;
  /** `before`: it was armed already when the search begins. */
  readonly begin: 'seen' | 'about' | 'before';
  /** `open`: armed still. `lost`: silence, and then it was disarmed or said nothing more. */
  readonly end: 'seen' | 'about' | 'open' | 'lost';
  /** False: it said that it stayed on the ground. Null: not known. */
  readonly flew: boolean | null;
}

/** Samples this far apart bracket a time well enough to name it. */
const EXACT_MS = 15_000;
/** A flight does not go on unseen for longer than this. */
const LONGEST_SILENCE_MS = 1_800_000;

/** Newest first. `nowMs`: until when there can be samples. */
export function flightsOf(table: Table, nowMs: number): Flight[] {
  const { armed = [], landed = [] } = table.answer.columns;
  const flights: Flight[] = [];
  let open: (Omit<Flight, 'end'> & { toMs: number; flew: boolean | null }) | null = null;
  let beforeMs: number | null = null;
  const close = (end: Flight['end']): void => {
    if (open !== null) flights.push({ ...open, end });
    open = null;
  };
  table.timesMs.forEach((atMs, i) => {
    const is = armed[i];
    if (typeof is !== 'boolean') return;
    const sinceMs = beforeMs === null ? null : atMs - beforeMs;
    const silent = sinceMs !== null && sinceMs > Math.max(EXACT_MS, table.silenceS * 1000);
    if (silent && sinceMs > LONGEST_SILENCE_MS) close('lost');
    if (is) {
      open ??= { fromMs: atMs, toMs: atMs, begin: beginOf(sinceMs, silent), flew: null };
      const up = isUp(landed[i]);
      open = { ...open, toMs: atMs, flew: open.flew === true ? true : (up ?? open.flew) };
    } else if (open !== null) {
      if (silent) close('lost');
      else {
        open = { ...open, toMs: atMs };
        close((sinceMs ?? 0) > EXACT_MS ? 'about' : 'seen');
      }
    }
    beforeMs = atMs;
  });
  close(beforeMs !== null && nowMs - beforeMs > LONGEST_SILENCE_MS ? 'lost' : 'open');
  const all = table.bucketS === 0;
  return flights.reverse().map((one) => (all || one.flew === true ? one : { ...one, flew: null }));
}

function beginOf(sinceMs: number | null, silent: boolean): Flight['begin'] {
  if (sinceMs === null || silent) return 'before';
  return sinceMs > EXACT_MS ? 'about' : 'seen';
}

function isUp(landed: unknown): boolean | null {
  if (typeof landed !== 'string' || landed === 'unknown') return null;
  return landed !== 'on-ground';
}

/** With a little before and after it, so that take-off and landing can be seen; what is only about known, with more. */
export function spanOf({ fromMs, toMs, begin, end }: Flight): { fromMs: number; toMs: number } {
  const air = (exact: boolean): number => (exact ? 5_000 : 90_000);
  return { fromMs: fromMs - air(begin === 'seen'), toMs: toMs + air(end === 'seen') };
}
