import t from 'tap';
import { parseRoute, routeHash } from './route.ts';

t.test('links to the event log, with what it is asked for', async (t) => {
  t.same(parseRoute('#/events'), { view: 'events', query: '' });
  const link = '#/events?kind=order&by=Ann+Lee';
  t.same(parseRoute(link), { view: 'events', query: 'kind=order&by=Ann+Lee' });
  t.equal(routeHash(parseRoute(link)), link);
  t.equal(routeHash(parseRoute('#/events?')), '#/events');
});

t.test('links to a drone', async (t) => {
  t.same(parseRoute('#/drone/heron-01'), { view: 'drone', id: 'heron-01' });
  t.equal(routeHash({ view: 'drone', id: 'heron-01' }), '#/drone/heron-01');
  t.equal(routeHash(parseRoute('#/map')), '#/map');
});

t.test('links to what became of a command', async (t) => {
  const hash = '#/command/01JDABCDEFGHJKMNPQRSTVWXYZ';
  t.same(parseRoute(hash), { view: 'command', id: '01JDABCDEFGHJKMNPQRSTVWXYZ' });
  t.equal(routeHash(parseRoute(hash)), hash);
  t.same(parseRoute('#/command/short'), { view: 'list' });
});

t.test('links to an itinerary', async (t) => {
  t.same(parseRoute('#/plan'), { view: 'plan', id: null });
  t.same(parseRoute('#/plan/morning-round.2'), { view: 'plan', id: 'morning-round.2' });
  t.equal(routeHash(parseRoute('#/plan/morning-round.2')), '#/plan/morning-round.2');
  t.same(parseRoute('#/plan/a/b'), { view: 'list' });
});

t.test('links to orders', async (t) => {
  const hash = '#/orders/01JDABCDEFGHJKMNPQRSTVWXYZ';
  t.same(parseRoute('#/orders'), { view: 'orders', id: null });
  t.same(parseRoute(hash), { view: 'orders', id: '01JDABCDEFGHJKMNPQRSTVWXYZ' });
  t.equal(routeHash(parseRoute(hash)), hash);
  t.equal(routeHash(parseRoute('#/orders')), '#/orders');
});

t.test('links to what a drone did', async (t) => {
  const none = { view: 'history', id: 'heron-01', fromMs: null, toMs: null, atMs: null } as const;
  t.same(parseRoute('#/drone/heron-01/history'), none);
  t.equal(routeHash(none), '#/drone/heron-01/history');
  const hash =
    '#/drone/heron-01/history?from=2026-11-28T10:00:00.000Z&to=2026-11-28T10:30:00.000Z&at=2026-11-28T10:12:07.500Z';
  const [fromMs, toMs, atMs] = [10, 10.5, 10.2020833333].map((h) => Math.round(Date.UTC(2026, 10, 28) + h * 3_600_000));
  t.same(parseRoute(hash), { ...none, fromMs, toMs, atMs });
  t.equal(routeHash(parseRoute(hash)), hash);
  t.same(parseRoute('#/drone/heron-01/history?from=x&to=2026-11-28T10:30Z&at=<b>'), none, 'half a span is none');
  t.same(parseRoute('#/drone/heron-01/history?from=2026-11-28T10:30Z&to=2026-11-28T10:00Z'), none, 'nor one backwards');
});

t.test('anything else is the list', async (t) => {
  for (const hash of ['', '#', '#/drone/', '#/drone/UPPER', '#/drone/a/b', '#/drone/%3Cscript%3E', '#/nowhere']) {
    t.same(parseRoute(hash), { view: 'list' }, hash);
  }
});
