import t from 'tap';
import { bench, FLYING } from './testing/bench.ts';

const UP = { params: { atLeastAltRelM: 80 } };
const OK = { ok: true, how: 'accepted', detail: {} } as const;

t.test('a height of its own: it climbs where it is, then returns; only when it is asked for', async (t) => {
  const b = bench({ state: FLYING });
  b.world.reply = null;
  const order = b.command('return', UP);
  await b.give(order);
  t.match(b.intents, [{ name: 'climb', options: { altRelM: 80 } }], 'not yet home');
  b.world.state.altRelM = 79.4;
  b.intents[0]?.settle(OK);
  await b.advance(100);
  t.same(
    b.intents.map(({ name }) => name),
    ['climb', 'return'],
  );
  b.intents[1]?.settle(OK);
  await b.advance(100);
  t.match(b.fate(order.id), {
    state: 'succeeded',
    reason: 'done',
    detail: { climbed: true, heightM: 79, atLeastAltRelM: 80 },
  });

  b.world.reply = OK;
  t.match(await b.give(b.command('return', UP)), { detail: { climbed: true } }, 'there already');
  await b.give(b.command('return'));
  t.same(
    b.intents.map(({ name }) => name),
    ['climb', 'return', 'return', 'return'],
  );
});

t.test('what keeps it from climbing does not keep it from returning, and is said', async (t) => {
  const b = bench({ state: FLYING });
  const climbs = async () => {
    const before = b.intents.length;
    const answer = await b.give(b.command('return', UP));
    t.same(
      b.intents.slice(before).map(({ name }) => name),
      ['return'],
    );
    t.match(answer, { state: 'succeeded', detail: { climbed: false, heightM: 30 } });
    return String(answer?.detail.why);
  };
  b.world.distrusted = 'jump: it jumped';
  t.equal(await climbs(), 'position: jump: it jumped');
  b.world.distrusted = null;
  b.world.state.batteryPct = 29;
  t.equal(await climbs(), '29 % of charge left');
  b.world.state.batteryPct = 90;
  b.world.state.mode = 'RTL';
  t.equal(await climbs(), 'it was returning already');
  b.world.state.mode = 'AUTO';
  b.world.control.state = 'pilot';
  t.equal(await climbs(), 'not ours to fly (pilot)');
  b.world.control.state = 'skein';
  b.world.control.adopted = true;
  t.match(await climbs(), /^not ours to fly/);
});

t.test('refused or too slow: it returns from where it is, within the minute', async (t) => {
  const b = bench({ state: FLYING });
  b.world.reply = null;
  for (const [settle, why] of [
    [true, 'refused: fence'],
    [false, 'not there within 45 s'],
  ] as const) {
    const order = b.command('return', UP);
    await b.give(order);
    if (settle) b.intents.at(-1)?.settle({ ok: false, code: 'refused', detail: 'fence', sent: true });
    else await b.advance(46_000);
    await b.advance(100);
    t.equal(b.intents.at(-1)?.name, 'return');
    b.intents.at(-1)?.settle(OK);
    await b.advance(100);
    t.match(b.fate(order.id), { state: 'succeeded', detail: { climbed: false, why } });
  }
});

t.test('taken over while it climbs, or called off: nothing more is sent', async (t) => {
  const b = bench({ state: FLYING });
  b.world.reply = null;
  const first = b.command('return', UP);
  await b.give(first);
  b.intents.at(-1)?.settle({ ok: false, code: 'pilot', detail: '', sent: true });
  await b.advance(200);
  t.match(b.fate(first.id), { state: 'superseded', reason: 'pilot' });
  const second = b.command('return', UP);
  await b.give(second);
  await b.give(b.command('hold'));
  t.match(b.fate(second.id), { state: 'superseded', reason: 'newer' });
  t.same(
    b.intents.map(({ name }) => name),
    ['climb', 'climb', 'hold'],
  );
});
