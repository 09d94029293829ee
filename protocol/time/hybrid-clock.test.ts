import fc from 'fast-check';
import t from 'tap';
import { compareStamps, follow, formatStamp, type HybridStamp, parseStamp, tick } from './hybrid-clock.ts';

const US = 1_764_277_200_123_456;

t.test('stamps rise whatever the wall clock does, and are the wall clock where that advances', async (t) => {
  const walls = fc.array(fc.integer({ min: -5, max: 3e6 }), { minLength: 1 });
  fc.assert(
    fc.property(walls, (offsets) => {
      let last: HybridStamp | null = null;
      let highest = 0;
      for (const offset of offsets) {
        const next = tick(last, US + offset);
        if (last !== null && compareStamps(next, last) <= 0) return false;
        if (US + offset > highest && next.utcUs !== US + offset) return false;
        highest = Math.max(highest, next.utcUs);
        last = next;
      }
      return true;
    }),
  );
  t.pass();
});

t.test('as text they sort as they are, and are read back', async (t) => {
  const stamp = fc.record({ utcUs: fc.nat({ max: 9_000_000_000_000_000 }), count: fc.nat({ max: 0xffff }) });
  fc.assert(
    fc.property(stamp, stamp, (a, b) => {
      const [x, y] = [formatStamp(a), formatStamp(b)];
      return Math.sign(compareStamps(a, b)) === (x < y ? -1 : x > y ? 1 : 0);
    }),
  );
  t.same(parseStamp(formatStamp({ utcUs: US, count: 0xabc })), { utcUs: US, count: 0xabc });
  t.equal(formatStamp({ utcUs: US, count: 3 }), '1764277200123456.0003');
  for (const wrong of ['', '1764277200123456', '1764277200123456.00030', '9999999999999999.0000', 'x'])
    t.equal(parseStamp(wrong), null, wrong);
});

t.test('a count that is used up takes a microsecond more', async (t) => {
  t.same(tick({ utcUs: US, count: 0xffff }, 0), { utcUs: US + 1, count: 0 });
});

t.test('what another stamped comes before what it caused; a clock years ahead carries nobody with it', async (t) => {
  const bounds = { wallUtcUs: US, maxAheadUs: 60e6 };
  const other = { utcUs: US + 5e6, count: 7 };
  t.same(follow(null, other, bounds), { utcUs: US + 5e6, count: 8 });
  t.same(follow({ utcUs: US + 9e6, count: 1 }, other, bounds), { utcUs: US + 9e6, count: 2 });
  t.same(follow({ utcUs: US - 9, count: 1 }, { utcUs: US - 5, count: 1 }, bounds), { utcUs: US, count: 0 });
  t.equal(follow(null, { utcUs: US + 3e14, count: 0 }, bounds), null);
});
