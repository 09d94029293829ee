import t from 'tap';
import { CLASSES } from './index.ts';
import { AIR_CASES } from './testing/air-cases.ts';
import { GROUND_CASES } from './testing/ground-cases.ts';
import { watch } from './testing/watch.ts';

const CASES = [...AIR_CASES, ...GROUND_CASES];

t.same(CASES.map(({ name }) => name).sort(), CLASSES.map(({ name }) => name).sort(), 'each class has its case');

for (const { name, misses, real, withinS, over, also = [], proposes } of CASES) {
  t.test(`${name}: once, with its answer`, async (t) => {
    const w = await watch();
    let s = 0;
    let began = 0;
    for (const [what, forS] of real) {
      if (what === real.at(-1)?.[0]) began = s;
      w.see(what, forS);
      s += forS;
    }
    t.ok(s - began <= withinS);
    t.same(
      w.raised().filter((one) => one !== name),
      also,
      'nothing else',
    );
    t.same(
      w.open().filter((one) => one === name),
      [name],
      'raised in time',
    );
    const held = w.alerts.openOf(name, { drone: 'heron' });
    t.ok(held?.doc.words && held.doc.whatToDo, 'it says what is seen and what to do');
    t.equal(held?.doc.proposal?.type, proposes);
    t.same(w.sent, [], 'nothing is sent by itself');
    for (const [what, forS] of over) w.see(what, forS);
    t.notOk(w.open().includes(name), 'over');
    t.equal(w.raised().filter((one) => one === name).length, 1, 'raised once');
  });
  for (const [what, series] of misses) {
    t.test(`${name}: not when ${what}`, async (t) => {
      const w = await watch();
      for (const [seen, forS] of series) w.see(seen, forS);
      t.notOk(w.raised().includes(name));
    });
  }
}
