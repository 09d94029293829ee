import t from 'tap';
import { readAsked } from './asked.ts';

t.test('one voyage, many, and what is asked for without a word', async (t) => {
  const nothing = { workers: 2, mutations: false, seed: null, from: 1, seeds: 500 };
  t.same(readAsked({}, 2), { ok: true, asked: nothing });
  t.same(readAsked({ SEED: '0' }, 2), { ok: true, asked: { ...nothing, seed: 0 } });
  t.same(readAsked({ SEEDS: '10000', FROM: '7', WORKERS: '1' }, 2), {
    ok: true,
    asked: { ...nothing, seeds: 10_000, from: 7, workers: 1 },
  });
});

t.test('a number that is none is refused by its name, and no other is played instead', async (t) => {
  for (const SEED of ['abc', '', ' ', '-1', '1.5', '1e3', '0x7', '9'.repeat(20)])
    t.same(readAsked({ SEED }, 2), {
      ok: false,
      problems: [`SEED=${SEED}: give a whole number from 0 on, as in SEED=7`],
    });
  for (const name of ['SEEDS', 'WORKERS'])
    t.match(readAsked({ [name]: '0' }, 2), { ok: false, problems: [/from 1 on/] });
  t.match(readAsked({ SEEDS: 'many', FROM: '?' }, 2), { problems: { length: 2 } }, 'all that is wrong is said at once');
});
