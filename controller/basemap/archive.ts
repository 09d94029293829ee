/**
 * Is this file an archive of map tiles that a page can read? Told from its header alone, so that a file which was cut
 * short by a copy, or is another kind of file, is named before a page asks for the first tile.
 * PMTiles, version 3: 127 bytes, little endian (github.com/protomaps/PMTiles, spec/v3/spec.md, "Header").
 */

export const HEADER_BYTES = 127;

export type Judged = { readonly ok: true } | { readonly ok: false; readonly reason: string };

const MAGIC = 'PMTiles';
const VERSION_AT = 7;
/** Offset and length, 64 bits each, of what the file is made of. */
const PARTS: readonly (readonly [name: string, at: number])[] = [
  ['root directory', 8],
  ['metadata', 24],
  ['leaf directories', 40],
  ['tiles', 56],
];
const INTERNAL_COMPRESSION_AT = 97;
const TILE_COMPRESSION_AT = 98;
const TILE_TYPE_AT = 99;
const COMPRESSIONS: Readonly<Record<number, string>> = { 3: 'brotli', 4: 'zstd' };
/** MVT, PNG, JPEG, WebP, AVIF: what the map of the page can draw. */
const TILE_TYPES = [1, 2, 3, 4, 5];

const bad = (reason: string): Judged => ({ ok: false, reason });

/** `head`: the first bytes of the file, HEADER_BYTES of them or the whole of a shorter one. */
export function judgeArchive(head: Uint8Array, sizeBytes: number): Judged {
  const begins = new TextDecoder('latin1').decode(head.subarray(0, MAGIC.length));
  if (begins !== MAGIC)
    return bad('it is no PMTiles file: it begins otherwise. Was an .mbtiles renamed? `pmtiles convert` makes one');
  if (head[VERSION_AT] !== 3)
    return bad(`it is PMTiles version ${head[VERSION_AT]}; version 3 is read: \`pmtiles convert\` makes one`);
  if (head.length < HEADER_BYTES) return bad('it is cut short within its header: copy it again');
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  for (const [name, at] of PARTS) {
    const end = view.getBigUint64(at, true) + view.getBigUint64(at + 8, true);
    if (end > BigInt(sizeBytes))
      return bad(`it is cut short: ${sizeBytes} bytes, and its ${name} end at ${end}. Copy it again`);
  }
  for (const at of [INTERNAL_COMPRESSION_AT, TILE_COMPRESSION_AT]) {
    const name = COMPRESSIONS[head[at] ?? 0];
    if (name !== undefined) return bad(`it is packed with ${name}, which browsers do not open: make it anew with gzip`);
  }
  if (!TILE_TYPES.includes(head[TILE_TYPE_AT] ?? 0))
    return bad(`its tiles are of a kind (${head[TILE_TYPE_AT]}) that the page does not draw`);
  return { ok: true };
}
