/**
 * Reads the rotated log files as one, oldest first, and follows them: what is appended, and the next file when one is full.
 * It only reads, in memory that does not grow with the files.
 */
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** As pino-roll names them. */
const NAME = /^skein-agent\.(\d+)\.log$/;
const CHUNK_BYTES = 128 << 10;
/** No log line is longer; what goes on without an end is damage. */
const MAX_LINE_BYTES = 1 << 20;

export interface LogFile {
  readonly number: number;
  readonly path: string;
  readonly bytes: number;
}

/** Oldest first. Throws what the system says of the folder. */
export async function logFilesIn(dir: string): Promise<LogFile[]> {
  const found: LogFile[] = [];
  for (const name of await readdir(dir)) {
    const number = NAME.exec(name)?.[1];
    if (number === undefined) continue;
    const path = join(dir, name);
    // Rotation may take it away meanwhile.
    const info = await stat(path).catch(() => null);
    if (info?.isFile()) found.push({ number: Number(number), path, bytes: info.size });
  }
  return found.sort((a, b) => a.number - b.number);
}

export interface FollowPorts {
  /** Resolves when it is time to look again. */
  readonly pause: () => Promise<void>;
  /** Everything there was has been read, now and each time again. */
  readonly onEnd: () => Promise<void>;
}

/** Lines as they are appended to one file. */
class OpenLog {
  readonly #file: FileHandle;
  readonly number: number;
  readonly #path: string;
  #at = 0;
  #carry: Buffer = Buffer.alloc(0);
  readonly #chunk = Buffer.allocUnsafe(CHUNK_BYTES);

  constructor(file: FileHandle, { number, path }: LogFile) {
    this.#file = file;
    this.number = number;
    this.#path = path;
  }

  /** Whole lines that follow; null: there is nothing more now. */
  async next(): Promise<string[] | null> {
    const { bytesRead } = await this.#file.read(this.#chunk, 0, CHUNK_BYTES, this.#at);
    if (bytesRead === 0) {
      const { size } = await this.#file.stat();
      // Somebody emptied it.
      if (size < this.#at) this.#at = 0;
      return null;
    }
    this.#at += bytesRead;
    const bytes = this.#chunk.subarray(0, bytesRead);
    const end = bytes.lastIndexOf(10);
    if (end === -1) {
      this.#carry = Buffer.concat([this.#carry, bytes]);
      return this.#carry.length > MAX_LINE_BYTES ? this.rest() : [];
    }
    const text = Buffer.concat([this.#carry, bytes.subarray(0, end)]).toString();
    this.#carry = Buffer.from(bytes.subarray(end + 1));
    return text.split('\n').filter((line) => line !== '');
  }

  /** What does not end in a line end. */
  rest(): string[] {
    const text = this.#carry.toString();
    this.#carry = Buffer.alloc(0);
    return text === '' ? [] : [text];
  }

  /** Its name leads elsewhere, or nowhere. */
  async isReplaced(): Promise<boolean> {
    const [ours, named] = await Promise.all([this.#file.stat(), stat(this.#path).catch(() => null)]);
    return named?.ino !== ours.ino;
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

async function openAfter(dir: string, number: number): Promise<OpenLog | null> {
  for (const file of await logFilesIn(dir)) {
    if (file.number <= number) continue;
    const opened = await open(file.path, 'r').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (opened !== null) return new OpenLog(opened, file);
  }
  return null;
}

/** Lines in groups; without `follow` it ends where the newest file ends now. */
export async function* logLines(dir: string, follow: FollowPorts | null): AsyncGenerator<readonly string[]> {
  let current = await openAfter(dir, Number.NEGATIVE_INFINITY);
  try {
    while (current !== null) {
      const lines: string[] | null = await current.next();
      if (lines !== null) {
        if (lines.length > 0) yield lines;
        continue;
      }
      const next: OpenLog | null =
        (await openAfter(dir, current.number)) ??
        (follow !== null && (await current.isReplaced()) ? await openAfter(dir, Number.NEGATIVE_INFINITY) : null);
      if (next !== null) {
        // What came between the last look and the change of files.
        for (let more = await current.next(); more !== null; more = await current.next()) yield more;
        yield current.rest();
        await current.close();
        current = next;
      } else if (follow === null) {
        yield current.rest();
        return;
      } else {
        await follow.onEnd();
        await follow.pause();
      }
    }
  } finally {
    await current?.close();
  }
}
