import t from 'tap';
import type { DroneEntry } from './messages.ts';
import { given, Page, parts } from './testing/given.ts';

t.test('a slow page is skipped, is told once what it missed when it has drained, and holds up nobody', (t) => {
  const { hub, counts, change, round } = given();
  const [slow, quick] = [new Page(), new Page()];
  hub.join(slow);
  hub.join(quick);
  slow.bufferedAmount = 300 << 10;
  change('d1', { online: false, kinds: { gps: { values: { fix: 'none' } } } });
  hub.setHealth({ store: 'slow', message: null });
  round();
  change('d1', { online: parts.online });
  change('d2', { link: parts.link });
  round();
  t.equal(slow.got.length, 1);
  t.equal(quick.got.length, 3);
  t.equal(counts.get('skipped'), 2);
  slow.bufferedAmount = 0;
  change('d2', { kinds: { position: parts.position } });
  round();
  t.match(slow.got[1], { type: 'delta', seq: 1, health: { store: 'slow' } });
  const { online, link, position, gps } = parts;
  t.same(
    slow.got[1]?.drones,
    [
      { id: 'd1', online, kinds: { gps } },
      { id: 'd2', link, kinds: { position } },
    ],
    'each once, as it is now',
  );
  change('d1', { online });
  round();
  t.match(slow.got[2], { type: 'delta', seq: 2, drones: [{ id: 'd1', online }] }, 'its own numbers follow on');
  t.match(quick.got[4], { type: 'delta', seq: 4 });
  slow.bufferedAmount = 300 << 10;
  round(1);
  slow.bufferedAmount = 0;
  round(1);
  t.same(slow.got[3]?.drones, [], 'and no more than once');
  t.end();
});

t.test('a page in brief that is slow is told in brief what it missed, and in full of what it looks at', (t) => {
  const { hub, change, round } = given();
  const page = new Page();
  hub.join(page)?.message('{"type":"select","drones":["d1"],"others":"brief"}');
  const { link, position, gps } = parts;
  page.bufferedAmount = 300 << 10;
  for (const id of ['d1', 'd2']) change(id, { link, kinds: { position, gps } });
  round();
  page.bufferedAmount = 0;
  change('d1', { link });
  round();
  const brief = ['d1', 'd2'].map((id) => ({ id, kinds: { position } }));
  t.same(page.got[1]?.drones, [...brief, { id: 'd1', link, kinds: { gps } }]);
  t.end();
});

t.test('one that is slow and asks to be told otherwise, or anew, begins with a snapshot', (t) => {
  const { hub, change, round } = given();
  const [fuller, briefer, anew] = [new Page(), new Page(), new Page()];
  const clients = [fuller, briefer, anew].map((page) => hub.join(page));
  clients[0]?.message('{"type":"select","drones":[],"others":"brief"}');
  for (const page of [fuller, briefer, anew]) page.bufferedAmount = 300 << 10;
  change('d1', { link: parts.link });
  round();
  clients[0]?.message('{"type":"select","drones":[]}');
  clients[1]?.message('{"type":"select","drones":[],"others":"brief"}');
  for (const page of [fuller, briefer, anew]) page.bufferedAmount = 0;
  clients[2]?.message('{"type":"resync"}');
  round(1);
  t.match(
    [fuller, briefer].map((page) => page.got.at(-1)),
    [{ type: 'snapshot' }, { type: 'snapshot' }],
  );
  t.match(anew.got.slice(1), [
    { type: 'snapshot', seq: 1 },
    { type: 'delta', seq: 2, drones: [] },
  ]);
  t.end();
});

t.test('a page that never drains, or has 4 MB waiting, is closed', (t) => {
  const { hub, change, round } = given();
  const [stuck, fat] = [new Page(), new Page()];
  hub.join(stuck);
  hub.join(fat);
  stuck.bufferedAmount = 300 << 10;
  fat.bufferedAmount = 5 << 20;
  change('d1');
  round();
  t.equal(fat.closed, 1013);
  t.equal(stuck.closed, null);
  change('d1');
  round(11);
  t.equal(stuck.closed, 1013);
  t.equal(hub.clients, 0);
  t.end();
});

t.test('a snapshot of many megabytes has the time it takes to leave, as long as it does', (t) => {
  const entries = Array.from(
    { length: 6 },
    (_, i) => ({ id: `d${i}`, boot: 'x'.repeat(1 << 20) }) as unknown as DroneEntry,
  );
  const { hub, counts, change, round } = given({ entries });
  const [page, stuck, crawling] = [new Page(), new Page(), new Page()];
  for (const one of [page, stuck, crawling]) {
    hub.join(one);
    one.bufferedAmount = 6 << 20;
  }
  for (let s = 0; s < 20; s++) {
    page.bufferedAmount -= 300 << 10;
    crawling.bufferedAmount -= 10 << 10;
    change('d1', { online: true });
    round(1);
    if (s === 9) t.same([page.closed, stuck.closed, crawling.closed], [null, null, null]);
  }
  t.same([stuck.closed, crawling.closed], [1013, 1013], 'nothing leaves, or next to nothing');
  t.equal(page.closed, null);
  page.bufferedAmount = 0;
  round();
  t.match(page.got.at(-1), { type: 'delta', seq: 1, drones: [{ id: 'd1' }] });
  page.bufferedAmount = 600 << 20;
  change('d1');
  round();
  t.equal(page.closed, 1013, 'more waits than was ever sent');
  t.equal(counts.get('closedSlow'), 3);
  t.end();
});

t.test('one that is behind for a minute is closed however well it leaves', (t) => {
  const { hub, change, round } = given({
    entries: [{ id: 'd1', boot: 'x'.repeat(19 << 20) } as unknown as DroneEntry],
  });
  const page = new Page();
  hub.join(page);
  page.bufferedAmount = 19 << 20;
  for (let s = 0; s < 61; s++) {
    t.equal(page.closed, null);
    page.bufferedAmount -= 300 << 10;
    change('d1');
    round(1);
  }
  round(1);
  t.equal(page.closed, 1013);
  t.end();
});

t.test('who asks for a snapshot while much waits for it gets one when that has left', (t) => {
  const { hub, change, round } = given();
  const page = new Page();
  const client = hub.join(page);
  page.bufferedAmount = 300 << 10;
  client?.message('{"type":"resync"}');
  t.equal(page.got.length, 1);
  page.bufferedAmount = 0;
  change('d1');
  round();
  t.match(page.got[1], { type: 'snapshot', seq: 1 });
  t.end();
});

t.test('what was sent at once in many messages is given the time it takes to leave', (t) => {
  const { hub, change, round } = given();
  const page = new Page();
  hub.join(page);
  const words = 'x'.repeat(100_000);
  for (let i = 0; i < 450; i++) change(`d${i}`, { versions: { agent: words } });
  round();
  t.equal(page.got.length, 4);
  page.bufferedAmount = 40 << 20;
  change('d1', { online: true });
  round();
  t.equal(page.closed, null);
  t.end();
});

t.test('one that takes a snapshot in pieces gets each drone whole, once', (t) => {
  const entries = Array.from({ length: 450 }, (_, i) => ({ id: `d${i}` }) as unknown as DroneEntry);
  const { hub, change, round } = given({ entries });
  const [whole, pieces] = [new Page(), new Page()];
  hub.join(whole);
  hub.join(pieces, true);
  t.same(
    whole.got.map((one) => [one.type, one.seq, one.drones.length, 'more' in one]),
    [['snapshot', 0, 450, false]],
  );
  t.same(
    pieces.got.map((one) => [one.type, one.seq, one.drones.length, 'more' in one]),
    [
      ['snapshot', 0, 200, true],
      ['delta', 1, 200, false],
      ['delta', 2, 50, false],
    ],
  );
  t.same(new Set(pieces.got.flatMap((one) => one.drones.map(({ id }) => id))).size, 450);
  change('d1', { online: true });
  round();
  t.same([whole.got.at(-1)?.seq, pieces.got.at(-1)?.seq], [1, 3]);
  t.end();
});
