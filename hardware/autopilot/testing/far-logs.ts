/**
 * The logs of an ArduPilot as read in its source and observed: requests are dropped while it sends, a request that it
 * has answered in full ends by itself; and the same logs as files behind MAVFTP with one session and five requests.
 */
import { MavFtpErr, MavFtpOpcode, type Message } from '@skein/protocol/mavlink';
import { decodeFtp } from '../ftp-payload.ts';
import { type FarEnd, messageOf, type Say } from './line.ts';

const PIECE = 90;
const PIECE_MS = 1;
const FTP_MS = 2;

export class FarLogs implements FarEnd {
  readonly logs: Uint8Array[];
  nowMs: () => number = () => 0;
  /** Requests for data carried out. */
  requests: { ofs: number; count: number }[] = [];
  ended = 0;
  /** LOG_REQUEST_DATA is not answered. */
  mute = false;
  /** Applied to the data of every piece on its way out. */
  damage: ((bytes: number[], ofs: number) => void) | null = null;
  session: number | null = null;
  /** Files besides the logs, by path; what OPEN tells of their size is an estimate. */
  readonly files = new Map<string, Uint8Array>();
  #file: Uint8Array | null = null;
  #answered: { seq: number; answer: Message } | null = null;
  /** The answer under way; another symbol, and the rest of it is not sent. */
  #sending = Symbol();
  #sendingUntilMs = 0;

  constructor(...sizes: number[]) {
    this.logs = sizes.map((size, log) =>
      Uint8Array.from({ length: size }, (_, i) => (i * 31 + (i >> 8) * 7 + log) & 0xff),
    );
  }

  hear(message: Message, say: Say): void {
    if (message.name === 'LOG_REQUEST_LIST') this.#list(message.fields, say);
    if (message.name === 'LOG_REQUEST_DATA' && !this.mute) this.#data(message.fields, say);
    if (message.name === 'LOG_REQUEST_END') {
      this.ended++;
      this.#sendingUntilMs = 0;
      this.#sending = Symbol();
    }
    if (message.name === 'FILE_TRANSFER_PROTOCOL') this.#ftp(message.fields.payload, say);
  }

  #list({ start, end }: { start: number; end: number }, say: Say): void {
    const last = Math.min(end, this.logs.length);
    const entry = (id: number, size: number): Message =>
      messageOf('LOG_ENTRY', {
        id,
        num_logs: this.logs.length,
        last_log_num: last,
        time_utc: 1_700_000_000 + id,
        size,
      });
    if (this.logs.length === 0) say(entry(0, 0));
    for (let id = Math.max(1, start); id <= last; id++) say(entry(id, this.logs[id - 1]?.length ?? 0), id);
  }

  #data({ id, ofs, count }: { id: number; ofs: number; count: number }, say: Say): void {
    const log = this.logs[id - 1];
    if (log === undefined || this.nowMs() < this.#sendingUntilMs) return;
    this.requests.push({ ofs, count });
    const end = Math.min(ofs + count, log.length);
    const sending = Symbol();
    this.#sending = sending;
    for (let at = ofs, piece = 1; at < end || at === ofs; at += PIECE, piece++) {
      const data = [...log.subarray(at, Math.min(at + PIECE, end))];
      const length = data.length;
      this.damage?.(data, at);
      while (data.length < PIECE) data.push(0);
      this.#sendingUntilMs = this.nowMs() + piece * PIECE_MS;
      const message = messageOf('LOG_DATA', { id, ofs: at, count: length, data });
      say(() => (this.#sending === sending ? message : null), piece * PIECE_MS);
    }
  }

  #ftp(payload: ArrayLike<number>, say: Say): void {
    const request = decodeFtp(Array.from(payload));
    if (request === null) return;
    const { session, opcode, offset, size } = request;
    // The answer to the request before it is kept, for the same request again.
    if (this.#answered?.seq === request.seq) {
      say(this.#answered.answer, FTP_MS);
      return;
    }
    const answer = (data: Uint8Array, error?: number): void => {
      const bytes = new Uint8Array(251);
      const view = new DataView(bytes.buffer);
      view.setUint16(0, request.seq + 1, true);
      bytes.set([session, error === undefined ? MavFtpOpcode.ACK : MavFtpOpcode.NAK, data.length, opcode], 2);
      view.setUint32(8, offset, true);
      bytes.set(data, 12);
      const target = { target_network: 0, target_system: 7, target_component: 191 };
      const message = messageOf('FILE_TRANSFER_PROTOCOL', { ...target, payload: [...bytes] });
      this.#answered = { seq: request.seq, answer: message };
      say(message, FTP_MS);
    };
    const fail = (error: number): void => answer(Uint8Array.of(error), error);
    const path = new TextDecoder().decode(request.data);
    if (opcode === MavFtpOpcode.LISTDIRECTORY) {
      if (path !== '/APM/LOGS') {
        fail(MavFtpErr.FILENOTFOUND);
        return;
      }
      if (offset >= this.logs.length) {
        fail(MavFtpErr.EOF);
        return;
      }
      const shown = this.logs.slice(offset, offset + 3);
      answer(new TextEncoder().encode(shown.map((log, i) => `F${name(offset + i)}\t${log.length}\0`).join('')));
    } else if (opcode === MavFtpOpcode.OPENFILERO) {
      if (this.session !== null) {
        fail(MavFtpErr.FAIL);
        return;
      }
      this.#file = this.files.get(path) ?? this.logs[Number(/(\d+)\.BIN$/.exec(path)?.[1] ?? 0) - 1] ?? null;
      if (this.#file === null) {
        fail(MavFtpErr.FILENOTFOUND);
        return;
      }
      this.session = session;
      answer(uint32(this.#file.length));
    } else if (opcode === MavFtpOpcode.READFILE) {
      if (this.#file === null || this.session !== session) {
        fail(MavFtpErr.INVALIDSESSION);
        return;
      }
      const data = this.#file.slice(offset, offset + size);
      if (data.length === 0) fail(MavFtpErr.EOF);
      else answer(data);
    } else if (opcode === MavFtpOpcode.CALCFILECRC) {
      const log = this.logs[Number(/(\d+)\.BIN$/.exec(path)?.[1] ?? 0) - 1];
      if (log === undefined) fail(MavFtpErr.FILENOTFOUND);
      else answer(uint32(plainCrc(log)));
    } else if (opcode === MavFtpOpcode.TERMINATESESSION) {
      this.session = null;
      answer(new Uint8Array(0));
    }
  }
}

function name(index: number): string {
  return `${String(index + 1).padStart(8, '0')}.BIN`;
}

function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

/** As ArduPilot computes it: reflected 0x04C11DB7, start 0, not inverted. */
function plainCrc(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb8_8320 : crc >>> 1;
  }
  return crc >>> 0;
}
