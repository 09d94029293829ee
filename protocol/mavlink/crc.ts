/**
 * CRC-16/MCRF4XX (polynomial 0x1021 reflected, start 0xFFFF), the checksum of every MAVLink frame.
 * Source: https://mavlink.io/en/guide/serialization.html#checksum
 */

const table = new Uint16Array(256);
/** Table value → its index. A step of the CRC is a table look-up, so this inverts a step; −1 where no index exists. */
const inverse = new Int16Array(65_536).fill(-1);

for (let index = 0; index < 256; index++) {
  let crc = index;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0x8408 : crc >> 1;
  table[index] = crc;
  inverse[crc] = index;
}

/**
 * Checksum of `bytes[start, end)`, continued from `crc`.
 * @param crc 0xFFFF to begin with, or an earlier result
 */
export function crc16(bytes: Uint8Array, start = 0, end = bytes.length, crc = 0xffff): number {
  for (let index = start; index < end; index++) {
    crc = (crc >> 8) ^ (table[(crc ^ (bytes[index] ?? 0)) & 0xff] ?? 0);
  }
  return crc;
}

/** The checksum continued by one byte: how CRC_EXTRA enters. */
export function crc16Byte(crc: number, byte: number): number {
  return (crc >> 8) ^ (table[(crc ^ byte) & 0xff] ?? 0);
}

/**
 * The byte that leads from `crc` to `wanted`, or −1. Each state has 256 successors of 65 536 values, so on noise
 * only one candidate in 256 has a solution: that is what a frame of an unknown message still proves about itself.
 */
export function solveExtra(crc: number, wanted: number): number {
  const index = inverse[wanted ^ (crc >> 8)] ?? -1;
  return index < 0 ? -1 : index ^ (crc & 0xff);
}
