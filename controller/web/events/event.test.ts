import t from 'tap';
import { csvOf } from './csv.ts';
import { type LoggedEvent, readAnswer, whoWords } from './event.ts';
import { linksOf, moreOf } from './links.ts';

const ORDER = '01JD6X0000ABCDEFGHJKMNPQRS';

function event(entity: string, type: string, data: object = {}, more: object = {}): LoggedEvent {
  const raw = {
    cursor: 'c',
    entity,
    version: 1,
    type,
    at: '2026-11-21T12:00:00.000001Z',
    by: null,
    cause: null,
    ...more,
  };
  const [one] = readAnswer({ events: [{ ...raw, data, hash: 'h' }] })?.events ?? [];
  if (one === undefined) throw new Error('no event');
  return one;
}

t.test('in the words of the controller, and as it is stored', async (t) => {
  const one = event('drone:d1', 'online', {}, { words: 'd1 came online', why: 'its presence changed' });
  t.match(one, { words: 'd1 came online', why: 'its presence changed', raw: { entity: 'drone:d1', hash: 'h' } });
  t.notOk('words' in one.raw || 'why' in one.raw, 'words are not stored');
  t.match(event('drone:d1', 'online'), { words: 'drone:d1: online', why: null });
  t.equal(whoWords(one), 'not known');
  t.equal(whoWords(event('drone:d1', 'online', {}, { by: { kind: 'operator', name: 'Ann' } })), 'Ann');
});

t.test('data of another shape than expected breaks nothing', async (t) => {
  const bad = { set: [1], command: 7, deliveries: 'x', drone: {}, reason: null };
  for (const entity of ['drone:d1', 'command:x', 'itinerary:x', 'order:x', 'alert:x', 'controller', ':', 'x:'])
    for (const type of [
      'issued',
      'delivery',
      'stand',
      'given',
      'asked',
      'raised',
      'gap',
      'alert',
      'constructor',
      'put',
    ]) {
      const one = event(entity, type, bad);
      t.ok(Array.isArray(linksOf(one)) && moreOf(one).length > 0);
    }
});

t.test('links to what it is about, each once, and to more of the same', async (t) => {
  const by = { kind: 'operator', name: 'Ann Lee' };
  const data = { drone: 'd1', deliveries: [{ drone: 'd1' }, { drone: 'd2' }, { drone: '../x' }] };
  const one = event(`command:${ORDER}`, 'issued', data, { by, cause: `order:${ORDER}@3` });
  t.same(
    linksOf(one).map(({ href }) => href),
    [`#/command/${ORDER}`, `#/orders/${ORDER}`, '#/drone/d1', '#/drone/d2'],
  );
  t.same(
    moreOf(one).map(({ href }) => href),
    [
      `#/events?entity=command%3A${ORDER}`,
      `#/events?entity=order%3A${ORDER}`,
      '#/events?by=Ann+Lee',
      '#/events?kind=command&type=issued',
    ],
  );
  t.match(linksOf(event('settings:d1', 'put')), [{ words: 'Open d1', href: '#/drone/d1' }]);
});

t.test('as CSV: quoted, and nothing a spreadsheet would run', async (t) => {
  const by = { kind: 'operator', name: '=HYPERLINK("x")' };
  const [head, line] = csvOf([event('base:x', 'put', { a: 'b,c' }, { by, words: 'base x was set' })]).split('\r\n');
  t.match(head, /^at,entity,version,type,/);
  t.match(line, /^2026-11-21T12:00:00.000001Z,base:x,1,put,operator,"'=HYPERLINK\(""x""\)",base x was set,,,/);
  t.match(line, /,"\{""a"":""b,c""\}",h$/);
});
