/** The ground that the page's map is drawn on, beyond coast and borders: what is configured, and whether it can be used now. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { HEADER_BYTES, judgeArchive } from './archive.ts';
import { type GroundStyle, judgeStyle } from './style.ts';

export interface BasemapConfig {
  /** PMTiles file, or empty. */
  readonly tiles: string;
  /** Style file, or empty. */
  readonly style: string;
}

/** `words`: what is wrong and what to do; null: nothing. */
export interface BasemapView {
  /** Null: none configured. `version` is another one as soon as the file is. */
  readonly tiles: { readonly version: string | null; readonly words: string | null } | null;
  /** Null: none configured, the page's own is used. */
  readonly style: { readonly style: GroundStyle | null; readonly words: string | null } | null;
}

const MAX_STYLE_BYTES = 2e6;

export class Basemap {
  readonly #o: BasemapConfig & { readonly onTrouble: (words: string) => void };
  #told = '';

  constructor(o: BasemapConfig & { readonly onTrouble: (words: string) => void }) {
    this.#o = o;
  }

  /** Where the tiles lie; null: none configured. */
  get tilesPath(): string | null {
    return this.#o.tiles === '' ? null : path.resolve(this.#o.tiles);
  }

  /** Looked at each time: a file may come, go, or be exchanged while the controller runs. Never rejects. */
  async view(): Promise<BasemapView> {
    const tiles = this.tilesPath === null ? null : await lookAtTiles(this.tilesPath);
    const style = this.#o.style === '' ? null : await lookAtStyle(path.resolve(this.#o.style), tiles !== null);
    const words = [tiles?.words, style?.words].filter((one) => typeof one === 'string').join(' ');
    if (words !== this.#told && words !== '') this.#o.onTrouble(words);
    this.#told = words;
    return { tiles, style };
  }
}

function readingFailed(name: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  const why = code === 'ENOENT' ? 'there is no such file' : code === 'EACCES' ? 'the controller may not read it' : code;
  return `${name}: ${why}.`;
}

async function lookAtTiles(file: string): Promise<BasemapView['tiles']> {
  const name = `map.tiles = ${file}`;
  try {
    const handle = await fs.open(file, 'r');
    try {
      const { size, mtimeMs } = await handle.stat();
      const head = new Uint8Array(HEADER_BYTES);
      const { bytesRead } = await handle.read(head, 0, HEADER_BYTES, 0);
      const judged = judgeArchive(head.subarray(0, bytesRead), size);
      if (!judged.ok) return { version: null, words: `${name}: ${judged.reason}.` };
      return { version: `${size}-${Math.round(mtimeMs)}`, words: null };
    } finally {
      await handle.close();
    }
  } catch (error) {
    return { version: null, words: readingFailed(name, error) };
  }
}

async function lookAtStyle(file: string, hasTiles: boolean): Promise<BasemapView['style']> {
  const name = `map.style = ${file}`;
  try {
    const { size } = await fs.stat(file);
    if (size > MAX_STYLE_BYTES) return { style: null, words: `${name}: larger than ${MAX_STYLE_BYTES / 1e6} MB.` };
    const judged = judgeStyle(await fs.readFile(file, 'utf8'), hasTiles);
    return judged.ok ? { style: judged.style, words: null } : { style: null, words: `${name}: ${judged.reason}.` };
  } catch (error) {
    return { style: null, words: readingFailed(name, error) };
  }
}
