import { MavSeverity, type Message } from '@skein/protocol/mavlink';
import type { Autopilot } from '../autopilot/autopilot.ts';
import type { Port } from '../port.ts';
import type { Service, Source } from '../service.ts';
import type { Log } from './logs.ts';

const PIECE_BYTES = 90;
const TICK_MS = 10;
const IDLE = Number.POSITIVE_INFINITY;

type Activity =
  | { readonly kind: 'listing'; readonly port: Port; next: number; readonly last: number }
  | { readonly kind: 'sending'; readonly port: Port; readonly log: Log; offset: number; left: number };

/**
 * LOG_REQUEST_LIST, LOG_REQUEST_DATA, LOG_REQUEST_END: one transfer at a time over all links, never while armed; while it runs the vehicle
 * cannot be armed. A request for data during a transfer on the same link gets no answer. (Read in ArduPilot's AP_Logger, and observed.)
 */
export class LogTransfer implements Service {
  readonly #autopilot: Autopilot;
  readonly #logs: readonly Log[];
  #activity: Activity | null = null;
  #dueMs = IDLE;
  #warned = false;

  constructor(autopilot: Autopilot, logs: readonly Log[]) {
    this.#autopilot = autopilot;
    this.#logs = logs;
    autopilot.armingBlocks.add(() => (this.#activity === null ? null : 'Downloading logs'));
  }

  get nextDueMs(): number {
    return this.#dueMs;
  }

  take(message: Message, _from: Source, port: Port): boolean {
    switch (message.name) {
      case 'LOG_REQUEST_LIST':
        if (this.#mayBegin(port)) this.#list(message.fields.start, message.fields.end, port);
        return true;
      case 'LOG_REQUEST_DATA':
        if (this.#mayBegin(port)) this.#send(message.fields, port);
        return true;
      case 'LOG_REQUEST_END':
        if (!this.#armed(port)) this.#stop();
        return true;
      case 'LOG_ERASE':
        // A real one would; nobody here may lose a flight's record by a message.
        return true;
      default:
        return false;
    }
  }

  /** Said once per arming. */
  #armed(port: Port): boolean {
    const { armed } = this.#autopilot.flight;
    if (armed && !this.#warned) this.#autopilot.voice.sayTo(port, 'Disarm for log download', MavSeverity.ERROR);
    this.#warned = armed;
    return armed;
  }

  #mayBegin(port: Port): boolean {
    if (this.#armed(port)) return false;
    if (this.#activity === null) return true;
    if (this.#activity.kind === 'listing' || this.#activity.port !== port) {
      this.#autopilot.voice.sayTo(port, 'Log download in progress');
    }
    return false;
  }

  #list(start: number, end: number, port: Port): void {
    const last = Math.min(end, this.#logs.length);
    this.#begin({ kind: 'listing', port, next: this.#logs.length === 0 ? 0 : Math.max(1, start), last });
  }

  #send({ id, ofs, count }: { readonly id: number; readonly ofs: number; readonly count: number }, port: Port): void {
    const log = this.#logs[id - 1];
    if (log === undefined) {
      this.#stop();
      return;
    }
    const left = Math.min(count, Math.max(0, log.sizeBytes - ofs));
    this.#begin({ kind: 'sending', port, log, offset: ofs, left });
  }

  #begin(activity: Activity): void {
    this.#activity = activity;
    this.#dueMs = this.#autopilot.nowMs;
  }

  #stop(): void {
    this.#activity = null;
    this.#dueMs = IDLE;
  }

  restart(): void {
    this.#warned = false;
    this.#stop();
  }

  /** As much as the line takes in 10 ms; nothing while armed. */
  tick(nowMs: number): void {
    if (nowMs < this.#dueMs) return;
    const activity = this.#activity;
    if (activity === null) return;
    this.#dueMs = nowMs + TICK_MS;
    if (this.#autopilot.flight.armed) return;
    const pieces = Math.ceil((activity.port.parametersPerS * TICK_MS) / 1_000);
    for (let piece = 0; piece < pieces && this.#activity !== null; piece += 1) {
      if (activity.kind === 'listing' ? this.#tellOne(activity) : this.#sendOne(activity)) this.#stop();
    }
  }

  /** True: that was the last. */
  #tellOne(listing: Activity & { readonly kind: 'listing' }): boolean {
    const log = this.#logs[listing.next - 1];
    listing.port.send('LOG_ENTRY', {
      id: listing.next,
      num_logs: this.#logs.length,
      last_log_num: listing.last,
      time_utc: log?.utcS ?? 0,
      size: log?.sizeBytes ?? 0,
    });
    listing.next += 1;
    return listing.next > listing.last;
  }

  #sendOne(sending: Activity & { readonly kind: 'sending' }): boolean {
    const bytes = sending.log.read(sending.offset, Math.min(PIECE_BYTES, sending.left));
    const data = new Array<number>(PIECE_BYTES).fill(0);
    for (const [index, byte] of bytes.entries()) data[index] = byte;
    const { offset, port } = sending;
    port.send('LOG_DATA', { id: this.#logs.indexOf(sending.log) + 1, ofs: offset, count: bytes.length, data });
    sending.offset += bytes.length;
    sending.left -= bytes.length;
    return bytes.length < PIECE_BYTES || sending.left === 0;
  }
}
