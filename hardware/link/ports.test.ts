import { pbkdf2 } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { constants, mkdtempSync, openSync, renameSync, rmSync, symlinkSync, unlinkSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReadStream } from 'node:tty';
import { promisify } from 'node:util';
import * as nodePty from '@lydell/node-pty';
import t from 'tap';
import { createLink } from './link.ts';

const until = async (what: () => boolean): Promise<void> => {
  const end = performance.now() + 10_000;
  while (!what()) {
    if (performance.now() > end) throw new Error(`never came true: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
};
const text = (chunks: Uint8Array[]): string => Buffer.concat(chunks).toString('latin1');

t.test('tcp: refused at first, then served, then cut, then served again', async (t) => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));

  const link = createLink({ url: `tcp://127.0.0.1:${port}` });
  const heard: Uint8Array[] = [];
  link.read((chunk) => heard.push(chunk));
  link.start();
  await until(() => link.lastError?.code === 'ECONNREFUSED');

  const clients: Socket[] = [];
  const got: Uint8Array[] = [];
  server.on('connection', (client) => {
    clients.push(client);
    client.on('data', (chunk) => got.push(chunk));
    client.on('error', () => {});
    client.write('hello');
  });
  server.listen(port, '127.0.0.1');
  await until(() => text(heard) === 'hello');
  link.write(Buffer.from('frame'), 'normal');
  await until(() => text(got) === 'frame');
  clients[0]?.destroy();
  await until(() => clients.length === 2 && text(heard) === 'hellohello');
  t.equal(link.counters.opens, 2);
  await link.close();
  await new Promise((resolve) => server.close(resolve));
});

t.test('udpin learns its peer, follows it, and says when the port is taken', async (t) => {
  const finder = createSocket('udp4').bind(0, '127.0.0.1');
  await once(finder, 'listening');
  const { port } = finder.address();
  const link = createLink({ url: `udpin://127.0.0.1:${port}` });
  link.start();
  await until(() => link.lastError?.code === 'EADDRINUSE');
  await new Promise<void>((resolve) => finder.close(() => resolve()));
  await until(() => link.isOpen);

  t.ok(link.write(Buffer.from('lost'), 'normal'));
  await until(() => link.counters.droppedNoPeer === 1);
  for (const name of ['first', 'second']) {
    const peer = createSocket('udp4').bind(0, '127.0.0.1');
    await once(peer, 'listening');
    const answers: Uint8Array[] = [];
    peer.on('message', (message) => answers.push(message));
    const before = link.counters.bytesIn;
    peer.send(name, port, '127.0.0.1');
    await until(() => link.counters.bytesIn === before + name.length);
    link.write(Buffer.from(`to ${name}`), 'urgent');
    await until(() => text(answers) === `to ${name}`);
    await new Promise<void>((resolve) => peer.close(() => resolve()));
  }
  t.equal(link.counters.oddities.peerChanges, 1);
  await link.close();
});

t.test('udpout shows itself with zero bytes until it is answered', async (t) => {
  const far = createSocket('udp4').bind(0, '127.0.0.1');
  await once(far, 'listening');
  const got: Uint8Array[] = [];
  far.on('message', (message, from) => {
    got.push(message);
    if (message.length === 1) far.send('answer', from.port, from.address);
  });
  const link = createLink({ url: `udpout://127.0.0.1:${far.address().port}` });
  link.start();
  await until(() => link.counters.bytesIn === 6);
  link.write(Buffer.from('frame'), 'normal');
  await until(() => text(got).endsWith('frame'));
  t.equal(got[0]?.[0], 0);
  await link.close();
  await new Promise<void>((resolve) => far.close(() => resolve()));
});

/** A pty with its slave kept open in raw mode, as the simulator holds it. */
function openPty(): { path: string; master: ReadStream; close: () => void } {
  const made = (
    nodePty as unknown as { open(o: object): { _pty: string; _master: ReadStream; _slave: ReadStream } }
  ).open({ encoding: null });
  const keep = new ReadStream(openSync(made._pty, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK));
  keep.setRawMode(true);
  made._slave.destroy();
  made._master.on('error', () => {});
  return {
    path: made._pty,
    master: made._master,
    close: () => {
      made._master.destroy();
      keep.destroy();
    },
  };
}

t.test('serial on a pty: absent, there, remade behind the same link name, reconnected within 3 s', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'link-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const name = join(folder, 'autopilot');
  const link = createLink({ url: `serial://${name}:921600` });
  const heard: Uint8Array[] = [];
  link.read((chunk) => heard.push(chunk));
  link.start();
  await until(() => link.lastError?.code === 'ENOENT');

  const first = openPty();
  symlinkSync(first.path, name);
  await until(() => link.isOpen);
  const got: Uint8Array[] = [];
  first.master.on('data', (chunk) => got.push(chunk));
  first.master.write('one');
  link.write(Buffer.from('\r\n\x03\x11ok', 'latin1'), 'normal');
  await until(() => text(heard) === 'one' && text(got) === '\r\n\x03\x11ok');

  // The cable is pulled and put back: the device comes at another path behind the same name.
  const at = performance.now();
  first.close();
  await until(() => !link.isOpen);
  t.ok(link.lastError !== null && ['EBADF', 'EIO', 'hang-up', 'device-changed'].includes(link.lastError.code));
  const second = openPty();
  unlinkSync(name);
  symlinkSync(second.path, name);
  await until(() => link.isOpen);
  second.master.write('two');
  await until(() => text(heard) === 'onetwo');
  t.ok(performance.now() - at < 3_000);

  // Silently another device: no error comes from the old one, which still lives.
  const third = openPty();
  symlinkSync(third.path, `${name}.new`);
  renameSync(`${name}.new`, name);
  const since = performance.now();
  await until(() => link.lastError?.code === 'device-changed' && link.isOpen);
  third.master.write('three');
  await until(() => text(heard) === 'onetwothree');
  t.ok(performance.now() - since < 1_500);
  await link.close();
  second.close();
  third.close();
});

t.test('serial: hung up while a read waits for its turn, which gives no error ever', async (t) => {
  const pty = openPty();
  const link = createLink({ url: `serial://${pty.path}:921600` });
  link.start();
  await until(() => link.isOpen);
  // Every thread that could read is busy, so the read is begun after the hang-up, and finds neither bytes nor an error.
  const busy = Array.from({ length: 4 }, () => promisify(pbkdf2)('x', 'y', 200_000, 64, 'sha512'));
  pty.master.write('one');
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
  pty.close();
  await until(() => !link.isOpen);
  t.not(link.lastError, null, 'noticed, and said');
  await Promise.all(busy);
  await link.close();
});

t.test('serial faults have their own codes', async (t) => {
  const expected: [string, string][] = [
    ['/dev/null', 'ENOTTY'],
    [tmpdir(), 'EISDIR'],
  ];
  for (const [path, code] of expected) {
    const link = createLink({ url: `serial://${path}:57600` });
    link.start();
    await until(() => link.lastError !== null);
    t.equal(link.lastError?.code, code);
    await link.close();
  }
  const pty = openPty();
  const holder = createLink({ url: `serial://${pty.path}:57600` });
  const second = createLink({ url: `serial://${pty.path}:57600` });
  holder.start();
  await until(() => holder.isOpen);
  second.start();
  await until(() => second.lastError?.code === 'EBUSY');
  t.match(second.lastError?.advice, /ModemManager/);
  await Promise.all([holder.close(), second.close()]);
  pty.close();
});
