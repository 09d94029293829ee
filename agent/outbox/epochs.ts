/** The epochs of a file as they are found at opening, and how the newest of them ended. */
import type { Lane } from '@skein/protocol/fleet';
import { readEnvelope } from '@skein/protocol/telemetry';
import type { EpochState, LaneState } from './entry.ts';
import { LANE_NAMES, laneEnd, laneStart, seqOf } from './keys.ts';
import type { PastEpoch } from './past.ts';
import { contradiction } from './problems.ts';
import type { OutboxRows } from './rows.ts';

export interface EpochLane {
  first: number;
  next: number;
  acked: number;
  /** Highest seq removed after its ack. */
  gone: number;
}

export interface Epoch {
  /** Its place in the file's order: a start has a higher one than those before it. */
  readonly number: number;
  readonly epoch: string;
  readonly boot: string;
  readonly lanes: Record<Lane, EpochLane>;
}

/** How the newest epoch in the file ended; what a start needs for its first gap record. */
export interface EarlierEnd {
  readonly epoch: string;
  readonly boot: string;
  /** Newest stamp of its history; 0 when none of it was ever durable. Texts are committed ahead of it. */
  readonly lastMonoUs: number;
  /** Set when the agent closed in order: nothing between this and the start is missing but the time it did not run. */
  readonly stoppedMonoUs: number | null;
}

export interface LoadedPast extends PastEpoch {
  readonly number: number;
}

export interface LoadedFile {
  readonly epochs: Map<string, Epoch>;
  /** Of which nothing is held, oldest first; the newest of all is none of them. */
  readonly past: readonly LoadedPast[];
  readonly earlier: EarlierEnd | null;
  readonly urgentBytes: number;
  /** Newest age stamp: the running time the agent had accumulated, s. */
  readonly newestAtS: number;
}

/** One that cannot be read, or contradicts itself, is closed again: it is to be set aside. */
export function loadFile(file: OutboxRows): LoadedFile {
  try {
    return load(file);
  } catch (error) {
    file.close();
    throw error;
  }
}

function load(file: OutboxRows): LoadedFile {
  const epochs = new Map<string, Epoch>();
  const past: LoadedPast[] = [];
  const stored = file.epochs();
  let urgentBytes = 0;
  let newestAtS = 0;
  let earlier: EarlierEnd | null = null;
  for (const row of stored) {
    const lastOf = { urgent: 0, history: 0 };
    const lane = (name: Lane): EpochLane => {
      const [from, to] = [laneStart(row.number, name), laneEnd(row.number, name)];
      const acked = row.acked[name];
      const gone = row.gone[name];
      const [low] = file.first(from, to, 1);
      const high = file.last(from, to);
      const next = Math.max(gone, high === undefined ? 0 : (high.upto ?? seqOf(high.id))) + 1;
      newestAtS = Math.max(newestAtS, high?.atS ?? 0);
      if (name === 'urgent') urgentBytes += file.bytes(from, to);
      const read = high === undefined ? null : readEnvelope(high.bytes);
      if (read?.ok) lastOf[name] = read.header.monoToUs;
      const first = low === undefined ? next : seqOf(low.id);
      if (first > next || (low === undefined) !== (high === undefined)) {
        throw contradiction(
          `${name} of ${row.epoch}: the file says that it begins at ${first} and ends before ${next}`,
        );
      }
      return { first, next, acked, gone };
    };
    const lanes = {
      urgent: lane('urgent'),
      history: lane('history'),
    };
    const { number, epoch, boot } = row;
    const one: Epoch = { number, epoch, boot, lanes };
    const next = { urgent: lanes.urgent.next, history: lanes.history.next };
    const isPast = row !== stored.at(-1) && isEmpty(one) && LANE_NAMES.some((name) => next[name] > 1);
    if (isPast) past.push({ number, epoch, boot, next });
    else epochs.set(epoch, one);
    // History all acked and removed: the other lane is the best that is left to tell.
    const lastMonoUs = lanes.history.gone > 0 ? Math.max(lastOf.urgent, lastOf.history) : lastOf.history;
    // The last of them is the newest.
    earlier = { epoch: row.epoch, boot: row.boot, lastMonoUs, stoppedMonoUs: row.stoppedMonoUs };
  }
  return { epochs, past, earlier, urgentBytes, newestAtS };
}

/** Nothing is held in any lane. */
export function isEmpty(epoch: Epoch): boolean {
  return LANE_NAMES.every((lane) => epoch.lanes[lane].first === epoch.lanes[lane].next);
}

/** As it is told; `heldFrom` of lanes of which something is being salvaged. */
export function stateOf(
  { epoch, boot, lanes }: Epoch,
  heldFrom: (lane: Lane) => number | undefined = () => undefined,
): EpochState {
  const shown = (lane: Lane): LaneState => {
    const { first, next, acked } = lanes[lane];
    const held = heldFrom(lane);
    return held === undefined ? { first, next, acked } : { first, next, acked, heldFrom: held };
  };
  return { epoch, boot, lanes: { urgent: shown('urgent'), history: shown('history') } };
}
