import {
  CHECKSUM_LENGTH,
  HEADER_V1,
  HEADER_V2,
  INCOMPAT_SIGNED,
  MAGIC_V1,
  MAGIC_V2,
  SIGNATURE_LENGTH,
} from './frame.ts';
import { messages } from './table.ts';

/** What a judgement returns for "no frame here"; otherwise a length, or minus the number of bytes wanting to say. */
export const REJECT = 0;

/** CRC_EXTRA by message id, −1 for ids the dialect does not know. */
const extras = new Int16Array((messages.at(-1)?.id ?? 0) + 1).fill(-1);
/** MAVLink 1 payload length by message id. */
const lengthsV1 = new Uint8Array(256);
for (const { id, crcExtra, minLength } of messages) {
  extras[id] = crcExtra;
  if (id < 256) lengthsV1[id] = minLength;
}

/** CRC_EXTRA of a message, −1 if the dialect does not know the id. */
export const extraOf = (id: number): number => extras[id] ?? -1;

export const isMagic = (byte: number): boolean => byte === MAGIC_V2 || byte === MAGIC_V1;

/** Bytes of the frame at `start` before its checksum. */
export function checkedLength(source: DataView, start: number): number {
  return (source.getUint8(start) === MAGIC_V2 ? HEADER_V2 : HEADER_V1) + source.getUint8(start + 1);
}

/** Length by the header at `start`, REJECT if no such frame can exist, minus the header's length if it is cut. */
export function claimedLength(source: DataView, start: number, end: number): number {
  const available = end - start;
  if (source.getUint8(start) === MAGIC_V2) {
    const flags = available < 3 ? 0 : source.getUint8(start + 2);
    if ((flags & ~INCOMPAT_SIGNED) !== 0) return REJECT;
    if (available < HEADER_V2) return -HEADER_V2;
    return HEADER_V2 + source.getUint8(start + 1) + CHECKSUM_LENGTH + (flags === 0 ? 0 : SIGNATURE_LENGTH);
  }
  if (available < HEADER_V1) return -HEADER_V1;
  const id = source.getUint8(start + 5);
  const payload = source.getUint8(start + 1);
  // MAVLink 1 neither cuts nor extends a payload.
  if (extraOf(id) >= 0 && lengthsV1[id] !== payload) return REJECT;
  return HEADER_V1 + payload + CHECKSUM_LENGTH;
}
