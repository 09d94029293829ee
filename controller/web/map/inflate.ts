/**
 * In place of `fflate`, with which pmtiles unpacks tiles where a browser cannot: all that run this page (vite.config.ts:
 * es2022) have `DecompressionStream`, since 2023.
 */
export function decompressSync(): never {
  throw new Error('This browser cannot unpack the map; a newer one can.');
}
