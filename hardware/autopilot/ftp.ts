/**
 * MAVFTP, reading only: one request and its answer (open, list, checksum, close), and a stretch of an open file.
 * https://mavlink.io/en/services/ftp.html; what differs was read in, and observed on, ArduPilot's GCS_FTP.cpp:
 * sessions carry the number that the client chose, one file is open at a time, five requests are queued and the rest
 * dropped.
 */
import { MavFtpErr, MavFtpOpcode, type Message } from '@skein/protocol/mavlink';
import { type Exchange, NOTHING_TO_SEND, type Outgoing } from './exchange.ts';
import {
  decodeFtp,
  encodeFtp,
  FTP_DATA_BYTES,
  type FtpPayload,
  type FtpRequest,
  type FtpSequence,
} from './ftp-payload.ts';
import type { Window, WindowResult } from './log-window.ts';
import { Pieces, type Run } from './pieces.ts';

export type FtpResult =
  | { readonly ok: true; readonly answer: FtpPayload }
  /** `error`: MAV_FTP_ERR. */
  | { readonly ok: false; readonly code: 'refused'; readonly error: number }
  | { readonly ok: false; readonly code: 'no-answer' };

export interface FtpCallOptions {
  readonly sequence: FtpSequence;
  readonly request: Omit<FtpRequest, 'seq'>;
  /** Wait for an answer before the request is repeated. */
  readonly waitMs?: number;
  readonly attempts?: number;
}

const WAIT_MS = 700;
const ATTEMPTS = 6;

/** One request; repeated with its own number, so that a server that has answered repeats its answer. */
export class FtpCall implements Exchange<FtpResult> {
  readonly #request: FtpRequest;
  readonly #sequence: FtpSequence;
  readonly #waitMs: number;
  #attemptsLeft: number;
  #untilMs = 0;
  result: FtpResult | null = null;

  constructor(o: FtpCallOptions) {
    this.#sequence = o.sequence;
    this.#request = { ...o.request, seq: o.sequence.next() };
    this.#waitMs = o.waitMs ?? WAIT_MS;
    this.#attemptsLeft = o.attempts ?? ATTEMPTS;
  }

  begin(nowMs: number): readonly Outgoing[] {
    return this.#send(nowMs);
  }

  take(message: Message, _nowMs: number): readonly Outgoing[] {
    const answer = ftpAnswer(message);
    if (answer === null || this.result !== null) return NOTHING_TO_SEND;
    const { seq, opcode } = this.#request;
    if (answer.seq !== ((seq + 1) & 0xffff) || answer.reqOpcode !== opcode) return NOTHING_TO_SEND;
    this.#sequence.heard(answer.seq);
    this.result =
      answer.opcode === MavFtpOpcode.ACK
        ? { ok: true, answer }
        : { ok: false, code: 'refused', error: answer.data[0] ?? MavFtpErr.FAIL };
    return NOTHING_TO_SEND;
  }

  tick(nowMs: number): readonly Outgoing[] {
    return this.result === null && nowMs >= this.#untilMs ? this.#send(nowMs) : NOTHING_TO_SEND;
  }

  #send(nowMs: number): readonly Outgoing[] {
    if (this.#attemptsLeft === 0) {
      this.result = { ok: false, code: 'no-answer' };
      return NOTHING_TO_SEND;
    }
    this.#attemptsLeft--;
    this.#untilMs = nowMs + this.#waitMs;
    return [ftpMessage(this.#request)];
  }
}

export interface FtpWindowOptions extends Run {
  readonly sequence: FtpSequence;
  readonly session: number;
  /** The file may end before, and nobody knows where: the answer is then shorter. */
  readonly toEnd?: boolean;
}

/** ArduPilot queues five. */
const PIPELINE = 4;
const READ_WAIT_MS = 500;
const MAX_READ_WAIT_MS = 2_000;
/** Waits in a row that brought nothing new. */
const MAX_IDLE = 10;
/** Answers come in the order of the requests: one that so many later ones have overtaken is lost. */
const OVERTAKEN = 2;

interface Reading extends Run {
  readonly order: number;
  readonly sentMs: number;
  overtaken: number;
}

/**
 * A stretch of an open file, by reads, four on their way at a time. Not by bursts: one of ArduPilot is of 500 answers
 * that nothing stops, and slower (observed: 44 kB/s in bursts, 80 kB/s in reads).
 */
export class FtpWindow implements Window {
  readonly #o: FtpWindowOptions;
  readonly #pieces: Pieces;
  /** Reads under way by the number of their answer. */
  readonly #readings = new Map<number, Reading>();
  #order = 0;
  #idle = 0;
  #doubts = 0;
  #answerMs = READ_WAIT_MS / 3;
  result: WindowResult | null = null;

  constructor(o: FtpWindowOptions) {
    this.#o = o;
    this.#pieces = new Pieces({ start: o.offset, length: o.length, size: FTP_DATA_BYTES });
  }

  get prefix(): Uint8Array {
    return this.#pieces.prefix();
  }

  begin(nowMs: number): readonly Outgoing[] {
    return this.#ask(nowMs);
  }

  take(message: Message, nowMs: number): readonly Outgoing[] {
    const answer = ftpAnswer(message);
    if (answer === null || this.result !== null || answer.session !== this.#o.session) return NOTHING_TO_SEND;
    const reading = this.#readings.get(answer.seq);
    if (answer.reqOpcode !== MavFtpOpcode.READFILE || reading === undefined) return NOTHING_TO_SEND;
    this.#o.sequence.heard(answer.seq);
    this.#answerMs = Math.max(nowMs - reading.sentMs, this.#answerMs * 0.95);
    this.#readings.delete(answer.seq);
    this.#overtake(reading);
    const isShort = answer.opcode === MavFtpOpcode.ACK && answer.data.length < reading.length;
    const isPast = answer.opcode !== MavFtpOpcode.ACK && answer.data[0] === MavFtpErr.EOF;
    if (this.#o.toEnd === true && (isShort || isPast)) {
      this.#pieces.endAt(reading.offset + (isPast ? 0 : answer.data.length));
    } else if (answer.opcode !== MavFtpOpcode.ACK) {
      // The end of the file inside what was asked for, or a session that is no more: it is not the file it was.
      this.result = { ok: false, code: 'lost-session', bytes: this.prefix };
      return NOTHING_TO_SEND;
    }
    const put = this.#pieces.put(reading.offset, answer.opcode === MavFtpOpcode.ACK ? answer.data : []);
    if (put === 'new') this.#idle = 0;
    if (put === 'differs') this.#doubts++;
    if (this.#pieces.isComplete) {
      this.result = { ok: true, bytes: this.prefix, doubts: this.#doubts };
      return NOTHING_TO_SEND;
    }
    // Fewer bytes than asked for would be asked for again without end.
    return put === 'misfit' ? this.#again(nowMs) : this.#ask(nowMs);
  }

  tick(nowMs: number): readonly Outgoing[] {
    if (this.result !== null) return NOTHING_TO_SEND;
    const waitMs = Math.min(MAX_READ_WAIT_MS, Math.max(READ_WAIT_MS, 4 * this.#answerMs));
    const before = this.#readings.size;
    for (const [seq, { sentMs }] of this.#readings) if (nowMs - sentMs >= waitMs) this.#readings.delete(seq);
    return this.#readings.size < before ? this.#again(nowMs) : NOTHING_TO_SEND;
  }

  #overtake(by: Reading): void {
    for (const [seq, reading] of this.#readings) {
      if (reading.order > by.order) continue;
      reading.overtaken++;
      if (reading.overtaken >= OVERTAKEN) this.#readings.delete(seq);
    }
  }

  #again(nowMs: number): readonly Outgoing[] {
    this.#idle++;
    if (this.#idle <= MAX_IDLE) return this.#ask(nowMs);
    this.result = { ok: false, code: 'no-answer', bytes: this.prefix };
    return NOTHING_TO_SEND;
  }

  #ask(nowMs: number): readonly Outgoing[] {
    const { session, sequence } = this.#o;
    const underWay = new Set([...this.#readings.values()].map(({ offset }) => offset));
    return this.#pieces.missing(PIPELINE - this.#readings.size, underWay).map((piece) => {
      const seq = sequence.next();
      this.#readings.set((seq + 1) & 0xffff, { ...piece, order: this.#order++, sentMs: nowMs, overtaken: 0 });
      const { offset } = piece;
      return ftpMessage({ seq, session, opcode: MavFtpOpcode.READFILE, offset, size: piece.length });
    });
  }
}

/** The answer in a message; null for anything else. */
export function ftpAnswer(message: Message): FtpPayload | null {
  if (message.name !== 'FILE_TRANSFER_PROTOCOL') return null;
  const answer = decodeFtp(message.fields.payload);
  return answer !== null && (answer.opcode === MavFtpOpcode.ACK || answer.opcode === MavFtpOpcode.NAK) ? answer : null;
}

export function ftpMessage(request: FtpRequest): Outgoing {
  return { name: 'FILE_TRANSFER_PROTOCOL', fields: { target_network: 0, payload: encodeFtp(request) } };
}
