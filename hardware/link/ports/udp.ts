import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { lookup } from 'node:dns';
import { isIPv6 } from 'node:net';
import { faultOf } from '../faults.ts';
import type { Port, PortEvents } from './port.ts';

type Peer = { readonly address: string; readonly port: number };

const KNOCK_MS = 1_000;
/** A zero begins no frame, so a MAVLink parser steps over it; it only shows the other side where we are. */
const KNOCK = new Uint8Array(1);

function socketFor(address: string): Socket {
  return createSocket({ type: isIPv6(address) ? 'udp6' : 'udp4', reuseAddr: false });
}

function makePort(socket: Socket, peer: () => Peer | null, onClose: () => void): Port {
  let open = true;
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
  });
  return {
    write(frame, done) {
      const to = peer();
      if (to === null || !open) {
        done(false);
        return;
      }
      // An error of sending (no route for a moment) does not end the socket: the next frame may pass.
      socket.send(frame, to.port, to.address, (error) => done(error === null || error === undefined));
    },
    close() {
      if (open) {
        open = false;
        onClose();
        try {
          socket.close();
        } catch {
          // A socket that failed to bind is closed already; then no 'close' comes.
          return Promise.resolve();
        }
      }
      return closed;
    },
  };
}

/**
 * Waits at a port for whoever sends, and answers to the address heard last: an autopilot's source port changes with
 * each of its reboots.
 */
export function openUdpIn(host: string, port: number, events: PortEvents): Port {
  const where = `udp ${host}:${port}`;
  const socket = socketFor(host);
  let peer: Peer | null = null;
  let ended = false;

  socket.on('message', (chunk: Uint8Array, from: RemoteInfo) => {
    if (ended) return;
    // Port 0 cannot be answered: sending there throws.
    if (from.port === 0) {
      events.onOddity('foreignDatagrams');
      return;
    }
    if (peer !== null && (peer.port !== from.port || peer.address !== from.address)) events.onOddity('peerChanges');
    if (peer === null || peer.port !== from.port || peer.address !== from.address) {
      peer = { address: from.address, port: from.port };
    }
    events.onChunk(chunk);
  });
  socket.on('error', (error) => {
    if (ended) return;
    ended = true;
    events.onClosed(faultOf(error, where));
  });
  socket.bind({ address: host, port, exclusive: true }, () => {
    if (!ended) events.onOpened(`udp ${host}:${socket.address().port}`);
  });
  return makePort(
    socket,
    () => peer,
    () => {
      ended = true;
    },
  );
}

/** Sends to one host and port, and hears that host. Until it has been heard, a zero byte each second shows it where we are. */
export function openUdpOut(host: string, port: number, events: PortEvents): Port {
  const where = `udp ${host}:${port}`;
  let ended = false;
  let knocking: NodeJS.Timeout | undefined;
  let inner: Port | null = null;

  const fail = (error: unknown): void => {
    clearInterval(knocking);
    if (ended) return;
    ended = true;
    events.onClosed(faultOf(error, where));
  };

  lookup(host, (error, address) => {
    if (ended) return;
    if (error) {
      fail(error);
      return;
    }
    const socket = socketFor(address);
    let peer: Peer = { address, port };
    const knock = (): void => {
      socket.send(KNOCK, port, address, () => {});
    };
    inner = makePort(
      socket,
      () => peer,
      () => {
        ended = true;
        clearInterval(knocking);
      },
    );
    socket.on('message', (chunk: Uint8Array, from: RemoteInfo) => {
      if (ended) return;
      if (from.address !== address || from.port === 0) {
        events.onOddity('foreignDatagrams');
        return;
      }
      clearInterval(knocking);
      if (from.port !== peer.port) {
        if (from.port !== port) events.onOddity('peerChanges');
        peer = { address, port: from.port };
      }
      events.onChunk(chunk);
    });
    socket.on('error', fail);
    socket.bind(0, () => {
      if (ended) return;
      events.onOpened(where);
      knock();
      knocking = setInterval(knock, KNOCK_MS);
    });
  });

  return {
    write(frame, done) {
      if (inner === null) done(false);
      else inner.write(frame, done);
    },
    close() {
      ended = true;
      clearInterval(knocking);
      return inner === null ? Promise.resolve() : inner.close();
    },
  };
}
