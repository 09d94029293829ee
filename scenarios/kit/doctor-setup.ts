/** A board with everything well on it, for `skein-agent doctor` to look at; a test breaks one thing. */
import { once } from 'node:events';
import fs from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import tls from 'node:tls';
import { createLink } from '@skein/hardware/link';
import { encode } from '@skein/protocol/mavlink';
import { Aedes } from 'aedes';
import { readLine } from '../../agent/cli/index.ts';
import type { DoctorPorts, Finding } from '../../agent/doctor/index.ts';
import { DRONE_COMMANDS } from '../../agent/program-drone.ts';
import { doctor } from '../../agent/tools-doctor.ts';
import { openSerialLine, type SerialLine } from './serial-line.ts';

export interface SetUp {
  readonly dir: string;
  readonly dataDir: string;
  /** Settings as TOML, by key; `file` is written from them just before the doctor looks. */
  readonly settings: Record<string, string>;
  /** Written in place of them. */
  file: string | null;
  readonly ports: { -readonly [K in keyof DoctorPorts]?: DoctorPorts[K] };
  /** Below the root of /proc, /sys, /etc, /run, /dev. */
  write(file: string, text: string): void;
  /** A program that runs, and what it has open. */
  program(pid: number, command: readonly string[], open?: readonly string[]): void;
  serial(voice: (line: SerialLine) => Uint8Array): SerialLine;
  /** Bytes that came out at the autopilot's end. */
  readonly said: number;
  close(): Promise<void>;
}

/** Of no group, and not the owner of anything. */
export const STRANGER = { name: 'pilot', uid: 4242, gids: [4242] };

let seq = 0;
export const beat = (o: { sysid?: number; compid?: number; version?: 1 | 2; armed?: boolean } = {}): Uint8Array => {
  const { sysid = 1, compid = 1, version = 2, armed = false } = o;
  const fields = {
    type: 2,
    autopilot: compid === 1 ? 3 : 8,
    base_mode: armed ? 217 : 81,
    custom_mode: 0,
    system_status: 3,
  };
  return encode('HEARTBEAT', { ...fields, mavlink_version: 3 }, { sysid, compid, version, seq: seq++ & 0xff });
};

export interface Server {
  readonly port: number;
  close(): Promise<void>;
}

async function listening(server: net.Server): Promise<Server> {
  const open = new Set<net.Socket>();
  server.on('connection', (socket: net.Socket) => {
    open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => open.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export const serve = (each: (socket: net.Socket) => void): Promise<Server> => listening(net.createServer(each));

/** An autopilot on TCP that beats to everybody. */
export const autopilotServer = (): Promise<Server> =>
  serve((socket) => {
    const timer = setInterval(() => socket.write(beat()), 100);
    socket.on('close', () => clearInterval(timer));
  });

/** A broker; `connack` refuses everybody with that code, `login` all but this user with this password, `topics` false lets nobody read anything. */
export async function broker(
  o: {
    readonly connack?: number;
    readonly login?: readonly [user: string, password: string];
    readonly topics?: boolean;
    readonly tls?: tls.TlsOptions;
  } = {},
): Promise<Server> {
  const aedes = await Aedes.createBroker();
  if (o.connack !== undefined) {
    const refusal = Object.assign(new Error('refused'), { returnCode: o.connack });
    aedes.authenticate = (_client, _user, _password, done) => done(refusal as never, false);
  }
  if (o.login !== undefined) {
    const [wanted, word] = o.login;
    aedes.authenticate = (_client, user, password, done) => done(null, user === wanted && String(password) === word);
  }
  if (o.topics === false) aedes.authorizeSubscribe = (_client, _subscription, done) => done(null, null);
  const handle = (socket: net.Socket): void => void aedes.handle(socket);
  const server = await listening(o.tls === undefined ? net.createServer(handle) : tls.createServer(o.tls, handle));
  return {
    port: server.port,
    async close() {
      await server.close();
      await new Promise<void>((resolve) => aedes.close(() => resolve()));
    },
  };
}

/** Well in every way, with an autopilot at `autopilot` and a broker at `mqtt`, which may be shared. */
export function healthy(autopilot: Server, mqtt: Server): SetUp {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sd-'));
  const root = path.join(dir, 'root');
  const dataDir = path.join(dir, 'data');
  fs.mkdirSync(dataDir);
  const write = (file: string, text: string): void => {
    const whole = path.join(root, file);
    fs.mkdirSync(path.dirname(whole), { recursive: true });
    fs.writeFileSync(whole, text);
  };
  write('proc/cmdline', 'root=/dev/mmcblk0p2 quiet\n');
  write('proc/self/mounts', '/dev/mmcblk0p2 / ext4 rw,noatime 0 0\n');
  write('sys/fs/ext4/mmcblk0p2/errors_count', '0\n');
  const lines: SerialLine[] = [];
  return {
    dir,
    dataDir,
    settings: {
      drone: '"kite-1"',
      dataDir: JSON.stringify(dataDir),
      'link.url': `"tcp://127.0.0.1:${autopilot.port}"`,
      'uplink.url': `"mqtt://127.0.0.1:${mqtt.port}"`,
      // A memory file system of a test machine is not large.
      'disk.budgetMB': '8',
    },
    file: null,
    ports: {
      root,
      boardSerial: async () => 'board-1',
      networkTime: async () => true,
      // A machine with much to do is no broker that says nothing.
      stepMs: 10_000,
      patience: 5,
      createLink: (url) => createLink({ url }),
    },
    write,
    program(pid, command, open = []) {
      const [first = ''] = command;
      write(`proc/${pid}/comm`, `${path.basename(first).slice(0, 15)}\n`);
      write(`proc/${pid}/cmdline`, `${command.join('\0')}\0`);
      write(`proc/${pid}/status`, 'PPid:\t1\n');
      fs.mkdirSync(path.join(root, `proc/${pid}/fd`), { recursive: true });
      for (const [i, target] of open.entries()) fs.symlinkSync(target, path.join(root, `proc/${pid}/fd/${i + 3}`));
    },
    serial(voice) {
      const line = openSerialLine(voice);
      lines.push(line);
      this.settings['link.url'] = `"serial://${line.path}:57600"`;
      return line;
    },
    get said() {
      return lines.reduce((sum, { heard }) => sum + heard.reduce((all, bytes) => all + bytes.length, 0), 0);
    },
    async close() {
      for (const line of lines) line.close();
      fs.rmSync(dir, { recursive: true, force: true });
    },
  };
}

export interface Said {
  readonly code: number;
  readonly findings: readonly Finding[];
}

/** As a technician types it. */
export async function typeDoctor(args: readonly string[], ports: Partial<DoctorPorts> = {}): Promise<Said> {
  const command = DRONE_COMMANDS.find(({ name }) => name === 'doctor');
  if (command === undefined) throw new Error('there is no doctor');
  const read = readLine('skein-agent', command, ['--json', ...args]);
  if (!read.ok) throw new Error(read.problems.join('\n'));
  let text = '';
  const io = {
    out: (words: string) => {
      text += words;
    },
    complain: () => {},
    stream: new Writable(),
    colours: false,
  };
  const code = await doctor(read.line, io, ports);
  return { code, findings: (JSON.parse(text) as { findings: Finding[] }).findings };
}

export function ask(at: SetUp): Promise<Said> {
  const file = path.join(at.dir, 'agent.toml');
  const written = Object.entries(at.settings).map(([key, value]) => `${key} = ${value}\n`);
  fs.writeFileSync(file, at.file ?? written.join(''));
  return typeDoctor(['--config', file], at.ports);
}
