import t from 'tap';
import {
  isOwed,
  isSettling,
  isTakenBack,
  newStand,
  onAssignedAgain,
  onParcelWord,
  onSettle,
  onSettleEnded,
  onTakeBack,
  onWord,
  pauseUs,
  type Stand,
  type Word,
} from './stand.ts';

const word = (step: number, state: Word['state']): Word => ({ step, state, reason: null, item: null, detail: null });
const sent = { ...newStand('d1', 1, 'Ann', 0), sentUtcUs: 1 };

t.test('owed until the drone has said something of it; a repeat is an answer, an older word is no news', async (t) => {
  t.ok(isOwed(sent));
  const heard = onWord(sent, word(3, 'verified'), 5);
  t.notOk(isOwed(heard));
  t.equal(onWord(heard, word(2, 'uploading'), 6), heard);
  t.notOk(isOwed(onWord({ ...heard, heard: false }, word(3, 'verified'), 7)));
  t.same(
    [1, 2, 3, 4, 5, 6, 60].map((n) => pauseUs(n) / 1e6),
    [1, 2, 4, 8, 15, 30, 30],
  );
});

t.test('a word that was on its way already does not answer a taking back', async (t) => {
  const asked = onTakeBack(onWord(sent, word(1, 'uploading'), 5), 'Bo', 6);
  t.ok(isOwed(asked));
  const crossed = onWord(asked, word(2, 'verified'), 7);
  t.match(crossed, { state: 'verified', takingBack: 'Bo' });
  t.ok(isOwed(crossed), 'it is asked again');
  t.ok(isOwed(onWord(crossed, word(2, 'verified'), 8)));
  t.match(onWord(crossed, word(3, 'cancelled'), 9), { state: 'cancelled', open: false });
  const late = onWord(crossed, word(3, 'starting'), 9);
  t.match(late, { state: 'starting', takingBack: null, open: true });
  t.notOk(isOwed(late), 'under way: too late');
});

t.test(
  'assigned again where it is void: given later, also by a clock that was set back; else nothing is told',
  async (t) => {
    const isVoid = { ...onWord(sent, word(1, 'void'), 5), givenUtcUs: 9 };
    const again = (stand: Stand, utcUs: number) => onAssignedAgain(stand, () => stand, 'Cy', utcUs);
    t.match(again(isVoid, 20), { heard: false, givenUtcUs: 20, issuedBy: 'Cy' });
    t.match(again(isVoid, 3), { heard: false, givenUtcUs: 10 });
    const verified = onWord(sent, word(1, 'verified'), 5);
    t.equal(again(verified, 20), verified);
  },
);

t.test('what a drone spoke of first is told like all others once it is assigned', async (t) => {
  const found = newStand('d1', 1, 'unknown', 0, { untargeted: true, sentUtcUs: 1, heard: true });
  const assigned = (state: Word['state']) => onAssignedAgain(onWord(found, word(1, state), 5), () => found, 'Cy', 20);
  for (const state of ['void', 'failed'] as const) {
    const again = assigned(state);
    t.match(again, { issuedBy: 'Cy', untargeted: false }, state);
    t.ok(again && isOwed(again), `${state}: it is told`);
  }
  const verified = assigned('verified');
  t.match(verified, { issuedBy: 'Cy', untargeted: false });
  t.notOk(verified && isOwed(verified), 'it has it');
});

t.test('never sent: taken back at once; over: nothing is owed', async (t) => {
  const back = onTakeBack(newStand('d1', 1, 'Ann', 0), 'Bo', 6);
  t.match(back, { state: 'cancelled', reason: 'taken-back', open: false, steps: [{ by: 'Ann' }, { by: 'Bo' }] });
  t.notOk(isOwed(back));
});

t.test('steps are bounded, the first is kept; an unproved parcel keeps it open after the end', async (t) => {
  let stand: Stand = sent;
  for (let step = 1; step <= 300; step++) stand = onWord(stand, word(step, step % 2 ? 'flying' : 'held'), step);
  t.equal(stand.steps.length, 100);
  t.equal(stand.steps[0]?.state, 'assigned');
  const parcel = {
    item: 1,
    step: 1,
    state: 'unproved',
    reason: null,
    latDeg: null,
    lonDeg: null,
    detail: null,
  } as const;
  const over = onWord(onParcelWord(stand, parcel, 400), word(301, 'completed'), 401);
  t.equal(over.open, true);
  t.equal(onParcelWord(over, { ...parcel, step: 2, state: 'released' }, 402).open, false);
});

t.test('assigned again: what the drone refused by its content stays refused under that version', async (t) => {
  const fresh = () => newStand('d1', 1, 'Bo', 9);
  const refused = (reason: string) => onWord(sent, { ...word(1, 'refused'), reason }, 5);
  for (const reason of ['bad-itinerary: item 1', 'outdated', 'taken-back']) {
    t.equal(onAssignedAgain(refused(reason), fresh, 'Cy', 20), null, reason);
  }
  for (const reason of ['still-aboard: P-1', 'other-active: x']) {
    t.match(onAssignedAgain(refused(reason), fresh, 'Cy', 20), { state: 'assigned', answered: 0 }, reason);
  }
  const here = newStand('d1', 1, 'Ann', 0, { state: 'refused', reason: 'bad-itinerary: item 1' });
  t.match(onAssignedAgain(here, fresh, 'Cy', 20), { state: 'assigned' }, 'the drone never had it');
  t.ok(isTakenBack(refused('taken-back')), 'no version of it is taken any more');
  t.ok(isTakenBack(onWord(sent, word(1, 'cancelled'), 5)));
  t.notOk(isTakenBack(refused('outdated')));
});

t.test('a drone that knows of no such parcel answers for none: the word of the operator settles it', async (t) => {
  const nowhere = { latDeg: null, lonDeg: null, detail: null };
  const doubted = onParcelWord(sent, { item: 1, step: 1, state: 'unproved', reason: null, ...nowhere }, 5);
  const said = (stand: Stand): Stand => {
    const { 1: parcel } = stand.parcels;
    return parcel ? onSettle(stand, parcel, { word: 'released', by: 'Cy', command: 'c1' }, 6) : stand;
  };
  const ended = (refused: string | null): Stand => {
    const stand = said(doubted);
    const { 1: parcel } = stand.parcels;
    return parcel ? onSettleEnded(stand, parcel, refused, 7) : stand;
  };
  for (const refused of [null, 'not-found: no such parcel in custody: item 1 of round']) {
    t.match(ended(refused).parcels[1], { state: 'settled', reason: 'operator-word: released, Cy' });
  }
  for (const refused of ['expired', 'unknown: the command is not known any more', 'active-leg: round']) {
    const { 1: parcel } = ended(refused).parcels;
    t.match(parcel, { state: 'unproved', settled: { word: 'released', refused } }, 'said, and not confirmed');
    t.notOk(parcel && isSettling(parcel), 'nothing waits for it');
    t.match(said(ended(refused)).parcels[1], { settled: { command: 'c1', refused: undefined } }, 'it is said again');
  }
});
