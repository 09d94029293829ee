/** What the built page weighs: its scripts as a server packs them, and which of them are ours. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { builtPage } from './paths.ts';

export interface Script {
  readonly name: string;
  /** Packed by gzip, level 9. */
  readonly bytes: number;
  readonly ours: boolean;
}

export const packed = (script: string | Uint8Array): number => gzipSync(script, { level: 9 }).length;
export const kB = (bytes: number): string => (bytes / 1000).toFixed(1);
export const weightOf = (scripts: readonly Script[]): number => scripts.reduce((sum, { bytes }) => sum + bytes, 0);

/** All scripts there are, workers and what is loaded late or never included; the heaviest first. */
export function scriptsOfPage(): readonly Script[] {
  const dir = dirname(builtPage);
  return globSync('**/*.{js,mjs}', { cwd: dir })
    .map((file) => ({
      name: file.replace(/^assets\//, ''),
      bytes: packed(readFileSync(join(dir, file))),
      // As vite.config.ts names them; MapLibre's worker is a file of its own.
      ours: !/(^|\/)(lib-|maplibre-gl-worker-)[^/]*$/.test(file),
    }))
    .toSorted((a, b) => b.bytes - a.bytes);
}
