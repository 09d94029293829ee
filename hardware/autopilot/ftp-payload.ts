/**
 * The 251 bytes inside FILE_TRANSFER_PROTOCOL. https://mavlink.io/en/services/ftp.html#payload
 *
 *   seq(2) session(1) opcode(1) size(1) req_opcode(1) burst_complete(1) padding(1) offset(4) data(239)
 */
const HEADER_BYTES = 12;
export const FTP_DATA_BYTES = 239;

export interface FtpPayload {
  readonly seq: number;
  readonly session: number;
  /** MAV_FTP_OPCODE; 128 ACK, 129 NAK. */
  readonly opcode: number;
  /** Bytes of data; in a request to read, bytes wanted. */
  readonly size: number;
  /** In an answer: what it answers. */
  readonly reqOpcode: number;
  readonly burstComplete: boolean;
  readonly offset: number;
  readonly data: Uint8Array;
}

export interface FtpRequest {
  readonly seq: number;
  readonly session: number;
  readonly opcode: number;
  readonly offset?: number;
  /** Bytes wanted, when there is no data. */
  readonly size?: number;
  readonly data?: Uint8Array;
}

/** Throws when the data does not fit: paths are checked by `ftpPath`. */
export function encodeFtp(request: FtpRequest): Uint8Array {
  const data = request.data ?? new Uint8Array(0);
  if (data.length > FTP_DATA_BYTES) throw new RangeError(`${data.length} bytes do not fit a MAVFTP payload`);
  const bytes = new Uint8Array(HEADER_BYTES + FTP_DATA_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, request.seq, true);
  view.setUint8(2, request.session);
  view.setUint8(3, request.opcode);
  view.setUint8(4, request.size ?? data.length);
  view.setUint32(8, request.offset ?? 0, true);
  bytes.set(data, HEADER_BYTES);
  return bytes;
}

/** Null when it claims more data than it has. */
export function decodeFtp(payload: readonly number[]): FtpPayload | null {
  const bytes = Uint8Array.from(payload);
  if (bytes.length < HEADER_BYTES) return null;
  const view = new DataView(bytes.buffer);
  const size = view.getUint8(4);
  if (HEADER_BYTES + size > bytes.length) return null;
  return {
    seq: view.getUint16(0, true),
    session: view.getUint8(2),
    opcode: view.getUint8(3),
    size,
    reqOpcode: view.getUint8(5),
    burstComplete: view.getUint8(6) !== 0,
    offset: view.getUint32(8, true),
    data: bytes.subarray(HEADER_BYTES, HEADER_BYTES + size),
  };
}

/** The bytes of a path; null when it does not fit. */
export function ftpPath(path: string): Uint8Array | null {
  const bytes = new TextEncoder().encode(path);
  return bytes.length > 0 && bytes.length < FTP_DATA_BYTES ? bytes : null;
}

/** Sequence numbers, counted on from whatever either side used last: a server takes an old one for a repeat. */
export class FtpSequence {
  #last: number;

  constructor(first = 0) {
    this.#last = first;
  }

  next(): number {
    this.#last = (this.#last + 1) & 0xffff;
    return this.#last;
  }

  /** An answer's number; burst answers count on by themselves. */
  heard(seq: number): void {
    if (((seq - this.#last) & 0xffff) < 0x8000) this.#last = seq;
  }
}
