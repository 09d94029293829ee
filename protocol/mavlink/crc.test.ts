import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { crc16, crc16Byte, solveExtra, writeChecksum } from './crc.ts';
import { check, seed } from './testing.ts';

t.comment(`SEED=${seed}`);

/** Bit by bit from the polynomial, with nothing in common with the tables. */
function reference(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x8408 : crc >>> 1;
  }
  return crc;
}

t.test('gives the check value of CRC-16/MCRF4XX', async (t) => {
  t.equal(crc16(new TextEncoder().encode('123456789')), 0x6f91);
  t.equal(crc16(new Uint8Array()), 0xffff);
});

t.test('equals the bitwise definition at every length and offset', async () => {
  check(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(40), (bytes, offset) => {
      const start = Math.min(offset, bytes.length);
      assert.equal(crc16(bytes, start), reference(bytes.subarray(start)));
      assert.equal(crc16(bytes.subarray(start)), reference(bytes.subarray(start)), 'of a view into a larger buffer');
    }),
    300,
  );
});

t.test('the extra byte is solved from the checksum', async (t) => {
  for (let crc = 0; crc < 65_536; crc += 257) {
    for (let extra = 0; extra < 256; extra++) {
      if (solveExtra(crc, crc16Byte(crc, extra)) !== extra) t.fail(`${extra} not solved from ${crc}`);
    }
  }
  let solvable = 0;
  for (let wanted = 0; wanted < 65_536; wanted++) if (solveExtra(0x1234, wanted) >= 0) solvable++;
  t.equal(solvable, 256, 'one checksum in 256 has a solution');
});

t.test('a checksum is written low byte first', async (t) => {
  const bytes = new Uint8Array([0xfd, 1, 2, 3, 0, 0]);
  writeChecksum(bytes, 4, 50);
  const crc = crc16Byte(reference(bytes.subarray(1, 4)), 50);
  t.same([...bytes.subarray(4)], [crc & 0xff, crc >> 8]);
});
