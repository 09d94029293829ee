/** Air is kept as long as its flight may still be there, and given back once its drone has said that it is behind it. */
import t from 'tap';
import { type Asked, type LastWord, reservationsOf } from './kept-air.ts';
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

/** Everybody was heard just now, and flies nothing. */
const asked = (own: string, nowUtcUs = NOW): Asked => ({
  ...{ own, nowUtcUs, wordOf: () => ({ heardUtcUs: nowUtcUs, flies: null }), writtenUtcUs: () => 0 },
});
const { leg, reservation } = planned();
const kept = (state: string, attempt: object): Reservation | undefined =>
  reservationsOf(
    [{ id: 'o1', doc: { state, attempts: { 1: { delivery: { reservation }, ...attempt } } } }],
    asked('o2'),
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
    return reservationsOf([{ id: 'o1', doc: { state, attempt: 1, attempts } }], asked('o2', nowUtcUs))[0];
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
    return reservationsOf([{ id: 'o1', doc: { state: 'queued', attempts: { 1: attempt } } }], asked('o1'))[0];
  };
  t.equal(own('silent'), reservation);
  t.equal(own('relaunched'), reservation);
  t.equal(own('refused'), undefined, 'it said so');
  t.equal(own(), undefined, 'what it plans anew');
});

t.test('what was told to start, and is not heard since, may fly, or stand where it was sent', async (t) => {
  const STARTED = NOW + 1e6;
  const ferry = { reservation, starts: 1, startedUtcUs: STARTED, itinerary: { id: 'f', version: 1 } };
  const down = reservation.toUtcUs + 3600e6;
  const order = (state: string, attempt: object) => [
    { id: 'o1', doc: { state, attempt: 1, attempts: { 1: attempt } } },
  ];
  const given = (how: string) => order('queued', { ferry, end: { how } });
  const word = (heardUtcUs: number | null, flies: LastWord['flies'] = null) => ({
    wordOf: () => ({ heardUtcUs, flies }),
  });
  const at = (nowUtcUs: number, open: ReturnType<typeof given>, more: Partial<Asked>) =>
    ['o1', 'o2'].map((own) => reservationsOf(open, { ...asked(own, nowUtcUs), ...more })[0]);
  // given: the start was never answered, and its time to start is over
  for (const how of ['silent', 'refused', 'cancelled']) {
    t.same(
      at(NOW + 60e6, given(how), word(STARTED)),
      [reservation, reservation],
      `${how}: its own order keeps clear, too`,
    );
    for (const one of at(reservation.toUtcUs + 600e6, given(how), word(STARTED)))
      t.same(parts(one), parts(reservation), `${how}: it may be late`);
    // then: long after it must be down, its pads are kept until it is heard
    for (const one of at(down, given(how), word(STARTED))) t.same([one?.tube, one?.pads], [[], reservation.pads], how);
    t.same(at(down, given(how), word(STARTED + 6e6)), [undefined, undefined], 'heard, and it does not fly');
    t.same(
      at(down, given(how), { ...word(STARTED), writtenUtcUs: () => STARTED + 1 }),
      [undefined, undefined],
      'people have looked',
    );
  }
  t.same(
    at(down, order('starting', { ferry }), word(STARTED))[1]?.pads,
    reservation.pads,
    'nobody has given it up yet',
  );
  t.same(at(down, order('starting', { delivery: ferry, parcel: 'aboard' }), word(STARTED))[1]?.pads, reservation.pads);
  // and: by its word it flies, whatever became of its order, and of the plan
  const flies = { id: 'f', version: 1 };
  for (const open of [given('cancelled'), order('ready', { before: { 1: ferry } })]) {
    t.same(at(NOW + 60e6, open, word(NOW + 60e6, flies)), [reservation, reservation]);
    for (const one of at(down, open, word(down, flies))) t.ok((one?.toUtcUs ?? 0) > down + 900e6, 'until it is down');
    t.same(at(down, open, word(down, { id: 'f', version: 2 })), [undefined, undefined], 'it flies another');
    t.same(at(down, open, word(down - 4000e6, flies)), [undefined, undefined], 'it was heard too long ago');
  }
});

t.test('what is kept longer is made once a minute', async (t) => {
  const open = [{ id: 'o1', doc: { state: 'returning', attempt: 1, attempts: { 1: { delivery: { reservation } } } } }];
  const minute = Math.ceil((reservation.toUtcUs + 60e6) / 60e6) * 60e6;
  const at = (nowUtcUs: number) => reservationsOf(open, asked('o2', nowUtcUs))[0];
  t.equal(at(minute + 1e6), at(minute + 59e6));
  t.not(at(minute + 59e6), at(minute + 61e6));
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
