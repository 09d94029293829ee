import fc from 'fast-check';
import t from 'tap';
import { PacketScan } from './packet-scan.ts';

const limits = { maxPacketBytes: 1000, maxConnectBytes: 200 };
const seed = Number(process.env.SEED ?? Date.now() % 1e9);
t.comment(`SEED=${seed}`);

function packet(first: number, length: number): number[] {
  const digits: number[] = [];
  for (let left = length; ; ) {
    const digit = left & 0x7f;
    left >>>= 7;
    digits.push(left > 0 ? digit | 0x80 : digit);
    if (left === 0) break;
  }
  return [first, ...digits, ...new Array<number>(length).fill(0xff)];
}

const CONNECT = packet(0x10, 30);

function scan(...bytes: number[][]) {
  const one = new PacketScan(limits);
  return one.push(Uint8Array.from(bytes.flat()));
}

t.test('what is allowed', (t) => {
  t.same(scan(CONNECT, packet(0x32, 500), packet(0x30, 3), packet(0xc0, 0)), { publishes: 2 });
  t.end();
});

t.test('what is not', (t) => {
  t.same(scan(packet(0x30, 5)), { problem: 'firstNotConnect' });
  t.same(scan(packet(0x10, 201)), { problem: 'tooLarge' });
  t.same(scan(CONNECT, packet(0x32, 1001)), { problem: 'tooLarge' });
  t.same(scan(CONNECT, packet(0x34, 10)), { problem: 'qos2' });
  t.same(scan(CONNECT, packet(0x36, 10)), { problem: 'malformed' });
  t.same(scan(CONNECT, packet(0x62, 2)), { problem: 'qos2' });
  t.same(scan(CONNECT, packet(0xf0, 0)), { problem: 'malformed' });
  t.same(scan(CONNECT, [0x30, 0xff, 0xff, 0xff, 0xff, 0x01]), { problem: 'malformed' });
  t.end();
});

t.test('a huge length is refused before its bytes come', (t) => {
  t.same(scan(CONNECT, [0x30, 0xff, 0xff, 0xff, 0x7f]), { problem: 'tooLarge' });
  t.end();
});

t.test('however it is cut, the same packets are seen', (t) => {
  const lengths = fc.array(fc.integer({ min: 0, max: 1000 }), { maxLength: 20 });
  fc.assert(
    fc.property(lengths, fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1 }), (bodies, cuts) => {
      const bytes = Uint8Array.from([CONNECT, ...bodies.map((length) => packet(0x32, length))].flat());
      const one = new PacketScan(limits);
      let publishes = 0;
      for (let at = 0, i = 0; at < bytes.length; i++) {
        const end = at + (cuts[i % cuts.length] ?? 1);
        const result = one.push(bytes.subarray(at, end));
        if ('problem' in result) return false;
        publishes += result.publishes;
        at = end;
      }
      return publishes === bodies.length;
    }),
    { seed },
  );
  t.end();
});
