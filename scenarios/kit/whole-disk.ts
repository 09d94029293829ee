/**
 * Everything an agent writes, on one small disk of its own that a test makes full, read-only, broken or slow while it runs. Full is
 * a real small file system that somebody else fills; the rest is whole-disk.c, put before the C library. Linux with a C
 * compiler; root, or a kernel that lets users make name spaces.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { inRepository } from './paths.ts';
import { withSmallDisk } from './private-mount.ts';

const FILL_EVERY_MS = 100;
const CHUNK = Buffer.alloc(64 << 10);

/** A C compiler by name. Null: there is none here. */
export function compiler(): string | null {
  for (const name of ['cc', 'gcc', 'clang']) {
    try {
      execFileSync(name, ['--version'], { stdio: 'ignore' });
      return name;
    } catch {
      // The next one.
    }
  }
  return null;
}

export class WholeDisk {
  /** Put before the command of the program whose disk it is. */
  readonly prefix: readonly string[];
  readonly #dir: string;
  readonly #how: string;
  #filling: NodeJS.Timeout | null = null;
  #close: () => void = () => {};

  /** `dir` is the disk; `own` is a folder for what the test needs. Null: no C compiler here. */
  static make(dir: string, own: string, megabytes: number): WholeDisk | null {
    const cc = compiler();
    if (cc === null) return null;
    const library = path.join(own, 'whole-disk.so');
    execFileSync(cc, ['-O1', '-shared', '-fPIC', '-o', library, inRepository('scenarios/kit/whole-disk.c'), '-ldl']);
    return new WholeDisk(dir, path.join(own, 'how'), library, megabytes);
  }

  private constructor(dir: string, how: string, library: string, megabytes: number) {
    this.#dir = dir;
    this.#how = how;
    const environment = [`LD_PRELOAD=${library}`, `WHOLE_DISK=${dir}`, `WHOLE_DISK_HOW=${how}`];
    this.prefix = [...withSmallDisk(dir, megabytes), 'env', ...environment];
  }

  /** The disk as this process sees it: nobody but the program has it mounted. */
  seenFrom(pid: number): string {
    return path.join('/proc', String(pid), 'root', this.#dir);
  }

  is(how: 'good' | 'read-only' | 'broken' | `slow ${number}`): void {
    fs.writeFileSync(this.#how, how);
  }

  /** Somebody else writes to the last byte and, when `greedy`, takes again whatever becomes free, until `free`. */
  fill(pid: number, how: 'once' | 'greedy' = 'greedy'): void {
    const file = fs.openSync(path.join(this.seenFrom(pid), 'somebody-else'), 'a');
    const grow = (): void => {
      for (const size of [CHUNK.length, 4096]) {
        try {
          for (;;) fs.writeSync(file, CHUNK, 0, size);
        } catch {
          // Full.
        }
      }
    };
    grow();
    this.#close = () => fs.closeSync(file);
    if (how === 'once') return;
    this.#filling = setInterval(grow, FILL_EVERY_MS);
    this.#filling.unref();
  }

  free(pid: number): void {
    if (this.#filling !== null) clearInterval(this.#filling);
    this.#filling = null;
    this.#close();
    this.#close = () => {};
    fs.rmSync(path.join(this.seenFrom(pid), 'somebody-else'), { force: true });
  }
}
