import { reasonCode } from '@skein/protocol/fleet';
import t from 'tap';
import { type Book, EMPTY_BOOK, withEnded, withParcel } from './book.ts';
import { receive } from './reception.ts';
import { message, plan, tour } from './testing/plans.ts';
import type { Parcel, Stand } from './types.ts';

const GIVEN = '2026-11-27T06:00:00.000000Z';

const at = (state: Stand['state'], version = 2, foreign: string | null = null): Book => ({
  ...EMPTY_BOOK,
  current: {
    itinerary: plan({ version }),
    issuedBy: 'Ann',
    limits: {},
    stand: { id: 'it-1', version, step: 4, state, reason: '', item: null, detail: {} },
    verification: null,
    foreign,
    givenAt: GIVEN,
    seq: null,
  },
});
const parcel = (change: Partial<Parcel>): Parcel => ({
  itinerary: 'it-1',
  version: 1,
  item: 2,
  name: null,
  step: 1,
  state: 'aboard',
  reason: '',
  begun: false,
  latDeg: null,
  lonDeg: null,
  detail: {},
  ...change,
});

const refusal = (book: Book, itinerary = plan()): string | null => {
  const answer = receive(book, message(itinerary));
  return answer.do === 'answer' && answer.stand.state === 'refused' ? reasonCode(answer.stand.reason) : answer.do;
};

t.test(
  'same id and version: the same answer; lower: outdated; higher, or another: replaces while nothing flies',
  async (t) => {
    t.match(receive(at('verified'), message(plan({ version: 2 }))), { do: 'repeat', stand: { step: 4 } });
    t.equal(refusal(at('verified'), plan({ version: 1 })), 'outdated');
    t.equal(refusal(at('verified'), plan({ version: 3 })), 'take');
    t.equal(refusal(at('verified'), plan({ id: 'it-2' })), 'take');
  },
);

t.test('other content under a version that is known is refused, and changes nothing', async (t) => {
  const other = { ...plan({ version: 2 }), items: tour('it-1', 2).items };
  for (const state of ['verified', 'failed', 'flying'] as const)
    t.equal(refusal(at(state), other), 'bad-itinerary', state);
});

t.test('what failed is tried again when it is sent again; what is void when people give it again', async (t) => {
  const asked = (state: 'failed' | 'void', givenAt = GIVEN) =>
    receive(at(state), message(plan({ version: 2 }), { givenAt })).do;
  t.equal(asked('failed'), 'again');
  t.equal(asked('void'), 'repeat', 'it is read first, by itself: who wrote meanwhile is not known');
  t.equal(asked('void', '2026-11-27T06:00:01.000000Z'), 'again');
});

t.test('what a stranger wrote over is given again by people, not by a message that comes again', async (t) => {
  for (const state of ['failed', 'void', 'uploading', 'received'] as const) {
    const { givenAt: _, ...unsaid } = message(plan({ version: 2 }));
    const asked = (givenAt?: string) =>
      receive(at(state, 2, 'foreign-writer'), givenAt === undefined ? unsaid : { ...unsaid, givenAt }).do;
    t.equal(asked(), 'repeat', `${state}: an older controller does not say`);
    t.equal(asked(GIVEN), 'repeat', `${state}: it was not heard, and comes again`);
    t.equal(asked('2026-11-27T05:59:59.000000Z'), 'repeat', `${state}: late on its way`);
    t.equal(asked('2026-11-27T06:00:01.000000Z'), 'again', state);
  }
  const later = message(plan({ version: 2 }), { givenAt: '2026-11-27T06:00:01.000000Z' });
  t.equal(receive(at('flying', 2, 'foreign-writer'), later).do, 'repeat', 'in flight nothing is written');
  t.equal(receive(at('void', 2, 'foreign-writer'), message(plan({ version: 3 }))).do, 'take', 'a new version is new');
});

t.test('under way: another one, and another version, are other-active', async (t) => {
  for (const state of ['starting', 'flying', 'at-gate', 'releasing', 'held', 'returning', 'interrupted'] as const) {
    t.equal(refusal(at(state), plan({ id: 'it-2' })), 'other-active', state);
    t.equal(refusal(at(state), plan({ version: 3 })), 'other-active', state);
  }
});

t.test('taken back: cancelled, and refused from then on in every version', async (t) => {
  t.equal(receive(at('verified'), message(plan({ version: 2 }), { itinerary: null })).do, 'cancel');
  t.equal(
    receive(at('verified'), message(plan({ version: 3 }), { itinerary: null })).do,
    'cancel',
    'a newer never came',
  );
  const unknown = receive(EMPTY_BOOK, message(plan(), { itinerary: null }));
  t.match(unknown, { do: 'answer', stand: { state: 'cancelled' }, remember: { takenBack: true } });
  const stand: Stand = {
    id: 'it-1',
    version: 2,
    step: 9,
    state: 'cancelled',
    reason: 'taken-back',
    item: null,
    detail: {},
  };
  const after = withEnded(EMPTY_BOOK, { stand, takenBack: true });
  for (const version of [1, 2, 3]) t.equal(refusal(after, plan({ version })), 'taken-back');
});

t.test('taken back in flight: nothing is sent to the aircraft, but it never flies again', async (t) => {
  t.match(receive(at('flying'), message(plan({ version: 2 }), { itinerary: null })), {
    do: 'answer',
    stand: { state: 'flying' },
    remember: { takenBack: true },
  });
});

t.test('an older version taken back leaves the newer one as it is, on the ground and in flight', async (t) => {
  const older = message(plan({ version: 1 }), { itinerary: null });
  for (const state of ['received', 'verified', 'flying'] as const) {
    const answer = receive(at(state), older);
    t.match(answer, { do: 'answer', stand: { version: 1, state: 'cancelled' }, remember: null }, state);
  }
  const stand: Stand = { id: 'it-1', version: 1, step: 9, state: 'replaced', reason: 'newer', item: null, detail: {} };
  const book = withEnded(at('verified'), { stand, takenBack: false });
  t.match(receive(book, older), { stand: { version: 1, state: 'replaced', step: 9 }, remember: null });
});

t.test('flown once is flown: the same version gets its end again', async (t) => {
  const stand: Stand = { id: 'it-1', version: 1, step: 9, state: 'completed', reason: 'done', item: 3, detail: {} };
  const book = withEnded(EMPTY_BOOK, { stand, takenBack: false });
  t.match(receive(book, message(plan())), { do: 'repeat', stand: { state: 'completed', step: 9 } });
  t.equal(receive(book, message(plan({ version: 2 }))).do, 'take');
});

t.test('a drone that answers for a parcel takes no other delivery, but a flight without one', async (t) => {
  for (const state of ['aboard', 'not-released', 'unproved'] as const) {
    const book = withParcel(EMPTY_BOOK, parcel({ state, begun: state !== 'aboard' }));
    t.equal(refusal(book, plan({ id: 'it-2' })), 'still-aboard', state);
    t.equal(refusal(book, tour()), 'take', state);
  }
  const settled = withParcel(EMPTY_BOOK, parcel({ state: 'settled', begun: true }));
  t.equal(refusal(settled, plan({ id: 'it-2' })), 'take');
  t.equal(refusal({ ...EMPTY_BOOK, custodyLost: 'its record was damaged' }, plan()), 'still-aboard');
});

t.test('the same itinerary may try again with a parcel whose release was never begun', async (t) => {
  t.equal(refusal(withParcel(EMPTY_BOOK, parcel({ state: 'aboard' })), plan({ version: 2 })), 'take');
  t.equal(
    refusal(withParcel(EMPTY_BOOK, parcel({ state: 'not-released', begun: true })), plan({ version: 2 })),
    'still-aboard',
  );
});
