import t from 'tap';
import { faultOf } from './faults.ts';
import { defaultBounds, WriteQueue } from './queue.ts';
import { ByteRate } from './rate.ts';
import { Readers } from './readers.ts';
import { parseLinkUrl } from './url.ts';

const frame = (length: number, mark = 0): Uint8Array => new Uint8Array(length).fill(mark);

t.test('urls', async (t) => {
  const endpoint = (url: string) => {
    const parsed = parseLinkUrl(url);
    return parsed.ok ? parsed.endpoint : parsed.reason;
  };
  t.same(endpoint('serial:///dev/serial/by-path/pci-0000:00:14.0-usb-0:1:1.0:57600,115200,921600'), {
    kind: 'serial',
    path: '/dev/serial/by-path/pci-0000:00:14.0-usb-0:1:1.0',
    bauds: [57600, 115200, 921600],
  });
  t.same(endpoint('serial:///dev/ttyACM0'), { kind: 'serial', path: '/dev/ttyACM0', bauds: [57600] });
  t.same(endpoint('udpin://0.0.0.0:14550'), { kind: 'udpin', host: '0.0.0.0', port: 14550 });
  t.same(endpoint('udpin://:14550'), { kind: 'udpin', host: '0.0.0.0', port: 14550 });
  t.same(endpoint('udpout://gcs.local:14550'), { kind: 'udpout', host: 'gcs.local', port: 14550 });
  t.same(endpoint('tcp://[::1]:5760'), { kind: 'tcp', host: '::1', port: 5760 });
  t.same(endpoint('memory://a'), { kind: 'memory', name: 'a' });
  for (const bad of [
    '/dev/ttyACM0',
    'serial://ttyACM0:57600',
    'serial:///dev/x:99',
    'tcp://127.0.0.1',
    'tcp://:5760',
    'tcp://h:0',
    'udpin://h:70000',
    'http://x',
    'memory://',
  ]) {
    t.equal(parseLinkUrl(bad).ok, false, bad);
  }
});

t.test('faults: serialport gives text only, sockets give codes, anything else is unknown but never lost', async (t) => {
  const cases: [string, string][] = [
    ['Error: No such file or directory, cannot open /dev/nope', 'ENOENT'],
    ['Error: Permission denied, cannot open /dev/x', 'EACCES'],
    ['Error Resource temporarily unavailable Cannot lock port', 'EBUSY'],
    ['Error: Device or resource busy, cannot open /dev/x', 'EBUSY'],
    ['Error: Inappropriate ioctl for device, cannot set', 'ENOTTY'],
    ['Error: Input/output error', 'EIO'],
    ['bad file descriptor', 'EBADF'],
    ['Error: No such device or address', 'ENXIO'],
    ['the moon', 'unknown'],
  ];
  for (const [text, code] of cases) {
    const found = faultOf(new Error(text), '/dev/x');
    t.equal(found.code, code, text);
    t.ok(found.advice.length > 10);
    t.match(found.message, '/dev/x');
  }
  t.equal(faultOf(Object.assign(new Error('x'), { code: 'EADDRINUSE' }), 'udp').code, 'EADDRINUSE');
  t.equal(faultOf('odd', 'x').code, 'unknown');
});

t.test('queue: urgent first, each priority in its own room, drops counted', async (t) => {
  const queue = new WriteQueue();
  t.ok(queue.push(frame(10, 4), 'bulk'));
  t.ok(queue.push(frame(10, 3), 'normal'));
  t.ok(queue.push(frame(10, 2), 'heartbeat'));
  t.ok(queue.push(frame(10, 1), 'urgent'));
  t.same(
    [1, 2, 3, 4].map(() => queue.shift()?.frame[0]),
    [1, 2, 3, 4],
  );
  t.equal(queue.shift(), undefined);

  while (queue.push(frame(250), 'bulk'));
  t.equal(queue.droppedFull.bulk, 1);
  t.ok(queue.bytes.bulk <= defaultBounds.bulk);
  t.ok(queue.push(frame(250, 9), 'urgent'), 'a flood of bulk takes no room of urgent');
  t.equal(queue.shift()?.frame[0], 9);

  for (let i = 0; i < 100; i += 1) t.ok(queue.push(frame(21, i), 'heartbeat'));
  t.equal(queue.droppedFull.heartbeat, 88, 'the newest heartbeats stay');
  t.equal(queue.shift()?.frame[0], 88);
  t.ok(queue.clear().bulk > 0);
  t.equal(queue.nextPriority(), undefined);
});

t.test('rate: whole seconds, and nothing left of an old one', async (t) => {
  const rate = new ByteRate();
  t.equal(rate.perSecond(100), 0);
  for (let ms = 0; ms < 10_000; ms += 100) rate.add(288, ms + 500);
  t.equal(rate.perSecond(10_499), 2880);
  t.equal(rate.perSecond(13_000), (2880 + 1440) / 4);
  t.equal(rate.perSecond(60_000), 0);
});

t.test('readers: one that throws harms no other', async (t) => {
  const errors: unknown[] = [];
  const readers = new Readers((error) => errors.push(error));
  const heard: number[] = [];
  readers.add(() => {
    throw new Error('bug');
  });
  const off = readers.add((chunk) => heard.push(chunk.length));
  readers.deliver(frame(3));
  off();
  readers.deliver(frame(4));
  t.same(heard, [3]);
  t.equal(readers.errors, 2);
  t.equal(errors.length, 2);
});
