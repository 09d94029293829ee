import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { decode, FrameParser, TlogReader } from '@skein/protocol/mavlink';
import { SerialPort } from 'serialport';
import t from 'tap';
import { addressOf, placeOf, resolve } from './config.ts';
import { type RunningSimulator, runSimulator } from './program.ts';

const until = async (what: () => boolean): Promise<void> => {
  const end = performance.now() + 10_000;
  while (!what()) {
    if (performance.now() > end) throw new Error(`never came true: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
};

type Told = Readonly<Record<string, string | number>>;

async function run(...flags: string[]): Promise<{ running: RunningSimulator; told: Told[]; commands: PassThrough }> {
  const resolved = resolve({ env: {}, flags: ['--start', 'airborne', ...flags] });
  if (!resolved.ok) throw new Error(resolved.problems.join());
  const told: Told[] = [];
  const commands = new PassThrough();
  const running = await runSimulator(resolved.config, {
    print: (line) => told.push(JSON.parse(line) as Told),
    commands,
  });
  return { running, told, commands };
}

const folder = mkdtempSync(join(tmpdir(), 'sim-'));
t.teardown(() => rmSync(folder, { recursive: true }));

t.test('tcp: one client at a time; the second waits without a byte; everything sent is in the log', async (t) => {
  const log = join(folder, 'sent.tlog');
  const { running, told, commands } = await run('--tcp', '127.0.0.1:0', '--speedup', '20', '--tlog', log);
  const port = Number(told[0]?.port);
  const clients = [0, 1].map(() => ({
    socket: connect({ port, host: '127.0.0.1' }),
    frames: 0,
    ended: false,
    parser: new FrameParser(),
  }));
  const [first, second] = clients;
  if (first === undefined || second === undefined) throw new Error('two clients');
  await once(first.socket, 'connect');
  for (const client of clients) {
    client.socket.on('data', (bytes: Uint8Array) =>
      client.parser.push(bytes, () => {
        client.frames += 1;
      }),
    );
    client.socket.on('close', () => {
      client.ended = true;
    });
    client.socket.on('error', () => {});
  }
  await until(() => first.frames > 20);
  t.equal(second.socket.bytesRead, 0);
  const logged = new TlogReader();
  let records = 0;
  logged.push(readFileSync(log), () => {
    records += 1;
  });
  t.ok(records >= first.frames, 'the log is never behind a client');
  first.socket.destroy();
  await until(() => second.frames > 20);
  t.equal(second.parser.counters.badChecksum, 0);
  // A reboot drops the client, and listens again at once.
  commands.write('reboot\n');
  await until(() => second.ended);
  const third = connect({ port, host: '127.0.0.1' });
  third.on('error', () => {});
  await until(() => third.bytesRead > 100);
  third.destroy();
  await running.close();
});

t.test('udp: to one address, from another port after a reboot', async (t) => {
  const station = createSocket('udp4').bind(0, '127.0.0.1');
  await once(station, 'listening');
  const ports = new Set<number>();
  let frames = 0;
  const parser = new FrameParser();
  station.on('message', (bytes, from) => {
    ports.add(from.port);
    parser.push(bytes, () => {
      frames += 1;
    });
  });
  const { running, told, commands } = await run('--udp', String(station.address().port), '--speedup', '20');
  await until(() => frames > 20);
  t.equal(ports.size, 1);
  commands.write('reboot\n');
  await until(() => ports.size === 2);
  for (const wrong of ['rc five 1500', 'rc 0 1500', 'rc 5 high', 'rc 99 1500']) {
    commands.write(`${wrong}\n`);
    await until(() => told.some(({ event, line }) => event === 'unknown-command' && line === wrong));
  }
  commands.write('load 0.6\npayload\n');
  await until(() =>
    told.some(({ event, massKg, releases }) => event === 'payload' && massKg === 0.6 && releases === 0),
  );
  await running.close();
  await new Promise<void>((resolve) => station.close(() => resolve()));
});

t.test('pty: a serial line that nobody needs to read, replugged at another path behind the same name', async (t) => {
  const link = join(folder, 'autopilot');
  const { running, told, commands } = await run('--pty-link', link, '--speedup', '20');
  t.match(told[0], { event: 'listening', transport: 'pty', link });
  const path = readlinkSync(link);
  t.equal(path, told[0]?.path);
  const open = async (): Promise<{ port: SerialPort; frames: () => number }> => {
    const parser = new FrameParser();
    let frames = 0;
    const port = new SerialPort({ path: link, baudRate: 921_600, autoOpen: false });
    port.on('error', () => {});
    port.on('data', (bytes: Uint8Array) =>
      parser.push(bytes, () => {
        frames += 1;
      }),
    );
    await new Promise<void>((resolve, reject) => port.open((error) => (error ? reject(error) : resolve())));
    return { port, frames: () => frames };
  };
  const before = await open();
  await until(() => before.frames() > 20);
  commands.write('replug\n');
  await until(() => !existsSync(link));
  await until(() => existsSync(link));
  t.not(readlinkSync(link), path);
  const after = await open();
  await until(() => after.frames() > 20);
  // A read that was under way when the line hung up is begun again for ever by serialport: only closing ends it.
  for (const { port } of [before, after]) if (port.isOpen) await new Promise((resolve) => port.close(resolve));
  await running.close();
  t.notOk(existsSync(link));
});

const countsFiles = { skip: !existsSync('/proc/self/fd') };
t.test('closed while unplugged, and closed twice: nothing stays open', countsFiles, async (t) => {
  const masters = (): number =>
    readdirSync('/proc/self/fd').filter((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`).endsWith('ptmx');
      } catch {
        return false;
      }
    }).length;
  const before = masters();
  const link = join(folder, 'unplugged');
  const log = join(folder, 'closed.tlog');
  const { running, told } = await run('--pty-link', link, '--udp', '127.0.0.1:9', '--tlog', log);
  running.replug();
  t.ok(told.some(({ event }) => event === 'unplugged'));
  t.ok(masters() > before);
  await Promise.all([running.close(), running.close()]);
  await running.close();
  await until(() => masters() === before);
});

t.test('a port that is taken: refused with the reason, nothing left behind', async (t) => {
  const { running, told } = await run('--tcp', '127.0.0.1:0');
  await t.rejects(run('--tcp', `127.0.0.1:${told[0]?.port}`), /EADDRINUSE/);
  await running.close();
});

t.test('faults from flags and from lines, told when refused; another make', async (t) => {
  const station = createSocket('udp4').bind(0, '127.0.0.1');
  await once(station, 'listening');
  let heartbeats = 0;
  const makes = new Set<number>();
  const parser = new FrameParser();
  station.on('message', (bytes) =>
    parser.push(bytes, (frame) => {
      const message = decode(frame);
      if (message?.name !== 'HEARTBEAT') return;
      heartbeats += 1;
      makes.add(message.fields.autopilot);
    }),
  );
  const port = String(station.address().port);
  const flags = ['--udp', port, '--speedup', '20', '--flavour', 'px4', '--fault', 'pilot:mode=Nowhere'];
  const { running, told, commands } = await run(...flags, '--fault=lose:0,way=in');
  t.match(told, [{ event: 'fault-refused', fault: 'pilot', reason: /no position of the mode switch is Nowhere/ }]);
  await until(() => heartbeats > 5);
  t.same([...makes], [12]);
  commands.write('fault loose:5\n');
  await until(() =>
    told.some(({ event, reason }) => event === 'fault-refused' && /did you mean lose/.test(`${reason}`)),
  );
  commands.write('fault reboot\n');
  await until(() => told.filter(({ event }) => event === 'listening').length === 2);
  commands.write('fault mute\n');
  commands.write('clear mute\n');
  const before = heartbeats;
  await until(() => heartbeats > before + 5);
  await running.close();
  await new Promise<void>((resolve) => station.close(() => resolve()));
});

t.test('configuration', async (t) => {
  t.same(addressOf('5760'), { host: '127.0.0.1', port: 5760 });
  t.same(placeOf('43.6155,-7.0719,10,90'), { latE7: 436_155_000, lonE7: -70_719_000, altM: 10 });
  const fromEnv = resolve({
    env: { SKEIN_SIM_PTY_LINK: '/x', SKEIN_SIM_SEED: '4', SKEIN_OTHER: '1' },
    flags: ['--start=ready'],
  });
  t.match(fromEnv, { ok: true, config: { ptyLink: '/x', seed: 4, start: 'ready' } });
  const faulty = resolve({
    env: { SKEIN_SIM_FAULT: 'mute@5+1' },
    flags: ['--fault', 'lose:5,way=in', '--fault=delay:100'],
  });
  t.match(faulty, { ok: true, config: { fault: ['mute@5+1', 'lose:5,way=in', 'delay:100'] } });
  t.match(resolve({ env: {}, flags: ['--param', 'FS_GCS_ENABLE=1,RTL_ALT=-1'] }), {
    config: { param: ['FS_GCS_ENABLE=1', 'RTL_ALT=-1'] },
  });
  t.match(resolve({ env: {}, flags: ['--param', 'RTL_ALT'] }), { ok: false, problems: [/param/] });
  t.match(resolve({ env: {}, flags: ['--fault=loose'] }), { ok: false, problems: [/did you mean lose/] });
  const wrong = resolve({ env: {}, flags: ['--sed=4', '--start=hot', '--home=here'] });
  t.equal(wrong.ok, false);
  t.match(wrong.ok ? '' : wrong.problems.join('\n'), /did you mean seed/);
});
