/** The thread that writes the recording. On a full disk it gives its own oldest segments up first. */
import { parentPort } from 'node:worker_threads';
import type { FromRecorder, ToRecorder } from './messages.ts';
import { Segments } from './segments.ts';

const port = parentPort;
if (!port) throw new Error('recorder/worker.ts runs as a worker thread');

const say = (message: FromRecorder): void => port.postMessage(message);
const FREED_FOR_OTHERS = 2;

let segments: Segments | null = null;

function write(records: Uint8Array): void {
  if (segments === null) return;
  // Of what was finished before this. Were the segment just begun removed to make room for itself, a disk that others
  // have filled would keep this going for ever.
  let removable: number | null = null;
  for (;;) {
    try {
      removable ??= segments.finished;
      segments.write(records);
      say({ type: 'written', bytes: segments.bytes, files: segments.files, removed: segments.removed });
      return;
    } catch (error) {
      const { code = 'UNKNOWN', message } = error as NodeJS.ErrnoException;
      if (code === 'ENOSPC' && removable !== null && removable > 0 && segments.removeOldest()) {
        removable -= 1;
        finishQuietly();
        continue;
      }
      // What was half written is skipped by every reader; the segment ends there.
      finishQuietly();
      say({ type: 'failed', code, detail: message });
      return;
    }
  }
}

function finishQuietly(): void {
  try {
    segments?.finish();
  } catch {
    // A failing disk: the descriptor is closed all the same, and the failure itself is told by `write`.
  }
}

port.on('message', (message: ToRecorder) => {
  switch (message.type) {
    case 'open':
      segments = new Segments(message.options);
      break;
    case 'write':
      write(message.records);
      break;
    case 'give-back': {
      let removed = 0;
      while (removed < FREED_FOR_OTHERS && segments?.removeOldest()) removed++;
      say({ type: 'gave-back', removed });
      break;
    }
    case 'close':
      finishQuietly();
      say({ type: 'closed' });
      port.close();
      break;
  }
});
