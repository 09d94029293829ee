import t from 'tap';
import { given, Page, parts } from './testing/given.ts';

t.test('a snapshot, then deltas whose numbers follow on', (t) => {
  const { hub, change, round } = given();
  const page = new Page();
  hub.join(page);
  t.match(page.got[0], { type: 'snapshot', seq: 0, limits: { freshMs: 3000 } });
  change('d1');
  round();
  change('d2');
  round();
  t.match(page.got.slice(1), [
    { type: 'delta', seq: 1, drones: [{ id: 'd1' }] },
    { type: 'delta', seq: 2, drones: [{ id: 'd2' }] },
  ]);
  const late = new Page();
  hub.join(late);
  t.match(late.got[0], { type: 'snapshot', seq: 2 });
  t.end();
});

t.test('nothing changes: one message a second all the same', (t) => {
  const { hub, round } = given();
  const page = new Page();
  hub.join(page);
  for (let i = 0; i < 12; i++) round();
  t.equal(page.got.length - 1, 3);
  t.match(page.got[1], { type: 'delta', drones: [] });
  t.end();
});

t.test('resync, select, and what is neither', (t) => {
  const { hub, counts, selected } = given();
  const page = new Page();
  const client = hub.join(page);
  client?.message('{"type":"resync"}');
  t.equal(page.got.length, 2);
  client?.message('{"type":"select","drones":["d1","d2",7]}');
  t.same(selected(), ['d1', 'd2']);
  const other = hub.join(new Page());
  other?.message('{"type":"select","drones":["d3"]}');
  t.same(selected(), ['d1', 'd2', 'd3']);
  client?.gone();
  t.same(selected(), ['d3']);
  for (const text of ['', '{', '7', '{"type":"x"}', '{"type":"select"}']) other?.message(text);
  t.equal(counts.get('badMessages'), 5);
  t.end();
});

t.test('in brief for those that ask for it, in full of what they look at', (t) => {
  const { hub, change, round } = given();
  const [full, brief, looking] = [new Page(), new Page(), new Page()];
  const clients = [full, brief, looking].map((page) => hub.join(page));
  clients[1]?.message('{"type":"select","drones":[],"others":"brief"}');
  clients[2]?.message('{"type":"select","drones":["d1"],"others":"brief"}');
  const { online, link, position, gps } = parts;
  for (const id of ['d1', 'd2']) change(id, { online, link, kinds: { position, gps } });
  hub.setHealth({ store: 'slow', message: null });
  round();
  const [all, ...others] = [full, brief, looking].map((page) => page.got.at(-1));
  t.match(all, { seq: 1, drones: ['d1', 'd2'].map((id) => ({ id, link, kinds: { position, gps } })) });
  const short = ['d1', 'd2'].map((id) => ({ id, online, kinds: { position } }));
  t.same(
    others.map((one) => one?.drones),
    [short, [...short, { id: 'd1', link, kinds: { gps } }]],
  );
  for (const one of others) t.match(one, { type: 'delta', seq: 1, health: { store: 'slow' } });
  for (let i = 0; i < 24; i++) round();
  t.ok(brief.got.some(({ drones }) => drones.some(({ id, kinds }) => id === 'd2' && kinds && 'gps' in kinds)));
  clients[2]?.message('{"type":"select","drones":["d1"]}');
  round(1);
  t.match(looking.got.at(-1), { type: 'snapshot' }, 'with what had been held back of the others');
  change('d2', { link });
  round();
  t.same(looking.got.at(-1)?.drones, [{ id: 'd2', link }], 'in full again');
  t.end();
});

t.test('what was held back is let go with the last page that is told in brief', (t) => {
  const { hub, change, round } = given();
  const [full, brief, later] = [new Page(), new Page(), new Page()];
  hub.join(full);
  const client = hub.join(brief);
  client?.message('{"type":"select","drones":[],"others":"brief"}');
  change('d1', { kinds: { gps: parts.gps } });
  round();
  t.same(brief.got.at(-1)?.drones, []);
  client?.gone();
  hub.join(later)?.message('{"type":"select","drones":["d1"],"others":"brief"}');
  round(1);
  t.same(later.got.at(-1)?.drones, [], 'its snapshot had it');
  t.end();
});

t.test('what is much comes in several messages, the news with the first', (t) => {
  const { hub, change, round } = given();
  const [page, short] = [new Page(), new Page()];
  hub.join(page);
  hub.join(short)?.message('{"type":"select","drones":[],"others":"brief","moves":true}');
  const freshness = { sampledUtcUs: 0, lastHeardUtcUs: 0 };
  for (let i = 0; i < 450; i++)
    change(`d${i}`, { online: i > 0, freshness, kinds: { position: { ...parts.position, atUtcUs: 0, utcUs: null } } });
  hub.setHealth({ store: 'slow', message: null });
  round();
  const drones = page.got.slice(1).map((one) => one.drones.length);
  t.same(drones, [200, 200, 50]);
  t.same(
    page.got.slice(1).map((one) => [one.seq, one.serverUtcUs, 'health' in one]),
    [
      [1, 250_000, true],
      [2, 250_000, false],
      [3, 250_000, false],
    ],
  );
  t.same(
    short.got.slice(1).map((one) => [one.seq, 'moved' in one ? one.moved?.length : 0, one.drones.length]),
    [
      [1, 450, 0],
      [2, 0, 200],
      [3, 0, 200],
      [4, 0, 50],
    ],
  );
  t.match(short.got[1], { health: { store: 'slow' } });
  change('d1', { online: false });
  round();
  t.match(page.got.at(-1), { seq: 4, drones: [{ id: 'd1' }] });
  const late = new Page();
  hub.join(late);
  change('d1', { online: false });
  round();
  const [first, second] = late.got;
  t.equal(second?.seq, (first?.seq ?? 0) + 1, 'one that joins begins with a number of its own');
  t.end();
});

t.test('so many pages and no more', (t) => {
  const { hub } = given({ maxClients: 1 });
  hub.join(new Page());
  const second = new Page();
  t.equal(hub.join(second), null);
  t.equal(second.closed, 1013);
  t.end();
});

t.test('how the store is reaches the pages', (t) => {
  const { hub, round } = given();
  const page = new Page();
  hub.join(page);
  hub.setHealth({ store: 'failed', message: 'the disk is full' });
  round();
  t.match(page.got[1], { type: 'delta', health: { store: 'failed', message: 'the disk is full' } });
  t.end();
});
