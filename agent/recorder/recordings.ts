/** The recordings of a folder, for whoever reads them: in order, by their names. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const NAME = /^skein-(\d{6,})-(\d{6})\.tlog$/;

/** Within the data directory. */
export const RECORDINGS_FOLDER = 'recordings';

export interface Recording {
  readonly name: string;
  readonly path: string;
  /** Which start of the recorder; parts of one follow each other without a hole. */
  readonly run: number;
  readonly part: number;
  readonly bytes: number;
}

/** Oldest first. Throws what the system says of the folder. */
export async function recordingsIn(folder: string): Promise<Recording[]> {
  const found: Recording[] = [];
  for (const name of await readdir(folder)) {
    const match = NAME.exec(name);
    if (match === null) continue;
    const path = join(folder, name);
    // The recorder may give it up meanwhile.
    const info = await stat(path).catch(() => null);
    if (info?.isFile()) found.push({ name, path, run: Number(match[1]), part: Number(match[2]), bytes: info.size });
  }
  return found.sort((a, b) => a.run - b.run || a.part - b.part);
}
