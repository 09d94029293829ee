import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { freePort } from './ports.ts';
import { Program } from './program.ts';
import { until } from './until.ts';

export interface ExternalBroker {
  readonly url: string;
  readonly program: Program;
  close(): Promise<void>;
}

interface Kind {
  readonly binary: string;
  readonly debianPackage: string;
  readonly args: (file: string) => readonly string[];
  readonly environment: (dir: string, file: string) => Readonly<Record<string, string>>;
  readonly config: (port: number) => readonly string[];
  readonly startsWithinMs: number;
}

const KINDS = {
  mosquitto: {
    binary: '/usr/sbin/mosquitto',
    debianPackage: 'mosquitto',
    args: (file) => ['-c', file],
    environment: () => ({}),
    config: (port) => [
      `listener ${port} 127.0.0.1`,
      'allow_anonymous true',
      'persistence false',
      'set_tcp_nodelay true',
      // The broker's own queues must not be what loses messages in a test of ours.
      'max_queued_messages 0',
      'log_dest stderr',
      ...(process.getuid?.() === 0 ? ['user root'] : []),
    ],
    startsWithinMs: 10_000,
  },
  // As under systemd it stays one process, whose end is the end of all of it.
  rabbitmq: {
    binary: '/usr/lib/rabbitmq/bin/rabbitmq-server',
    debianPackage: 'rabbitmq-server',
    args: () => [],
    environment: (dir, file) => ({
      RUNNING_UNDER_SYSTEMD: 'yes',
      RABBITMQ_NODENAME: `skein-${process.pid}@localhost`,
      RABBITMQ_CONFIG_FILE: file,
      RABBITMQ_CONF_ENV_FILE: '/dev/null',
      RABBITMQ_MNESIA_BASE: dir,
      RABBITMQ_LOG_BASE: dir,
      RABBITMQ_LOGS: '-',
      RABBITMQ_ENABLED_PLUGINS_FILE: path.join(dir, 'plugins'),
      HOME: dir,
    }),
    config: (port) => [
      'listeners.tcp = none',
      `mqtt.listeners.tcp.1 = 127.0.0.1:${port}`,
      'mqtt.allow_anonymous = true',
      'distribution.listener.interface = 127.0.0.1',
    ],
    startsWithinMs: 60_000,
  },
} as const satisfies Record<string, Kind>;

export type BrokerKind = keyof typeof KINDS;

const isKind = (name: string): name is BrokerKind => name in KINDS;

/** The external broker of the scenarios: Mosquitto, or what BROKER names. */
export function externalKind(): BrokerKind {
  const { BROKER: name = 'mosquitto' } = process.env;
  if (!isKind(name)) throw new Error(`BROKER=${name}: known are ${Object.keys(KINDS).join(', ')}`);
  return name;
}

/** A broker of our own on a loopback port, what it writes below `dir`. */
export async function startBroker(kind: BrokerKind, dir: string): Promise<ExternalBroker> {
  const { binary, debianPackage, args, environment, config, startsWithinMs }: Kind = KINDS[kind];
  if (!fs.existsSync(binary)) throw new Error(`${binary} is missing: apt-get install ${debianPackage}`);
  const port = await freePort();
  const file = path.join(dir, `${kind}.conf`);
  fs.mkdirSync(dir, { recursive: true });
  fs.writeFileSync(file, `${config(port).join('\n')}\n`);
  if (kind === 'rabbitmq') fs.writeFileSync(path.join(dir, 'plugins'), '[rabbitmq_mqtt].\n');
  const program = new Program({
    name: kind,
    command: binary,
    args: args(file),
    env: environment(dir, file),
    logFile: path.join(dir, `${kind}.log`),
    readyEvent: null,
  });
  await program.start();
  await until(() => canConnect(port), { timeoutMs: startsWithinMs, what: `${kind} on port ${port}` });
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
