/**
 * The clock records of one boot → the time of any of its stamps, and back.
 *
 *   offset
 *     │  ╳ wrong word      ┬                       a record says an interval, and widens with distance by the drift
 *     │                    ●─────────┬             between two that count the offset is interpolated, and stays inside
 *     │                    ┴         ●             what both allow; before the first and after the last it is theirs
 *     └──────────────────────────────┴──── mono
 *
 * The agent forgets no source within a boot, so each record knows what all before it knew. A record that a later one
 * contradicts (the intervals do not meet), or that a later one no longer vouches for (it is far wider than drift
 * explains), does not count. So a source that lied at first and is outvoted later spoils no early sample.
 */
import { type ClockRecord, drifted, type Utc } from './clock.ts';

/** A record wider than this ties nothing to UTC: a clock nobody has set, a time kept over a night. */
export const USELESS_ERR_US = 86_400e6;
/** A later record this much wider than drift explains has lost faith in what was before it. */
const DISOWNED_BY = 2;
/** Nor may time run at half or twice its pace between two records: then the looser of them does not count. */
const MAX_SLEW = 0.5;
/** Bisection over a boot: 2^53 µs need no more. */
const MAX_STEPS = 60;

const offsetOf = (record: ClockRecord): number => record.utcUs - record.monoUs;
const widthAt = (record: ClockRecord, monoUs: number): number => record.errUs + drifted(monoUs - record.monoUs);

/** True of a record that says more than "some time". */
export function isUsable({ source, errUs }: { readonly source: string; readonly errUs: number }): boolean {
  return source !== 'unset' && errUs < USELESS_ERR_US;
}

/** Somebody speaks, if only to say that nobody knows any more. A time kept from another boot says nothing of this one. */
const isWord = (record: ClockRecord): boolean =>
  record.source !== 'unset' && (record.source !== 'restored' || isUsable(record));

/** Newest first, each judged by the one after it that counts. */
function vouchedFor(records: readonly ClockRecord[]): ClockRecord[] {
  const kept: ClockRecord[] = [];
  for (const record of records.toReversed()) {
    const later = kept.at(-1);
    if (later !== undefined) {
      const apartUs = Math.abs(offsetOf(record) - offsetOf(later));
      const width = widthAt(record, later.monoUs);
      if (apartUs > width + later.errUs || later.errUs > DISOWNED_BY * width) continue;
    }
    kept.push(record);
  }
  return kept.reverse();
}

/** Without those that a neighbour, drift counted in, is tighter than where they stand. */
function undominated(records: readonly ClockRecord[]): ClockRecord[] {
  const pass = (list: readonly ClockRecord[]): ClockRecord[] => {
    let best: ClockRecord | null = null;
    return list.filter((record) => {
      if (best !== null && widthAt(best, record.monoUs) <= record.errUs) return false;
      best = record;
      return true;
    });
  };
  return pass(pass(records).toReversed()).reverse();
}

/** A record with what its neighbours leave of its interval. */
interface Anchor {
  readonly monoUs: number;
  readonly source: ClockRecord['source'];
  readonly offsetUs: number;
  readonly lo: number;
  readonly hi: number;
}

function narrowed(anchors: readonly Anchor[]): Anchor[] {
  let last: Anchor | null = null;
  return anchors.map((one) => {
    const driftUs = last === null ? 0 : drifted(one.monoUs - last.monoUs);
    const lo = last === null ? one.lo : Math.max(one.lo, last.lo - driftUs);
    const hi = last === null ? one.hi : Math.min(one.hi, last.hi + driftUs);
    last = lo <= hi ? { ...one, lo, hi } : one;
    return last;
  });
}

function anchorsOf(records: readonly ClockRecord[]): Anchor[] {
  const alone = records.map((one): Anchor => {
    const offsetUs = offsetOf(one);
    return { monoUs: one.monoUs, source: one.source, offsetUs, lo: offsetUs - one.errUs, hi: offsetUs + one.errUs };
  });
  const together = narrowed(narrowed(alone).toReversed()).reverse();
  return together.map((one) => ({ ...one, offsetUs: Math.min(Math.max(one.offsetUs, one.lo), one.hi) }));
}

function steady(anchors: readonly Anchor[]): Anchor[] {
  const kept: Anchor[] = [];
  for (const one of anchors) {
    let keep = true;
    for (let last = kept.at(-1); last !== undefined; last = kept.at(-1)) {
      if (Math.abs(one.offsetUs - last.offsetUs) <= (one.monoUs - last.monoUs) * MAX_SLEW) break;
      keep = one.hi - one.lo <= last.hi - last.lo;
      if (!keep) break;
      kept.pop();
    }
    if (keep) kept.push(one);
  }
  return kept;
}

export class Timeline {
  readonly #anchors: readonly Anchor[];

  /** Records of one boot, in any order. */
  constructor(records: readonly ClockRecord[]) {
    const words = records.filter(isWord).sort((a, b) => a.monoUs - b.monoUs);
    this.#anchors = steady(anchorsOf(undominated(vouchedFor(words).filter(isUsable))));
  }

  /** Nothing ties this boot to UTC. */
  get isEmpty(): boolean {
    return this.#anchors.length === 0;
  }

  /** Rises with `monoUs`. Null without records. */
  at(monoUs: number): Utc | null {
    let low = 0;
    let high = this.#anchors.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#anchors[middle]?.monoUs ?? 0) <= monoUs) low = middle + 1;
      else high = middle;
    }
    const before = this.#anchors[low - 1] ?? this.#anchors[low];
    const after = this.#anchors[low] ?? before;
    if (before === undefined || after === undefined) return null;
    const spanUs = after.monoUs - before.monoUs;
    const share = spanUs === 0 ? 0 : (monoUs - before.monoUs) / spanUs;
    const offsetUs = before.offsetUs + share * (after.offsetUs - before.offsetUs);
    const [past, coming] = [drifted(monoUs - before.monoUs), drifted(monoUs - after.monoUs)];
    const lo = Math.max(before.lo - past, after.lo - coming);
    const hi = Math.min(before.hi + past, after.hi + coming);
    const errUs = Math.ceil(Math.max(hi - offsetUs, offsetUs - lo, 0));
    return { utcUs: Math.round(offsetUs + monoUs), errUs, source: share < 0.5 ? before.source : after.source };
  }

  /** The first stamp of `from … to` at which it was `utcUs` or later; `to` when it never was. Null without records. */
  monoAt(utcUs: number, range: { readonly from: number; readonly to: number }): number | null {
    if (this.isEmpty) return null;
    let { from: low, to: high } = range;
    for (let step = 0; step < MAX_STEPS && low < high; step++) {
      const middle = Math.floor((low + high) / 2);
      if ((this.at(middle)?.utcUs ?? 0) >= utcUs) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
