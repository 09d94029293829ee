const table = Uint32Array.from({ length: 256 }, (_, index) => {
  let crc = index;
  for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc >>> 0;
});

/** CRC-32 as MAVFTP has it: starts with 0 and is inverted nowhere. */
export function crc32(bytes: Uint8Array, crc = 0): number {
  let now = crc;
  for (const byte of bytes) now = (table[(now ^ byte) & 255] ?? 0) ^ (now >>> 8);
  return now >>> 0;
}
