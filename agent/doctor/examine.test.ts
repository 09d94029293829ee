/** What the doctor leaves alone, and that nothing holds it up: who listens, who writes, who logs in, and for how long. */
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import { type DoctorPorts, examine } from './examine.ts';
import type { Settings } from './facts.ts';
import type { RunningFacts } from './running.ts';
import { ME, WELL } from './testing/well.ts';

/** It is a device, and nobody's autopilot. */
const DEVICE = '/dev/null';

interface Board {
  readonly dataDir: string;
  /** How often the line was to be opened, and the disk written. */
  readonly done: { links: number; probes: number };
  program(pid: number, command: string, open: readonly string[] | null): void;
  write(path: string, text: string): void;
  words(
    ports?: Partial<DoctorPorts>,
    used?: Partial<Settings>,
    problems?: readonly string[],
  ): Promise<(area: string) => string>;
}

function board(test: Test): Board {
  const root = mkdtempSync(join(tmpdir(), 'sk-'));
  test.teardown(() => rmSync(root, { recursive: true, force: true }));
  const dataDir = join(root, 'data');
  mkdirSync(dataDir);
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  write('proc/self/mounts', '/dev/mmcblk0p2 / ext4 rw 0 0\n');
  const done = { links: 0, probes: 0 };
  return {
    dataDir,
    done,
    program(pid, command, open) {
      write(`proc/${pid}/comm`, 'some\n');
      write(`proc/${pid}/cmdline`, command.replaceAll(' ', '\0'));
      write(`proc/${pid}/status`, 'PPid:\t1\n');
      if (open !== null) mkdirSync(join(root, `proc/${pid}/fd`));
      for (const [i, target] of (open ?? []).entries()) symlinkSync(target, join(root, `proc/${pid}/fd/${i + 3}`));
    },
    write,
    async words(ports = {}, used = {}, problems = []) {
      const settings: Settings = {
        ...{ drone: 'kite-1', dataDir, linkUrl: `serial://${DEVICE}:57600`, brokerUrl: '', topicRoot: 'skein/1' },
        ...{ username: '', budgetMB: 8, profile: 'bench', stations: [], hash: 'abc', ...used },
      };
      const facts = { file: join(root, 'agent.toml'), given: true, problems, used: settings, extraCa: null };
      const { findings } = await examine(facts, {
        ...{ version: '0.1.0', node: 'v24.0.0', nodeNeeded: 24, root, utcMs: () => 1.795e12, programUtcMs: 1.79e12 },
        ...{ me: ME, socket: join(dataDir, 'agent.sock'), password: '', session: '00112233', stepMs: 1_000 },
        ask: async () => ({ ok: false, reason: 'ENOENT', reached: false }),
        changed: async () => null,
        boardSerial: async () => 'board-1',
        networkTime: async () => true,
        createLink: () => {
          done.links++;
          throw new Error('it would be listened to');
        },
        probeDisk: async () => {
          done.probes++;
          return { ms: 1, error: null };
        },
        ...ports,
      });
      return (area) =>
        findings
          .filter((one) => one.area === area)
          .map(({ code, words }) => `${code}: ${words}`)
          .join('\n');
    },
  };
}

const runs = (facts: RunningFacts): Partial<DoctorPorts> => ({
  ask: async () => ({ ok: true, body: JSON.stringify(facts) }),
});

t.test('a line that nobody has is listened to, and the disk is tried', async (t) => {
  const { words, done } = board(t);
  const said = await words();
  t.match(said('line'), /cannot-tell: The line: it would be listened to/);
  t.match(said('ports'), /ok: those it listens on are free/);
  t.same(done, { links: 1, probes: 1 });
});

t.test('a line over the network is listened to; its port is looked at, and another board is another', async (t) => {
  const { words, done, write, dataDir } = board(t);
  // 38D6 is 14550.
  write('proc/net/udp', 'head\n  1: 00000000:38D6 00000000:0000 07 0:0 0:0 0 1000 0 777 2\n');
  writeFileSync(join(dataDir, 'state.json'), '{"n":7,"board":"board-0"}');
  const said = await words({}, { linkUrl: 'udpin://0.0.0.0:14550' });
  t.match(said('ports'), /port-taken: The line to the autopilot wants udpin/);
  t.match(said('agent'), /card-moved: .*board-0; this is board-1/);
  t.equal(done.links, 1);
  t.match((await words({}, { linkUrl: 'tcp://127.0.0.1:14550' }))('ports'), /ok: those it listens on are free/);
});

t.test('what is no device is not opened; of settings that are wrong nothing is tried', async (t) => {
  const { words, done, write, dataDir } = board(t);
  write('data/file', 'x');
  const file = await words({}, { linkUrl: `serial://${join(dataDir, 'file')}:57600` });
  t.match(file('device'), /device-no-serial/);
  t.match(file('line'), /Not listened: there is no device to listen to/);
  const wrong = await words({}, { brokerUrl: 'mqtt://127.0.0.1:1' }, ['drone must be set']);
  t.match(wrong('line'), /Not listened: the settings are wrong/);
  t.match(wrong('uplink'), /Not tried: the settings are wrong/);
  t.equal(wrong('ports') + wrong('device'), '');
  t.equal(done.links, 0);
});

t.test('a line that somebody has, or may have, is left alone', async (t) => {
  for (const [command, open] of [
    ['/usr/bin/mavproxy.py', [DEVICE]],
    ['node /opt/skein/agent/main.ts run --drone=kite-2', null],
  ] as const) {
    const { words, done, program } = board(t);
    program(977, command, open);
    t.match((await words())('line'), /Not listened: somebody has the line, or may have it/, command);
    t.equal(done.links, 0, command);
  }
});

t.test(
  'an agent that runs keeps its line, its disk and its ports to itself; so does one that is not known',
  async (t) => {
    for (const ports of [
      runs(WELL),
      { ask: async () => ({ ok: false, reason: 'the agent is starting', reached: true }) as const },
      { ask: async () => ({ ok: false, reason: 'no answer within 3 s', reached: false }) as const },
      { ask: async () => ({ ok: false, reason: 'EACCES', reached: false }) as const },
    ]) {
      const { words, done } = board(t);
      const said = await words(ports);
      t.same(done, { links: 0, probes: 0 });
      t.notMatch(said('ports'), /are free/, 'its own would look taken');
    }
  },
);

t.test('what an agent answers, or who answers in its place', async (t) => {
  const answers = [
    [{ ok: false, reason: 'ENOENT', reached: false }, /^agent-stopped/],
    [{ ok: false, reason: 'ECONNREFUSED', reached: false }, /^agent-stopped/],
    [{ ok: false, reason: 'ENOTSOCK', reached: false }, /^agent-stopped/],
    [{ ok: false, reason: 'EACCES', reached: false }, /^agent-forbidden/],
    [{ ok: false, reason: 'EPERM', reached: false }, /^agent-forbidden/],
    [{ ok: false, reason: 'no answer within 3 s', reached: false }, /^agent-hangs/],
    [{ ok: false, reason: 'the agent is starting', reached: true }, /^cannot-tell: It is just starting/],
    [
      { ok: false, reason: 'there is no /doctor', reached: true },
      /^cannot-tell: .* could not be asked: there is no \/doctor/,
    ],
    [{ ok: true, body: 'starting' }, /^cannot-tell: .* could not be asked: SyntaxError/],
    [{ ok: true, body: '{"format":2}' }, /^cannot-tell: .* another format \(2\)/],
    [{ ok: true, body: JSON.stringify(WELL) }, /^ok: kite-1 runs/],
  ] as const;
  for (const [answer, said] of answers) {
    const { words } = board(t);
    t.match((await words({ ask: async () => answer }))('agent'), said, JSON.stringify(answer).slice(0, 60));
  }
});

t.test('the broker of an agent is spoken to with its own login alone', async (t) => {
  let bytes = 0;
  let last = '';
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (part) => {
      bytes += part.length;
      last = String(part);
      socket.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const url = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const facts = { ...WELL, uplink: { ...WELL.uplink, url, state: 'waiting', lastError: 'connection closed' } };
  const { words } = board(t);
  const foreign = await words(runs(facts), { hash: 'def', brokerUrl: url });
  t.match(foreign('uplink'), /cannot-tell: .* is there; the agent is waiting: connection closed/);
  t.equal(bytes, 0, 'other settings, another login: it would be refused, and that says nothing of the agent');
  const connected = runs({ ...facts, uplink: { ...facts.uplink, state: 'up' } });
  t.match((await words(connected, { hash: 'abc', brokerUrl: url }))('uplink'), /ok: connected to/);
  t.equal(bytes, 0, 'one that is connected needs no second one');
  t.match((await words(runs(facts), { hash: 'abc', brokerUrl: url }))('uplink'), /broker-cuts/);
  t.ok(bytes > 0);
  const host = url.slice('mqtt://'.length);
  const told = runs({ ...facts, uplink: { ...facts.uplink, url: `mqtt://…@${host}` } });
  const asItself = await words(told, { hash: 'abc', brokerUrl: `mqtt://kite-1:secret@${host}` });
  t.match(last, /kite-1.*secret$/s, 'a login in the address is the one it tries, though the agent does not tell it');
  t.notMatch(asItself('uplink'), /secret/);
});

t.test('a password that was corrected is tried, another drone’s is not', async (t) => {
  let bytes = 0;
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (part) => {
      bytes += part.length;
      socket.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const url = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const lastError = 'Connection refused: Not authorized';
  const facts = { ...WELL, uplink: { ...WELL.uplink, url, state: 'waiting', lastError } };
  const { words } = board(t);
  const other = await words({ ...runs(facts), changed: async () => ['drone', 'uplink.username'] });
  t.match(other('settings'), /^settings-changed: .* \(drone, uplink\.username\)/);
  t.match(other('uplink'), /^agent-refused/);
  const elsewhere = await words({ ...runs(facts), changed: async () => [] }, { brokerUrl: 'mqtt://127.0.0.1:1' });
  t.match(elsewhere('uplink'), /^mqtt-denied/, 'of the broker that it was given on its command line');
  t.equal(bytes, 0);
  const same = await words({ ...runs(facts), changed: async () => ['uplink.password'] }, { brokerUrl: url });
  t.match(same('settings'), /^settings-changed: .* \(uplink\.password\)/);
  t.ok(bytes > 0);
  const unsaid = await words({ ...runs(facts), changed: () => Promise.reject(new Error('cut')) });
  t.match(unsaid('settings'), /^ok/, 'then only what its hash says');
});

t.test('what does not end is not known, and holds up nothing', async (t) => {
  const never = (): Promise<never> => new Promise(() => {});
  const { words } = board(t);
  const ports = { patience: 0.05, probeDisk: never, networkTime: never, boardSerial: never };
  const said = await words(ports);
  t.match(said('disk'), /cannot-tell: The disk: it could not be looked at within 0\.3 s/);
  t.match(said('clock'), /cannot-tell: The clock: it could not be looked at within 0\.2 s/);
  t.notMatch(said('agent'), /card-moved/);
});
