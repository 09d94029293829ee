import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Transport, TransportHost } from './transport.ts';

const DATAGRAM_MAX = 1_400;

/** Sends to one address, from a port of its own that is another after each reboot. Frames due together share a datagram. */
export async function sendUdp(
  host: string,
  port: number,
  { simulator, driver, tell }: TransportHost,
): Promise<Transport> {
  let socket: Socket = createSocket('udp4');

  function pack(chunks: readonly Uint8Array[]): Uint8Array[] {
    const datagrams: Uint8Array[] = [];
    let waiting: Uint8Array[] = [];
    let length = 0;
    const close = (): void => {
      if (length > 0) datagrams.push(waiting.length === 1 && waiting[0] ? waiting[0] : Buffer.concat(waiting));
      waiting = [];
      length = 0;
    };
    for (const chunk of chunks) {
      if (length + chunk.length > DATAGRAM_MAX) close();
      waiting.push(chunk);
      length += chunk.length;
    }
    close();
    return datagrams;
  }

  const telemetry = simulator.attach({
    name: `udp:${port}`,
    parametersPerS: 1_700,
    carrier: {
      send(chunks) {
        for (const datagram of pack(chunks)) socket.send(datagram, port, host, () => {});
        return chunks.length;
      },
      onReboot: () => void open(),
    },
  });

  async function open(): Promise<void> {
    const old = socket;
    socket = createSocket('udp4');
    socket.on('message', (bytes: Uint8Array) => driver.receive(telemetry, bytes));
    socket.on('error', () => {});
    socket.bind(0);
    await once(socket, 'listening');
    old.close();
    telemetry.connected = true;
    tell({ event: 'listening', transport: 'udp', host, port, from: socket.address().port });
  }

  await open();
  return {
    async close() {
      telemetry.connected = false;
      await new Promise<void>((resolve) => socket.close(() => resolve()));
    },
  };
}
