import t from 'tap';
import { parseRoute, routeHash } from './route.ts';

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

t.test('anything else is the list', async (t) => {
  for (const hash of ['', '#', '#/drone/', '#/drone/UPPER', '#/drone/a/b', '#/drone/%3Cscript%3E', '#/nowhere']) {
    t.same(parseRoute(hash), { view: 'list' }, hash);
  }
});
