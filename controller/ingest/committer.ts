/**
 * The bounded queue and the group commit: while one group is being committed the next one gathers.
 *
 *   take() ──► urgent ─┐
 *              history ─┼─► one group in flight ──► store.commit ──► onCommitted
 *              verify  ─┘          ├── failed: the same group again, with back-off
 *                                   ├── the disk (or what a day file may leave unsettled) is full: urgent alone, out of the store's reserve; the rest now and then
 *                                   └── failed by a bug: its halves, until one envelope is left, which is given up
 */
import type { BatchStore, Clock, CommitOutcome, Count, StoreHealth, Timers } from './ports.ts';
import { costOf, type QueuedItem, type QueueName, queueOf } from './queued-item.ts';

export interface CommitterOptions {
  readonly store: BatchStore;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly count: Count;
  readonly budgetBytes: number;
  /** A group waits this long for company, ms. */
  readonly lingerMs: number;
  /** A commit that takes longer is called slow, ms. */
  readonly slowMs: number;
  readonly onCommitted: (items: readonly QueuedItem[], outcome: CommitOutcome) => void;
  /** These cannot be stored by any number of tries. */
  readonly onDropped: (items: readonly QueuedItem[]) => void;
  readonly onHealth: (health: StoreHealth) => void;
  readonly onCommitTime?: (seconds: number, items: number) => void;
  /** What the caller threw in `onCommitted`: a bug, and no failure of the store. Left out: it ends the process. */
  readonly onBug?: (error: unknown) => void;
}

const MAX_GROUP_BYTES = 4 << 20;
const MAX_GROUP_ITEMS = 4096;
const RETRY_MS = { min: 250, max: 10_000 } as const;
/** What is urgent has a reserve then, of the disk or of a day file. */
const HISTORY_WAITS: readonly string[] = ['disk-full', 'unsettled'];

export class Committer {
  readonly #o: CommitterOptions;
  readonly #queues: Record<QueueName, QueuedItem[]> = { urgent: [], history: [], verify: [] };
  #depthBytes = 0;
  #verifyBytes = 0;
  #inFlight: readonly QueuedItem[] = [];
  /** Halves of a group that failed by a bug, before all that is queued. */
  #halves: readonly (readonly QueuedItem[])[] = [];
  #inFlightSinceUs: number | null = null;
  #oldestQueuedUs: number | null = null;
  #timer: (() => void) | null = null;
  #timerDueMs = 0;
  #running: Promise<void> | null = null;
  #health: StoreHealth = { state: 'ok', message: null };
  #failures = 0;
  /** Until then, monotonic ms, nothing is tried again. */
  #retryAtMs = 0;
  /** The disk is full: how often history was refused, since when, and until when only urgent is tried. */
  #held: { readonly times: number; readonly sinceUs: number; readonly untilMs: number; readonly why: string } | null =
    null;
  #closed = false;

  constructor(o: CommitterOptions) {
    this.#o = o;
  }

  get depthBytes(): number {
    return this.#depthBytes;
  }

  get verifyBytes(): number {
    return this.#verifyBytes;
  }

  get depthItems(): number {
    const { urgent, history, verify } = this.#queues;
    const halves = this.#halves.reduce((sum, half) => sum + half.length, 0);
    return urgent.length + history.length + verify.length + halves + this.#inFlight.length;
  }

  get health(): StoreHealth {
    return this.#health;
  }

  /** Nothing at all can be stored; not even out of the reserve. */
  get urgentClosed(): boolean {
    return this.#health.state === 'failed' && this.#failures > 0;
  }

  #nowMs(): number {
    return this.#o.clock.monoUs() / 1e3;
  }

  /** Age of the oldest envelope not yet committed, s. */
  get ageS(): number {
    const since = this.#held?.sinceUs ?? this.#inFlightSinceUs ?? this.#oldestQueuedUs;
    return since === null ? 0 : (this.#o.clock.monoUs() - since) / 1e6;
  }

  /** The caller has checked that there is room. */
  take(item: QueuedItem): void {
    this.#queues[queueOf(item)].push(item);
    this.#depthBytes += costOf(item.bytes);
    if (item.verify) this.#verifyBytes += costOf(item.bytes);
    this.#oldestQueuedUs ??= this.#o.clock.monoUs();
    this.#arm(this.#o.lingerMs);
  }

  /** To be called now and then: notices a commit that does not come back. */
  check(): void {
    if (this.#inFlightSinceUs === null || this.#health.state !== 'ok') return;
    if (this.ageS * 1e3 > this.#o.slowMs) {
      this.#setHealth({ state: 'slow', message: 'writing to the database takes long; drones are asked to wait' });
    }
  }

  /** Commits what is queued, for at most `deadlineMs`, then forgets the rest: the drones still hold it. */
  async close(deadlineMs: number): Promise<void> {
    const { timers } = this.#o;
    let callOff: () => void = () => {};
    const late = new Promise<void>((resolve) => {
      callOff = timers.after(deadlineMs, resolve);
    });
    const drained = (async () => {
      while (!this.#closed && this.depthItems > 0 && this.#health.state !== 'failed') {
        this.#arm(0);
        await new Promise<void>((resolve) => timers.after(1, resolve));
        await this.#running;
      }
    })();
    await Promise.race([drained, late]);
    this.#closed = true;
    callOff();
    this.#timer?.();
    this.#timer = null;
  }

  /** The next group is tried after `lingerMs`, or later when the store has to be left alone until then. */
  #arm(lingerMs: number): void {
    if (this.#closed || this.#running !== null || this.depthItems === 0) return;
    const nowMs = this.#nowMs();
    const waitMs = Math.max(lingerMs, this.#notBeforeMs() - nowMs);
    if (this.#timer !== null) {
      if (this.#timerDueMs <= nowMs + waitMs) return;
      this.#timer();
    }
    this.#timerDueMs = nowMs + waitMs;
    this.#timer = this.#o.timers.after(waitMs, () => {
      this.#timer = null;
      this.#running = this.#commitGroup().finally(() => {
        this.#running = null;
        this.#arm(0);
      });
    });
  }

  #notBeforeMs(): number {
    if (this.#failures > 0) return this.#retryAtMs;
    const isOnlyHeld = this.#held !== null && this.#inFlight.length === 0 && this.#queues.urgent.length === 0;
    return isOnlyHeld && this.#halves.length === 0 ? (this.#held?.untilMs ?? 0) : 0;
  }

  /**
   * Of a disk that is full, one or the other: what may use the reserve must not fail together with what may not. Once the
   * rest is due it goes first: of a large fleet something urgent always waits.
   */
  #open(): readonly QueueName[] {
    if (this.#held === null) return ['urgent', 'history', 'verify'];
    const { urgent, history, verify } = this.#queues;
    const isRestDue = history.length + verify.length > 0 && this.#nowMs() >= this.#held.untilMs;
    return urgent.length === 0 || isRestDue ? ['history', 'verify'] : ['urgent'];
  }

  #gather(): readonly QueuedItem[] {
    const group: QueuedItem[] = [];
    let bytes = 0;
    for (const name of this.#open()) {
      const queue = this.#queues[name];
      let taken = 0;
      for (const item of queue) {
        if (group.length >= MAX_GROUP_ITEMS || (bytes > 0 && bytes + item.bytes.length > MAX_GROUP_BYTES)) break;
        group.push(item);
        bytes += item.bytes.length;
        taken++;
      }
      queue.splice(0, taken);
    }
    return group;
  }

  async #commitGroup(): Promise<void> {
    const startedUs = this.#o.clock.monoUs();
    if (this.#inFlight.length === 0) {
      const [half, ...halves] = this.#halves;
      this.#halves = halves;
      this.#inFlight = half ?? this.#gather();
      this.#inFlightSinceUs = this.#oldestQueuedUs ?? startedUs;
      this.#oldestQueuedUs = this.depthItems > this.#inFlight.length ? startedUs : null;
    }
    const group = this.#inFlight;
    if (group.length === 0) return;
    let outcome: CommitOutcome;
    try {
      outcome = await this.#o.store.commit(group, this.#o.clock.utcUs());
    } catch (error) {
      this.#failed(group, error);
      return;
    }
    this.#failures = 0;
    this.#release(group);
    this.#o.count('groups');
    this.#o.onCommitTime?.((this.#o.clock.monoUs() - startedUs) / 1e6, group.length);
    if (this.#held !== null && group.some((item) => queueOf(item) !== 'urgent')) this.#held = null;
    const held = this.#held?.why ?? null;
    this.#setHealth({ state: held === null ? 'ok' : 'failed', message: held });
    // The group is committed, whatever the caller makes of it: what it throws is not taken for a failed commit.
    try {
      this.#o.onCommitted(group, outcome);
    } catch (error) {
      (this.#o.onBug ?? surface)(error);
    }
  }

  #failed(group: readonly QueuedItem[], error: unknown): void {
    this.#o.count('commitFailed');
    const message = error instanceof Error ? error.message : String(error);
    const code = codeOf(error);
    if (code === 'internal') this.#isolate(group, message);
    else if (HISTORY_WAITS.includes(code) && group.some((item) => queueOf(item) !== 'urgent'))
      this.#hold(group, message);
    else {
      this.#retryAtMs = this.#nowMs() + pauseMs(++this.#failures);
      this.#setHealth({ state: 'failed', message });
    }
  }

  /** Back into the queues, in order: urgent goes on alone, the rest is asked for again after a pause. */
  #hold(group: readonly QueuedItem[], message: string): void {
    const times = (this.#held?.times ?? 0) + 1;
    const nowUs = this.#o.clock.monoUs();
    const sinceUs = this.#held?.sinceUs ?? this.#inFlightSinceUs ?? nowUs;
    this.#held = { times, sinceUs, untilMs: nowUs / 1e3 + pauseMs(times), why: message };
    this.#inFlight = [];
    this.#inFlightSinceUs = null;
    this.#oldestQueuedUs ??= nowUs;
    for (const name of ['urgent', 'history', 'verify'] as const) {
      this.#queues[name].unshift(...group.filter((item) => queueOf(item) === name));
    }
    this.#setHealth({ state: 'failed', message });
  }

  /** A bug would fail for ever: what it is about is found and given up, so that all the rest gets through. */
  #isolate(group: readonly QueuedItem[], message: string): void {
    // What waited for the disk has met something else: held on to, it would close history's window with nothing to open it.
    if (group.some((item) => queueOf(item) !== 'urgent')) this.#held = null;
    // Not 'failed': that closes every window, and then nothing would come whose success could open them again.
    this.#setHealth({ state: 'slow', message });
    if (group.length > 1) {
      const middle = group.length >> 1;
      this.#inFlight = [];
      this.#halves = [group.slice(0, middle), group.slice(middle), ...this.#halves];
      return;
    }
    this.#release(group);
    this.#o.count('dropped', group.length);
    this.#o.onDropped(group);
  }

  #release(group: readonly QueuedItem[]): void {
    for (const item of group) {
      this.#depthBytes -= costOf(item.bytes);
      if (item.verify) this.#verifyBytes -= costOf(item.bytes);
    }
    this.#inFlight = [];
    this.#inFlightSinceUs = null;
  }

  #setHealth(health: StoreHealth): void {
    if (health.state === this.#health.state && health.message === this.#health.message) return;
    this.#health = health;
    this.#o.onHealth(health);
  }
}

/** As an uncaught exception, which ends the process with its stack in the log. */
function surface(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}

/** Before the next try, after so many failures in a row. */
const pauseMs = (failures: number): number => Math.min(RETRY_MS.max, RETRY_MS.min * 2 ** (failures - 1));

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
