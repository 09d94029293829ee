import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { Transport, TransportHost } from './transport.ts';

/** Bytes that may wait for a slow client; what comes on top is lost, frame by frame. */
const WAITING_MAX = 65_536;
const QUEUE_MAX = 16;

/**
 * A TCP server for one client at a time, like the real one's: a second connects, gets no byte, and is served when the first leaves.
 * Rejects when it cannot listen.
 */
export async function listenTcp(
  host: string,
  port: number,
  { simulator, driver, tell }: TransportHost,
): Promise<Transport> {
  const clients: Socket[] = [];
  const telemetry = simulator.attach({
    name: `tcp:${port}`,
    parametersPerS: 2_100,
    carrier: {
      send(chunks) {
        const [client] = clients;
        if (client === undefined) return 0;
        let sent = 0;
        client.cork();
        for (const chunk of chunks) {
          if (client.writableLength > WAITING_MAX) break;
          client.write(chunk);
          sent += 1;
        }
        client.uncork();
        return sent;
      },
      onReboot: () => clients[0]?.destroy(),
    },
  });

  function serve(): void {
    const [client] = clients;
    telemetry.connected = client !== undefined;
    client?.on('data', (bytes: Uint8Array) => driver.receive(telemetry, bytes));
    driver.act(() => {});
  }

  const server = createServer({ noDelay: true }, (client) => {
    if (clients.length >= QUEUE_MAX) {
      client.destroy();
      return;
    }
    clients.push(client);
    client.on('error', () => {});
    client.on('close', () => {
      const at = clients.indexOf(client);
      clients.splice(at, 1);
      if (at === 0) serve();
    });
    if (clients.length === 1) serve();
  });
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  tell({
    event: 'listening',
    transport: 'tcp',
    host,
    port: typeof address === 'object' && address ? address.port : port,
  });
  return {
    async close() {
      for (const client of clients) client.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
