import { UTC_FACE } from '@skein/protocol/time';
import t from 'tap';
import { chooseFace, clockMinute, clockTime, face, readFace, zoneWord } from './face.ts';

const MS = 1_795_000_000_000;

t.test('times are shown in the chosen zone and manner', async (t) => {
  const { value: before } = face;
  t.teardown(() => chooseFace(before));
  chooseFace(UTC_FACE);
  t.same([clockTime(MS), clockMinute(MS), zoneWord(MS)], ['11:06:40', '11:06', 'UTC']);
  chooseFace({ zone: 'America/New_York', hours: '12h' });
  t.same([clockTime(MS), clockMinute(MS), zoneWord(MS)], ['06:06:40 am', '06:06 am', 'UTC−5']);
});

t.test('what was kept and cannot be read is forgotten', async (t) => {
  t.same(readFace('{"zone":"Asia/Tokyo","hours":"24h"}'), { zone: 'Asia/Tokyo', hours: '24h' });
  for (const bad of [null, '', '{', '3', '{"zone":"Europe/Atlantis","hours":"24h"}', '{"zone":"UTC","hours":"25h"}'])
    t.equal(readFace(bad), null, String(bad));
});
