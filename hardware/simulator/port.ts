import {
  decode,
  encode,
  type FieldsIn,
  type Frame,
  FrameParser,
  type Message,
  type MessageName,
  messageByName,
} from '@skein/protocol/mavlink';
import type { Meddler } from './meddler.ts';
import { Streams } from './streams.ts';
import { WaitingLine } from './waiting-line.ts';

/** What carries a port's bytes: a socket, a pty, a test. */
export interface Carrier {
  /**
   * Takes whole frames, and bytes between frames, in order; answers how many of them went out. The rest is lost, as on a line whose buffer
   * is full.
   */
  send(chunks: readonly Uint8Array[]): number;
  /** The autopilot restarts: a TCP server drops its client, a UDP sender comes from another port; a serial line shows nothing. */
  onReboot?(): void;
}

export interface PortOptions {
  readonly name: string;
  readonly carrier: Carrier;
  /** Parameters of a list per second: as many as the kind of line takes. */
  readonly parametersPerS?: number;
}

/** Changes what leaves a port: null drops it, other bytes than given damage it. */
export type Damage = (bytes: Uint8Array) => Uint8Array | null;

/** What leaves: a frame or text between frames; not `whole` once damaged. */
interface Chunk {
  readonly bytes: Uint8Array;
  readonly frame: boolean;
  readonly whole: boolean;
}

/** What a port needs of the autopilot, and tells it. */
export interface PortOwner {
  readonly autopilot: { readonly sysid: number; readonly nowMs: number; readonly meddlers: ReadonlySet<Meddler> };
  /** `message` is null for an id that the dialect does not know. */
  onFrame(port: Port, frame: Frame, message: Message | null): void;
  /** A frame went out whole. */
  onSent(frame: Uint8Array): void;
}

const AUTOPILOT_COMPONENT = 1;
const WAITING_MAX = 512;
/** Frames, and pieces from the client, that may be under way on a slow line. */
const UNDER_WAY_MAX = 4_096;
/** Single messages that wait for their time. */
const POSTPONED_MAX = 256;
const encoder = new TextEncoder();

/**
 * One telemetry port of the autopilot: its own sequence numbers, message intervals, MAVLink version. It stays when the client
 * on it changes, so intervals survive a reconnect; a reboot forgets them.
 */
export class Port {
  readonly name: string;
  readonly parametersPerS: number;
  readonly streams = new Streams();
  readonly counters = { framesSent: 0, framesLost: 0, bytesSent: 0, framesDamaged: 0, piecesLost: 0 };
  /** Components heard here, as sysid * 256 + compid; frames for them are passed on, not carried out. */
  readonly heard = new Set<number>();
  /** A client is there. With nobody listening nothing is made. */
  connected = false;
  version: 1 | 2 = 2;
  /** Next index of a running parameter list; null when none runs. */
  listAt: number | null = null;
  listDueMs = 0;
  #seq = 0;
  #parser = new FrameParser();
  readonly #carrier: Carrier;
  readonly #owner: PortOwner;
  #waiting: Chunk[] = [];
  readonly #leaving = new WaitingLine<Chunk>(UNDER_WAY_MAX);
  readonly #arriving = new WaitingLine<Uint8Array>(UNDER_WAY_MAX);
  #postponed: { readonly dueMs: number; readonly send: () => void }[] = [];

  constructor(options: PortOptions, owner: PortOwner) {
    this.name = options.name;
    this.parametersPerS = options.parametersPerS ?? 2_000;
    this.#carrier = options.carrier;
    this.#owner = owner;
  }

  send<N extends MessageName>(name: N, fields: FieldsIn<N>): void {
    if (!this.connected || (this.version === 1 && messageByName(name).id > 255)) return;
    for (const meddler of this.#owner.autopilot.meddlers) {
      const verdict = meddler.sending?.({ name, fields }, this) ?? 'send';
      if (verdict === 'send') continue;
      if (verdict === 'drop') return;
      if ('fields' in verdict) this.#encode(name, { ...fields, ...verdict.fields });
      else this.#postpone(verdict.afterMs, () => this.#encode(name, fields));
      return;
    }
    this.#encode(name, fields);
  }

  #encode<N extends MessageName>(name: N, fields: FieldsIn<N>): void {
    const seq = this.#seq;
    this.#seq = (seq + 1) & 255;
    const { sysid } = this.#owner.autopilot;
    this.#queue(encode(name, fields, { sysid, compid: AUTOPILOT_COMPONENT, seq, version: this.version }), true);
  }

  #postpone(afterMs: number, send: () => void): void {
    if (this.#postponed.length >= POSTPONED_MAX) {
      this.counters.framesLost += 1;
      return;
    }
    this.#postponed.push({ dueMs: this.#owner.autopilot.nowMs + afterMs, send });
  }

  /** Passes another component's frame on, unchanged. */
  forward(bytes: Uint8Array): void {
    if (this.connected) this.#queue(bytes.slice(), false);
  }

  /** Plain text on the line, as the console prints it. */
  sendConsole(text: string): void {
    if (this.connected) this.#queue(encoder.encode(text), false);
  }

  #queue(bytes: Uint8Array, frame: boolean): void {
    let damaged: Uint8Array | null = bytes;
    for (const meddler of this.#owner.autopilot.meddlers) {
      if (damaged !== null && meddler.leaving !== undefined) damaged = meddler.leaving(damaged, this);
    }
    if (damaged === null || this.#waiting.length >= WAITING_MAX) {
      this.counters.framesLost += 1;
      return;
    }
    if (damaged !== bytes) this.counters.framesDamaged += 1;
    const chunk: Chunk = { bytes: damaged, frame, whole: damaged === bytes };
    const delayMs = this.#delayMs('out');
    if (delayMs === 0 && this.#leaving.isEmpty) this.#waiting.push(chunk);
    else if (!this.#leaving.put(chunk, this.#owner.autopilot.nowMs + delayMs)) this.counters.framesLost += 1;
  }

  #delayMs(direction: 'out' | 'in'): number {
    let delayMs = 0;
    for (const meddler of this.#owner.autopilot.meddlers) delayMs += meddler.delayMs?.(direction, this) ?? 0;
    return Math.max(0, delayMs);
  }

  /** When something that was held up goes on, ms; Infinity: nothing is. */
  get nextDueMs(): number {
    const due = Math.min(this.#leaving.nextDueMs, this.#arriving.nextDueMs);
    return this.#postponed.reduce((least, { dueMs }) => Math.min(least, dueMs), due);
  }

  /** Lets go on what was held up until now. */
  tick(nowMs: number): void {
    if (this.nextDueMs > nowMs) return;
    const due = this.#postponed.filter(({ dueMs }) => dueMs <= nowMs);
    this.#postponed = this.#postponed.filter(({ dueMs }) => dueMs > nowMs);
    for (const { send } of due) if (this.connected) send();
    this.#waiting.push(...this.#leaving.take(nowMs));
    for (const bytes of this.#arriving.take(nowMs)) this.#parse(bytes);
  }

  /** Hands over what was made since the last time. */
  flush(): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    const sent = this.connected ? this.#carrier.send(waiting.map((one) => one.bytes)) : 0;
    this.counters.framesLost += waiting.length - sent;
    for (const { bytes, frame, whole } of waiting.slice(0, sent)) {
      this.counters.framesSent += 1;
      this.counters.bytesSent += bytes.length;
      if (frame && whole) this.#owner.onSent(bytes);
    }
  }

  /** Bytes from the client. */
  receive(bytes: Uint8Array): void {
    let arrived: Uint8Array | null = bytes;
    for (const meddler of this.#owner.autopilot.meddlers) {
      if (arrived !== null && meddler.arriving !== undefined) arrived = meddler.arriving(arrived, this);
    }
    if (arrived === null) {
      this.counters.piecesLost += 1;
      return;
    }
    const delayMs = this.#delayMs('in');
    if (delayMs === 0 && this.#arriving.isEmpty) this.#parse(arrived);
    else if (!this.#arriving.put(arrived.slice(), this.#owner.autopilot.nowMs + delayMs)) this.counters.piecesLost += 1;
    this.flush();
  }

  #parse(bytes: Uint8Array): void {
    this.#parser.push(bytes, (frame) => {
      const message = decode(frame);
      for (const meddler of this.#owner.autopilot.meddlers) if (meddler.received?.(message, frame, this)) return;
      this.#owner.onFrame(this, frame, message);
    });
  }

  restart(): void {
    this.#seq = 0;
    this.#parser = new FrameParser();
    this.counters.framesLost += this.#waiting.length;
    this.#waiting = [];
    this.#postponed = [];
    this.listAt = null;
    this.streams.clear();
    this.heard.clear();
    this.#carrier.onReboot?.();
  }
}
