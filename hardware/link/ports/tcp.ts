import { connect } from 'node:net';
import { fault, faultOf } from '../faults.ts';
import type { Port, PortEvents } from './port.ts';

const KEEP_ALIVE_MS = 5_000;

/** Connects to a TCP server. */
export function openTcp(host: string, port: number, events: PortEvents): Port {
  const where = `tcp ${host}:${port}`;
  let ended = false;
  const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS });
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
  });

  function end(error: unknown): void {
    if (ended) return;
    ended = true;
    events.onClosed(error === null ? fault('closed-by-peer', where) : faultOf(error, where));
  }

  socket.on('connect', () => events.onOpened(where));
  socket.on('data', (chunk: Uint8Array) => {
    if (!ended) events.onChunk(chunk);
  });
  socket.on('error', end);
  socket.on('end', () => end(null));
  socket.on('close', () => end(null));

  return {
    write(frame, done) {
      if (ended) return;
      socket.write(frame, (error) => {
        if (!error) done(true);
      });
    },
    close() {
      ended = true;
      socket.destroy();
      return closed;
    },
  };
}
