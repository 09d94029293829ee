import { writeChecksum } from './crc.ts';
import { readers, writers } from './dialect/codec.generated.ts';
import type { Messages } from './dialect/messages.generated.ts';
import { CHECKSUM_LENGTH, type Frame, HEADER_V1, HEADER_V2, MAGIC_V1, MAGIC_V2, ParsedFrame } from './frame.ts';
import type { FieldsIn, Message, MessageInfo, MessageName } from './message.ts';
import { loadScratch, scratchBytes } from './scratch.ts';
import { messageByName, messages } from './table.ts';

interface Decoder {
  readonly name: MessageName;
  readonly maxLength: number;
  readonly read: () => Messages[MessageName];
}

/** Nearly all traffic has ids under this: an array, where the few others take a map. */
const NEAR_IDS = 512;
const near = new Array<Decoder | undefined>(NEAR_IDS).fill(undefined);
const far = new Map<number, Decoder>();
for (const { id, name, maxLength } of messages) {
  const decoder = { name, maxLength, read: readers[name] };
  if (id < NEAR_IDS) near[id] = decoder;
  else far.set(id, decoder);
}

/**
 * The fields of a frame; null if the dialect has no message of this id. Bytes cut from the payload are zero, bytes
 * beyond what the dialect knows are ignored. Field names and units are those of the definitions; 64-bit integers
 * are bigint, char[] is string (see `getText`), other arrays are number[].
 */
export function decode(frame: Frame): Message | null {
  const { msgid } = frame;
  const decoder = msgid < NEAR_IDS ? near[msgid] : far.get(msgid);
  if (decoder === undefined) return null;
  if (frame instanceof ParsedFrame) frame.loadPayload(decoder.maxLength);
  else {
    const { buffer, byteOffset, byteLength } = frame.bytes;
    const source = new DataView(buffer, byteOffset, byteLength);
    loadScratch(source, frame.payloadStart, frame.payloadLength, decoder.maxLength);
  }
  return { name: decoder.name, msgid, fields: decoder.read() } as Message;
}

export interface EncodeOptions {
  readonly sysid: number;
  readonly compid: number;
  /** 0–255, per link and sender; the caller counts. */
  readonly seq: number;
  /** 2 unless the receiver knows only MAVLink 1, which carries neither extensions nor ids over 255. */
  readonly version?: 1 | 2;
}

/** A whole frame, ready to send. Numbers wrap to the width of their field, as in C. */
export function encode<N extends MessageName>(name: N, fields: FieldsIn<N>, options: EncodeOptions): Uint8Array {
  const info = messageByName(name);
  const version = options.version ?? 2;
  if (version === 1 && info.id > 255) throw new RangeError(`${name} has id ${info.id}: MAVLink 1 cannot carry it`);
  writers[name](fields);
  const header = version === 2 ? HEADER_V2 : HEADER_V1;
  const length = version === 2 ? trimmedLength(info) : info.minLength;
  const bytes = new Uint8Array(header + length + CHECKSUM_LENGTH);
  bytes[0] = version === 2 ? MAGIC_V2 : MAGIC_V1;
  bytes[1] = length;
  const first = version === 2 ? 4 : 2;
  bytes[first] = options.seq;
  bytes[first + 1] = options.sysid;
  bytes[first + 2] = options.compid;
  bytes[first + 3] = info.id;
  if (version === 2) {
    bytes[8] = info.id >> 8;
    bytes[9] = info.id >> 16;
  }
  for (let index = 0; index < length; index++) bytes[header + index] = scratchBytes[index] ?? 0;
  writeChecksum(bytes, header + length, info.crcExtra);
  return bytes;
}

/** MAVLink 2 cuts trailing zero bytes, but never the first byte. */
function trimmedLength(info: MessageInfo): number {
  let length = info.maxLength;
  while (length > 1 && scratchBytes[length - 1] === 0) length--;
  return length;
}
