/**
 * The logs of one autopilot: list, fetch.
 */
import type { Message } from '@skein/protocol/mavlink';
import { type ExchangeOptions, ExchangeQueue, type Interruption } from './exchange.ts';

export interface LogEntry {
  /** As LOG_ENTRY numbers them; the numbers shift when old logs are removed. */
  readonly id: number;
  readonly sizeBytes: number;
  /** When it began, s since 1970; null when the autopilot had no time. */
  readonly startedUtcS: number | null;
}

/** Where a log is put. Writes come in order and without holes, from `from` on. */
export interface LogSink {
  write(offset: number, bytes: Uint8Array): Promise<void>;
  /** What lies there already: to resume, and to look a second time. Shorter than asked at the end. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** `armed`: not while armed. `stopped`: `stop` was called. */
export type LogInterruption = 'armed' | 'stopped' | Interruption;

export type LogListOutcome =
  | { readonly ok: true; readonly logs: readonly LogEntry[] }
  | { readonly ok: false; readonly code: 'no-answer' | LogInterruption };

export interface FetchOptions {
  readonly into: LogSink;
  /** Bytes that are there already from an earlier attempt; their last block is compared before going on. */
  readonly from?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (bytes: number, sizeBytes: number) => void;
}

/**
 * `checksum`: CRC-32 of the autopilot's own file. `second-look`: samples of it read again, and everything that was in
 * doubt.
 */
export type LogVerification = 'checksum' | 'second-look';

export type FetchOutcome =
  | {
      readonly ok: true;
      readonly bytes: number;
      /** CRC-32 as of zip and zlib. */
      readonly crc: number;
      readonly verified: LogVerification;
    }
  | {
      readonly ok: false;
      /**
       * `no-such-log`; `no-answer`; `short`: it ends before its announced size; `changed`: what is there already belongs
       * to another log, begin again at 0; `damaged`: the second look differs; `disk`: the sink failed.
       */
      readonly code: 'no-such-log' | 'no-answer' | 'short' | 'changed' | 'damaged' | 'disk' | LogInterruption;
      /** Good bytes in the sink: where to go on. */
      readonly bytes: number;
      readonly detail?: string;
    };

export interface LogClientOptions extends ExchangeOptions {
  /** Null: not known, which counts as armed. */
  readonly armed: () => boolean | null;
  /** MAV_PROTOCOL_CAPABILITY_FTP. */
  readonly hasFtp: () => boolean;
  /** What the line carries: bursts of MAVFTP cannot be stopped, so they are used on fast lines only. */
  readonly lineBytesPerS: () => number;
}

export class LogClient {
  readonly #o: LogClientOptions;
  readonly #queue: ExchangeQueue;

  constructor(o: LogClientOptions) {
    this.#o = o;
    this.#queue = new ExchangeQueue(o);
  }

  /** A list or a log is under way: the autopilot refuses to arm meanwhile. */
  get busy(): boolean {
    return this.#queue.isBusy;
  }

  async list(_o: { readonly signal?: AbortSignal } = {}): Promise<LogListOutcome> {
    if (this.#o.armed() !== false) return { ok: false, code: 'armed' };
    return { ok: false, code: 'no-answer' };
  }

  async fetch(_id: number, _o: FetchOptions): Promise<FetchOutcome> {
    if (this.#o.armed() !== false) return { ok: false, code: 'armed', bytes: 0 };
    return { ok: false, code: 'no-answer', bytes: 0 };
  }

  /** Ends what is under way within a second, and says so to the autopilot. */
  async stop(): Promise<void> {
    this.#queue.close();
  }

  /** A message of the autopilot. */
  take(message: Message, nowMs: number): void {
    this.#queue.take(message, nowMs);
  }

  /** Call every 100 ms. */
  tick(nowMs: number): void {
    this.#queue.tick(nowMs);
  }

  close(): void {
    this.#queue.close();
  }
}
