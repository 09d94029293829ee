import t from 'tap';
import { countOf, dismissalWords, readAlerts, worstOf } from './alerts.ts';

const TALLY = { critical: 0, warning: 0, info: 0, silenced: 2, changes: 9 };

t.test('the worst that is open stands for all', async (t) => {
  t.equal(worstOf(null), null);
  t.equal(worstOf(TALLY), null);
  t.equal(worstOf({ ...TALLY, info: 3 }), 'info');
  t.equal(worstOf({ ...TALLY, critical: 1, info: 3 }), 'critical');
  t.equal(countOf({ ...TALLY, critical: 1, info: 3 }), 4, 'silenced ones are not counted');
});

t.test('what is no alert is left out, and what is not known of one is said so', async (t) => {
  t.same(readAlerts(null), []);
  t.same(readAlerts({ alerts: 'none' }), []);
  const [one, ...rest] = readAlerts({
    alerts: [
      null,
      { id: 'a', severity: 'dire', words: 'It fell', acknowledged: { by: 'Ann' }, proposal: { type: 'land' } },
    ],
  });
  t.same(rest, []);
  t.match(one, {
    severity: 'warning',
    words: 'It fell',
    acknowledgedBy: 'Ann',
    drone: null,
    proposal: { type: 'land' },
  });
});

t.test('what it means to dismiss one is said before it is done', async (t) => {
  const [fell, low, many] = readAlerts({
    alerts: [
      { id: 'a', drone: 'heron', staysDown: true },
      { id: 'b', drone: 'ibis', proposal: { type: 'return', words: 'Have it fly back and land', state: 'open' } },
      { id: 'c', drone: null, drones: ['a', 'b', 7], staysDown: true },
    ],
  });
  if (!fell || !low || !many) throw new Error('three wanted');
  t.match(dismissalWords(many), /2 drones may be given orders again/);
  t.match(dismissalWords(fell), /not raised again before it was well.*heron may be given orders again/);
  t.match(dismissalWords(low), /What is proposed is not done: have it fly back and land/);
  t.notMatch(dismissalWords(low), /orders/);
});
