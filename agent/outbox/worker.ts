/** The thread that waits for the disk: one store, one message at a time. */
import { accessSync, constants } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { removeAside, setAside } from './database.ts';
import type { FromWorker, StoreReport, ToWorker } from './messages.ts';
import { isStorageError, type OutboxProblem, problemFrom, problemOf } from './problems.ts';
import { OutboxStore, type StoreOptions } from './store.ts';

const port = parentPort;
if (!port) throw new Error('outbox/worker.ts runs as a worker thread');

const say = (message: FromWorker): void => port.postMessage(message);

let store: OutboxStore | null = null;
let options: StoreOptions | null = null;
let aside: string | null = null;
/** The file was found damaged while open: whatever opening says, it is set aside first. */
let condemned = false;
let lastProblem: OutboxProblem = problemOf('worker', 'not opened');

function report(from: OutboxStore): StoreReport {
  return { epochs: from.states(), losses: from.losses, usedBytes: from.usedBytes() };
}

function closeQuietly(): void {
  try {
    store?.close();
  } catch {
    // The file is failing anyway; what matters is that this connection is given up.
  }
  store = null;
}

function giveUp(problem: OutboxProblem): void {
  closeQuietly();
  lastProblem = problem;
  condemned = problem.code === 'corrupt';
}

function open(wanted: StoreOptions): void {
  closeQuietly();
  options = wanted;
  aside = null;
  for (const attempt of [1, 2]) {
    try {
      if (condemned) aside = setAside(wanted.path);
      condemned = false;
      store = new OutboxStore(wanted);
      say({ type: 'opened', earlier: store.earlier, aside, ...report(store) });
      return;
    } catch (error) {
      if (!isStorageError(error)) throw error;
      const problem = problemFrom(error);
      lastProblem = problem;
      if (problem.code === 'corrupt' && attempt === 1) {
        condemned = true;
        continue;
      }
      say({ type: 'open-failed', problem });
      return;
    }
  }
}

function write(message: ToWorker & { type: 'write' }): void {
  if (!store || !options) {
    say({ type: 'write-failed', problem: lastProblem, reopen: true });
    return;
  }
  for (const attempt of [1, 2]) {
    try {
      for (const ack of message.acks) store.ack(ack.epoch, ack.lane, ack.upTo);
      const began = performance.now();
      store.write(message.entries, message.runningS);
      say({ type: 'written', commitMs: performance.now() - began, ...report(store) });
      return;
    } catch (error) {
      if (!isStorageError(error)) throw error;
      const problem = lookedInto(problemFrom(error, error.code !== 'SQLITE_FULL' || store.withinBudget), options.path);
      if (problem.code === 'full' && attempt === 1 && makeSpace(store, options)) continue;
      const reopen = !['full', 'budget', 'locked'].includes(problem.code);
      if (reopen) giveUp(problem);
      say({ type: 'write-failed', problem, reopen });
      return;
    }
  }
}

/** SQLite says only that a write failed; the file system says whether it takes none at all any more. */
function lookedInto(problem: OutboxProblem, path: string): OutboxProblem {
  if (problem.code !== 'io') return problem;
  try {
    accessSync(path, constants.W_OK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EROFS') return problemOf('read-only', `${problem.detail}; EROFS`);
  }
  return problem;
}

/** The disk (not the budget) is full: give back what the controller has, and what was set aside. */
function makeSpace(full: OutboxStore, o: StoreOptions): boolean {
  try {
    const removed = removeAside(o.path);
    return full.giveBack(1 << 20) > 0 || removed;
  } catch (error) {
    if (!isStorageError(error)) throw error;
    return false;
  }
}

function read(message: ToWorker & { type: 'read' }): void {
  try {
    const rows = store?.read(message.epoch, message.lane, message.from, message.maxBytes) ?? null;
    say({ type: 'page', id: message.id, rows });
  } catch (error) {
    if (!isStorageError(error)) throw error;
    say({ type: 'page', id: message.id, rows: null });
    giveUp(problemFrom(error));
    say({ type: 'read-failed', problem: lastProblem });
  }
}

function close(message: ToWorker & { type: 'close' }): void {
  try {
    if (message.monoUs !== null) store?.markStopped(message.epoch, message.monoUs, message.runningS);
  } catch (error) {
    if (!isStorageError(error)) throw error;
  }
  closeQuietly();
  say({ type: 'closed' });
  port?.close();
}

port.on('message', (message: ToWorker) => {
  switch (message.type) {
    case 'open':
      return open(message.options);
    case 'write':
      return write(message);
    case 'read':
      return read(message);
    case 'close':
      return close(message);
  }
});
