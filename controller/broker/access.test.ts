import t from 'tap';
import { admit, publishAllowed, subscribeAllowed } from './access.ts';

const ROOT = 'skein/1';

t.test('who is let in', (t) => {
  const ask = (id: string, userName?: string, clean = true) => admit({ id, clean, userName });
  t.same(ask('d1-0123abcd'), { ok: true, drone: 'd1' });
  t.same(ask('d1-0123abcd', 'd1'), { ok: true, drone: 'd1' });
  t.same(ask('d1-0123abcd', 'd2'), { ok: false, reason: 'badUser' });
  for (const id of ['', 'd1', 'all-0123abcd', 'group-x-0123abcd', 'D1-0123abcd', 'd1-0123ABCD', 'aedes_123']) {
    t.same(ask(id), { ok: false, reason: 'badClientId' }, `"${id}"`);
  }
  t.same(ask('d1-0123abcd', undefined, false), { ok: false, reason: 'notClean' });
  t.end();
});

t.test('a drone publishes below its own up and nowhere else', (t) => {
  t.ok(publishAllowed(ROOT, 'd1', 'skein/1/d1/up/presence'));
  t.ok(publishAllowed(ROOT, 'd1', 'skein/1/d1/up/something-new'), 'channels of later versions pass');
  for (const topic of ['skein/1/d2/up/live', 'skein/1/d1/down/ack', 'skein/1/all/down/command', '$SYS/x', 'x']) {
    t.notOk(publishAllowed(ROOT, 'd1', topic), topic);
  }
  t.notOk(publishAllowed(ROOT, 'd1', `skein/1/d1/up/${'x'.repeat(200)}`));
  t.end();
});

t.test('a drone subscribes to what is addressed to it', (t) => {
  for (const filter of ['skein/1/d1/down/#', 'skein/1/all/down/#', 'skein/1/group-north/down/#']) {
    t.ok(subscribeAllowed(ROOT, 'd1', filter), filter);
  }
  for (const filter of ['#', '+/+/+/up/#', 'skein/1/+/down/#', 'skein/1/d2/down/#', 'skein/1/d1/up/#', '$SYS/#']) {
    t.notOk(subscribeAllowed(ROOT, 'd1', filter), filter);
  }
  t.end();
});
