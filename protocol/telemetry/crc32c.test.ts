import fc from 'fast-check';
import t from 'tap';
import { crc32c } from './crc32c.ts';

/** As the definition says it, a bit at a time. */
function byDefinition(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f6_3b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}

t.test('published values (RFC 3720 B.4)', async (t) => {
  t.equal(crc32c(new Uint8Array(32)), 0x8a91_36aa);
  t.equal(crc32c(new Uint8Array(32).fill(0xff)), 0x62a8_ab43);
  t.equal(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i)), 0x46dd_794e);
  t.equal(crc32c(new Uint8Array()), 0);
});

t.test('any bytes, from anywhere to anywhere, wherever they lie in memory', async () => {
  const part = fc.tuple(fc.uint8Array({ maxLength: 60 }), fc.nat(8), fc.nat(60), fc.nat(60));
  fc.assert(
    fc.property(part, ([bytes, offset, a, b]) => {
      const [start, end] = [Math.min(a, b, bytes.length), Math.min(Math.max(a, b), bytes.length)];
      const elsewhere = new Uint8Array(bytes.length + offset).subarray(offset);
      elsewhere.set(bytes);
      return crc32c(elsewhere, start, end) === byDefinition(bytes.subarray(start, end));
    }),
  );
});
