import { MavParamType } from '@skein/protocol/mavlink';
import type { Parameter, Parameters } from '../autopilot/parameters.ts';

const MAGIC = 0x671b;
const SHARED_MAX = 15;

const sizes: Readonly<Record<number, readonly [code: number, bytes: number]>> = {
  [MavParamType.INT8]: [1, 1],
  [MavParamType.INT16]: [2, 2],
  [MavParamType.INT32]: [3, 4],
  [MavParamType.REAL32]: [4, 4],
};

function shared(before: string, name: string): number {
  let length = 0;
  while (length < SHARED_MAX && length < name.length - 1 && before[length] === name[length]) length += 1;
  return length;
}

function packOne({ name, type, value }: Parameter, before: string): Uint8Array {
  const [code, width] = sizes[type] ?? [4, 4];
  const same = shared(before, name);
  const rest = name.slice(same);
  const bytes = new Uint8Array(2 + rest.length + width);
  const view = new DataView(bytes.buffer);
  bytes[0] = code;
  bytes[1] = ((rest.length - 1) << 4) | same;
  for (let at = 0; at < rest.length; at += 1) bytes[2 + at] = rest.charCodeAt(at);
  const at = 2 + rest.length;
  if (code === 1) view.setInt8(at, value);
  else if (code === 2) view.setInt16(at, value, true);
  else if (code === 3) view.setInt32(at, value, true);
  else view.setFloat32(at, value, true);
  return bytes;
}

/**
 * All parameters as ArduPilot's `@PARAM/param.pck` has them: magic, count, total (16 bits each), then for each its type, how much of its
 * name is the one's before it, the rest of the name, the value. Sorted as they are listed.
 */
export function packParameters(parameters: Parameters): Uint8Array {
  const head = new Uint8Array(6);
  const view = new DataView(head.buffer);
  view.setUint16(0, MAGIC, true);
  view.setUint16(2, parameters.count, true);
  view.setUint16(4, parameters.count, true);
  const pieces: Uint8Array[] = [head];
  let before = '';
  for (let index = 0; index < parameters.count; index += 1) {
    const parameter = parameters.at(index);
    if (parameter === undefined) continue;
    pieces.push(packOne(parameter, before));
    before = parameter.name;
  }
  const packed = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    packed.set(piece, at);
    at += piece.length;
  }
  return packed;
}
