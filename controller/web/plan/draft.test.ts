import { DEFAULT_LIMITS, type Itinerary, unknownAircraft, validate } from '@skein/protocol/fleet';
import t from 'tap';
import {
  addFencePoint,
  addPlace,
  addRally,
  blankDraft,
  changeKind,
  handlesOf,
  insertionIndex,
  lineOfDraft,
  moveHandle,
  removeHandle,
  setFence,
  shiftItem,
} from './draft.ts';

const BASE = { latDeg: 47.3977, lonDeg: 8.5456 };
const A = { latDeg: 47.3985, lonDeg: 8.546 };
const B = { latDeg: 47.399, lonDeg: 8.547 };
const kinds = ({ items }: Itinerary) => items.map((item) => item.do);
const refusals = (draft: Itinerary) => validate(draft, DEFAULT_LIMITS, unknownAircraft('ardupilot')).refusals;

t.test('a new draft breaks no rule, nor does one that is drawn', async (t) => {
  let draft = blankDraft('round', BASE);
  t.same(kinds(draft), ['take-off', 'return']);
  draft = addPlace(draft, A, null).draft;
  draft = addPlace(draft, B, null).draft;
  t.same(kinds(draft), ['take-off', 'waypoint', 'waypoint', 'return'], 'places go before what ends the flight');
  t.match(draft.items[2], { altM: 30, frame: 'home', ...B }, 'at the height flown before');
  t.same(refusals(draft), []);
  t.same(lineOfDraft(draft), [BASE, A, B, BASE]);
});

t.test('a place goes behind the chosen item, never behind the return', async (t) => {
  const draft = addPlace(addPlace(blankDraft('round', BASE), A, null).draft, B, null).draft;
  const { draft: more, index } = addPlace(draft, { latDeg: 47.3987, lonDeg: 8.5465 }, 1);
  t.equal(index, 2);
  t.equal(insertionIndex(more, more.items.length - 1), more.items.length - 1);
});

t.test('another kind at the same place', async (t) => {
  const draft = addPlace(blankDraft('round', BASE), A, null).draft;
  const deliver = changeKind(draft, 1, 'deliver');
  t.match(deliver.items[1], { do: 'deliver', ...A, altM: 30, how: 'gripper' });
  t.same(refusals(deliver), []);
  t.match(changeKind(deliver, 1, 'loiter').items[1], { do: 'loiter', ...A, altM: 30, forS: 30 });
  t.same(changeKind(draft, 2, 'land').items[2], { do: 'land', ...A }, 'it lands where it is');
});

t.test('handles move what they stand for, and nothing else', async (t) => {
  let draft = addRally(addPlace(blankDraft('round', BASE), A, null).draft, B);
  for (const place of [A, B, BASE]) draft = addFencePoint(draft, place);
  t.same(
    handlesOf(draft).map(({ kind }) => kind),
    ['fence', 'fence', 'fence', 'rally', 'base', 'waypoint'],
  );
  const to = { latDeg: 47.4, lonDeg: 8.55 };
  for (const { ref } of handlesOf(draft)) {
    const moved = moveHandle(draft, ref, to);
    const changed = handlesOf(moved).filter(({ place }, at) => {
      const before = handlesOf(draft)[at]?.place;
      return place.latDeg !== before?.latDeg || place.lonDeg !== before.lonDeg;
    });
    t.same(
      changed.map((one) => [one.ref, one.place]),
      [[ref, to]],
    );
  }
});

t.test('what is taken away leaves nothing half behind', async (t) => {
  let draft = addRally(addFencePoint(blankDraft('round', BASE), A), B);
  draft = removeHandle(draft, { of: 'fence', polygon: 0, index: 0 });
  draft = removeHandle(draft, { of: 'rally', index: 0 });
  t.same(draft, blankDraft('round', BASE));
  t.same(setFence(setFence(draft, { maxAltM: 80 }), { circles: [] }).fence, { maxAltM: 80 });
});

t.test('items change places', async (t) => {
  const draft = addPlace(addPlace(blankDraft('round', BASE), A, null).draft, B, null).draft;
  const { draft: shifted, index } = shiftItem(draft, 1, 1);
  t.equal(index, 2);
  t.match(shifted.items.slice(1, 3), [B, A]);
  t.equal(shiftItem(draft, 0, -1).draft, draft);
});
