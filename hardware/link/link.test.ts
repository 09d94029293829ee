import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { fault } from './faults.ts';
import { createLink } from './link.ts';
import { createMemoryHub, type MemoryPeer } from './ports/memory.ts';
import type { Port } from './ports/port.ts';
import type { Link } from './types.ts';

const until = async (what: () => boolean): Promise<void> => {
  const end = performance.now() + 10_000;
  while (!what()) {
    if (performance.now() > end) throw new Error(`never came true: ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
};

function memory(name: string): { link: Link; peers: MemoryPeer[]; codes: string[] } {
  const hub = createMemoryHub();
  const peers: MemoryPeer[] = [];
  hub.listen(name, (peer) => peers.push(peer));
  const codes: string[] = [];
  const link = createLink({
    url: `memory://${name}`,
    memory: hub,
    random: () => 0,
    writeTimeoutMs: 50,
    onLog: (entry) => codes.push(entry.fault?.code ?? entry.event),
  });
  return { link, peers, codes };
}

t.test('many readers, both directions, counters', async (t) => {
  const { link, peers } = memory('a');
  t.equal(link.phase, 'closed');
  t.notOk(link.write(new Uint8Array(5), 'urgent'), 'a closed link takes nothing');
  link.start();
  await until(() => link.isOpen && peers.length === 1);
  const sent: Uint8Array[] = [];
  const [peer] = peers;
  if (peer === undefined) throw new Error('no peer');
  peer.onData = (bytes) => sent.push(bytes);
  let one = 0;
  let two = 0;
  link.read((chunk) => {
    one += chunk.length;
  });
  link.read((chunk) => {
    two += chunk.length;
    throw new Error('reader bug');
  });
  peer.write(new Uint8Array(7));
  t.ok(link.write(new Uint8Array(3), 'normal'));
  await until(() => one === 7 && two === 7 && sent.length === 1);
  await until(() => link.counters.bytesOut === 3);
  t.match(link.counters, { bytesIn: 7, bytesOut: 3, framesOut: 1, opens: 1, faults: 0, readerErrors: 1 });
  t.equal(link.counters.droppedDown.urgent, 1);
  await link.close();
  await link.close();
  t.equal(link.phase, 'closed');
});

t.test('the far end cuts: reopened with a fresh port, what waited is dropped by name', async (t) => {
  const { link, peers, codes } = memory('b');
  const phases: string[] = [];
  link.onPhase((phase) => phases.push(phase));
  link.start();
  await until(() => peers.length === 1 && link.isOpen);
  const [peer] = peers;
  if (peer === undefined) throw new Error('no peer');
  peer.stalled = true;
  link.write(new Uint8Array(10), 'normal');
  link.write(new Uint8Array(10), 'normal');
  link.write(new Uint8Array(10), 'bulk');
  peer.close();
  await until(() => peers.length === 2 && link.isOpen);
  t.equal(link.lastError?.code, 'closed-by-peer');
  t.equal(link.counters.droppedDown.normal, 1);
  t.equal(link.counters.droppedDown.bulk, 1);
  t.equal(link.counters.cutOff, 1, 'the one under way, of which nobody knows how far it came');
  t.same(phases, ['opening', 'open', 'releasing', 'backingOff', 'opening', 'open']);
  t.same(codes, ['opened', 'closed-by-peer', 'opened']);
  await link.close();
});

t.test('a port that takes nothing is given up after the write timeout', async (t) => {
  const { link, peers } = memory('c');
  link.start();
  await until(() => peers.length === 1 && link.isOpen);
  const [peer] = peers;
  if (peer === undefined) throw new Error('no peer');
  peer.stalled = true;
  link.write(new Uint8Array(10), 'urgent');
  await until(() => peers.length === 2 && link.isOpen);
  t.equal(link.lastError?.code, 'write-timeout');
  await link.close();
});

t.test('urgent overtakes what waits', async (t) => {
  const { link, peers } = memory('d');
  link.start();
  await until(() => peers.length === 1 && link.isOpen);
  const sent: number[] = [];
  const [peer] = peers;
  if (peer === undefined) throw new Error('no peer');
  peer.onData = (bytes) => sent.push(bytes[0] ?? -1);
  for (let i = 0; i < 5; i += 1) link.write(Uint8Array.of(50 + i), 'bulk');
  link.write(Uint8Array.of(1), 'urgent');
  await until(() => sent.length === 6);
  t.same(sent, [50, 1, 51, 52, 53, 54], 'only the write already under way goes before');
  await link.close();
});

t.test('bauds in turn, each on a port of its own', async (t) => {
  const opened: number[] = [];
  const link = createLink({
    url: 'serial:///dev/null-of-this-test:57600,115200,921600',
    openPort: (_endpoint, variant, events): Port => {
      opened.push(variant);
      queueMicrotask(() => events.onOpened('test'));
      return { write: (_frame, done) => done(true), close: async () => {} };
    },
  });
  link.start();
  for (const baud of [57_600, 115_200, 921_600, 57_600]) {
    await until(() => link.isOpen && link.baud === baud);
    t.equal(link.nominalBytesPerS, baud / 10);
    link.hint('no-frames');
  }
  await until(() => link.isOpen);
  t.same(opened, [0, 1, 2, 0, 1]);
  await link.close();
});

t.test('a device that goes as soon as it is open, and gives no error, is noticed', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'link-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'autopilot');
  writeFileSync(path, '');
  const link = createLink({
    url: `serial://${path}:57600`,
    watchMs: 20,
    openPort: (_endpoint, _variant, events): Port => {
      rmSync(path, { force: true });
      queueMicrotask(() => events.onOpened('test'));
      return { write: (_frame, done) => done(true), close: async () => {} };
    },
  });
  link.start();
  await until(() => link.lastError?.code === 'EBADF');
  t.ok(link.counters.faults >= 1);
  await link.close();
});

t.test('a slow line is not stuffed: bulk waits for it, urgent does not', async (t) => {
  const sent: [number, number][] = [];
  let nowMs = 0;
  const link = createLink({
    url: 'serial:///dev/null-of-this-test:57600',
    now: () => nowMs,
    openPort: (_endpoint, _variant, events): Port => {
      queueMicrotask(() => events.onOpened('test'));
      return {
        write: (frame, done) => {
          sent.push([nowMs, frame[0] ?? -1]);
          done(true);
        },
        close: async () => {},
      };
    },
  });
  link.start();
  await until(() => link.isOpen);
  for (let i = 0; i < 20; i += 1) link.write(new Uint8Array(280).fill(7), 'bulk');
  t.ok(sent.length <= 3, 'about 50 ms of the line, 288 bytes, are under way');
  link.write(Uint8Array.of(1), 'urgent');
  t.equal(sent.at(-1)?.[1], 1);
  nowMs += 1_000;
  await until(() => sent.length >= 5);
  await link.close();
});

t.test(
  'an opener that throws, a listener that throws, nobody listening: all become faults, none an exception',
  async (t) => {
    const codes: string[] = [];
    const throwing = createLink({
      url: 'tcp://127.0.0.1:1',
      openPort: () => {
        throw new Error('No such device');
      },
      onLog: (entry) => codes.push(entry.fault?.code ?? entry.event),
    });
    throwing.onPhase(() => {
      throw new Error('listener bug');
    });
    throwing.start();
    await until(() => throwing.phase === 'backingOff');
    t.equal(throwing.lastError?.code, 'ENODEV');
    t.ok(throwing.counters.readerErrors > 0);
    await throwing.close();

    const refused = createLink({ url: 'memory://nobody', memory: createMemoryHub() });
    refused.start();
    await until(() => refused.phase === 'backingOff');
    t.same(refused.lastError, fault('ECONNREFUSED', 'memory nobody'));
    await refused.close();
    t.throws(() => createLink({ url: 'nonsense' }), TypeError);
  },
);
