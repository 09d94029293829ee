import t from 'tap';
import { fieldOf, instantOf } from './local-time.ts';

t.test('a time typed in the reader’s zone is that instant, on both sides of a change of the clocks', async (t) => {
  for (const zone of ['UTC', 'Europe/Paris', 'America/St_Johns', 'Asia/Tokyo']) {
    for (const hours of ['24h', '12h'] as const) {
      for (const at of ['2026-11-21T12:34Z', '2026-10-24T23:00Z', '2026-10-26T01:30Z', '2026-03-29T00:30Z']) {
        const ms = Date.parse(at);
        t.equal(instantOf(fieldOf(ms, { zone, hours }), { zone, hours }), ms, `${zone} ${at}`);
      }
    }
  }
  t.equal(fieldOf(Date.UTC(2026, 10, 21, 12), { zone: 'Europe/Paris', hours: '12h' }), '2026-11-21T13:00');
});

t.test('nothing typed is no time', async (t) => {
  const face = { zone: 'UTC', hours: '24h' } as const;
  t.equal(fieldOf(null, face), '');
  for (const bad of ['', 'noon', '2026-11-21', '2026-13-40T99:99']) t.equal(instantOf(bad, face), null, bad);
});
