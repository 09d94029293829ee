/** The thread that waits for the disk. */
import { accessSync, constants } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { removeAside, setAside } from './aside.ts';
import { Keeper } from './keeper.ts';
import type { ToWorker } from './messages.ts';
import { OutboxStore } from './store.ts';

const port = parentPort;
if (!port) throw new Error('outbox/worker.ts runs as a worker thread');

function isReadOnly(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EROFS';
  }
}

const keeper = new Keeper({
  files: { open: (o) => new OutboxStore(o), setAside, removeAside, isReadOnly },
  say: (message) => port.postMessage(message),
  nowMs: () => performance.now(),
  onClosed: () => port.close(),
});
port.on('message', (message: ToWorker) => keeper.take(message));
