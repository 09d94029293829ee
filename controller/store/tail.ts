/**
 * The newest chunks of a day file, of which no `place` speaks yet: where in them the batches of each lane lie. In memory,
 * and made again from the chunks when the file is opened. Bounded: once it `isFull` it is to be written down and begun anew.
 */
import { type BatchRow, type Boot, newBoot, type StreamKey, streamId, widen } from './day-rows.ts';

/** Written down when a lane has so many batches in it on average, so that its page of the index is written for all of them … */
const BATCHES_A_LANE = 32;
/** … but of a small fleet not with every few commits … */
const MIN_CHUNKS = 256;
/** … and never later: readers look through these, and a start reads them, 16 kB each. */
const MAX_CHUNKS = 16_384;
/** What cannot be written down, again and again: behind this no more history is taken … */
const MAX_UNSETTLED_CHUNKS = 4 * MAX_CHUNKS;
/** … and behind these nothing at all. */
const URGENT_CHUNKS = MAX_CHUNKS;

/** Batches of one boot, in the order of their numbers; there may be gaps in between. */
export interface Run {
  readonly seqFrom: number;
  seqTo: number;
  readonly boot: Boot;
  receivedToUs: number;
  /** And of each the first number in it. */
  readonly chunks: number[];
  readonly firsts: number[];
}

interface TailLane {
  readonly key: StreamKey;
  /** Its last number that is here, or the last of a gap behind that. */
  upTo: number;
  readonly runs: Run[];
}

export class Tail {
  readonly #lanes = new Map<string, TailLane>();
  #batches = 0;
  #chunks = 0;
  #lastChunk = 0;
  #notBeforeChunks = 0;

  get isEmpty(): boolean {
    return this.#chunks === 0;
  }

  get isFull(): boolean {
    if (this.#chunks < this.#notBeforeChunks) return false;
    const isWorthIt = this.#chunks >= MIN_CHUNKS && this.#batches >= BATCHES_A_LANE * this.#lanes.size;
    return isWorthIt || this.#chunks >= MAX_CHUNKS;
  }

  /** It should have been written down long ago. What is urgent has a reserve. */
  isOverfull(isUrgent: boolean): boolean {
    return this.#chunks >= MAX_UNSETTLED_CHUNKS + (isUrgent ? URGENT_CHUNKS : 0);
  }

  get lastChunk(): number {
    return this.#lastChunk;
  }

  lanes(): Iterable<readonly [string, TailLane]> {
    return this.#lanes;
  }

  /** The next of its lane, in that chunk. */
  add(row: BatchRow, chunk: number): void {
    let lane = this.#lanes.get(row.stream);
    if (lane === undefined) {
      lane = { key: { drone: row.drone, epoch: row.epoch, lane: row.lane }, upTo: 0, runs: [] };
      this.#lanes.set(row.stream, lane);
    }
    lane.upTo = row.seq;
    this.#batches++;
    if (chunk !== this.#lastChunk) this.#chunks++;
    this.#lastChunk = chunk;
    const run = lane.runs.at(-1);
    if (run?.boot.boot === row.boot) extend(run, row, chunk);
    else lane.runs.push(begin(row, chunk));
  }

  /** How far this lane is; undefined: no batch of it is here. */
  upTo(stream: string): number | undefined {
    return this.#lanes.get(stream)?.upTo;
  }

  /** A gap took it further. */
  moved(stream: string, upTo: number): void {
    const lane = this.#lanes.get(stream);
    if (lane !== undefined) lane.upTo = upTo;
  }

  /** The chunk it lies in, if it is here. */
  find(key: StreamKey, seq: number): number[] {
    const run = this.#lanes.get(streamId(key))?.runs.find((one) => one.seqFrom <= seq && seq <= one.seqTo);
    const chunk = run?.chunks[run.firsts.findLastIndex((first) => first <= seq)];
    return chunk === undefined ? [] : [chunk];
  }

  /** It could not be written down: not again at once, since trying costs as much as doing. */
  postpone(): void {
    this.#notBeforeChunks = this.#chunks + MIN_CHUNKS;
  }

  clear(): void {
    this.#notBeforeChunks = 0;
    this.#lanes.clear();
    this.#batches = 0;
    this.#chunks = 0;
  }
}

function begin(row: BatchRow, chunk: number): Run {
  const { seq, receivedUtcUs } = row;
  const boot = newBoot(row);
  return { seqFrom: seq, seqTo: seq, boot, receivedToUs: receivedUtcUs, chunks: [chunk], firsts: [seq] };
}

function extend(run: Run, row: BatchRow, chunk: number): void {
  run.seqTo = row.seq;
  widen(run.boot, row);
  run.receivedToUs = Math.max(run.receivedToUs, row.receivedUtcUs);
  if (run.chunks.at(-1) === chunk) return;
  run.chunks.push(chunk);
  run.firsts.push(row.seq);
}
