import t from 'tap';
import { type ClockRecord, formatUtc, monoAt, offsetOf, parseTime, utcAt } from './index.ts';

const record = (
  monoUs: number,
  utcUs: number,
  errUs: number,
  source: ClockRecord['source'] = 'controller',
): ClockRecord => ({
  boot: 'b',
  monoUs,
  utcUs,
  errUs,
  source,
});

t.test('a stamp gets its time from the record that is tightest there, and the error grows with distance', async (t) => {
  const records = [record(0, 1_000_000, 50_000), record(3_600_000_000, 3_601_000_500, 1_000, 'gps')];
  t.same(utcAt(records, 3_600_000_000), { utcUs: 3_601_000_500, errUs: 1_000, source: 'gps' });
  t.same(utcAt(records, 0), { utcUs: 1_000_000, errUs: 50_000, source: 'controller' });
  t.equal(utcAt(records, 7_200_000_000)?.errUs, 181_000, '50 ppm over an hour');
  t.equal(utcAt([record(0, 5, 1, 'unset')], 10), null);
  t.equal(monoAt(records, 3_601_000_600), 3_600_000_100);
});

t.test('an exchange gives offset ± half the round trip', async (t) => {
  t.same(offsetOf({ sentMonoUs: 100, receivedMonoUs: 300, remoteReceivedUtcUs: 10_150, remoteSentUtcUs: 10_170 }), {
    offsetUs: 9_960,
    errUs: 90,
  });
  t.equal(offsetOf({ sentMonoUs: 300, receivedMonoUs: 100, remoteReceivedUtcUs: 1, remoteSentUtcUs: 1 }), null);
});

t.test('times are written and read as RFC 3339 with microseconds', async (t) => {
  t.equal(formatUtc(1_795_289_965_722_412), '2026-11-21T19:39:25.722412Z');
  t.equal(parseTime('2026-11-21T19:39:25.722412Z'), 1_795_289_965_722_412);
  t.equal(parseTime('2026-11-21T20:39:25.722412+01:00'), 1_795_289_965_722_412);
  t.equal(parseTime('1795289965722'), 1_795_289_965_722_000);
  t.equal(parseTime(1_795_289_965_722), 1_795_289_965_722_000);
  for (const wrong of ['yesterday', '', '2026-11-21', '2026-13-41T00:00:00Z', '2026-02-30T00:00:00Z'])
    t.equal(parseTime(wrong), null, wrong);
});
