/**
 * The outage-proof buffer as the main thread sees it. Numbers are given here, at sealing; the worker only stores.
 *
 *   append → seal (seq) → Pending ──write──▶ worker: SQLite, fsync ──written──▶ durable, readable, Recent
 *                            │                                   └─failed───▶ waits, retried, readable as "volatile"
 *                            └─ past 1 MB (4 MB while the disk fails): gaps
 */
import { Worker } from 'node:worker_threads';
import type { EpochRange, Lane } from '@skein/protocol/fleet';
import { type GapReason, type Sample, sealBatch, sealGap } from '@skein/protocol/telemetry';
import type { Entry, EpochState, OutboxLosses } from './entry.ts';
import { noLosses } from './entry.ts';
import { LANE_NAMES } from './keys.ts';
import type { FromWorker, StoreReport, ToWorker } from './messages.ts';
import { Pending } from './pending.ts';
import { type OutboxProblem, problemOf } from './problems.ts';
import { Recent } from './recent.ts';
import type { EarlierEnd, PageRow } from './store.ts';

const QUEUE_BYTES = 1 << 20;
const VOLATILE_BYTES = 4 << 20;
const GROUP_BYTES = 512 << 10;
const RECENT_BYTES = 256 << 10;
const RETRY_MIN_MS = 1_000;
const RETRY_MAX_MS = 30_000;
const OPEN_WAIT_MS = 3_000;
const READ_WAIT_MS = 30_000;
const CLOSE_WAIT_MS = 5_000;
/** Presence lists at most this many epochs (docs/wire.md §4). */
const MAX_EPOCHS = 32;

export interface OutboxOptions {
  readonly path: string;
  readonly budgetBytes: number;
  readonly keepAckedHours: number;
  readonly boot: string;
  /** 16 random hex digits: for this start, and again for every new file. */
  readonly drawEpoch: () => string;
  readonly nowUs: () => number;
  /** The file could be opened for the first time; how the epoch before this start ended, null when there is none. */
  readonly onOpened?: (earlier: EarlierEnd | null) => void;
  /** Something more can be read. */
  readonly onReadable?: () => void;
  /** The set of epochs changed: presence should be published anew. */
  readonly onEpochs?: () => void;
  /** The disk is full: whoever can free bytes should. */
  readonly onDiskFull?: () => void;
  readonly onProblem?: (problem: OutboxProblem | null) => void;
}

export interface OutboxStatus {
  readonly state: 'opening' | 'ok' | 'failing' | 'closed';
  readonly problem: OutboxProblem | null;
  readonly epoch: string;
  readonly usedBytes: number;
  readonly budgetBytes: number;
  readonly epochs: readonly EpochState[];
  /** Rows neither acked nor removed, over all epochs. */
  readonly backlogRows: number;
  readonly pendingBytes: number;
  /** Bytes that exist in memory only because the disk fails. */
  readonly volatileBytes: number;
  readonly oldestNotDurableMs: number;
  readonly worstNotDurableMs: number;
  readonly longestCommitMs: number;
  readonly counters: Readonly<Record<OutboxCounter, number>> & OutboxLosses;
}

export type OutboxCounter =
  | 'batches'
  | 'commits'
  | 'queueFullBatches'
  | 'queueFullSamples'
  | 'notDurableBatches'
  | 'notDurableSamples'
  | 'failures'
  | 'setAside'
  | 'readTimeouts'
  | 'workerRestarts';

export interface Readable {
  readonly epoch: string;
  readonly lane: Lane;
  readonly first: number;
  /** One past the last seq that may be sent now. */
  readonly end: number;
}

interface Reading {
  readonly settle: (rows: readonly PageRow[] | null) => void;
}

export class Outbox {
  readonly #o: OutboxOptions;
  readonly #pending = new Pending();
  readonly #recent = new Recent(RECENT_BYTES);
  readonly #readings = new Map<number, Reading>();
  readonly #acks = new Map<string, { epoch: string; lane: Lane; upTo: number }>();
  readonly #acksToTell = new Set<string>();
  readonly #startedUs: number;
  readonly #counters: Record<OutboxCounter, number> = {
    batches: 0,
    commits: 0,
    queueFullBatches: 0,
    queueFullSamples: 0,
    notDurableBatches: 0,
    notDurableSamples: 0,
    failures: 0,
    setAside: 0,
    readTimeouts: 0,
    workerRestarts: 0,
  };
  #worker: Worker | null = null;
  #state: OutboxStatus['state'] = 'opening';
  #problem: OutboxProblem | null = null;
  #open = false;
  #epoch: string;
  #next: Record<Lane, number> = { urgent: 1, history: 1 };
  #report: StoreReport = { epochs: [], losses: noLosses(), usedBytes: 0 };
  #bound = QUEUE_BYTES;
  #retryMs = RETRY_MIN_MS;
  #retryTimer: NodeJS.Timeout | null = null;
  #readId = 0;
  #longestCommitMs = 0;
  #worstNotDurableUs = 0;
  #settleStart: () => void = () => {};
  #everOpened = false;
  #closed: (() => void) | null = null;
  #drained: (() => void) | null = null;

  constructor(o: OutboxOptions) {
    this.#o = o;
    this.#epoch = o.drawEpoch();
    this.#startedUs = o.nowUs();
  }

  get epoch(): string {
    return this.#epoch;
  }

  /** Opens the file. Resolves when it is open, cannot be opened now (it is tried again for ever), or after 3 s. */
  start(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, OPEN_WAIT_MS);
      this.#settleStart = () => {
        clearTimeout(timer);
        resolve();
      };
      this.#spawn();
    });
  }

  #spawn(): void {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { name: 'outbox' });
    this.#worker = worker;
    worker.on('message', (message: FromWorker) => this.#heard(message));
    worker.on('error', (error) => this.#workerDied(worker, String(error)));
    worker.on('exit', (code) => this.#workerDied(worker, `exit code ${code}`));
    this.#askOpen();
  }

  #workerDied(worker: Worker, detail: string): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    if (this.#state === 'closed') {
      this.#closed?.();
      return;
    }
    this.#counters.workerRestarts++;
    this.#open = false;
    this.#settleReadings();
    this.#fail(problemOf('worker', detail));
  }

  #tell(message: ToWorker): void {
    this.#worker?.postMessage(message);
  }

  #askOpen(): void {
    const { path, budgetBytes, keepAckedHours } = this.#o;
    this.#tell({ type: 'open', options: { path, budgetBytes, keepAckedS: keepAckedHours * 3600 } });
  }

  #heard(message: FromWorker): void {
    switch (message.type) {
      case 'opened':
        this.#opened(message);
        break;
      case 'open-failed':
        this.#fail(message.problem);
        this.#settleStart();
        break;
      case 'written':
        this.#written(message);
        break;
      case 'write-failed':
        if (message.reopen) this.#open = false;
        this.#fail(message.problem);
        break;
      case 'read-failed':
        // A write under way is answered by itself; otherwise the file is opened again from here.
        this.#open = false;
        if (!this.#pending.writing) this.#fail(message.problem);
        break;
      case 'page':
        this.#readings.get(message.id)?.settle(message.rows);
        break;
      case 'closed':
        this.#closed?.();
        break;
    }
  }

  #opened(message: FromWorker & { type: 'opened' }): void {
    this.#open = true;
    if (message.aside !== null) this.#counters.setAside++;
    const begun = this.#next.history > 1 || this.#next.urgent > 1;
    const newFile = message.epochs.every((state) => state.epoch !== this.#epoch);
    if (begun && newFile && this.#counters.commits > 0) {
      // Numbers given in this epoch went into a file that is gone; none is ever used twice.
      this.#mournLost();
      this.#epoch = this.#o.drawEpoch();
      this.#next = { urgent: 1, history: 1 };
      this.#recent.clear();
    }
    for (const { epoch, lanes } of message.epochs) {
      for (const lane of LANE_NAMES) {
        const key = `${epoch}/${lane}`;
        if (!this.#acks.has(key)) this.#acks.set(key, { epoch, lane, upTo: lanes[lane].acked });
        this.#acksToTell.add(key);
      }
    }
    this.#report = message;
    if (!this.#everOpened) this.#o.onOpened?.(message.earlier);
    this.#everOpened = true;
    this.#settleStart();
    this.#o.onEpochs?.();
    this.#o.onReadable?.();
    if (this.#pending.length > 0) this.#write();
    else if (this.#state !== 'closed') this.#recovered();
  }

  /** The file was damaged and set aside: what it alone held and the controller lacks becomes gaps in the new one. */
  #mournLost(): void {
    for (const { epoch, boot, lanes } of this.#report.epochs) {
      for (const lane of LANE_NAMES) {
        const from = Math.max(lanes[lane].first, (this.#acks.get(`${epoch}/${lane}`)?.upTo ?? 0) + 1);
        const to = lanes[lane].next - 1;
        if (to < from) continue;
        const present = boot === this.#o.boot;
        const monoToUs = present ? Math.round(this.#o.nowUs()) : 0;
        const span = { samples: 0, monoFromUs: present ? Math.round(this.#startedUs) : 0, monoToUs };
        const bytes = sealGap({ ...span, lane, epoch, boot, from, to, reason: 'corrupt' });
        this.#pending.unshift({ ...span, epoch, boot, lane, seq: from, to, gap: 'corrupt', droppable: false, bytes });
      }
    }
  }

  #written(message: FromWorker & { type: 'written' }): void {
    const group = this.#pending.committed();
    this.#counters.commits++;
    this.#longestCommitMs = Math.max(this.#longestCommitMs, message.commitMs);
    const nowUs = this.#o.nowUs();
    for (const entry of group) {
      if (entry.gap === null) this.#worstNotDurableUs = Math.max(this.#worstNotDurableUs, nowUs - entry.monoFromUs);
    }
    const changed = message.epochs.length !== this.#report.epochs.length;
    this.#report = message;
    this.#recent.add(group);
    if (this.#state !== 'closed') this.#recovered();
    if (this.#pending.bytes < QUEUE_BYTES) this.#bound = QUEUE_BYTES;
    if (changed) {
      const held = new Set([this.#epoch, ...message.epochs.map((state) => state.epoch)]);
      for (const [key, ack] of this.#acks) if (!held.has(ack.epoch)) this.#acks.delete(key);
      this.#o.onEpochs?.();
    }
    this.#o.onReadable?.();
    if (this.#pending.length > 0) this.#write();
    else this.#drained?.();
  }

  #recovered(): void {
    this.#state = 'ok';
    this.#retryMs = RETRY_MIN_MS;
    if (this.#problem === null) return;
    this.#problem = null;
    this.#o.onProblem?.(null);
  }

  #fail(problem: OutboxProblem): void {
    this.#pending.failed();
    if (this.#state === 'closed') {
      this.#drained?.();
      return;
    }
    this.#counters.failures++;
    this.#state = 'failing';
    this.#bound = VOLATILE_BYTES;
    if (this.#problem?.code !== problem.code) this.#o.onProblem?.(problem);
    this.#problem = problem;
    if (problem.code === 'full') this.#o.onDiskFull?.();
    // Damage and a dead worker are put right by the next attempt itself.
    const wait = problem.code === 'corrupt' ? 0 : this.#retryMs;
    this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MAX_MS);
    if (this.#retryTimer) clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => this.#retry(), wait);
    this.#o.onReadable?.();
  }

  #retry(): void {
    this.#retryTimer = null;
    if (this.#worker === null) this.#spawn();
    else if (!this.#open) this.#askOpen();
    else this.#write();
  }

  #write(): void {
    if (!this.#open || this.#retryTimer !== null) return;
    const entries = this.#pending.takeGroup(GROUP_BYTES);
    if (entries.length === 0) return;
    const acks = [...this.#acksToTell].flatMap((key) => this.#acks.get(key) ?? []);
    this.#acksToTell.clear();
    this.#tell({ type: 'write', entries, acks, runningS: (this.#o.nowUs() - this.#startedUs) / 1e6 });
  }

  /** Seals samples under the next number of the lane and sends them to the disk. */
  append(lane: Lane, samples: readonly Sample[], o: { readonly droppable?: boolean } = {}): void {
    if (samples.length === 0 || this.#state === 'closed') return;
    const seq = this.#next[lane]++;
    const { boot } = this.#o;
    const bytes = sealBatch({ lane, epoch: this.#epoch, boot, seq, samples });
    let monoFromUs = Number.POSITIVE_INFINITY;
    let monoToUs = 0;
    for (const sample of samples) {
      monoFromUs = Math.min(monoFromUs, sample.monoUs);
      monoToUs = Math.max(monoToUs, sample.monoUs);
    }
    this.#counters.batches++;
    this.#push({
      epoch: this.#epoch,
      boot,
      lane,
      seq,
      to: seq,
      gap: null,
      samples: samples.length,
      monoFromUs,
      monoToUs,
      droppable: o.droppable === true,
      bytes,
    });
  }

  /** Takes one number of the lane for a gap record: something is known to be missing here. */
  appendGap(
    lane: Lane,
    o: {
      readonly reason: GapReason;
      readonly samples: number;
      readonly monoFromUs: number;
      readonly monoToUs: number;
    },
  ): void {
    if (this.#state === 'closed') return;
    const seq = this.#next[lane]++;
    const { boot } = this.#o;
    const bytes = sealGap({ ...o, lane, epoch: this.#epoch, boot, from: seq, to: seq });
    const { reason, ...span } = o;
    this.#push({ ...span, epoch: this.#epoch, boot, lane, seq, to: seq, gap: reason, droppable: false, bytes });
  }

  #push(entry: Entry): void {
    this.#pending.push(entry);
    if (this.#pending.bytes > this.#bound) {
      const failing = this.#state === 'failing';
      const lost = this.#pending.shrink(this.#bound, failing ? 'not-durable' : 'queue-full', (old) =>
        this.#isAcked(old),
      );
      this.#counters[failing ? 'notDurableBatches' : 'queueFullBatches'] += lost.batches;
      this.#counters[failing ? 'notDurableSamples' : 'queueFullSamples'] += lost.samples;
    }
    if (this.#state === 'failing') this.#o.onReadable?.();
    this.#write();
  }

  #isAcked(entry: Entry): boolean {
    return entry.to <= (this.#acks.get(`${entry.epoch}/${entry.lane}`)?.upTo ?? 0);
  }

  /** The controller has committed every seq up to `upTo`. Told to the file with the next commit. */
  ack(epoch: string, lane: Lane, upTo: number): void {
    const key = `${epoch}/${lane}`;
    this.#acks.set(key, { epoch, lane, upTo });
    this.#acksToTell.add(key);
  }

  /** Every epoch with rows for presence, newest first, at most 32: those with something to send before the others. */
  ranges(): EpochRange[] {
    const states = this.#states();
    const waiting = (state: EpochState) =>
      LANE_NAMES.some((lane) => state.lanes[lane].acked < state.lanes[lane].next - 1);
    const chosen = new Set(
      [...states]
        .sort(
          (a, b) =>
            Number(b.epoch === this.#epoch) - Number(a.epoch === this.#epoch) ||
            Number(waiting(b)) - Number(waiting(a)),
        )
        .slice(0, MAX_EPOCHS),
    );
    return states
      .filter((state) => chosen.has(state))
      .map(({ epoch, lanes }) => {
        const range = (lane: Lane) => ({ first: lanes[lane].first, next: lanes[lane].next });
        return { epoch, lanes: { urgent: range('urgent'), history: range('history') } };
      });
  }

  /** What the file holds, with this start's epoch first and its numbers as given out here. */
  #states(): EpochState[] {
    const held = this.#report.epochs.map((state) => ({
      ...state,
      lanes: { urgent: this.#laneOf(state, 'urgent'), history: this.#laneOf(state, 'history') },
    }));
    if (held.some((state) => state.epoch === this.#epoch)) return held;
    const empty = { first: 1, next: 1, acked: 0 };
    const fresh: EpochState = { epoch: this.#epoch, boot: this.#o.boot, lanes: { urgent: empty, history: empty } };
    return [
      { ...fresh, lanes: { urgent: this.#laneOf(fresh, 'urgent'), history: this.#laneOf(fresh, 'history') } },
      ...held,
    ];
  }

  #laneOf(state: EpochState, lane: Lane): EpochState['lanes'][Lane] {
    const held = state.lanes[lane];
    const acked = this.#acks.get(`${state.epoch}/${lane}`)?.upTo ?? held.acked;
    return { first: held.first, next: state.epoch === this.#epoch ? this.#next[lane] : held.next, acked };
  }

  /** What may be sent now: durable rows, and while the disk fails those in memory too. Urgent and newest first. */
  readable(): Readable[] {
    const durable = new Map(this.#report.epochs.map((state) => [state.epoch, state]));
    const lanes = this.#states().flatMap((state) =>
      LANE_NAMES.map((lane) => {
        const held = durable.get(state.epoch)?.lanes[lane].next ?? 1;
        const end = this.#state === 'failing' ? Math.max(state.lanes[lane].next, held) : held;
        return { epoch: state.epoch, lane, first: state.lanes[lane].first, end };
      }),
    );
    return lanes.sort((a, b) => LANE_NAMES.indexOf(a.lane) - LANE_NAMES.indexOf(b.lane));
  }

  /** Rows from `from` on, in order and without a hole, about `maxBytes`; null when they cannot be read now. */
  async read(epoch: string, lane: Lane, from: number, maxBytes: number): Promise<readonly PageRow[] | null> {
    const recent = this.#recent.from(epoch, lane, from, maxBytes);
    if (recent.length > 0) return recent;
    if (this.#state === 'failing') {
      const waiting = this.#pending.from(epoch, lane, from, maxBytes);
      if (waiting[0]?.seq === from) return waiting;
    }
    if (!this.#open || this.#worker === null) return null;
    const id = this.#readId++;
    return new Promise((resolve) => {
      const settle = (rows: readonly PageRow[] | null) => {
        clearTimeout(timer);
        this.#readings.delete(id);
        resolve(rows);
      };
      const timer = setTimeout(() => {
        this.#counters.readTimeouts++;
        settle(null);
      }, READ_WAIT_MS);
      this.#readings.set(id, { settle });
      this.#tell({ type: 'read', id, epoch, lane, from, maxBytes });
    });
  }

  #settleReadings(): void {
    for (const reading of [...this.#readings.values()]) reading.settle(null);
  }

  status(): OutboxStatus {
    const oldest = this.#pending.oldestMonoUs;
    const notDurableUs = oldest === null ? 0 : this.#o.nowUs() - oldest;
    const epochs = this.#states();
    const backlog = (state: EpochState, lane: Lane) => {
      const { first, next, acked } = state.lanes[lane];
      return Math.max(0, next - Math.max(first, acked + 1));
    };
    return {
      state: this.#state,
      problem: this.#problem,
      epoch: this.#epoch,
      usedBytes: this.#report.usedBytes,
      budgetBytes: this.#o.budgetBytes,
      epochs,
      backlogRows: epochs.reduce((sum, state) => sum + backlog(state, 'urgent') + backlog(state, 'history'), 0),
      pendingBytes: this.#pending.bytes,
      volatileBytes: this.#state === 'failing' ? this.#pending.bytes : 0,
      oldestNotDurableMs: notDurableUs / 1000,
      worstNotDurableMs: Math.max(notDurableUs, this.#worstNotDurableUs) / 1000,
      longestCommitMs: this.#longestCommitMs,
      counters: { ...this.#counters, ...this.#report.losses },
    };
  }

  /** Writes what is pending, marks the epoch as closed in order, closes the file; at most 5 s, then without the mark. */
  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    const failing = this.#state === 'failing';
    this.#state = 'closed';
    if (this.#retryTimer) clearTimeout(this.#retryTimer);
    this.#retryTimer = null;
    const deadline = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_WAIT_MS).unref());
    if (this.#pending.length > 0 && !failing) {
      const drained = new Promise<void>((resolve) => {
        this.#drained = resolve;
      });
      this.#write();
      await Promise.race([drained, deadline]);
    }
    const complete = this.#pending.length === 0;
    this.#settleReadings();
    this.#settleStart();
    const worker = this.#worker;
    if (!worker) return;
    const closed = new Promise<void>((resolve) => {
      this.#closed = resolve;
    });
    const nowUs = this.#o.nowUs();
    const monoUs = complete ? nowUs : null;
    this.#tell({ type: 'close', epoch: this.#epoch, monoUs, runningS: (nowUs - this.#startedUs) / 1e6 });
    await Promise.race([closed, deadline]);
    this.#worker = null;
    await worker.terminate();
  }
}
