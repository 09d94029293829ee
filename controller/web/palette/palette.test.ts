import t from 'tap';
import { entriesFor, keptId, type World } from './entries.ts';
import { fit } from './match.ts';

const EMPTY: World = { drones: [], orders: [], bases: [], selected: null, recent: [] };
const WORLD: World = {
  drones: ['heron-01', 'heron-07', 'heron-70', 'kite-07', 'holder-1', 'lander-2'],
  orders: [{ id: '01JD6X0000ABCDEFGHJKMNPQRS', words: 'on its way', drone: 'heron-07' }],
  bases: [{ id: 'oerlikon', name: 'Oerlikon Nord' }],
  selected: null,
  recent: [],
};
const words = (query: string, world = WORLD): readonly string[] => entriesFor(query, world).map((one) => one.words);

t.test('what fits, and which fits better', async (t) => {
  t.equal(fit('xyz', 'heron-07'), null);
  t.equal(fit('noreh', 'heron-07'), null, 'letters in their order');
  t.equal(fit('eon', 'heron-07'), null, 'the first of them where a word begins');
  const order = ['heron', '07', 'ron', 'hrn7'].map((query) => fit(query, 'heron-07') ?? -1);
  t.same(
    order,
    order.toSorted((a, b) => b - a),
  );
  t.ok(order.every((one) => one > 0));
  t.ok((fit('her', 'heron-1') ?? 0) > (fit('her', 'heron-1-spare-of-the-workshop') ?? 0));
  t.equal(fit('ord q', 'Orders'), null, 'each word must fit');
});

t.test('drones by name, though not written out', async (t) => {
  t.equal(words('heron-07')[0], 'heron-07');
  t.same(words('h07')[0], 'heron-07');
  t.ok(words('kt7').includes('kite-07'));
  t.equal(words('oerl')[0], 'Oerlikon Nord');
  t.ok(words('npqrs').includes('Order …NPQRS'), 'an order by the end of its id');
  t.equal(words('events')[0], 'Events');
  t.ok(words('audit').includes('Events'), 'by another word for it');
  t.same(words('zzzz'), []);
});

t.test('an action names its drone, and only ever asks', async (t) => {
  t.equal(words('hold heron-07')[0], 'Hold heron-07 …');
  t.equal(words('ret kite')[0], 'Return kite-07 …');
  t.ok(words('hold').includes('Hold …'), 'first the action, then the name');
  t.ok(words('hold').includes('holder-1'), 'a drone of a like name is not hidden');
  t.equal(words('land', { ...WORLD, selected: 'heron-01' })[0], 'Land heron-01 …');
  const queries = [
    '',
    'reboot',
    'disarm',
    'arm',
    'start',
    'goto',
    'abort',
    'ground stop',
    'hold heron',
    'land h',
    're',
  ];
  for (const query of queries) {
    for (const selected of [null, 'heron-01']) {
      for (const { deed, words: said } of entriesFor(query, { ...WORLD, selected })) {
        t.notMatch(deed.do, /send|command/);
        t.notMatch(said, /reboot|disarm|\barm\b|start|go to|abort|stop/i, `${query}: ${said}`);
      }
    }
  }
});

t.test('what was chosen lately comes first, but never an action', async (t) => {
  const recent = ['order:01JD6X0000ABCDEFGHJKMNPQRS', 'drone:kite-07', 'drone:gone', 'page:#/orders'];
  t.same(words('', { ...WORLD, recent }).slice(0, 3), ['Order …NPQRS', 'kite-07', 'Orders']);
  t.equal(words('07', { ...WORLD, recent })[0], 'kite-07');
  const [hold] = entriesFor('hold kite-07', WORLD);
  t.equal(hold && keptId(hold), 'drone:kite-07');
  t.ok(words('', EMPTY).includes('Events'));
  const ids = entriesFor('', { ...WORLD, recent }).map(({ id }) => id);
  t.equal(new Set(ids).size, ids.length, 'each once');
});

t.test('five thousand drones are looked through, few are shown', async (t) => {
  const drones = Array.from({ length: 5000 }, (_, i) => `drone-${String(i).padStart(4, '0')}`);
  const world = { ...WORLD, drones };
  t.equal(words('drone-4711', world)[0], 'drone-4711');
  t.equal(words('land 4711', world)[0], 'Land drone-4711 …');
  const began = performance.now();
  for (const query of ['d', 'dr', 'd47', 'hold 4', 'x9', 'drone 4711']) {
    t.ok(entriesFor(query, world).length <= 30);
    if (query === 'd') t.ok(entriesFor(query, world).length > 5);
  }
  t.ok(performance.now() - began < 2000, 'no typing waits for it');
});
