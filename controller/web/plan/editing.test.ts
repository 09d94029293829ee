import type { ItineraryItem } from '@skein/protocol/fleet';
import t from 'tap';
import { route } from '../shell/route.ts';
import { blankDraft, moveHandle } from './draft.ts';
import {
  begin,
  canUndo,
  change,
  chosen,
  draft,
  editAt,
  goOn,
  remember,
  tellTime,
  tool,
  undo,
  verdict,
} from './editing.ts';

const BASE = { latDeg: 47.3977, lonDeg: 8.5456 };
const A = { latDeg: 47.3985, lonDeg: 8.546 };
const B = { latDeg: 47.399, lonDeg: 8.547 };

t.beforeEach(() => {
  route.value = { view: 'plan', id: null };
  tool.value = 'route';
  begin(blankDraft('round', BASE));
});

t.test('a click adds behind what is chosen, and is judged at once', async (t) => {
  t.ok(editAt(A));
  t.same(chosen.value, { of: 'item', index: 1 });
  t.ok(editAt(B));
  t.match(draft.value?.items[2], { do: 'waypoint', ...B });
  t.same(verdict.value?.refusals, []);
  t.ok((verdict.value?.energy?.distanceM ?? 0) > 100);
  editAt({ latDeg: 48.3, lonDeg: 8.5 });
  t.match(verdict.value?.refusals, [{ rule: 'leg-too-long' }], 'what is broken is named');
});

t.test('what is too late is so by the controller’s clock, not by the viewer’s, which may be wrong', async (t) => {
  const notAfter = '2030-01-01T12:00:00Z';
  const parcel: ItineraryItem = {
    ...{ do: 'deliver', ...A, altM: 30, frame: 'home', how: 'drop', releaseAltM: 10, parcel: 'P', notAfter },
  };
  const refusals = (): unknown[] => (verdict.value?.refusals ?? []).map(({ rule }) => rule);
  for (const [now, late] of [
    ['2030-01-01T11:59:00Z', false],
    ['2030-01-01T12:01:00Z', true],
  ] as const) {
    tellTime(() => Date.parse(now));
    const blank = blankDraft('round', BASE);
    begin({ ...blank, items: [...blank.items.slice(0, 1), parcel, ...blank.items.slice(1)] });
    t.equal(refusals().includes('too-late'), late, now);
  }
});

t.test('the map is for looking when nothing is drawn', async (t) => {
  route.value = { view: 'list' };
  t.notOk(editAt(A));
  t.equal(draft.value?.items.length, 2);
});

t.test('a step back, and a whole drag is one step', async (t) => {
  editAt(A);
  const before = draft.value;
  remember();
  for (const latDeg of [47.3986, 47.3987, 47.3988]) {
    const now = draft.value;
    if (now !== null) change(moveHandle(now, { of: 'item', index: 1 }, { ...A, latDeg }), { moving: true });
  }
  t.match(draft.value?.items[1], { latDeg: 47.3988 });
  undo();
  t.same(draft.value, before);
  undo();
  t.equal(draft.value?.items.length, 2);
  t.notOk(canUndo.value);
});

t.test('without a base the first place is one', async (t) => {
  begin(blankDraft('round', null));
  editAt(A);
  t.same(draft.value?.base, A);
});

t.test(
  'what was drawn and not given is there after a reload; what was given, opened or never changed is not',
  async (t) => {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    };
    Object.defineProperty(globalThis, 'localStorage', { value: storage, configurable: true });
    t.notOk(goOn(null), 'nothing was changed');
    editAt(A);
    editAt(B);
    undo();
    const drawn = draft.value;
    draft.value = null;
    t.notOk(goOn('another'), 'a link to another one leads there');
    t.ok(goOn('round'));
    t.same(draft.value, drawn);
    draft.value = null;
    t.ok(goOn(null), 'and again: it is still not given');
    begin(blankDraft('other', BASE));
    t.ok(goOn('round'), 'one that was only looked at takes nothing away');
    if (drawn !== null) begin(drawn);
    t.notOk(goOn(null), 'given: the controller has it');
    kept.set('skein.draft', '{"items":1}');
    t.notOk(goOn(null), 'what is no itinerary is none');
  },
);
