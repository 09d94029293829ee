import { closeSync, openSync, writeSync } from 'node:fs';
import { encodeTlogRecord } from '@skein/protocol/mavlink';

/**
 * The simulator's own record of every frame it sent, for tests that ask what was lost on the way. Written before the event loop
 * turns again, so the file is never behind what a client could have seen and then reported.
 */
export class SentLog {
  readonly #file: number;
  #waiting: Uint8Array[] = [];

  constructor(path: string) {
    this.#file = openSync(path, 'a');
  }

  add(frame: Uint8Array): void {
    this.#waiting.push(encodeTlogRecord(Date.now() * 1_000, frame));
  }

  flush(): void {
    if (this.#waiting.length === 0) return;
    writeSync(this.#file, Buffer.concat(this.#waiting));
    this.#waiting = [];
  }

  close(): void {
    this.flush();
    closeSync(this.#file);
  }
}
