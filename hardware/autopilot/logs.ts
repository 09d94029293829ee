/**
 * The logs of one autopilot: list them, fetch one, stop. One thing at a time and only while disarmed: a transfer makes
 * ArduPilot refuse to arm ("Arm: Downloading logs"), so it must be over within a second of somebody wanting to fly.
 *
 *   fetch ─▶ list ─▶ LOG_REQUEST_DATA, or its file by MAVFTP ─▶ proof (log-fetch.ts) ─▶ LOG_REQUEST_END
 */
import type { Message } from '@skein/protocol/mavlink';
import { type Exchange, type ExchangeOptions, ExchangeQueue, type Interruption } from './exchange.ts';
import { FTP_SESSIONS, FtpFiles } from './ftp-files.ts';
import { END_LOGS, EndLogs } from './log-end.ts';
import { LogFetch } from './log-fetch.ts';
import { findLog } from './log-files.ts';
import { ListLogs } from './log-list.ts';
import { ftpSession, type LogSource, logMessages } from './log-source.ts';

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
  /** What to try first; the other is tried when it gives no answer. `messages` (LOG_REQUEST_DATA) is far faster. */
  readonly via?: 'messages' | 'ftp';
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
}

export class LogClient {
  readonly #o: LogClientOptions;
  readonly #queue: ExchangeQueue;
  readonly #files: FtpFiles;
  /** Of what is under way. */
  #abort: AbortController | null = null;
  #why: LogInterruption = 'aborted';
  #ended: Promise<void> = Promise.resolve();
  /** Open MAVFTP session. */
  #session: number | null = null;

  constructor(o: LogClientOptions) {
    this.#o = o;
    this.#queue = new ExchangeQueue(o);
    this.#files = new FtpFiles({ run: (exchange) => this.#run(exchange), session: FTP_SESSIONS.logs });
  }

  /** A list or a log is under way: the autopilot refuses to arm meanwhile. */
  get busy(): boolean {
    return this.#abort !== null;
  }

  get counters(): ExchangeQueue['counters'] {
    return this.#queue.counters;
  }

  /** All logs, by id. */
  async list(o: { readonly signal?: AbortSignal } = {}): Promise<LogListOutcome> {
    const listed = await this.#alone(o.signal, () => this.#run(new ListLogs()));
    return typeof listed === 'string' ? { ok: false, code: this.#reason(listed) } : listed;
  }

  /** Goes on at `from`. What was fetched is what the log had when the fetch began. */
  async fetch(id: number, o: FetchOptions): Promise<FetchOutcome> {
    const fetched = await this.#alone(o.signal, () => this.#fetch(id, o));
    if (typeof fetched === 'string') return { ok: false, code: this.#reason(fetched), bytes: o.from ?? 0 };
    return fetched.ok ? fetched : { ...fetched, code: this.#reason(fetched.code) };
  }

  async #fetch(id: number, o: FetchOptions): Promise<FetchOutcome | Interruption> {
    const from = o.from ?? 0;
    const listed = await this.#run(new ListLogs());
    if (typeof listed === 'string') return listed;
    if (!listed.ok) return { ...listed, bytes: from };
    const entry = listed.logs.find((log) => log.id === id);
    if (entry === undefined) return { ok: false, code: 'no-such-log', bytes: from };
    const messages = logMessages(id);
    const path = this.#o.hasFtp() ? await findLog(this.#files, entry, listed.logs) : null;
    const ftp = (): Promise<LogSource | null> => this.#open(path);
    const preferred = o.via === 'ftp' ? await ftp() : messages;
    return new LogFetch({
      run: (exchange) => this.#run(exchange),
      entry,
      source: preferred ?? messages,
      fallback: preferred === messages ? ftp : async () => messages,
      checksum: async () => (path === null ? null : this.#files.checksum(path, entry.sizeBytes)),
      sink: o.into,
      from,
      onProgress: (bytes) => o.onProgress?.(bytes, entry.sizeBytes),
    }).run();
  }

  async #open(path: string | null): Promise<LogSource | null> {
    if (path === null) return null;
    this.#session = await this.#files.open(path);
    return this.#session === null ? null : ftpSession({ sequence: this.#files.sequence, session: this.#session });
  }

  /** Ends what is under way within a second, and says so to the autopilot. */
  async stop(): Promise<void> {
    this.#interrupt('stopped');
    await this.#ended;
  }

  /** A message of the autopilot. */
  take(message: Message, nowMs: number): void {
    this.#queue.take(message, nowMs);
  }

  /** Call every 100 ms. */
  tick(nowMs: number): void {
    if (this.#o.armed() === true) this.#interrupt('armed');
    this.#queue.tick(nowMs);
  }

  close(): void {
    if (this.busy) this.#queue.emit(END_LOGS);
    this.#interrupt('stopped');
    this.#queue.close();
  }

  /** One at a time, disarmed, and ended properly whatever happens. */
  async #alone<R>(signal: AbortSignal | undefined, work: () => Promise<R>): Promise<R | Interruption | 'armed'> {
    if (this.busy) return 'too-many';
    if (signal?.aborted === true) return 'aborted';
    if (this.#o.armed() !== false) return 'armed';
    this.#abort = new AbortController();
    this.#session = null;
    this.#why = 'aborted';
    const abort = (): void => this.#interrupt('aborted');
    signal?.addEventListener('abort', abort, { once: true });
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#ended = promise;
    // The end is told at once, not when a slow sink has let go of the work.
    this.#abort.signal.addEventListener('abort', () => void this.#end().then(resolve), { once: true });
    try {
      return await work();
    } finally {
      signal?.removeEventListener('abort', abort);
      this.#abort?.abort();
      await promise;
      this.#abort = null;
    }
  }

  async #end(): Promise<void> {
    // An armed ArduPilot answers with an error text, and is not sending anyway.
    if (this.#o.armed() === true) return;
    await this.#queue.run(new EndLogs({ sequence: this.#files.sequence, session: this.#session }));
  }

  async #run<R>(exchange: Exchange<R>): Promise<R | Interruption> {
    return this.#queue.run(exchange, this.#abort?.signal);
  }

  #interrupt(why: LogInterruption): void {
    if (this.#abort === null || this.#abort.signal.aborted) return;
    this.#why = why;
    this.#abort.abort();
  }

  /** `aborted` is how every interruption looks from inside. */
  #reason<C extends string>(code: C): C | LogInterruption {
    return code === 'aborted' ? this.#why : code;
  }
}
