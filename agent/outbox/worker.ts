/** The thread that waits for the disk. */
import { accessSync, constants } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { finishSettingAside } from './aside.ts';
import { Keeper } from './keeper.ts';
import type { ToWorker } from './messages.ts';
import { setAsideAfter } from './owed.ts';
import { asideBeside } from './reach.ts';
import { salvageAside } from './salvage-aside.ts';
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

/** Salvaging takes at most a quarter of the time of this thread: what is new goes first. */
const REST = 3;
const LEAST_REST_MS = 20;
/** After a step that the disk did not take. */
const LATER_MS = 10_000;
let next: NodeJS.Timeout | null = null;

function salvageOn(): void {
  const beganMs = performance.now();
  const went = keeper.salvage();
  const restMs = Math.max(went === 'later' ? LATER_MS : LEAST_REST_MS, REST * (performance.now() - beganMs));
  next = went === 'over' ? null : setTimeout(salvageOn, restMs);
}

const keeper = new Keeper({
  files: {
    open: (o) => {
      finishSettingAside(o.path);
      return new OutboxStore(o);
    },
    setAside: (path) => setAsideAfter(path, asideBeside(path)),
    salvage: salvageAside,
    isReadOnly,
  },
  say: (message) => port.postMessage(message),
  nowMs: () => performance.now(),
  onClosed: () => {
    if (next !== null) clearTimeout(next);
    port.close();
  },
});
port.on('message', (message: ToWorker) => {
  keeper.take(message);
  if (message.type === 'open') next ??= setTimeout(salvageOn, LEAST_REST_MS);
});
