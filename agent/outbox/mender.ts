/**
 * Puts what is salvaged of a damaged file back where it was. Until it has been looked for, a placeholder stands over what
 * the damaged file held: a gap record (`corrupt`), durable, and held: nothing is sent from there on, for what has been
 * acked as a gap would not be sent as a batch any more.
 *
 *   [ batch batch | corrupt … corrupt | batch ]   a row is found   [ batch batch | corrupt | batch | corrupt | batch ]
 */
import type { Lane } from '@skein/protocol/fleet';
import { readEnvelope, sealGap } from '@skein/protocol/telemetry';
import type { EpochState } from './entry.ts';
import type { EpochBook } from './epoch-book.ts';
import type { Epoch, EpochLane } from './epochs.ts';
import { LANE_NAMES, laneEnd, laneStart, rowKey, seqOf } from './keys.ts';
import { further, type PastEpoch } from './past.ts';
import type { OutboxRows, Row } from './rows.ts';

/** A row of the damaged file. */
export interface Salvaged {
  readonly epoch: string;
  readonly lane: Lane;
  readonly seq: number;
  readonly to: number;
  readonly droppable: boolean;
  readonly bytes: Uint8Array;
}

export class Mender {
  readonly #rows: OutboxRows;
  readonly #book: EpochBook;
  readonly #held = new Map<string, number>();

  constructor(rows: OutboxRows, book: EpochBook) {
    this.#rows = rows;
    this.#book = book;
  }

  /** From where on nothing of this lane is sent; undefined: all may be. */
  heldFrom(epoch: string, lane: Lane): number | undefined {
    return this.#held.get(`${epoch}/${lane}`);
  }

  #hold(epoch: string, lane: Lane, from: number): void {
    const held = this.heldFrom(epoch, lane);
    this.#held.set(`${epoch}/${lane}`, Math.min(held ?? from, from));
  }

  /** Something lies aside as the file is opened: what may still be found in it is held. */
  holdPlaceholders(): void {
    for (const epoch of this.#book.live.values()) this.#holdOf(epoch);
  }

  #holdOf({ epoch, number, lanes }: Epoch): void {
    for (const lane of LANE_NAMES) {
      for (const row of this.#rows.gaps(laneStart(number, lane), laneEnd(number, lane))) {
        if ((row.upto ?? 0) > lanes[lane].acked && isPlaceholder(row)) this.#hold(epoch, lane, seqOf(row.id));
      }
    }
  }

  /**
   * Inside the caller's transaction: takes up epochs of the damaged file that are not here, the newest first, as older
   * than all that are. Only what the controller lacks.
   */
  adopt(states: readonly EpochState[], atS: number): void {
    for (const { epoch, boot, lanes } of states) {
      const next = { urgent: lanes.urgent.next, history: lanes.history.next };
      const past = this.#book.pastOf(epoch);
      // Of one that was taken for past nothing is looked for, unless it went further.
      if (past !== undefined && further(past, next) === past) continue;
      const here = past === undefined ? this.#book.live.get(epoch) : this.#book.of(epoch, boot);
      if (here !== undefined) {
        this.#extend(here, next, atS);
        this.#holdOf(here);
        continue;
      }
      const spans = LANE_NAMES.map((lane) => {
        const { first, next, acked } = lanes[lane];
        return { lane, from: Math.min(next, Math.max(first, acked + 1)), to: next - 1 };
      });
      if (spans.every(({ from, to }) => from > to)) {
        this.#book.adoptPast([{ epoch, boot, next }]);
        continue;
      }
      const number = this.#rows.addEpoch(epoch, boot, this.#book.numberBelow());
      const made: Record<string, EpochLane> = {};
      for (const { lane, from, to } of spans) {
        const { acked } = lanes[lane];
        made[lane] = { first: from, next: to + 1, acked, gone: from - 1 };
        if (from > to) continue;
        this.#gap({ epoch, boot, number }, lane, from, to, { monoFromUs: 0, monoToUs: 0 }, atS);
        this.#hold(epoch, lane, from);
      }
      const { urgent, history } = made;
      if (urgent === undefined || history === undefined) throw new Error('two lanes');
      this.#book.live.set(epoch, { number, epoch, boot, lanes: { urgent, history } });
      const gone = { urgent: urgent.gone, history: history.gone };
      this.#rows.saveAcks(number, { urgent: urgent.acked, history: history.acked }, gone);
    }
  }

  /** Inside the caller's transaction: how far epochs went of which nothing more is looked for, the newest first. */
  adoptPast(all: readonly PastEpoch[], atS: number): void {
    for (const { epoch, next } of all) {
      const here = this.#book.live.get(epoch);
      if (here !== undefined) this.#extend(here, next, atS);
    }
    this.#book.adoptPast(all);
  }

  /** The damaged file went further than was known when its epoch was taken up: a commit that nobody was told of before the crash. */
  #extend(here: Epoch, next: PastEpoch['next'], atS: number): void {
    for (const lane of LANE_NAMES) {
      const from = here.lanes[lane].next;
      const to = next[lane] - 1;
      if (from > to) continue;
      this.#gap(here, lane, from, to, { monoFromUs: 0, monoToUs: 0 }, atS);
      here.lanes[lane].next = to + 1;
    }
  }

  /** Inside the caller's transaction. Returns how many seqs are explained now that were not. */
  restore(row: Salvaged, atS: number): number {
    const epoch = this.#book.live.get(row.epoch);
    if (epoch === undefined) return 0;
    const start = laneStart(epoch.number, row.lane);
    let found = 0;
    for (let seq = Math.max(row.seq, epoch.lanes[row.lane].acked + 1); seq <= row.to; ) {
      const under = this.#rows.last(start, rowKey(epoch.number, row.lane, seq));
      if (under === undefined) break;
      const end = under.upto ?? seqOf(under.id);
      if (end < seq) break;
      const to = Math.min(end, row.to);
      if (isPlaceholder(under)) {
        this.#cut(epoch, row, under, seq, to, atS);
        found += to - seq + 1;
      }
      seq = to + 1;
    }
    return found;
  }

  /** What lies over seq … to of a placeholder makes room for what was found. */
  #cut(epoch: Epoch, row: Salvaged, under: Row, seq: number, to: number, atS: number): void {
    const { lane } = row;
    const read = readEnvelope(under.bytes);
    const span = read.ok ? read.header : { monoFromUs: 0, monoToUs: 0 };
    const from = seqOf(under.id);
    const end = under.upto ?? from;
    this.#rows.remove(under.id, under.id);
    if (from < seq) this.#gap(epoch, lane, from, seq - 1, span, atS);
    if (end > to) this.#gap(epoch, lane, to + 1, end, span, atS);
    const key = rowKey(epoch.number, lane, seq);
    const found = readEnvelope(row.bytes);
    if (!found.ok || found.gap === null) this.#rows.addBatch(key, atS, row.droppable, row.bytes);
    else {
      const { gap } = found;
      const whole = seq === gap.from && to === gap.to;
      const samples = Math.round((gap.samples * (to - seq + 1)) / (gap.to - gap.from + 1));
      const part = whole ? row.bytes : sealGap({ ...gap, lane, epoch: epoch.epoch, from: seq, to, samples });
      this.#rows.addGap(key, to, atS, part);
    }
  }

  #gap(
    { epoch, boot, number }: Pick<Epoch, 'epoch' | 'boot' | 'number'>,
    lane: Lane,
    from: number,
    to: number,
    { monoFromUs, monoToUs }: { readonly monoFromUs: number; readonly monoToUs: number },
    atS: number,
  ): void {
    const bytes = sealGap({ lane, epoch, boot, from, to, reason: 'corrupt', samples: 0, monoFromUs, monoToUs });
    this.#rows.addGap(rowKey(number, lane, from), to, atS, bytes);
  }

  /** It is over: what was not found stays a gap, and all may be sent. Returns how many seqs were not found. */
  release(): number {
    let missing = 0;
    for (const { epoch, number, lanes } of this.#book.live.values()) {
      for (const lane of LANE_NAMES) {
        const from = this.heldFrom(epoch, lane);
        if (from === undefined) continue;
        for (const row of this.#rows.gaps(rowKey(number, lane, from), laneEnd(number, lane))) {
          const lacking = Math.max(seqOf(row.id), lanes[lane].acked + 1);
          if (isPlaceholder(row)) missing += Math.max(0, (row.upto ?? 0) - lacking + 1);
        }
      }
    }
    this.#held.clear();
    return missing;
  }
}

function isPlaceholder(row: Row): boolean {
  if (row.upto === null) return false;
  const read = readEnvelope(row.bytes);
  return read.ok && read.gap?.reason === 'corrupt';
}
