import net from 'node:net';
import { freePort } from './ports.ts';

/** A TCP connection with a tap in the middle: counts what passes, and can say things of its own in either direction. */
export interface Wire {
  readonly port: number;
  readonly bytesToServer: number;
  readonly bytesToClient: number;
  /** Connections made so far. */
  readonly connections: number;
  /** False: nobody is connected. */
  toClient(bytes: Uint8Array): boolean;
  toServer(bytes: Uint8Array): boolean;
  close(): Promise<void>;
}

/**
 * Listens on a free port and passes every connection on to `server`; the newest connection is the one spoken into.
 * `onBytes` hears what passes, piece by piece.
 */
export async function createWire(
  server: { readonly host: string; readonly port: number },
  onBytes: (direction: 'up' | 'down', bytes: Uint8Array) => void = () => {},
): Promise<Wire> {
  const port = await freePort();
  const count = { toServer: 0, toClient: 0, connections: 0 };
  let newest: { readonly client: net.Socket; readonly upstream: net.Socket } | null = null;
  const open = new Set<net.Socket>();

  const listener = net.createServer((client) => {
    const upstream = net.connect({ ...server, noDelay: true });
    client.setNoDelay(true);
    count.connections += 1;
    newest = { client, upstream };
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        open.delete(socket);
        if (newest?.client === client) newest = null;
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', (chunk) => {
      count.toServer += chunk.length;
      onBytes('up', chunk);
    });
    upstream.on('data', (chunk) => {
      count.toClient += chunk.length;
      onBytes('down', chunk);
    });
    client.pipe(upstream);
    upstream.pipe(client);
  });
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(port, '127.0.0.1', resolve);
  });

  const say = (to: net.Socket | undefined, bytes: Uint8Array): boolean => {
    if (to === undefined || to.destroyed) return false;
    to.write(bytes);
    return true;
  };
  return {
    port,
    get bytesToServer() {
      return count.toServer;
    },
    get bytesToClient() {
      return count.toClient;
    },
    get connections() {
      return count.connections;
    },
    toClient: (bytes) => say(newest?.client, bytes),
    toServer: (bytes) => say(newest?.upstream, bytes),
    close() {
      for (const socket of open) socket.destroy();
      return new Promise((resolve) => listener.close(() => resolve()));
    },
  };
}
