/**
 * The parameters of one autopilot: list, read, set. One exchange at a time; each is a pure machine
 * (parameter-list.ts, parameter-read.ts, parameter-set.ts). Nothing of them is written unless `set` is called.
 */
import type { Message } from '@skein/protocol/mavlink';
import { type ExchangeOptions, ExchangeQueue, type Interruption } from './exchange.ts';
import { FTP_SESSIONS, FtpFiles, type RunExchange } from './ftp-files.ts';
import { fetchParameterFile } from './parameter-file.ts';
import { ListParameters } from './parameter-list.ts';
import { ReadParameter } from './parameter-read.ts';
import { SetParameter } from './parameter-set.ts';
import type { ParameterEncoding } from './parameter-value.ts';

export interface Parameter {
  readonly name: string;
  readonly value: number;
  /** MAV_PARAM_TYPE. */
  readonly type: number;
}

export interface ListedParameter extends Parameter {
  readonly index: number;
}

/** `no-such-parameter`: it answered others meanwhile, and this one never. `no-answer`: it answered nothing. */
export type ReadOutcome =
  | ({ readonly ok: true } & Parameter)
  | { readonly ok: false; readonly code: 'no-such-parameter' | 'no-answer' | Interruption };

/** `unstable`: the list changed again and again while it was read. */
export type ListOutcome =
  | { readonly ok: true; readonly parameters: Map<string, ListedParameter> }
  | {
      readonly ok: false;
      readonly code: 'no-answer' | 'unstable' | Interruption;
      readonly got: number;
      readonly count: number;
    };

/** `bad-value`: its type cannot hold it, or it is never to be written; nothing was sent. `not-taken`: read back, it has another value (`after`). */
export type SetOutcome =
  | { readonly ok: true; readonly before: number; readonly after: number; readonly type: number }
  | {
      readonly ok: false;
      readonly code: 'no-such-parameter' | 'bad-value' | 'not-taken' | 'no-answer' | Interruption;
      readonly before?: number;
      readonly after?: number;
    };

export interface ParameterClientOptions extends ExchangeOptions {
  readonly encoding: () => ParameterEncoding;
  /** It keeps its parameters as a file behind MAVFTP, as ArduPilot does: the list is then read from there. */
  readonly hasFile?: () => boolean;
}

/**
 * MAVFTP that gave no answer is left alone for so long. ArduPilot's may be stuck for good: it waits to send an answer on
 * a link whose other end has gone (observed), and serves nobody meanwhile.
 */
const FILE_AGAIN_MS = 120_000;

export class ParameterClient {
  readonly #o: ParameterClientOptions;
  readonly #queue: ExchangeQueue;
  #noFileUntilMs = 0;

  constructor(o: ParameterClientOptions) {
    this.#o = o;
    this.#queue = new ExchangeQueue(o);
  }

  get counters(): ExchangeQueue['counters'] {
    return this.#queue.counters;
  }

  get isBusy(): boolean {
    return this.#queue.isBusy;
  }

  /** The first of the names that the autopilot has: old and new names of one parameter. */
  async ask(names: readonly string[], o: { readonly signal?: AbortSignal } = {}): Promise<ReadOutcome> {
    const ended = await this.#queue.run(new ReadParameter({ names, encoding: this.#o.encoding() }), o.signal);
    return typeof ended === 'string' ? { ok: false, code: ended } : ended;
  }

  /** Null when there is none, or no answer (`ask` tells which). */
  async read(name: string, o: { readonly signal?: AbortSignal } = {}): Promise<Parameter | null> {
    return this.readAny([name], o);
  }

  /** Null when there is none of them, or no answer (`ask` tells which). */
  async readAny(names: readonly string[], o: { readonly signal?: AbortSignal } = {}): Promise<Parameter | null> {
    const read = await this.ask(names, o);
    return read.ok ? { name: read.name, value: read.value, type: read.type } : null;
  }

  /**
   * All of them. ArduPilot has some 1 350: as messages 0.6 s over TCP and 5 s over a narrow serial line, as a file a
   * second over either. The index is that of the list in both.
   */
  async list(
    o: { readonly signal?: AbortSignal; readonly onProgress?: (got: number, count: number) => void } = {},
  ): Promise<ListOutcome> {
    const { onProgress, signal } = o;
    if (this.#o.hasFile?.() === true && this.#o.nowMs() >= this.#noFileUntilMs) {
      const run: RunExchange = (exchange) => this.#queue.run(exchange, signal);
      const parameters = await fetchParameterFile(new FtpFiles({ run, session: FTP_SESSIONS.parameters }), run);
      if (parameters !== null) {
        onProgress?.(parameters.size, parameters.size);
        return { ok: true, parameters };
      }
      this.#noFileUntilMs = this.#o.nowMs() + FILE_AGAIN_MS;
    }
    const machine = new ListParameters({ encoding: this.#o.encoding(), ...(onProgress && { onProgress }) });
    const ended = await this.#queue.run(machine, signal);
    if (typeof ended !== 'string') return ended;
    return { ok: false, code: ended, got: machine.got, count: machine.count };
  }

  /** Sets and reads back. Already so: nothing is written. */
  async set(name: string, value: number, o: { readonly signal?: AbortSignal } = {}): Promise<SetOutcome> {
    const machine = new SetParameter({ name, value, encoding: this.#o.encoding() });
    const ended = await this.#queue.run(machine, o.signal);
    return typeof ended === 'string' ? { ok: false, code: ended, ...machine.seen } : ended;
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
