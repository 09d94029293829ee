/**
 * The folder for logs fetched from the autopilot, inside a byte budget that it shares with nobody.
 *
 *   open(name, size) ─▶ room? the oldest go ─▶ name.part ─ written, finished ─▶ name
 *
 * What was begun and never finished goes first, then the complete ones, the oldest first; never the one being fetched. A log
 * that has no room even then is refused before it is begun. Nothing is synced: a log can be fetched again.
 */
import { mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogShelfLike, OpenLogFile, Shelved } from './transfer.ts';

const NAME = /^log-\d+.*\.bin(\.part)?$/;
const PART = '.part';
/** Left free on the disk for whatever must be written in flight. */
const KEEP_FREE_BYTES = 64e6;

export interface LogShelfOptions {
  readonly folder: string;
  readonly budgetBytes: number;
  /** Free on the disk of the folder, bytes; in place of asking the system. */
  readonly freeBytes?: (folder: string) => Promise<number>;
}

export interface LogShelfStatus {
  readonly bytes: number;
  readonly files: number;
  readonly budgetBytes: number;
  readonly counters: Readonly<Record<'removedLogs' | 'refusedLogs', number>>;
}

interface Kept {
  readonly name: string;
  readonly bytes: number;
  readonly changedMs: number;
}

export class LogShelf implements LogShelfLike {
  readonly #o: LogShelfOptions;
  readonly #counters = { removedLogs: 0, refusedLogs: 0 };
  #kept: readonly Kept[] = [];

  constructor(o: LogShelfOptions) {
    this.#o = o;
  }

  /** Counts what is there. A folder that cannot be read holds nothing, for now. */
  async look(): Promise<void> {
    try {
      const names = (await readdir(this.#o.folder)).filter((name) => NAME.test(name));
      const kept = await Promise.all(names.map((name) => this.#measure(name)));
      this.#kept = kept.filter((one) => one !== null);
    } catch {
      this.#kept = [];
    }
  }

  async #measure(name: string): Promise<Kept | null> {
    try {
      const { size, mtimeMs } = await stat(join(this.#o.folder, name));
      return { name, bytes: size, changedMs: mtimeMs };
    } catch {
      return null;
    }
  }

  /** Makes room and begins it anew; throws the system's error. */
  async open(name: string, sizeBytes: number): Promise<Shelved> {
    const { folder, budgetBytes } = this.#o;
    await mkdir(folder, { recursive: true });
    await this.look();
    const refuse = (why: string): Shelved => {
      this.#counters.refusedLogs++;
      return { ok: false, why };
    };
    if (sizeBytes > budgetBytes) {
      return refuse(`the log has ${megabytes(sizeBytes)}, logs.autopilotBudgetMB allows ${megabytes(budgetBytes)}`);
    }
    const free = this.#o.freeBytes ?? freeOf;
    // Of the same log another copy is of no use once this one is there.
    const spare = await this.#oldestFirst(name);
    const short = async (): Promise<number> =>
      Math.max(this.#bytes + sizeBytes - budgetBytes, sizeBytes + KEEP_FREE_BYTES - (await free(folder)));
    // Nothing is given up for a log that has no room even so.
    const most = spare.reduce((sum, one) => sum + one.bytes, 0);
    const missing = await short();
    if (missing > most) {
      const left = Math.max(0, (await free(folder)) + most - KEEP_FREE_BYTES);
      return refuse(`the log has ${megabytes(sizeBytes)}, the disk has room for ${megabytes(left)}: free space on it`);
    }
    for (const one of spare) {
      if ((await short()) <= 0) break;
      await rm(join(folder, one.name), { force: true });
      this.#counters.removedLogs++;
      await this.look();
    }
    return { ok: true, file: await this.#begin(name) };
  }

  async #oldestFirst(name: string): Promise<readonly Kept[]> {
    const rank = (one: Kept): number => (one.name.endsWith(PART) ? 0 : one.name === name ? 1 : 2);
    return [...this.#kept].sort((a, b) => rank(a) - rank(b) || a.changedMs - b.changedMs || (a.name < b.name ? -1 : 1));
  }

  get #bytes(): number {
    return this.#kept.reduce((sum, one) => sum + one.bytes, 0);
  }

  async #begin(name: string): Promise<OpenLogFile> {
    const path = join(this.#o.folder, name);
    const part = `${path}${PART}`;
    const file = await open(part, 'w+');
    let whole = false;
    return {
      path,
      write: async (offset, bytes) => {
        await file.write(bytes, 0, bytes.length, offset);
      },
      read: async (offset, length) => {
        const bytes = new Uint8Array(length);
        const { bytesRead } = await file.read(bytes, 0, length, offset);
        return bytes.subarray(0, bytesRead);
      },
      finish: async () => {
        await rename(part, path);
        whole = true;
      },
      close: async () => {
        await file.close();
        // What was given up half way can be fetched again, and not gone on with.
        if (!whole) await rm(part, { force: true });
        await this.look();
      },
    };
  }

  status(): LogShelfStatus {
    return {
      bytes: this.#bytes,
      files: this.#kept.length,
      budgetBytes: this.#o.budgetBytes,
      counters: { ...this.#counters },
    };
  }
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

async function freeOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
