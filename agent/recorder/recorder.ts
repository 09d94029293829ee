/**
 * Records every raw frame, received and sent, as `.tlog`, without ever making the link wait.
 *
 *   frame ─▶ chunk (64 kB or 1 s) ─▶ worker, at most 2 MB on its way; past it frames are dropped and counted
 *
 * When the disk fails, recording stops with a plain message and is tried again; nothing else notices. Signing keys are
 * never recorded.
 */
import { Worker } from 'node:worker_threads';
import { encodeTlogRecord, isSecret } from '@skein/protocol/mavlink';
import type { FromRecorder, ToRecorder } from './messages.ts';

const CHUNK_BYTES = 64 << 10;
const CHUNK_MS = 1_000;
const MAX_WAITING_BYTES = 2 << 20;
const RETRY_MS = 30_000;
const CLOSE_WAIT_MS = 5_000;

const ADVICE: Readonly<Record<string, string>> = {
  ENOSPC:
    'The disk is full and there is no older recording to give up: recording is paused. Free space, or lower disk.budgetMB.',
  EROFS: 'The file system is read-only: recording is paused. Remount it read-write.',
  EACCES: 'This user may not write to the recording folder: recording is paused. Check who owns the data directory.',
  EIO: 'The storage answers with errors: recording is paused. Replace the card or disk.',
};

export interface RecorderOptions {
  readonly folder: string;
  readonly budgetBytes: number;
  readonly segmentBytes: number;
  readonly nowUs: () => number;
  /** UTC as good as it is known, for a monotonic stamp, µs. */
  readonly utcUs: (monoUs: number) => number;
  readonly onProblem?: (message: string | null) => void;
}

export interface RecorderStatus {
  readonly state: 'recording' | 'paused' | 'closed';
  readonly problem: string | null;
  readonly bytes: number;
  readonly files: number;
  readonly counters: {
    readonly frames: number;
    readonly droppedFrames: number;
    readonly failures: number;
    readonly removedSegments: number;
    readonly secretsLeftOut: number;
  };
}

export class Recorder {
  readonly #o: RecorderOptions;
  readonly #counters = { frames: 0, droppedFrames: 0, failures: 0, removedSegments: 0, secretsLeftOut: 0 };
  #worker: Worker | null = null;
  #state: RecorderStatus['state'] = 'recording';
  #problem: string | null = null;
  #chunk: Uint8Array = new Uint8Array(CHUNK_BYTES);
  #length = 0;
  #frames = 0;
  #waiting: { bytes: number; frames: number }[] = [];
  #waitingBytes = 0;
  #bytes = 0;
  #files = 0;
  #ticker: NodeJS.Timeout | null = null;
  #pausedUntilMs = 0;
  #closed: (() => void) | null = null;

  constructor(o: RecorderOptions) {
    this.#o = o;
  }

  start(): void {
    this.#spawn();
    this.#ticker = setInterval(() => this.#flush(), CHUNK_MS);
  }

  #spawn(): void {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { name: 'recorder' });
    this.#worker = worker;
    worker.on('message', (message: FromRecorder) => this.#heard(message));
    worker.on('error', (error) => this.#died(worker, String(error)));
    worker.on('exit', () => this.#died(worker, 'recorder worker ended'));
    const { folder, budgetBytes, segmentBytes } = this.#o;
    this.#tell({ type: 'open', options: { folder, budgetBytes, segmentBytes } });
  }

  #died(worker: Worker, detail: string): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    this.#closed?.();
    if (this.#state !== 'closed') this.#pause('WORKER', detail);
  }

  #tell(message: ToRecorder): void {
    this.#worker?.postMessage(message);
  }

  #nowMs(): number {
    return this.#o.nowUs() / 1000;
  }

  /** Takes a copy of one raw frame. Never waits. */
  frame(frame: { readonly bytes: Uint8Array; readonly msgid: number }, monoUs: number): void {
    if (isSecret(frame.msgid)) {
      this.#counters.secretsLeftOut++;
      return;
    }
    if (this.#state === 'closed') return;
    if (this.#state === 'paused' && this.#nowMs() < this.#pausedUntilMs) {
      this.#counters.droppedFrames++;
      return;
    }
    const record = encodeTlogRecord(this.#o.utcUs(monoUs), frame.bytes);
    if (this.#length + record.length > CHUNK_BYTES) this.#flush();
    this.#chunk.set(record, this.#length);
    this.#length += record.length;
    this.#frames++;
  }

  #flush(): void {
    if (this.#length === 0) return;
    if (this.#worker === null && this.#state !== 'closed') this.#spawn();
    const frames = this.#frames;
    const bytes = this.#length;
    this.#frames = 0;
    this.#length = 0;
    if (this.#waitingBytes + bytes > MAX_WAITING_BYTES) {
      this.#counters.droppedFrames += frames;
      return;
    }
    this.#waiting.push({ bytes, frames });
    this.#waitingBytes += bytes;
    this.#tell({ type: 'write', records: this.#chunk.slice(0, bytes) });
  }

  #heard(message: FromRecorder): void {
    switch (message.type) {
      case 'written':
        this.#counters.frames += this.#answered();
        this.#bytes = message.bytes;
        this.#files = message.files;
        this.#counters.removedSegments = message.removed;
        if (this.#state === 'paused') this.#resume();
        break;
      case 'failed':
        this.#counters.droppedFrames += this.#answered();
        if (this.#state !== 'closed') this.#pause(message.code, message.detail);
        break;
      case 'gave-back':
        this.#counters.removedSegments += message.removed;
        break;
      case 'closed':
        this.#closed?.();
        break;
    }
  }

  #answered(): number {
    const first = this.#waiting.shift();
    this.#waitingBytes -= first?.bytes ?? 0;
    return first?.frames ?? 0;
  }

  #pause(code: string, detail: string): void {
    this.#counters.failures++;
    for (const { frames } of this.#waiting) if (code === 'WORKER') this.#counters.droppedFrames += frames;
    if (code === 'WORKER') {
      this.#waiting = [];
      this.#waitingBytes = 0;
    }
    const message = `${ADVICE[code] ?? `Recording is paused (${code}).`} ${detail}`;
    this.#state = 'paused';
    this.#pausedUntilMs = this.#nowMs() + RETRY_MS;
    if (this.#problem === null) this.#o.onProblem?.(message);
    this.#problem = message;
  }

  #resume(): void {
    this.#state = 'recording';
    this.#problem = null;
    this.#o.onProblem?.(null);
  }

  /** The outbox needs room on the disk: the oldest recordings go. */
  giveBack(): void {
    this.#tell({ type: 'give-back' });
  }

  status(): RecorderStatus {
    return {
      state: this.#state,
      problem: this.#problem,
      bytes: this.#bytes,
      files: this.#files,
      counters: { ...this.#counters },
    };
  }

  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    if (this.#ticker) clearInterval(this.#ticker);
    this.#flush();
    this.#state = 'closed';
    const worker = this.#worker;
    if (worker === null) return;
    const closed = new Promise<void>((resolve) => {
      this.#closed = resolve;
      setTimeout(resolve, CLOSE_WAIT_MS).unref();
    });
    this.#tell({ type: 'close' });
    await closed;
    this.#worker = null;
    await worker.terminate();
  }
}
