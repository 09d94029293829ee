/**
 * The worker's side of the outbox: one store, one message at a time, and what becomes of a file that fails. Synchronous;
 * the disk and the thread are given, so that a simulation runs it as it is.
 */
import type { FromWorker, KnownFile, StoreReport, ToWorker } from './messages.ts';
import type { PastEpoch } from './past.ts';
import { isStorageError, type OutboxProblem, problemFrom, problemOf } from './problems.ts';
import type { Salvage } from './salvage.ts';
import type { OutboxStore, StoreOptions } from './store.ts';

/** The file beside its rows. */
export interface OutboxFiles {
  /** Throws a storage error. */
  open(o: StoreOptions): OutboxStore;
  /** Renames the damaged file; returns its new name. */
  setAside(path: string): string;
  /** What lies aside, to be salvaged into this store; null: nothing does, or it cannot be opened now. */
  salvage(path: string, store: OutboxStore): Salvage | null;
  /** The file system takes no writes at all any more. */
  isReadOnly(path: string): boolean;
}

export interface KeeperOptions {
  readonly files: OutboxFiles;
  readonly say: (message: FromWorker) => void;
  readonly nowMs: () => number;
  /** It was told to close, and has. */
  readonly onClosed: () => void;
}

export class Keeper {
  readonly #o: KeeperOptions;
  #store: OutboxStore | null = null;
  #options: StoreOptions | null = null;
  /** The file was found damaged while open: whatever opening says, it is set aside first. */
  #condemned = false;
  /** Where a damaged file went, until that has been said. */
  #aside: string | null = null;
  /** As it was said last. */
  #saidPast: readonly PastEpoch[] | null = null;
  #salvage: Salvage | null = null;
  #lastProblem: OutboxProblem = problemOf('worker', 'not opened');

  constructor(o: KeeperOptions) {
    this.#o = o;
  }

  take(message: ToWorker): void {
    switch (message.type) {
      case 'open':
        this.#open(message.options, message.known);
        break;
      case 'write':
        this.#write(message);
        break;
      case 'read':
        this.#read(message);
        break;
      case 'close':
        this.#close(message);
        break;
    }
  }

  #report(from: OutboxStore): StoreReport {
    const { past, losses, asideBytes } = from;
    const changed = past === this.#saidPast ? {} : { past };
    this.#saidPast = past;
    return { epochs: from.states(), ...changed, losses, usedBytes: from.usedBytes(), asideBytes };
  }

  #closeQuietly(): void {
    this.#salvage?.close();
    this.#salvage = null;
    try {
      this.#store?.close();
    } catch {
      // The file is failing anyway; what matters is that this connection is given up.
    }
    this.#store = null;
  }

  #giveUp(problem: OutboxProblem): void {
    this.#closeQuietly();
    this.#lastProblem = problem;
    this.#condemned = problem.code === 'corrupt';
  }

  #open(wanted: StoreOptions, known: KnownFile): void {
    const { files, say } = this.#o;
    this.#closeQuietly();
    this.#options = wanted;
    for (const attempt of [1, 2]) {
      try {
        if (this.#condemned) this.#aside = files.setAside(wanted.path);
        this.#condemned = false;
        this.#store = files.open(wanted);
        // Whoever set it aside, a thread that ended since perhaps: what is held already is left as it is.
        if (this.#store.asideBytes > 0) this.#store.adopt(known.epochs, known.past.toReversed());
        const { earlier } = this.#store;
        say({ type: 'opened', earlier, aside: this.#aside, ...this.#report(this.#store) });
        this.#aside = null;
        this.#salvage = files.salvage(wanted.path, this.#store);
        return;
      } catch (error) {
        if (!isStorageError(error)) throw error;
        // Opened, perhaps, and a commit of it failed: nothing more is to be written there.
        this.#closeQuietly();
        const problem = problemFrom(error);
        this.#lastProblem = problem;
        if (problem.code === 'corrupt' && attempt === 1) {
          this.#condemned = true;
          continue;
        }
        say({ type: 'open-failed', problem });
        return;
      }
    }
  }

  #write(message: ToWorker & { type: 'write' }): void {
    const { say, nowMs } = this.#o;
    const store = this.#store;
    const options = this.#options;
    if (!store || !options) {
      say({ type: 'write-failed', problem: this.#lastProblem, held: null });
      return;
    }
    for (const attempt of [1, 2]) {
      try {
        for (const ack of message.acks) store.ack(ack.epoch, ack.lane, ack.upTo);
        const began = nowMs();
        store.write(message.entries, message.runningS);
        say({ type: 'written', commitMs: nowMs() - began, ...this.#report(store) });
        return;
      } catch (error) {
        if (!isStorageError(error)) throw error;
        const withinBudget = error.code !== 'SQLITE_FULL' || store.fits(message.entries);
        const problem = this.#lookedInto(problemFrom(error, withinBudget), options.path);
        const asked = problem.code === 'full' && message.pressing && attempt === 1;
        if (asked && this.#makeSpace(store)) continue;
        const reopen = !['full', 'budget', 'locked'].includes(problem.code);
        if (reopen) this.#giveUp(problem);
        say({
          type: 'write-failed',
          problem,
          held: reopen ? null : { ...this.#report(store), entries: store.written },
        });
        return;
      }
    }
  }

  /** One step of salvaging what lies aside, small enough to wait for. `later`: the disk did not take it, the same step is due again. */
  salvage(): 'more' | 'later' | 'over' {
    const store = this.#store;
    const options = this.#options;
    if (store === null || options === null) return 'over';
    try {
      if (store.asideBytes > 0) this.#salvage ??= this.#o.files.salvage(options.path, store);
      if (this.#salvage === null) return store.asideBytes > 0 ? 'later' : 'over';
      const more = this.#salvage.step();
      if (!more) this.#salvage = null;
      this.#o.say({ type: 'salvaged', ...this.#report(store) });
      return more ? 'more' : 'over';
    } catch (error) {
      // A file that is beyond this is found out by the next write, and opened anew.
      if (!isStorageError(error)) throw error;
      return 'later';
    }
  }

  /** SQLite says only that a write failed; the file system says whether it takes none at all any more. */
  #lookedInto(problem: OutboxProblem, path: string): OutboxProblem {
    if (problem.code !== 'io' || !this.#o.files.isReadOnly(path)) return problem;
    return problemOf('read-only', `${problem.detail}; EROFS`);
  }

  /** The disk (not the budget) is full: give back what the controller has, and what was set aside. */
  #makeSpace(full: OutboxStore): boolean {
    try {
      // Open, its bytes would not come free.
      this.#salvage?.close();
      this.#salvage = null;
      const aside = full.giveUpAside();
      return full.giveBack(1 << 20) > 0 || aside;
    } catch (error) {
      if (!isStorageError(error)) throw error;
      // The disk fails besides, and it stays: the next step looks through it from its beginning.
      return false;
    }
  }

  #read(message: ToWorker & { type: 'read' }): void {
    const { say } = this.#o;
    try {
      const rows = this.#store?.read(message.epoch, message.lane, message.from, message.maxBytes) ?? null;
      say({ type: 'page', id: message.id, rows });
    } catch (error) {
      if (!isStorageError(error)) throw error;
      say({ type: 'page', id: message.id, rows: null });
      this.#giveUp(problemFrom(error));
      say({ type: 'read-failed', problem: this.#lastProblem });
    }
  }

  #close(message: ToWorker & { type: 'close' }): void {
    try {
      if (message.monoUs !== null) this.#store?.markStopped(message.epoch, message.monoUs, message.runningS);
    } catch (error) {
      if (!isStorageError(error)) throw error;
    }
    this.#closeQuietly();
    this.#o.say({ type: 'closed' });
    this.#o.onClosed();
  }
}
