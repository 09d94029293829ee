/** A serial line as a pseudo-terminal whose far end is the test. */
import { execFile } from 'node:child_process';
import { constants, openSync, writeSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import * as nodePty from '@lydell/node-pty';

/** What `open()` of node-pty gives; its own types leave `open` out. */
interface Opened {
  readonly _fd: number;
  readonly _pty: string;
  readonly _master: ReadStream;
  readonly _slave: ReadStream;
}

export interface SerialLine {
  readonly path: string;
  /** The baud that whoever opened it last has set, as it was seen a moment ago. */
  baud(): number;
  /** What was written to it from the other side. */
  readonly heard: readonly Buffer[];
  close(): void;
}

const EVERY_MS = 100;

/** `voice`: what the far end says, ten times a second. */
export function openSerialLine(voice: (line: SerialLine) => Uint8Array): SerialLine {
  const { open } = nodePty as unknown as { open(options: { encoding: null }): Opened };
  const opened = open({ encoding: null });
  // Held open and raw, so that the line does not hang up with whoever closes it.
  const keep = new ReadStream(openSync(opened._pty, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK));
  opened._slave.destroy();
  keep.setRawMode(true);
  keep.pause();
  keep.on('error', () => {});
  opened._master.on('error', () => {});
  const heard: Buffer[] = [];
  let baud = 0;
  let isLooking = false;
  const lookAtBaud = (): void => {
    if (isLooking) return;
    isLooking = true;
    execFile('stty', ['-F', opened._pty, 'speed'], (error, told) => {
      isLooking = false;
      if (error === null) baud = Number(told);
    });
  };
  opened._master.on('data', (bytes: Buffer) => heard.push(bytes));
  const line: SerialLine = {
    path: opened._pty,
    baud() {
      lookAtBaud();
      return baud;
    },
    heard,
    close() {
      clearInterval(timer);
      opened._master.destroy();
      keep.destroy();
    },
  };
  const timer = setInterval(() => {
    try {
      writeSync(opened._fd, voice(line));
    } catch {
      // Nobody reads, and the line is full.
    }
  }, EVERY_MS);
  return line;
}
