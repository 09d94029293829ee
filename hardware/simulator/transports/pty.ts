import { constants, openSync, readlinkSync, renameSync, rmSync, symlinkSync, writeSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import * as nodePty from '@lydell/node-pty';
import type { Transport, TransportHost } from './transport.ts';

/** What `open()` of node-pty gives; its own types leave `open` out. */
interface Opened {
  readonly _fd: number;
  readonly _pty: string;
  readonly _master: ReadStream;
  readonly _slave: ReadStream;
}

interface Pty {
  readonly path: string;
  /** Takes what fits; -1: nothing. */
  write(bytes: Uint8Array): number;
  close(): void;
}

export interface PtyTransport extends Transport {
  /** Pulls the cable and puts it back after a second: another device path, the same link name. */
  replug(): void;
}

const REPLUG_MS = 1_000;

function openPty(onData: (bytes: Uint8Array) => void): Pty {
  const { open } = nodePty as unknown as { open(options: { encoding: null }): Opened };
  const opened = open({ encoding: null });
  // The slave stays open here, so that the line does not hang up whenever the client closes it, and in raw mode, so that
  // nothing is echoed or changed before a client sets its own. node-pty's own handle would read from it.
  const keep = new ReadStream(openSync(opened._pty, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK));
  opened._slave.destroy();
  keep.setRawMode(true);
  keep.on('error', () => {});
  opened._master.on('error', () => {});
  opened._master.on('data', onData);
  return {
    path: opened._pty,
    write(bytes) {
      try {
        // Not through the stream: it would block the whole process while nobody reads the other end.
        return writeSync(opened._fd, bytes);
      } catch {
        return -1;
      }
    },
    close() {
      opened._master.destroy();
      keep.destroy();
    },
  };
}

/** A serial line as a pseudo-terminal. `link`, if given, is a symlink that always leads to it, as names under /dev/serial do. */
export function openPtyTransport(link: string | null, { simulator, driver, tell }: TransportHost): PtyTransport {
  let pty: Pty | null = null;
  /** Rest of a frame that the line's buffer took only in part. */
  let rest: Uint8Array | null = null;
  let replugTimer: NodeJS.Timeout | undefined;
  /** Made while the old one lived, and shown when the cable is back. */
  let unplugged: Pty | null = null;

  const telemetry = simulator.attach({
    name: 'pty',
    parametersPerS: 270,
    carrier: {
      send(chunks) {
        if (pty === null) return 0;
        if (rest !== null && !finish(pty)) return 0;
        const bytes = Buffer.concat(chunks);
        let written = pty.write(bytes);
        if (written === bytes.length) return chunks.length;
        written = Math.max(0, written);
        let taken = 0;
        let end = 0;
        for (const chunk of chunks) {
          if (end >= written) break;
          end += chunk.length;
          taken += 1;
        }
        rest = end > written ? bytes.subarray(written, end) : null;
        return taken;
      },
    },
  });

  function finish(to: Pty): boolean {
    if (rest === null) return true;
    const written = Math.max(0, to.write(rest));
    rest = written >= rest.length ? null : rest.subarray(written);
    return rest === null;
  }

  const onData = (bytes: Uint8Array): void => driver.receive(telemetry, bytes);

  function show(next: Pty): void {
    pty = next;
    rest = null;
    telemetry.connected = true;
    if (link !== null) {
      // Renamed into place, so that the name is never half there.
      const fresh = `${link}.${process.pid}`;
      rmSync(fresh, { force: true });
      symlinkSync(next.path, fresh);
      renameSync(fresh, link);
    }
    tell({ event: 'listening', transport: 'pty', path: next.path, pty: next.path, ...(link === null ? {} : { link }) });
    driver.act(() => {});
  }

  function hide(): void {
    telemetry.connected = false;
    if (link === null || pty === null) return;
    try {
      if (readlinkSync(link) === pty.path) rmSync(link);
    } catch {
      // Somebody else took the name away; then there is nothing to take away.
    }
  }

  show(openPty(onData));
  return {
    replug() {
      if (pty === null) return;
      // The new one is made while the old one lives, or the system would give it the same path.
      const next = openPty(onData);
      unplugged = next;
      hide();
      pty.close();
      pty = null;
      tell({ event: 'unplugged', transport: 'pty' });
      replugTimer = setTimeout(() => {
        unplugged = null;
        show(next);
      }, REPLUG_MS);
    },
    async close() {
      clearTimeout(replugTimer);
      hide();
      pty?.close();
      unplugged?.close();
      pty = null;
      unplugged = null;
    },
  };
}
