/** Where a tool writes what was asked for: standard output, or a new file, never over another, whole or not at all. */
import { type FileHandle, open, rm } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { Outlet } from './outlet.ts';

const FULL = ['ENOSPC', 'EDQUOT'];

/** What to do about it, in words. */
function inWords(path: string, error: unknown): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EEXIST') return new Error(`${path} is there already: nothing is overwritten`);
  if (FULL.includes(code ?? ''))
    return new Error(`no room for ${path}; what was begun of it is removed. Choose a place with more (--out)`);
  return new Error(message ?? String(error));
}

export interface Sink {
  /** False: nobody reads any more. Throws what to do about it, and then there is no file. */
  put(part: string | Uint8Array): Promise<boolean>;
  end(): Promise<void>;
  /** What was begun is taken away again. */
  giveUp(): Promise<void>;
}

export class NewFile implements Sink {
  readonly #path: string;
  readonly #handle: FileHandle;
  bytes = 0;

  private constructor(path: string, handle: FileHandle) {
    this.#path = path;
    this.#handle = handle;
  }

  static async create(path: string): Promise<NewFile> {
    try {
      return new NewFile(path, await open(path, 'wx'));
    } catch (error) {
      throw inWords(path, error);
    }
  }

  async put(part: string | Uint8Array): Promise<boolean> {
    try {
      await this.#handle.appendFile(part);
    } catch (error) {
      await this.giveUp();
      throw inWords(this.#path, error);
    }
    this.bytes += Buffer.byteLength(part);
    return true;
  }

  async end(): Promise<void> {
    try {
      await this.#handle.sync();
      await this.#handle.close();
    } catch (error) {
      await this.giveUp();
      throw inWords(this.#path, error);
    }
  }

  async giveUp(): Promise<void> {
    await this.#handle.close().catch(() => {});
    await rm(this.#path, { force: true });
  }
}

class Output implements Sink {
  readonly #outlet: Outlet;

  constructor(to: Writable) {
    this.#outlet = new Outlet(to);
  }

  async put(part: string | Uint8Array): Promise<boolean> {
    await this.#outlet.put(part);
    return !this.#outlet.gone;
  }

  async end(): Promise<void> {
    this.#outlet.release();
  }

  giveUp = this.end;
}

/** Null: standard output. */
export async function openSink(path: string | null, stream: Writable): Promise<Sink> {
  return path === null ? new Output(stream) : NewFile.create(path);
}
