/**
 * Where stations come from: one UDP end point is one station, a TCP port takes several. Bytes only; what they mean is the
 * peer's business.
 */
import { createServer, type Server, type Socket } from 'node:net';

/** One station at the far end. */
export interface CarriedPeer {
  readonly where: string;
  /** False: dropped, the line to it is full or gone. */
  write(bytes: Uint8Array): boolean;
  /** Set by whoever is given the peer. */
  onData: (chunk: Uint8Array) => void;
  onClose: () => void;
}

export interface Carrier {
  start(onPeer: (peer: CarriedPeer) => void): void;
  readonly isOpen: boolean;
  readonly problem: string | null;
  /** Connections turned away because there were too many. */
  readonly refused: number;
  close(): Promise<void>;
}

/** What a carrier needs of hardware/link. */
export interface StationLink {
  readonly isOpen: boolean;
  readonly lastError: { readonly message: string; readonly advice: string } | null;
  start(): void;
  read(reader: (chunk: Uint8Array) => void): () => void;
  write(frame: Uint8Array, priority: 'normal' | 'bulk'): boolean;
  close(): Promise<void>;
}

/** One station behind a link that reopens by itself. */
export function linkCarrier(link: StationLink, where: string): Carrier {
  let unread: (() => void) | null = null;
  return {
    start(onPeer) {
      const peer: CarriedPeer = {
        where,
        write: (bytes) => link.write(bytes, 'bulk'),
        onData: () => {},
        onClose: () => {},
      };
      onPeer(peer);
      unread = link.read((chunk) => peer.onData(chunk));
      link.start();
    },
    get isOpen() {
      return link.isOpen;
    },
    get problem() {
      return link.isOpen || link.lastError === null ? null : `${link.lastError.message}. ${link.lastError.advice}`;
    },
    refused: 0,
    async close() {
      unread?.();
      await link.close();
    },
  };
}

const MAX_CLIENTS = 4;
/** Waiting to be taken by one client; past it frames are dropped. */
const MAX_WAITING_BYTES = 64 << 10;
const RETRY_MS = 5_000;

/** A port where stations connect (QGroundControl, Mission Planner and MAVProxy are TCP clients). */
export function tcpCarrier(host: string, port: number): Carrier {
  const sockets = new Set<Socket>();
  let server: Server | null = null;
  let retry: NodeJS.Timeout | undefined;
  let problem: string | null = null;
  let closed = false;
  let refused = 0;

  function take(socket: Socket, onPeer: (peer: CarriedPeer) => void): void {
    if (sockets.size >= MAX_CLIENTS || closed) {
      refused++;
      socket.destroy();
      return;
    }
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, RETRY_MS);
    const peer: CarriedPeer = {
      where: `${socket.remoteAddress ?? '?'}:${socket.remotePort ?? 0}`,
      write(bytes) {
        if (socket.destroyed || socket.writableLength + bytes.length > MAX_WAITING_BYTES) return false;
        socket.write(bytes);
        return true;
      },
      onData: () => {},
      onClose: () => {},
    };
    socket.on('data', (chunk: Uint8Array) => peer.onData(chunk));
    socket.on('error', () => {});
    socket.on('close', () => {
      sockets.delete(socket);
      peer.onClose();
    });
    onPeer(peer);
  }

  function listen(onPeer: (peer: CarriedPeer) => void): void {
    if (closed) return;
    const listening = createServer((socket) => take(socket, onPeer));
    server = listening;
    listening.on('error', (error) => {
      problem = `tcp ${host}:${port}: ${error.message}. Another program may hold the port; it is tried again.`;
      listening.close();
      retry = setTimeout(() => listen(onPeer), RETRY_MS);
    });
    listening.on('listening', () => {
      problem = null;
    });
    listening.listen({ host, port });
  }

  return {
    start: listen,
    get isOpen() {
      return server?.listening === true;
    },
    get problem() {
      return problem;
    },
    get refused() {
      return refused;
    },
    async close() {
      closed = true;
      clearTimeout(retry);
      const ending = server;
      if (ending?.listening) {
        await new Promise<void>((resolve) => {
          ending.close(() => resolve());
          for (const socket of sockets) socket.destroy();
        });
      }
    },
  };
}
