/** The satellite receiver against the estimate: which one is looked at, what its lag explains and what not. */
import t from 'tap';
import { movedBy } from './geo.ts';
import { BASE, given } from './testing/given.ts';

t.test('two receivers: the first is looked at while it has a fix, else another that has one', async (t) => {
  const { fly, gps, said, step, position } = given();
  fly(4);
  const none = { fix: 'no-fix', latDeg: null, lonDeg: null, satellites: 0 } as const;
  for (let i = 0; i < 30; i++) {
    step();
    position();
    if (i % 5 === 0) gps({ instance: 1, satellites: 9 });
    if (i % 5 === 1) gps(none);
  }
  t.match(said(), { state: 'trusted' });
});

t.test('the receiver lags: what it lags by is no distance to the estimate', async (t) => {
  const { trust, now, step, gps, position, said } = given();
  now.mps = 20;
  for (let i = 0; i < 150; i++) {
    step();
    position();
    if (i % 5 === 0) gps(movedBy(BASE, now.north - 0.75 * now.mps, now.east));
  }
  t.same(trust.entered, {});
  t.match(said(), { state: 'trusted' });
});

for (const accuracyM of [1, 3.75, 5.9]) {
  t.test(`the receiver jumps 30 m backward, ± ${accuracyM} m: no lag, though one could hide it`, async (t) => {
    const { now, step, gps, position, said } = given();
    now.mps = 15;
    const seconds = (n: number, awayM: number): void => {
      for (let i = 0; i < n * 5; i++) {
        step();
        position();
        if (i % 5 === 4) gps({ ...movedBy(BASE, now.north - awayM, now.east), horizontalAccM: accuracyM });
      }
    };
    seconds(6, 2);
    t.match(said(), { state: 'trusted' });
    seconds(1.4, 32);
    t.match(said(), { state: 'suspect', reason: 'gps-differs' }, 'by its first report');
    seconds(20, 32);
    t.match(said(), { state: 'suspect', reason: 'gps-differs' }, 'and it stays so');
    seconds(12, 2);
    t.match(said(), { state: 'trusted' }, 'until it is back');
  });
}
