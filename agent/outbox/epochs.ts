/** The epochs of a file as they are found at opening, and how the newest of them ended. */
import type { Lane } from '@skein/protocol/fleet';
import { readEnvelope } from '@skein/protocol/telemetry';
import type Database from 'better-sqlite3';
import { LANE_NAMES, laneEnd, laneStart, seqOf } from './keys.ts';

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

export interface LoadedFile {
  readonly epochs: Map<string, Epoch>;
  readonly earlier: EarlierEnd | null;
  readonly urgentBytes: number;
  /** Newest age stamp: the running time the agent had accumulated, s. */
  readonly newestAtS: number;
}

interface EpochRow {
  readonly number: number;
  readonly epoch: string;
  readonly boot: string;
  readonly acked_urgent: number;
  readonly acked_history: number;
  readonly gone_urgent: number;
  readonly gone_history: number;
  readonly stopped_mono_us: number | null;
}

interface EdgeRow {
  readonly id: number;
  readonly upto: number | null;
  readonly at_s: number;
  readonly bytes: Uint8Array;
}

type Span = [from: number, to: number];

export function loadFile(db: Database.Database): LoadedFile {
  const lowest = db.prepare<Span, EdgeRow>(
    'SELECT id, upto, at_s, bytes FROM rows WHERE id BETWEEN ? AND ? ORDER BY id LIMIT 1',
  );
  const highest = db.prepare<Span, EdgeRow>(
    'SELECT id, upto, at_s, bytes FROM rows WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT 1',
  );
  const bytes = db.prepare<Span, { sum: number | null }>(
    'SELECT sum(length(bytes) + 24) AS sum FROM rows WHERE id BETWEEN ? AND ?',
  );
  const rows = db.prepare<[], EpochRow>('SELECT * FROM epochs ORDER BY number').all();
  const epochs = new Map<string, Epoch>();
  let urgentBytes = 0;
  let newestAtS = 0;
  let earlier: EarlierEnd | null = null;
  for (const row of rows) {
    const lastOf = { urgent: 0, history: 0 };
    const lane = (name: Lane, acked: number, gone: number): EpochLane => {
      const span: Span = [laneStart(row.number, name), laneEnd(row.number, name)];
      const low = lowest.get(...span);
      const high = highest.get(...span);
      const next = Math.max(gone, high === undefined ? 0 : (high.upto ?? seqOf(high.id))) + 1;
      newestAtS = Math.max(newestAtS, high?.at_s ?? 0);
      if (name === 'urgent') urgentBytes += bytes.get(...span)?.sum ?? 0;
      const read = high === undefined ? null : readEnvelope(high.bytes);
      if (read?.ok) lastOf[name] = read.header.monoToUs;
      return { first: low === undefined ? next : seqOf(low.id), next, acked, gone };
    };
    const lanes = {
      urgent: lane('urgent', row.acked_urgent, row.gone_urgent),
      history: lane('history', row.acked_history, row.gone_history),
    };
    epochs.set(row.epoch, { number: row.number, epoch: row.epoch, boot: row.boot, lanes });
    // History all acked and removed: the other lane is the best that is left to tell.
    const lastMonoUs = lanes.history.gone > 0 ? Math.max(lastOf.urgent, lastOf.history) : lastOf.history;
    // The last of them is the newest.
    earlier = { epoch: row.epoch, boot: row.boot, lastMonoUs, stoppedMonoUs: row.stopped_mono_us };
  }
  return { epochs, earlier, urgentBytes, newestAtS };
}

/** Nothing is held in any lane. */
export function isEmpty(epoch: Epoch): boolean {
  return LANE_NAMES.every((lane) => epoch.lanes[lane].first === epoch.lanes[lane].next);
}
