/**
 * What the file holds, as the main thread knows it without asking: the worker's last report, the acks heard since, and
 * the numbers given out. Presence and the uplink are answered from here.
 */
import type { EpochRange, Lane } from '@skein/protocol/fleet';
import type { Entry, EpochState, LaneState } from './entry.ts';
import { noLosses } from './entry.ts';
import { LANE_NAMES } from './keys.ts';
import type { KnownFile, LaneAck, StoreReport } from './messages.ts';
import { PastEpochs } from './past.ts';
import { gapEntry } from './seal.ts';

/** Presence lists at most this many epochs (docs/wire.md §4). */
const MAX_EPOCHS = 32;

export interface Readable {
  readonly epoch: string;
  readonly lane: Lane;
  readonly first: number;
  /** One past the last seq that may be sent now. */
  readonly end: number;
}

const unackedOf = ({ first, next, acked }: LaneState): number => Math.max(0, next - Math.max(first, acked + 1));

function rangeOf({ epoch, lanes: { urgent, history } }: EpochRange): EpochRange {
  return {
    epoch,
    lanes: {
      urgent: { first: urgent.first, next: urgent.next },
      history: { first: history.first, next: history.next },
    },
  };
}

export class Mirror {
  readonly #boot: string;
  /** Of which nothing is held. */
  readonly past = new PastEpochs();
  readonly #acks = new Map<string, LaneAck>();
  readonly #acksToTell = new Set<string>();
  #epoch: string;
  #next: Record<Lane, number> = { urgent: 1, history: 1 };
  /** Whose turn it is in the next presence. */
  #turn = 0;
  #report: StoreReport = { epochs: [], losses: noLosses(), usedBytes: 0, asideBytes: 0 };

  constructor(boot: string, epoch: string) {
    this.#boot = boot;
    this.#epoch = epoch;
  }

  get epoch(): string {
    return this.#epoch;
  }

  get report(): StoreReport {
    return this.#report;
  }

  /** What the file holds: as it was reported last, and acked since. */
  get known(): KnownFile {
    const acked = (epoch: string, lane: Lane, state: LaneState): LaneState => ({
      ...state,
      acked: this.#acks.get(`${epoch}/${lane}`)?.upTo ?? state.acked,
    });
    const epochs = this.#report.epochs.map(({ epoch, boot, lanes: { urgent, history } }) => {
      return {
        epoch,
        boot,
        lanes: { urgent: acked(epoch, 'urgent', urgent), history: acked(epoch, 'history', history) },
      };
    });
    return { epochs, past: this.past.all };
  }

  /** Numbers have been given in this epoch. */
  get begun(): boolean {
    return LANE_NAMES.some((lane) => this.#next[lane] > 1);
  }

  /** The next number of a lane; it is never given twice. */
  number(lane: Lane): number {
    return this.#next[lane]++;
  }

  beginEpoch(epoch: string): void {
    this.#epoch = epoch;
    this.#next = { urgent: 1, history: 1 };
  }

  /** The file was opened: acks it remembers count where none has been heard, and it is to be told all. */
  opened(report: StoreReport): void {
    for (const { epoch, lanes } of report.epochs) {
      for (const lane of LANE_NAMES) {
        const key = `${epoch}/${lane}`;
        if (!this.#acks.has(key)) this.#acks.set(key, { epoch, lane, upTo: lanes[lane].acked });
        this.#acksToTell.add(key);
      }
    }
    this.#take(report);
  }

  /** A commit. Returns whether epochs came or went. */
  written(report: StoreReport): boolean {
    const changed = report.epochs.length !== this.#report.epochs.length;
    this.#take(report);
    if (!changed) return false;
    const held = new Set([this.#epoch, ...report.epochs.map((state) => state.epoch)]);
    for (const [key, ack] of this.#acks) if (!held.has(ack.epoch)) this.#acks.delete(key);
    return true;
  }

  #take(report: StoreReport): void {
    this.#report = report;
    if (report.past !== undefined) this.past.take(report.past);
  }

  ack(ack: LaneAck): void {
    const key = `${ack.epoch}/${ack.lane}`;
    this.#acks.set(key, ack);
    this.#acksToTell.add(key);
  }

  acked(epoch: string, lane: Lane): number {
    return this.#acks.get(`${epoch}/${lane}`)?.upTo ?? 0;
  }

  isAcked(entry: Entry): boolean {
    return entry.to <= this.acked(entry.epoch, entry.lane);
  }

  /** The acks the file has not been told; they are taken as told. */
  takeAcks(): LaneAck[] {
    const acks = [...this.#acksToTell].flatMap((key) => this.#acks.get(key) ?? []);
    this.#acksToTell.clear();
    return acks;
  }

  /** Every epoch held, this start's first and with its numbers as given out here. */
  states(): EpochState[] {
    const held = this.#report.epochs.map((state) => this.#present(state));
    if (held.some((state) => state.epoch === this.#epoch)) return held;
    const empty = { first: 1, next: 1, acked: 0 };
    return [this.#present({ epoch: this.#epoch, boot: this.#boot, lanes: { urgent: empty, history: empty } }), ...held];
  }

  #present(state: EpochState): EpochState {
    const lane = (name: Lane): LaneState => {
      const { first, next, acked } = state.lanes[name];
      return {
        first,
        next: state.epoch === this.#epoch ? this.#next[name] : next,
        acked: this.#acks.get(`${state.epoch}/${name}`)?.upTo ?? acked,
      };
    };
    return { ...state, lanes: { urgent: lane('urgent'), history: lane('history') } };
  }

  /**
   * For presence: newest first, at most 32. This start and epochs with something to send; the others, and last those of
   * which nothing is held, take turns from one presence to the next, so that a controller that lost what it had acked
   * learns of each.
   */
  ranges(): EpochRange[] {
    const states = this.states();
    const hasMore = ({ lanes }: EpochState) => LANE_NAMES.some((lane) => unackedOf(lanes[lane]) > 0);
    const own = states.filter(({ epoch }) => epoch === this.#epoch);
    const first = [...own, ...states.filter((state) => !own.includes(state) && hasMore(state))].slice(0, MAX_EPOCHS);
    const others = [...states.filter((state) => !first.includes(state)), ...this.past.untold()];
    const room = Math.min(MAX_EPOCHS - first.length, others.length);
    const chosen = new Set<{ readonly epoch: string }>(first);
    for (let i = 0; i < room; i++) {
      const state = others[(this.#turn + i) % others.length];
      if (state) chosen.add(state);
    }
    this.#turn = room < others.length ? (this.#turn + room) % others.length : 0;
    const held = states.filter((state) => chosen.has(state)).map(rangeOf);
    return [
      ...held,
      ...others
        .slice(states.length - first.length)
        .filter((one) => chosen.has(one))
        .map(rangeOf),
    ];
  }

  /** What may be sent: durable rows, and those that are not up to where a lane is sent from memory. Urgent and newest first. */
  readable(memoryEnd: (lane: Lane) => number): Readable[] {
    const durable = new Map(this.#report.epochs.map((state) => [state.epoch, state]));
    const lanes = this.states().flatMap((state) =>
      LANE_NAMES.map((lane) => {
        const stored = durable.get(state.epoch)?.lanes[lane];
        const held = stored?.next ?? 1;
        const end = Math.max(Math.min(state.lanes[lane].next, memoryEnd(lane)), held);
        const { first } = state.lanes[lane];
        return { epoch: state.epoch, lane, first, end: Math.min(end, stored?.heldFrom ?? end) };
      }),
    );
    return lanes.sort((a, b) => LANE_NAMES.indexOf(a.lane) - LANE_NAMES.indexOf(b.lane));
  }

  /**
   * Epochs that the file held and, as it is opened now, neither holds nor remembers: what held them is gone. Unless something lies
   * aside and is looked through first, gap records for what it alone held and the controller lacks, so that no seq is left
   * unexplained. `span` is when this start's batches were taken; that of earlier boots is not known.
   */
  lost(
    { epochs, past = this.past.all, asideBytes }: Pick<StoreReport, 'epochs' | 'past' | 'asideBytes'>,
    span: { readonly monoFromUs: number; readonly monoToUs: number },
  ): { readonly own: boolean; readonly gaps: readonly Entry[] } {
    const there = new Set([...epochs, ...past].map(({ epoch }) => epoch));
    const gone = this.#report.epochs.filter(({ epoch }) => !there.has(epoch));
    const own = gone.some(({ epoch }) => epoch === this.#epoch);
    if (asideBytes > 0) return { own, gaps: [] };
    const gaps: Entry[] = [];
    for (const { epoch, boot, lanes } of gone) {
      for (const lane of LANE_NAMES) {
        const from = Math.max(lanes[lane].first, this.acked(epoch, lane) + 1);
        const to = lanes[lane].next - 1;
        const when = boot === this.#boot ? span : { monoFromUs: 0, monoToUs: 0 };
        if (to >= from)
          gaps.push(gapEntry({ epoch, boot, lane }, from, to, { reason: 'corrupt', samples: 0, ...when }));
      }
    }
    return { own, gaps };
  }

  /**
   * Seqs of earlier starts that the controller has and the file has never heard of. What is urgent was perhaps sent before it
   * was written, and that start cut off; history is written first, so where the controller has more of it, the card lost both.
   */
  #unheld(states: readonly EpochState[]): { readonly aheadOfCard: number; readonly sentUnwritten: number } {
    const ahead = ({ next, acked }: LaneState): number => Math.max(0, acked - (next - 1));
    const sums = { aheadOfCard: 0, sentUnwritten: 0 };
    for (const { epoch, lanes } of states) {
      if (epoch === this.#epoch) continue;
      const [urgent, history] = [ahead(lanes.urgent), ahead(lanes.history)];
      sums[history > 0 ? 'aheadOfCard' : 'sentUnwritten'] += urgent + history;
    }
    return sums;
  }

  /** Its part of the status. */
  shown() {
    const { usedBytes, asideBytes } = this.#report;
    const epochs = this.states();
    const unheld = this.#unheld(epochs);
    return { epoch: this.#epoch, usedBytes, asideBytes, epochs, ...unheld, backlogRows: this.backlog() };
  }

  /** Seqs that the controller does not have yet. */
  backlog(): number {
    return this.states().reduce((sum, { lanes }) => sum + unackedOf(lanes.urgent) + unackedOf(lanes.history), 0);
  }
}
