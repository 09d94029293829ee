import t from 'tap';
import { readOrder, readOrders } from './answers.ts';
import { canCancel, inOrder, meaningOf, needOf, stateWords } from './order-words.ts';
import { bodyOf, EMPTY_WISH } from './placing.ts';

const NOW_MS = Date.parse('2026-11-27T20:00:00Z');
const told = (more: object) => {
  const order = readOrder({ id: '01JDABCDEFGHJKMNPQRSTVWXYZ', state: 'queued', parcel: null, ...more });
  if (order === null) throw new Error('no order');
  return order;
};

t.test('an answer is read with care', async (t) => {
  t.equal(readOrder({ state: 'queued' }), null);
  t.same(readOrders({ orders: [null, 7, { id: 'a' }] }), []);
  t.match(told({ since: '2026-11-27T19:59:00Z', dropOff: { latDeg: 47 } }), {
    sinceMs: NOW_MS - 60_000,
    dropOff: null,
  });
});

t.test('who is to do what', async (t) => {
  t.equal(needOf(told({})), null);
  t.equal(needOf(told({ state: 'loading', parcel: 'none' })), 'loaded');
  t.equal(needOf(told({ state: 'unloading', parcel: 'aboard' })), 'unloaded');
  t.equal(needOf(told({ state: 'unloading', parcel: 'off' })), null, 'it was said');
  for (const state of ['unproved', 'lost']) t.equal(needOf(told({ state })), 'settle');
  const left = told({ state: 'closed', leftOn: 'd1' });
  t.equal(needOf(left), 'unloaded', 'a drone that was given up still has the parcel');
  t.match(meaningOf(left, 'unloaded').headline, /off d1/);
  const flying = told({ state: 'outbound', drone: 'd1', parcel: 'aboard', leftOn: null });
  t.equal(needOf(flying), null);
});

t.test('people first, then the newest', async (t) => {
  const orders = [told({ id: 'A' }), told({ id: 'B', state: 'loading' }), told({ id: 'C' })];
  t.same(
    inOrder(orders).map(({ id }) => id),
    ['B', 'C', 'A'],
  );
});

t.test('what is cancelled, and what that does', async (t) => {
  t.ok(canCancel(told({})));
  t.notOk(canCancel(told({ state: 'closed' })));
  t.notOk(canCancel(told({ state: 'returning', parcel: 'released' })), 'too late');
  t.notOk(canCancel(told({ cancel: { by: 'Ann' } })), 'already said');
  t.match(meaningOf(told({}), 'cancel').notes.join(), /ends at once/);
  t.match(
    meaningOf(told({ state: 'outbound', parcel: 'aboard', drone: 'd1' }), 'cancel').notes.join(),
    /d1 is called back/,
  );
});

t.test('states in words; one that this page does not know is shown as it is', async (t) => {
  t.equal(stateWords(told({ state: 'closed', outcome: 'returned' })), 'not delivered, parcel back');
  t.equal(stateWords(told({ state: 'returning', parcel: 'aboard' })), 'comes back with the parcel');
  t.equal(stateWords(told({ state: 'hovering' })), 'hovering');
});

t.test('what is sent, or what is missing', async (t) => {
  const place = { latDeg: 47, lonDeg: 8 };
  const full = { ...EMPTY_WISH, base: 'b', dropOff: place, payloadKg: '0,6' };
  const words = (more: object): string => {
    const made = bodyOf({ ...full, ...more }, place, NOW_MS);
    return made.ok ? JSON.stringify(made.body) : made.words;
  };
  t.same(bodyOf(full, place, NOW_MS), {
    ok: true,
    body: { pickup: place, dropOff: place, payloadKg: 0.6, how: 'winch' },
  });
  t.match(words({ notAfterMin: '30' }), /"notAfter":"2026-11-27T20:30:00.000Z"/);
  t.match(words({ dropOff: null }), /Click the map/);
  t.match(words({ base: null }), /Choose the base/);
  for (const payloadKg of ['', '0', 'much', '101']) t.match(words({ payloadKg }), /in kg/);
  for (const notBeforeMin of ['0', '-1', 'soon', '99999']) t.match(words({ notBeforeMin }), /minutes from now/);
  t.match(words({ notBeforeMin: '30', notAfterMin: '20' }), /more time/);
});
