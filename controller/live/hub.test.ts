import t from 'tap';
import { type LiveCounter, LiveHub, type LiveSource } from './hub.ts';
import type { DroneDelta, DroneEntry, ServerMessage } from './messages.ts';

class Page {
  readonly got: ServerMessage[] = [];
  bufferedAmount = 0;
  closed: number | null = null;

  send(text: string): void {
    this.got.push(JSON.parse(text));
  }

  close(code: number): void {
    this.closed = code;
  }

  terminate(): void {}
}

/** What a drone says, whichever it is. */
const parts = {
  ...{ online: true, link: { liveHz: 1 } },
  ...{ position: { values: { latDeg: 47 } }, gps: { values: { fix: '3d' } } },
};
const pickedFrom = (all: object, names: ReadonlySet<string>): object =>
  Object.fromEntries(Object.entries(all).filter(([name]) => names.has(name)));

function given(o: { maxClients?: number; entries?: readonly DroneEntry[] } = {}) {
  let seconds = 0;
  let changes: DroneDelta[] = [];
  let selected: ReadonlySet<string> = new Set();
  const counts = new Map<LiveCounter, number>();
  const source: LiveSource = {
    entries: () => o.entries ?? [],
    drainChanges: () => changes.splice(0),
    part: (id, fields, kinds) => ({ id, ...pickedFrom(parts, fields), kinds: pickedFrom(parts, kinds) }),
    select: (ids) => {
      selected = ids;
    },
  };
  const hub = new LiveHub({
    source,
    ...{ utcUs: () => seconds * 1e6, monoUs: () => seconds * 1e6 },
    count: (name, by = 1) => void counts.set(name, (counts.get(name) ?? 0) + by),
    controller: { name: 'c', start: 's', version: 'v' },
    limits: { freshMs: 3000, lostMs: 30_000 },
    maxClients: o.maxClients ?? 10,
  });
  return {
    hub,
    counts,
    change: (id: string, more: object = {}) => {
      changes = [...changes, { id, ...more }];
    },
    round: (s = 0.25) => {
      seconds += s;
      hub.flush();
    },
    selected: () => [...selected],
  };
}

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

t.test('a slow page is skipped, gets a snapshot when it has drained, and holds up nobody', (t) => {
  const { hub, counts, change, round } = given();
  const [slow, quick] = [new Page(), new Page()];
  hub.join(slow);
  hub.join(quick);
  slow.bufferedAmount = 300 << 10;
  change('d1');
  round();
  t.equal(slow.got.length, 1);
  t.equal(quick.got.length, 2);
  t.equal(counts.get('skipped'), 1);
  slow.bufferedAmount = 0;
  change('d1');
  round();
  t.match(slow.got[1], { type: 'snapshot', seq: 2 });
  change('d1');
  round();
  t.match(slow.got[2], { type: 'delta', seq: 3 });
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
    change('d1');
    round(1);
    if (s === 9) t.same([page.closed, stuck.closed, crawling.closed], [null, null, null]);
  }
  t.same([stuck.closed, crawling.closed], [1013, 1013], 'nothing leaves, or next to nothing');
  t.equal(page.closed, null);
  page.bufferedAmount = 0;
  round();
  t.match(page.got.at(-1), { type: 'snapshot' });
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
