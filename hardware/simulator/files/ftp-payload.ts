/** The 251 bytes inside FILE_TRANSFER_PROTOCOL. https://mavlink.io/en/services/ftp.html */
export const DATA_BYTES = 239;
const HEADER_BYTES = 12;

export interface FtpMessage {
  readonly seq: number;
  readonly session: number;
  readonly opcode: number;
  readonly size: number;
  readonly requestOpcode: number;
  readonly burstComplete: boolean;
  readonly offset: number;
  readonly data: Uint8Array;
}

export function readFtp(payload: readonly number[]): FtpMessage {
  const bytes = Uint8Array.from(payload);
  const view = new DataView(bytes.buffer);
  return {
    seq: view.getUint16(0, true),
    session: view.getUint8(2),
    opcode: view.getUint8(3),
    size: view.getUint8(4),
    requestOpcode: view.getUint8(5),
    burstComplete: view.getUint8(6) !== 0,
    offset: view.getUint32(8, true),
    data: bytes.subarray(HEADER_BYTES),
  };
}

export function writeFtp({
  seq,
  session,
  opcode,
  size,
  requestOpcode,
  burstComplete,
  offset,
  data,
}: FtpMessage): number[] {
  const bytes = new Uint8Array(HEADER_BYTES + DATA_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, seq & 0xffff, true);
  view.setUint8(2, session);
  view.setUint8(3, opcode);
  view.setUint8(4, size);
  view.setUint8(5, requestOpcode);
  view.setUint8(6, burstComplete ? 1 : 0);
  view.setUint32(8, offset, true);
  bytes.set(data.subarray(0, DATA_BYTES), HEADER_BYTES);
  return [...bytes];
}

/** A path in the data of a request: up to its size, or the first zero. */
export function pathOf({ data, size }: FtpMessage): string {
  const within = data.subarray(0, size);
  const zero = within.indexOf(0);
  return new TextDecoder().decode(zero < 0 ? within : within.subarray(0, zero));
}
