import t from 'tap';
import { formatUtc, knowsZone, offsetOf, parseTime, UTC_FACE, zoned } from './index.ts';

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

t.test('people read times in their zone and manner, with the offset beside', async (t) => {
  const ms = 1_795_289_965_722;
  t.same(zoned(ms, UTC_FACE), { date: '2026-11-21', time: '19:39:25', minute: '19:39', offset: 'UTC' });
  t.match(zoned(ms, { zone: 'Asia/Tokyo', hours: '24h' }), { date: '2026-11-22', time: '04:39:25', offset: 'UTC+9' });
  t.match(zoned(ms, { zone: 'America/St_Johns', hours: '12h' }), { time: '04:09:25 pm', offset: 'UTC−3:30' });
  t.match(zoned(Date.UTC(2026, 6, 1, 23), { zone: 'Europe/Paris', hours: '24h' }), {
    time: '01:00:00',
    offset: 'UTC+2',
  });
  t.equal(zoned(Date.UTC(2026, 0, 1), { zone: 'UTC', hours: '12h' }).minute, '12:00 am');
  t.ok(knowsZone('local'));
  t.notOk(knowsZone('Europe/Atlantis'));
});
