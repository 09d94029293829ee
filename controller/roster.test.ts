/** A large fleet is looked at in pieces, a small one at once; nobody is chosen before all are known. */
import t from 'tap';
import type { Candidate } from './planning/index.ts';
import { Roster } from './roster.ts';

function scene(count: number) {
  const seen = { nowUs: 1e9, looks: [] as number[], online: true };
  const all = Array.from({ length: count }, (_, n) => `d${n}`);
  const look = (ids: readonly string[]) => {
    seen.looks.push(ids.length);
    return ids.flatMap((id) => (all.includes(id) ? [{ id, online: seen.online } as Candidate] : []));
  };
  const roster = new Roster({ ids: () => all, monoUs: () => seen.nowUs, look });
  const turn = () => {
    seen.nowUs += 1e6;
    seen.looks = [];
    return roster.ready();
  };
  return { seen, roster, turn };
}

t.test('a small fleet, as it stands just now', async (t) => {
  const { seen, roster, turn } = scene(300);
  t.ok(turn());
  seen.online = false;
  t.equal(roster.all()[7]?.online, true, 'made once for a turn');
  seen.nowUs += 500e3;
  t.equal(roster.all()[7]?.online, false);
});

t.test('a large one, in pieces, over and over', async (t) => {
  const { seen, roster, turn } = scene(2000);
  for (let n = 0; n < 6; n++) t.notOk(turn());
  t.ok(turn());
  t.equal(roster.all().length, 2000);
  for (let n = 0; n < 9; n++) {
    t.ok(turn(), 'known all the time from then on');
    t.ok(
      roster.all().length === 2000 && Math.max(...seen.looks) <= 300 && seen.looks.length === 1,
      'a piece each turn',
    );
  }
  seen.online = false;
  for (let n = 0; n < 14; n++) turn();
  t.notOk(
    roster.all().some(({ online }) => online),
    'two rounds old at most',
  );
  seen.online = true;
  t.equal(roster.renewed('d3')?.online, true, 'one drone at once');
  t.equal(roster.renewed('nobody'), null);
});

t.test('asked as often as orders do, 2000 drones are known within 2 s', async (t) => {
  const { seen, roster } = scene(2000);
  const looked = new Map<string, number>();
  const quarter = () => {
    seen.nowUs += 250e3;
    roster.ready();
    // The tick of orders falls between two looks.
    if (seen.nowUs % 1e6 === 0) roster.ready();
  };
  for (let n = 0; n < 16; n++) quarter();
  for (let n = 0; n < 24; n++) {
    const online = !seen.online;
    seen.online = online;
    const from = seen.nowUs;
    while (roster.all().some((one) => one.online !== online)) quarter();
    looked.set(`${n}`, (seen.nowUs - from) / 1e6);
  }
  const oldestS = Math.max(...looked.values());
  t.ok(oldestS <= 2, `${oldestS} s`);
});

t.test('nobody asked for a while: what was known is old', async (t) => {
  const { seen, roster, turn } = scene(2000);
  for (let n = 0; n < 7; n++) turn();
  seen.nowUs += 5e6;
  t.notOk(turn());
  seen.nowUs += 5e6;
  seen.online = false;
  t.notOk(
    roster.all().some(({ online }) => online),
    'a start right after: all at once',
  );
});
