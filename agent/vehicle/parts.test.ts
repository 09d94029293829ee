import type { Sample } from '@skein/protocol/telemetry';
import t from 'tap';
import { FlightHours } from './flight.ts';
import { TextFold } from './fold.ts';

const S = 1_000_000;

t.test('flight hours: time armed and in the air, flights as they begin', async (t) => {
  const hours = new FlightHours({ flights: 4, airS: 100, armedS: 200 });
  const say = (atS: number, armed: boolean, landed: 'on-ground' | 'in-air') => hours.status({ armed, landed }, atS * S);
  t.notOk(say(0, false, 'on-ground'));
  say(1, true, 'on-ground');
  say(2, true, 'in-air');
  for (let second = 3; second <= 12; second++) say(second, true, 'in-air');
  t.ok(say(13, true, 'on-ground'), 'landed: a moment to save');
  t.ok(say(14, false, 'on-ground'));
  t.same(hours.totals, { flights: 5, airS: 111, armedS: 213 });
});

t.test('flight hours: an outage is not flying, an agent that starts in the air counts no flight', async (t) => {
  const hours = new FlightHours({ flights: 0, airS: 0, armedS: 0 });
  hours.status({ armed: true, landed: 'in-air' }, 0);
  hours.status({ armed: true, landed: 'in-air' }, 3600 * S);
  t.same(hours.totals, { flights: 0, airS: 5, armedS: 5 });
});

const text = (words: string, atS: number): Sample & { kind: 'text' } => ({
  kind: 'text',
  monoUs: atS * S,
  bootMs: null,
  values: { severity: 'warning', text: words, repeats: 0 },
});

t.test('texts: the first goes at once, repeats are counted and told together', async (t) => {
  const fold = new TextFold();
  t.equal(fold.take(text('PreArm: compass', 0)).length, 1);
  t.equal(fold.take(text('PreArm: compass', 2)).length, 0);
  t.equal(fold.take(text('something else', 3)).length, 1);
  t.equal(fold.take(text('PreArm: compass', 4)).length, 0);
  t.same(fold.expire(9 * S), []);
  t.match(fold.expire(11 * S), [{ monoUs: 4 * S, values: { text: 'PreArm: compass', repeats: 1 } }]);
  t.equal(fold.take(text('PreArm: compass', 12)).length, 1, 'and then it is new again');
});

t.test('texts: a flood of different ones is passed on, memory is bounded', async (t) => {
  const fold = new TextFold();
  let passed = 0;
  for (let i = 0; i < 1_000; i++) passed += fold.take(text(`text ${i}`, 1)).length;
  t.equal(passed, 1_000);
});
