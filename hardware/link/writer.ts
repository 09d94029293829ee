import type { Port } from './ports/port.ts';
import { type Priority, priorities, type QueueCounts, WriteQueue } from './queue.ts';

/**
 * So much may be under way on a serial line before the next frame that is not urgent, ms: the system's buffer is deep, and
 * what is in it cannot be overtaken.
 */
const PACE_AHEAD_MS = 50;

export interface WriterOptions {
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly timeoutMs: number;
  /** The port took nothing for `timeoutMs`. */
  readonly onStalled: () => void;
}

/**
 * Moves queued frames into the present port: one write under way at a time, the most important first, no faster than the
 * line (`baud`) can carry.
 */
export class Writer {
  readonly #options: WriterOptions;
  readonly #queue = new WriteQueue();
  #port: Port | null = null;
  #baud: number | null = null;
  #writing = false;
  #timeout: NodeJS.Timeout | undefined;
  #pacing: NodeJS.Timeout | undefined;
  /** When the line will have carried all that was written, ms. */
  #lineFreeAtMs = 0;

  bytes = 0;
  frames = 0;
  noPeer = 0;
  cutOff = 0;
  readonly droppedDown: QueueCounts = { urgent: 0, heartbeat: 0, normal: 0, bulk: 0 };

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  get droppedFull(): Readonly<QueueCounts> {
    return this.#queue.droppedFull;
  }

  /** `baud` null: the line has no speed that we know. */
  attach(port: Port, baud: number | null): void {
    this.#port = port;
    this.#baud = baud;
    this.#lineFreeAtMs = 0;
  }

  /** Lets go of the port. What waited is dropped and counted: a frame that meant "now" must not act after a gap. */
  detach(): void {
    this.#port = null;
    if (this.#writing) this.cutOff += 1;
    this.#writing = false;
    clearTimeout(this.#timeout);
    clearTimeout(this.#pacing);
    const lost = this.#queue.clear();
    for (const priority of priorities) this.droppedDown[priority] += lost[priority];
  }

  push(frame: Uint8Array, priority: Priority): boolean {
    if (this.#port === null) {
      this.droppedDown[priority] += 1;
      return false;
    }
    if (!this.#queue.push(frame, priority)) return false;
    this.#pump();
    return true;
  }

  #pump(): void {
    const port = this.#port;
    const priority = this.#queue.nextPriority();
    if (this.#writing || port === null || priority === undefined) return;
    const nowMs = this.#options.now();
    const aheadMs = this.#lineFreeAtMs - nowMs;
    if (priority !== 'urgent' && aheadMs > PACE_AHEAD_MS) {
      clearTimeout(this.#pacing);
      this.#pacing = setTimeout(() => this.#pump(), Math.ceil(aheadMs - PACE_AHEAD_MS));
      return;
    }
    const frame = this.#queue.shift()?.frame;
    if (frame === undefined) return;
    if (this.#baud !== null) {
      // Ten bits on the line for each byte.
      this.#lineFreeAtMs = Math.max(this.#lineFreeAtMs, nowMs) + (frame.length * 10_000) / this.#baud;
    }
    this.#write(port, frame);
  }

  #write(port: Port, frame: Uint8Array): void {
    let answered = false;
    this.#writing = true;
    this.#timeout = setTimeout(() => {
      if (this.#port === port) this.#options.onStalled();
    }, this.#options.timeoutMs);
    port.write(frame, (taken) => {
      if (answered || this.#port !== port) return;
      answered = true;
      this.#writing = false;
      clearTimeout(this.#timeout);
      if (taken) {
        this.bytes += frame.length;
        this.frames += 1;
      } else {
        this.noPeer += 1;
      }
      this.#pump();
    });
  }
}
