/**
 * One exchange with the autopilot (read a parameter, list them, fetch a piece of a log …) is a pure machine: messages
 * and time go in, messages to send come out, at its end a result. `ExchangeQueue` runs one after the other and gives
 * the promises; it owns no timer and no socket.
 *
 *   run() ─▶ waiting ─▶ current ─▶ result ─▶ promise
 *   take, tick ────────────▲  └─▶ send
 */
import type { FieldsIn, Message } from '@skein/protocol/mavlink';

/** All that parameters, logs and missions ever send. */
export type ExchangeMessage =
  | 'PARAM_REQUEST_READ'
  | 'PARAM_REQUEST_LIST'
  | 'PARAM_SET'
  | 'LOG_REQUEST_LIST'
  | 'LOG_REQUEST_DATA'
  | 'LOG_REQUEST_END'
  | 'FILE_TRANSFER_PROTOCOL'
  | 'MISSION_COUNT'
  | 'MISSION_ITEM_INT'
  | 'MISSION_REQUEST_LIST'
  | 'MISSION_REQUEST_INT'
  | 'MISSION_ACK'
  | 'MISSION_CLEAR_ALL';

/** A message without its target, which the queue fills in. */
export type Outgoing = {
  readonly [N in ExchangeMessage]: {
    readonly name: N;
    readonly fields: Omit<FieldsIn<N>, 'target_system' | 'target_component'>;
  };
}[ExchangeMessage];

export interface Exchange<R> {
  /** Null while it is under way. */
  readonly result: R | null;
  /** Called once. */
  begin(nowMs: number): readonly Outgoing[];
  /** A message of the autopilot. */
  take(message: Message, nowMs: number): readonly Outgoing[];
  tick(nowMs: number): readonly Outgoing[];
}

/** Sends one message; false when it was dropped (the exchange will ask again). */
export type SendMessage = <N extends ExchangeMessage>(name: N, fields: FieldsIn<N>) => boolean;

export interface ExchangeTarget {
  readonly sysid: number;
  readonly compid: number;
}

export interface ExchangeOptions {
  readonly send: SendMessage;
  readonly nowMs: () => number;
  /** The autopilot; null while there is none or the link is closed: what is under way then ends with `no-link`. */
  readonly target: () => ExchangeTarget | null;
}

/** Why an exchange ended without a result of its own. */
export type Interruption = 'no-link' | 'aborted' | 'too-many';

/** More callers at once than this are turned away: each is somebody waiting. */
const MAX_WAITING = 64;
export const NOTHING_TO_SEND: readonly Outgoing[] = [];

interface Turn {
  begin(nowMs: number): readonly Outgoing[];
  take(message: Message, nowMs: number): readonly Outgoing[];
  tick(nowMs: number): readonly Outgoing[];
  /** True once the exchange has a result, which is then given to its caller. */
  settle(): boolean;
  interrupt(why: Interruption): void;
}

export class ExchangeQueue {
  readonly #o: ExchangeOptions;
  readonly #waiting: Turn[] = [];
  #current: Turn | null = null;
  #closed = false;
  readonly counters = { exchanges: 0, sent: 0, sendFailures: 0, interrupted: 0, turnedAway: 0 };

  constructor(o: ExchangeOptions) {
    this.#o = o;
  }

  get isBusy(): boolean {
    return this.#current !== null || this.#waiting.length > 0;
  }

  /** Waits its turn, runs, gives its result or why it has none. */
  run<R>(exchange: Exchange<R>, signal?: AbortSignal): Promise<R | Interruption> {
    if (this.#closed || signal?.aborted === true) return Promise.resolve('aborted');
    if (this.#waiting.length >= MAX_WAITING) {
      this.counters.turnedAway++;
      return Promise.resolve('too-many');
    }
    return new Promise((resolve) => {
      const turn: Turn = {
        begin: (nowMs) => exchange.begin(nowMs),
        take: (message, nowMs) => exchange.take(message, nowMs),
        tick: (nowMs) => exchange.tick(nowMs),
        settle: () => {
          if (exchange.result === null) return false;
          signal?.removeEventListener('abort', abort);
          resolve(exchange.result);
          return true;
        },
        interrupt: (why) => {
          signal?.removeEventListener('abort', abort);
          this.counters.interrupted++;
          resolve(why);
        },
      };
      const abort = (): void => this.#drop(turn, 'aborted');
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.push(turn);
      this.#next();
    });
  }

  take(message: Message, nowMs: number): void {
    const turn = this.#current;
    if (turn === null) return;
    this.#emit(turn.take(message, nowMs));
    this.#settle(turn);
  }

  tick(nowMs: number): void {
    const turn = this.#current;
    if (turn === null) return;
    if (this.#o.target() === null) {
      this.#drop(turn, 'no-link');
      return;
    }
    this.#emit(turn.tick(nowMs));
    this.#settle(turn);
  }

  /** Ends all that is under way or waiting. */
  close(): void {
    this.#closed = true;
    for (const turn of [...this.#waiting]) this.#drop(turn, 'aborted');
    if (this.#current !== null) this.#drop(this.#current, 'aborted');
  }

  /** Sends outside any exchange. */
  emit(outgoing: Outgoing): void {
    this.#emit([outgoing]);
  }

  #next(): void {
    while (this.#current === null) {
      const turn = this.#waiting.shift();
      if (turn === undefined) return;
      if (this.#o.target() === null) {
        turn.interrupt('no-link');
        continue;
      }
      this.#current = turn;
      this.counters.exchanges++;
      this.#emit(turn.begin(this.#o.nowMs()));
      if (turn.settle()) this.#current = null;
    }
  }

  #settle(turn: Turn): void {
    if (this.#current !== turn || !turn.settle()) return;
    this.#current = null;
    this.#next();
  }

  #drop(turn: Turn, why: Interruption): void {
    const index = this.#waiting.indexOf(turn);
    if (index >= 0) this.#waiting.splice(index, 1);
    else if (this.#current === turn) this.#current = null;
    else return;
    turn.interrupt(why);
    this.#next();
  }

  #emit(messages: readonly Outgoing[]): void {
    const target = this.#o.target();
    if (target === null) return;
    for (const message of messages) {
      if (emit(this.#o.send, message, target)) this.counters.sent++;
      else this.counters.sendFailures++;
    }
  }
}

function emit<N extends ExchangeMessage>(
  send: SendMessage,
  message: { readonly name: N; readonly fields: object },
  target: ExchangeTarget,
): boolean {
  const addressed = { ...message.fields, target_system: target.sysid, target_component: target.compid };
  return send(message.name, addressed as unknown as FieldsIn<N>);
}
