import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { freePort } from './ports.ts';
import { Program } from './program.ts';
import { until } from './until.ts';

const BINARY = '/usr/sbin/mosquitto';

export interface ExternalBroker {
  readonly url: string;
  readonly program: Program;
  close(): Promise<void>;
}

/** A Mosquitto of our own on a loopback port, nothing on disk: the "external broker" of the scenarios. */
export async function startMosquitto(dir: string): Promise<ExternalBroker> {
  if (!fs.existsSync(BINARY)) throw new Error(`${BINARY} is missing: apt-get install mosquitto`);
  const port = await freePort();
  const config = path.join(dir, 'mosquitto.conf');
  fs.mkdirSync(dir, { recursive: true });
  fs.writeFileSync(
    config,
    [
      `listener ${port} 127.0.0.1`,
      'allow_anonymous true',
      'persistence false',
      'set_tcp_nodelay true',
      // The broker's own queues must not be what loses messages in a test of ours.
      'max_queued_messages 0',
      'log_dest stderr',
      ...(process.getuid?.() === 0 ? ['user root'] : []),
      '',
    ].join('\n'),
  );
  const program = new Program({
    name: 'mosquitto',
    command: BINARY,
    args: ['-c', config],
    logFile: path.join(dir, 'mosquitto.log'),
    readyEvent: null,
  });
  await program.start();
  await until(() => canConnect(port), { timeoutMs: 10_000, what: `mosquitto on port ${port}` });
  return {
    url: `mqtt://127.0.0.1:${port}`,
    program,
    close: async () => {
      await program.stop();
    },
  };
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
