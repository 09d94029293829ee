/** CRC-32C (Castagnoli, reflected 0x82F63B78, RFC 3720 §12.1), the checksum of a batch envelope. */

/**
 * Row k: the checksum of a byte with k zero bytes after it, so that eight bytes are taken in one step ("slicing by 8", Kounavis and
 * Berry, 2005). Every batch goes through this on the drone, at the broker and in the store.
 */
const SLICES = 8;
const TABLE = new Int32Array(SLICES * 256);
for (let byte = 0; byte < 256; byte++) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f6_3b78 : crc >>> 1;
  TABLE[byte] = crc;
}
for (let at = 256; at < TABLE.length; at++) {
  const before = TABLE[at - 256] ?? 0;
  TABLE[at] = (before >>> 8) ^ (TABLE[before & 0xff] ?? 0);
}

/** Checksum of `bytes[start, end)`, an unsigned 32-bit number. */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let crc = -1;
  let i = start;
  for (; i <= end - SLICES; i += SLICES) {
    const low = crc ^ view.getInt32(i, true);
    const high = view.getInt32(i + 4, true);
    crc =
      at(7, low) ^
      at(6, low >>> 8) ^
      at(5, low >>> 16) ^
      at(4, low >>> 24) ^
      at(3, high) ^
      at(2, high >>> 8) ^
      at(1, high >>> 16) ^
      at(0, high >>> 24);
  }
  for (; i < end; i++) crc = (crc >>> 8) ^ at(0, crc ^ view.getUint8(i));
  return ~crc >>> 0;
}

function at(row: number, byte: number): number {
  return TABLE[(row << 8) | (byte & 0xff)] ?? 0;
}
