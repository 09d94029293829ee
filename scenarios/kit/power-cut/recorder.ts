/** Puts file-log.c before the C library of a program, and marks (agent-marks.ts, controller-marks.ts) into it. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { inRepository } from '../paths.ts';
import { compiler } from '../whole-disk.ts';
import type { Image } from './card.ts';
import { Card } from './card.ts';
import { type FileOperation, markRecord, readFileLog } from './file-log.ts';
import { readImage, writeImage } from './image.ts';

const SOURCE = 'scenarios/kit/power-cut/file-log.c';
const [BASE, LOG, ROOT] = ['before', 'file.log', 'root'] as const;

/** What a program did to its files, and what lay there before. */
export interface FileRecording {
  readonly dir: string;
  readonly base: Image;
  readonly operations: readonly FileOperation[];
}

export class Recorder<Mark extends object> {
  /** Put before the command of the program. */
  readonly prefix: readonly string[];
  readonly #log: string;

  /** `dir` is for what is recorded; `root` is the program's, and begins as `base`. */
  constructor(o: { readonly dir: string; readonly root: string; readonly base: Image; readonly marks: URL }) {
    const cc = compiler();
    if (cc === null)
      throw new Error('Recording file operations needs a C compiler: sudo apt-get install gcc libc6-dev');
    const library = path.join(o.dir, 'file-log.so');
    this.#log = path.join(o.dir, LOG);
    fs.mkdirSync(o.dir, { recursive: true });
    writeImage(path.join(o.dir, BASE), o.base);
    writeImage(o.root, o.base);
    fs.writeFileSync(path.join(o.dir, ROOT), o.root);
    execFileSync(cc, ['-O1', '-shared', '-fPIC', '-o', library, inRepository(SOURCE), '-lpthread']);
    this.prefix = [
      'env',
      `LD_PRELOAD=${library}`,
      `FILE_LOG=${this.#log}`,
      `FILE_LOG_ROOT=${o.root}`,
      // File operations that a ring of the kernel does pass no function of the C library.
      'UV_USE_IO_URING=0',
      `NODE_OPTIONS=--import=${o.marks.href}`,
    ];
  }

  /** From outside: after everything that had been done by then. */
  mark(what: Mark): void {
    fs.appendFileSync(this.#log, markRecord(what));
  }
}

export function loadRecording(dir: string): FileRecording {
  const root = fs.readFileSync(path.join(dir, ROOT), 'utf8');
  return { dir, base: readImage(path.join(dir, BASE)), operations: readFileLog(path.join(dir, LOG), root) };
}

/**
 * Where the log, played whole, and what really lies there differ: the recorder has missed something. The memory that SQLite
 * shares over a file (-shm) is written without a call; it means nothing after a restart.
 */
export function missed({ dir, base, operations }: FileRecording): string[] {
  const card = new Card(base);
  for (const operation of operations) card.take(operation, true);
  const played = card.whole();
  const real = readImage(fs.readFileSync(path.join(dir, ROOT), 'utf8'));
  const paths = [...new Set([...played.keys(), ...real.keys()])].sort().filter((name) => !name.endsWith('-shm'));
  return paths.filter((name) => {
    const [one, other] = [played.get(name), real.get(name)];
    if (one === undefined || other === undefined) return true;
    return one === null || other === null ? one !== other : !Buffer.from(one).equals(other);
  });
}
