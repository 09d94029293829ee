/** Air is kept as long as its flight may still be there, and given back once its drone has said that it is behind it. */
import t from 'tap';
import { reservationsOf } from './kept-air.ts';
import { type PlannedLeg, plan, type Reservation } from './planning/index.ts';
import { at, base, drone, NOW, order, world } from './planning/testing/city.ts';
import { flown, type Luck, metres, type Sample } from './planning/testing/flown.ts';

const home = base('oerlikon', 0, 0);
const wish = order('o1', at(0, 0), at(2_500, 800));
const city = world([home]);

function planned(): { readonly leg: PlannedLeg; readonly reservation: Reservation } {
  const decision = plan({ order: wish, fleet: [drone('heron', home, 0)], world: city, nowUtcUs: NOW });
  if (decision.kind !== 'fly') throw new Error(JSON.stringify(decision));
  const [leg, reservation] = [decision.legs[0], decision.reservations[0]];
  if (leg === undefined || reservation === undefined) throw new Error('nothing is planned');
  return { leg, reservation };
}

const { leg, reservation } = planned();
const kept = (state: string, attempt: object): Reservation | undefined =>
  reservationsOf(
    [{ id: 'o1', doc: { state, attempts: { 1: { delivery: { reservation }, ...attempt } } } }],
    'o2',
    NOW,
  )[0];
const parts = (one: Reservation | undefined) => [...new Set(one?.tube.map(({ what }) => what))].sort();

t.test('what is behind it is given back, with the parcel aboard on its way home nothing', async (t) => {
  t.equal(kept('outbound', { parcel: 'aboard' }), reservation);
  t.same(parts(kept('releasing', { parcel: 'aboard' })), ['back', 'descend', 'gate', 'gate-back', 'release']);
  t.same(parts(kept('returning', { parcel: 'released' })), ['back', 'descend', 'release']);
  for (const parcel of ['aboard', 'unproved'])
    t.equal(kept('returning', { parcel }), reservation, 'may have turned round');
  t.equal(kept('releasing', { parcel: 'aboard', end: { how: 'lost' } }), reservation, 'nobody hears it any more');
  t.equal(kept('releasing', {}), kept('releasing', {}), 'made once');
  t.same(kept('returning', { parcel: 'released' })?.pads, reservation.pads, 'its pads are kept all the same');
});

t.test('wherever the flight may be from then on, that air is kept', async (t) => {
  for (const start of [0, 1])
    for (const pace of [0, 0.5, 1])
      for (const released of [true, false]) {
        const luck: Luck = { start, pace, gate: released ? 0.5 : 1, released };
        const samples = flown(leg, city.limits, city.rules, luck);
        const arrives = samples.findIndex(({ place }) => metres(place, wish.dropOff) < 1);
        // It says so a moment later.
        const saidUs = (samples[arrives]?.utcUs ?? 0) + 100e3;
        const there = samples.filter(({ utcUs }) => utcUs > saidUs);
        const lost = there.filter((one) => !isIn(one, kept('releasing', { parcel: 'aboard' })));
        t.same(lost.slice(0, 2), [], `at the gate: ${JSON.stringify(luck)}`);
        if (!released) continue;
        const leaves = there.findIndex(({ place }) => metres(place, wish.dropOff) > 1);
        const off = there.slice(leaves).filter((one) => !isIn(one, kept('returning', { parcel: 'released' })));
        t.same(off.slice(0, 2), [], `on its way home: ${JSON.stringify(luck)}`);
      }
});

t.test('a flight that is later than anybody had thought keeps its air and its pads until it is down', async (t) => {
  const end = (what: string) =>
    Math.max(...reservation.tube.filter((one) => one.what === what).map((one) => one.toUtcUs));
  const at = (nowUtcUs: number, state: string, delivery: object = {}, attempt: object = {}) => {
    const attempts = { 1: { delivery: { reservation, ...delivery }, parcel: 'aboard', ...attempt } };
    return reservationsOf([{ id: 'o1', doc: { state, attempt: 1, attempts } }], 'o2', nowUtcUs)[0];
  };
  const isKept = (one: Reservation | undefined, nowUtcUs: number) =>
    one !== undefined && one.toUtcUs > nowUtcUs + 900e6 && one.tube.every(({ toUtcUs }) => toUtcUs > nowUtcUs + 900e6);
  // given: held on its way by an operator, or by the wind
  const late = end('out') + 1e6;
  t.ok(isKept(at(late, 'outbound'), late), 'nobody has heard that it is over the drop-off');
  t.equal(at(end('out') - 1e6, 'outbound'), reservation);
  const held = NOW + 10e6;
  t.ok(isKept(at(held, 'outbound', { late: true }), held), 'held: where it will be when is not known any more');
  const down = reservation.toUtcUs + 600e6;
  for (const state of ['outbound', 'releasing', 'returning']) {
    t.ok(isKept(at(down, state), down), state);
    t.same(at(down, state)?.pads, reservation.pads, 'nobody else is sent to its pad');
  }
  t.same(parts(at(down, 'returning', {}, { parcel: 'released' })), ['back', 'descend', 'release']);
  // then: not for ever
  for (const state of ['lost', 'unloading', 'closed']) t.equal(at(down, state), undefined, state);
  t.equal(at(down, 'returning', {}, { end: { how: 'settled' } }), undefined);
});

t.test('a drone that was given up by silence may fly: its own order keeps clear of it as well', async (t) => {
  const own = (how?: string) => {
    const attempt = { ferry: { reservation }, ...(how === undefined ? {} : { end: { how } }) };
    return reservationsOf([{ id: 'o1', doc: { state: 'queued', attempts: { 1: attempt } } }], 'o1', NOW)[0];
  };
  t.equal(own('silent'), reservation);
  t.equal(own('relaunched'), reservation);
  t.equal(own('refused'), undefined, 'it said so');
  t.equal(own(), undefined, 'what it plans anew');
});

/** Within what planning takes it to be beside its line. */
function isIn({ utcUs, place, aboveHomeM }: Sample, one: Reservation | undefined): boolean {
  const { trackErrorM, heightErrorM } = city.rules;
  return (one?.tube ?? []).some((part) => {
    if (utcUs < part.fromUtcUs || utcUs > part.toUtcUs) return false;
    if (aboveHomeM < part.lowM - heightErrorM || aboveHomeM > part.highM + heightErrorM) return false;
    const length = metres(part.from, part.to);
    const [a, b] = [metres(part.from, place), metres(part.to, place)];
    return a + b <= length + 2 * trackErrorM;
  });
}
