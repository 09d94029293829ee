/**
 * ArduPilot's list of parameters as a file behind MAVFTP, `@PARAM/param.pck`: a third of the bytes of the messages,
 * asked for piece by piece, and integers whole. Layout as in AP_Filesystem_Param.cpp:
 *
 *   magic(2) parameters in it(2) parameters in all(2), then each
 *   padding(0…: zeros) type:4 flags:4 shared:4 more−1:4 name(more) value(1, 2, 4 by type)
 *
 * `shared` bytes of a name are those of the name before it.
 */
import { MavParamType } from '@skein/protocol/mavlink';
import { FtpWindow } from './ftp.ts';
import type { FtpFiles, RunExchange } from './ftp-files.ts';
import { FTP_DATA_BYTES } from './ftp-payload.ts';
import type { ListedParameter } from './parameters.ts';

export const PARAMETER_FILE = '@PARAM/param.pck';
const MAGIC = 0x671b;
const HEADER_BYTES = 6;
/** 10 000 parameters of 20 bytes: a bound on memory. */
const MAX_PIECES = 840;

interface Packed {
  readonly type: number;
  readonly bytes: number;
  readonly read: (view: DataView, at: number) => number;
}

/** By ArduPilot's own number of the type. */
const TYPES: Readonly<Record<number, Packed>> = {
  1: { type: MavParamType.INT8, bytes: 1, read: (view, at) => view.getInt8(at) },
  2: { type: MavParamType.INT16, bytes: 2, read: (view, at) => view.getInt16(at, true) },
  3: { type: MavParamType.INT32, bytes: 4, read: (view, at) => view.getInt32(at, true) },
  4: { type: MavParamType.REAL32, bytes: 4, read: (view, at) => view.getFloat32(at, true) },
};

/** Null unless it is whole and makes sense to its last byte. */
export function parseParameterFile(bytes: Uint8Array): Map<string, ListedParameter> | null {
  if (bytes.length < HEADER_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getUint16(4, true);
  if (view.getUint16(0, true) !== MAGIC || view.getUint16(2, true) !== count) return null;
  const parameters = new Map<string, ListedParameter>();
  let before = '';
  let at = HEADER_BYTES;
  while (at < bytes.length) {
    const first = bytes[at] ?? 0;
    if (first === 0) {
      at++;
      continue;
    }
    const packed = TYPES[first];
    if (packed === undefined || at + 2 > bytes.length) return null;
    const lengths = bytes[at + 1] ?? 0;
    const nameEnd = at + 2 + (lengths >> 4) + 1;
    const end = nameEnd + packed.bytes;
    const shared = lengths & 0xf;
    if (end > bytes.length || shared > before.length) return null;
    const name = before.slice(0, shared) + String.fromCharCode(...bytes.subarray(at + 2, nameEnd));
    if (!/^[A-Z0-9_]{1,16}$/i.test(name)) return null;
    parameters.set(name, { name, value: packed.read(view, nameEnd), type: packed.type, index: parameters.size });
    before = name;
    at = end;
  }
  return parameters.size === count ? parameters : null;
}

/** Reads the file; null when it cannot be had, and the messages have to do. */
export async function fetchParameterFile(
  ftp: FtpFiles,
  run: RunExchange,
): Promise<Map<string, ListedParameter> | null> {
  const session = await ftp.open(PARAMETER_FILE);
  if (session === null) return null;
  // Its size is known only at its end; what OPEN tells is an estimate.
  const { sequence } = ftp;
  const stretch = { offset: 0, length: MAX_PIECES * FTP_DATA_BYTES, toEnd: true };
  const read = await run(new FtpWindow({ ...stretch, sequence, session }));
  await ftp.close(session);
  return typeof read === 'string' || !read.ok ? null : parseParameterFile(read.bytes);
}
