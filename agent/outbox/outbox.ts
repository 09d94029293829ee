/**
 * The outage-proof buffer as the main thread sees it. Numbers are given here, at sealing; the worker only stores.
 *
 *   append → seal (seq) → Pending ──write──▶ worker: SQLite, fsync ──written──▶ durable, readable, Recent
 *                            │ urgent is readable                └─failed───▶ waits, retried, readable as "volatile"
 *                            └─ past 1 MB (4 MB while the disk fails): gaps
 */
import type { EpochRange, Lane } from '@skein/protocol/fleet';
import type { Sample } from '@skein/protocol/telemetry';
import { CardPace } from './card-pace.ts';
import { Company } from './company.ts';
import type { Entry } from './entry.ts';
import type { FromWorker } from './messages.ts';
import { Mirror, type Readable } from './mirror.ts';
import type { OutboxOptions } from './options.ts';
import { Pending } from './pending.ts';
import { type OutboxProblem, problemOf } from './problems.ts';
import type { PageRow } from './reader.ts';
import { Recent } from './recent.ts';
import { Retry } from './retry.ts';
import { batchEntry, type GapSpan, gapEntry } from './seal.ts';
import { noOutboxCounts, type OutboxStatus } from './status.ts';
import { type StoreMessage, StoreThread, spawnThread } from './thread.ts';
import type { Timers } from './timers.ts';

const GROUP_BYTES = 512 << 10;
const RECENT_BYTES = 256 << 10;
const OPEN_WAIT_MS = 10_000;
const CLOSE_WAIT_MS = 5_000;

export class Outbox {
  readonly #o: OutboxOptions;
  readonly #pending = new Pending();
  readonly #recent = new Recent(RECENT_BYTES);
  readonly #mirror: Mirror;
  readonly #thread: StoreThread;
  readonly #timers: Timers;
  readonly #retry: Retry;
  readonly #startedUs: number;
  readonly #pace = new CardPace();
  readonly #company: Company;
  readonly #counters = noOutboxCounts();
  #state: OutboxStatus['state'] = 'opening';
  #problem: OutboxProblem | null = null;
  #open = false;
  #everOpened = false;
  #settleStart: () => void = () => {};
  #drained: () => void = () => {};

  constructor(o: OutboxOptions) {
    this.#o = o;
    this.#mirror = new Mirror(o.boot, o.drawEpoch());
    this.#startedUs = o.nowUs();
    this.#timers = o.timers;
    this.#retry = new Retry(this.#timers, () => this.#tryAgain());
    this.#company = new Company(this.#timers, () => this.#writeSoon());
    this.#thread = new StoreThread(o.spawn ?? spawnThread, this.#timers, {
      onMessage: (message) => this.#heard(message),
      onDied: (detail) => this.#died(detail),
      onReadTimeout: () => void this.#counters.readTimeouts++,
    });
  }

  get epoch(): string {
    return this.#mirror.epoch;
  }

  /** Opens the file. Resolves when it is open, cannot be opened now (it is tried again for ever), or after 10 s. */
  start(): Promise<void> {
    return new Promise((resolve) => {
      const callOff = this.#timers.after(OPEN_WAIT_MS, resolve);
      this.#settleStart = () => {
        callOff();
        resolve();
      };
      this.#thread.start();
      this.#askOpen();
    });
  }

  #died(detail: string): void {
    if (this.#state === 'closed') return;
    this.#counters.workerRestarts++;
    this.#open = false;
    this.#fail(problemOf('worker', detail));
  }

  #askOpen(): void {
    const { path, budgetBytes, keepAckedHours } = this.#o;
    const options = { path, budgetBytes, keepAckedS: keepAckedHours * 3600 };
    this.#thread.tell({ type: 'open', options, known: this.#mirror.known });
  }

  #heard(message: StoreMessage): void {
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
        this.#open = message.held !== null;
        // A large group is written in parts: what is in the file is sent, also to make room for the rest.
        if (message.held !== null) this.#recent.add(this.#pending.committed(message.held.entries));
        if (message.held !== null && this.#mirror.written(message.held)) this.#o.onEpochs?.();
        this.#fail(message.problem);
        break;
      case 'salvaged':
        if (this.#mirror.written(message)) this.#o.onEpochs?.();
        this.#o.onReadable?.();
        break;
      case 'read-failed':
        this.#open = false;
        // A write under way is answered by itself.
        if (!this.#pending.writing) this.#fail(message.problem);
        break;
    }
  }

  #opened(message: FromWorker & { type: 'opened' }): void {
    this.#open = true;
    if (message.aside !== null) this.#counters.setAside++;
    const span = { monoFromUs: Math.round(this.#startedUs), monoToUs: Math.round(this.#o.nowUs()) };
    const { own, gaps } = this.#mirror.lost(message, span);
    for (const gap of gaps) this.#pending.unshift(gap);
    // Numbers given in this epoch went into a file that is gone, or set aside; none is ever used twice.
    if (own || (message.aside !== null && this.#mirror.begun && this.#counters.commits > 0)) {
      this.#mirror.beginEpoch(this.#o.drawEpoch());
      this.#recent.clear();
    }
    this.#mirror.opened(message);
    if (!this.#everOpened) this.#o.onOpened?.(message.earlier);
    this.#everOpened = true;
    this.#settleStart();
    this.#o.onEpochs?.();
    this.#o.onReadable?.();
    if (this.#pending.length > 0) this.#write();
    else this.#recovered();
  }

  #written(message: FromWorker & { type: 'written' }): void {
    const group = this.#pending.committed();
    this.#counters.commits++;
    this.#pace.committed(group, message.commitMs, this.#o.nowUs() / 1000);
    this.#recent.add(group);
    this.#recovered();
    if (this.#mirror.written(message)) this.#o.onEpochs?.();
    this.#o.onReadable?.();
    if (!this.#company.isPatient || this.#state === 'closed') this.#write();
    if (this.#pending.length === 0) this.#drained();
  }

  #recovered(): void {
    if (this.#state === 'closed') return;
    this.#state = 'ok';
    this.#retry.succeeded();
    if (this.#problem === null) return;
    this.#problem = null;
    this.#o.onProblem?.(null);
  }

  #fail(problem: OutboxProblem): void {
    this.#pending.failed();
    this.#company.press();
    this.#pace.failed();
    if (this.#state === 'closed') {
      this.#drained();
      return;
    }
    this.#counters.failures++;
    this.#state = 'failing';
    if (this.#problem?.code !== problem.code) this.#o.onProblem?.(problem);
    this.#problem = problem;
    if (problem.code === 'full') this.#o.onDiskFull?.();
    // Damage is put right by the next attempt itself.
    this.#retry.later({ atOnce: problem.code === 'corrupt' });
    this.#o.onReadable?.();
  }

  #tryAgain(): void {
    if (!this.#thread.running) this.#thread.start();
    if (this.#open) this.#write();
    else this.#askOpen();
  }

  #write(): void {
    if (!this.#open || this.#retry.waiting) return;
    const entries = this.#pending.takeGroup(GROUP_BYTES);
    if (entries.length === 0) return;
    if (entries.length === this.#pending.length) this.#company.gone();
    this.#pace.began(this.#o.nowUs() / 1000);
    const pressing = this.#problem?.code === 'full' || this.#o.onDiskFull === undefined;
    this.#thread.tell({ type: 'write', entries, acks: this.#mirror.takeAcks(), runningS: this.#runningS(), pressing });
  }

  #runningS(): number {
    return (this.#o.nowUs() - this.#startedUs) / 1e6;
  }

  /** Seals samples under the next number of the lane and sends them to the disk. */
  append(lane: Lane, samples: readonly Sample[], o: { readonly droppable?: boolean } = {}): void {
    if (samples.length === 0 || this.#state === 'closed') return;
    this.#counters.batches++;
    const place = { epoch: this.epoch, boot: this.#o.boot, lane };
    const form = { droppable: o.droppable === true, codec: this.#o.codec?.() ?? 1 };
    this.#push(batchEntry(place, this.#mirror.number(lane), samples, form), samples);
  }

  /** Takes one number of the lane for a gap record: something is known to be missing here. */
  appendGap(lane: Lane, span: GapSpan): void {
    if (this.#state === 'closed') return;
    const seq = this.#mirror.number(lane);
    this.#push(gapEntry({ epoch: this.epoch, boot: this.#o.boot, lane }, seq, seq, span), []);
  }

  #push(entry: Entry, samples: readonly Sample[]): void {
    this.#pending.push(entry);
    this.#company.add(entry, samples, { nowUs: this.#o.nowUs(), writing: this.#pending.writing });
    const failing = this.#state === 'failing';
    const lost = this.#pending.fit(failing ? 'not-durable' : 'queue-full', (old) => this.#mirror.isAcked(old));
    this.#counters[failing ? 'notDurableBatches' : 'queueFullBatches'] += lost.batches;
    this.#counters[failing ? 'notDurableSamples' : 'queueFullSamples'] += lost.samples;
    if (this.#company.isPressing) this.#writeSoon();
  }

  #writeSoon(): void {
    this.#o.onReadable?.();
    this.#write();
  }

  /** The controller has committed every seq up to `upTo`. Told to the file with the next commit. */
  ack(epoch: string, lane: Lane, upTo: number): void {
    this.#mirror.ack({ epoch, lane, upTo });
  }

  get past() {
    return this.#mirror.past;
  }

  /** Every epoch with rows for presence, newest first, at most 32. */
  readonly ranges = (): EpochRange[] => this.#mirror.ranges();

  readonly #memoryEnd = (lane: Lane): number => this.#company.memoryEnd(lane, this.#state === 'failing');

  /** What may be sent now: durable rows, and of lanes that are sent from memory those that wait. */
  readonly readable = (): Readable[] => this.#mirror.readable(this.#memoryEnd);

  /** Rows from `from` on, in order and without a hole, about `maxBytes`; null when they cannot be read now. */
  async read(epoch: string, lane: Lane, from: number, maxBytes: number): Promise<readonly PageRow[] | null> {
    const recent = this.#recent.from(epoch, lane, from, maxBytes);
    if (recent.length > 0) return recent;
    const waiting = this.#pending.from(epoch, lane, { from, end: this.#memoryEnd(lane) }, maxBytes);
    if (waiting[0]?.seq === from) return waiting;
    return this.#open && this.#thread.running ? this.#thread.read(epoch, lane, from, maxBytes) : null;
  }

  status(): OutboxStatus {
    return {
      state: this.#state,
      problem: this.#problem,
      ...this.#mirror.shown(),
      budgetBytes: this.#o.budgetBytes,
      pendingBytes: this.#pending.bytes,
      volatileBytes: this.#state === 'failing' ? this.#pending.bytes : 0,
      ...this.#pace.shown(this.#pending.oldestMonoUs, this.#o.nowUs()),
      counters: { ...this.#counters, ...this.#mirror.report.losses },
    };
  }

  /** Writes what is pending, marks the epoch as closed in order, closes the file; at most 5 s, then without the mark. */
  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    const failing = this.#state === 'failing';
    this.#state = 'closed';
    this.#retry.stop();
    let callOff: () => void = () => {};
    const deadline = new Promise<void>((resolve) => {
      callOff = this.#timers.after(CLOSE_WAIT_MS, resolve);
    });
    if (this.#pending.length > 0 && !failing) {
      const drained = new Promise<void>((resolve) => {
        this.#drained = resolve;
      });
      this.#write();
      await Promise.race([drained, deadline]);
    }
    this.#thread.dropReads();
    this.#settleStart();
    const monoUs = this.#pending.length === 0 ? this.#o.nowUs() : null;
    const last = { type: 'close', epoch: this.epoch, monoUs, runningS: this.#runningS() } as const;
    await this.#thread.close(last, deadline);
    callOff();
  }
}
