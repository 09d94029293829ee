/** A drone on a charger is forecast while its charge rises; afterwards it is not, until it does. */
import t from 'tap';
import { type Charge, ChargeWatch } from './charge-watch.ts';

function watched(stepS = 60) {
  const watch = new ChargeWatch();
  return (minute: number, pct: number | null, more: Partial<Charge> = {}) =>
    watch.charges({ drone: 'd', pad: 'a/1', pct, stepS, monoUs: minute * 60e6, ...more });
}

t.test('it rises', async (t) => {
  const charges = watched();
  for (let minute = 0; minute < 100; minute += 5) t.ok(charges(minute, 20 + minute / 5));
});

t.test('it does not rise: no longer forecast after 10 min, again once it does', async (t) => {
  const charges = watched();
  t.ok(charges(0, 40));
  t.ok(charges(9, 40));
  t.notOk(charges(10, 40));
  t.notOk(charges(11, 40.5), 'a rounding is no rise');
  t.ok(charges(12, null), 'nothing is known of it');
  t.ok(charges(13, 41));
  t.ok(charges(22, 41));
  t.notOk(charges(24, 40), 'a meter between two figures does not charge');
});

t.test('a slow charger is given the time it takes', async (t) => {
  const charges = watched(900);
  t.ok(charges(0, 40));
  t.ok(charges(44, 40));
  t.notOk(charges(45, 40));
});

t.test('another pad, a flight, a full pack: seen anew', async (t) => {
  const charges = watched();
  t.ok(charges(0, 40));
  t.notOk(charges(20, 40));
  t.ok(charges(21, 40, { pad: 'a/2' }));
  t.ok(charges(22, 40, { pad: null }), 'it flies');
  t.ok(charges(23, 40));
  t.ok(charges(100, 98), 'full');
  t.ok(charges(200, 98));
});

t.test('used up on its pad, and charged from there', async (t) => {
  const charges = watched();
  t.ok(charges(0, 80));
  t.notOk(charges(20, 60));
  t.ok(charges(22, 61));
});
