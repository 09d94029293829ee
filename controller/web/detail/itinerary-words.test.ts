import { UTC_FACE } from '@skein/protocol/time';
import t from 'tap';
import { chooseFace } from '../format/face.ts';
import {
  expectationWords,
  isToSettle,
  itineraryTone,
  listWords,
  parcelWords,
  progressWords,
  sinceWords,
} from './itinerary-words.ts';

chooseFace(UTC_FACE);
const plain = (text: string | undefined) => text?.replaceAll('\u202f', ' ');

t.test('progress, parcels, tones', async (t) => {
  t.equal(progressWords({ item: 2, items: 5 }), 'item 2 of 4');
  t.equal(progressWords({ item: null, items: 5 }), '5 items');
  t.equal(progressWords({ item: 2, items: null }), 'item 2');
  t.match(
    parcelWords({ state: 'unproved', words: 'nothing proves it' }),
    /nothing proves either \(nothing proves it\)/,
  );
  t.equal(parcelWords({ state: 'of-a-later-version', words: null }), 'of-a-later-version');
  t.equal(itineraryTone('void'), 'attention');
  t.equal(itineraryTone('verified'), 'good');
});

t.test('the autopilot’s own list is numbered by itself', async (t) => {
  t.equal(listWords({ seq: 2, total: 9, state: 'active' }), '2/9');
  t.equal(listWords({ seq: 2, total: null, state: 'active' }), '2');
  t.equal(listWords({ seq: 0, total: 0, state: 'no-mission' }), '–');
  t.equal(listWords(null), '–');
});

t.test('what somebody is to look at', async (t) => {
  const asked = (state: string, current: { readonly id: string; readonly state: string } | null) =>
    isToSettle({ itinerary: 'it-1', state }, current);
  t.ok(asked('unproved', { id: 'it-1', state: 'flying' }));
  t.notOk(asked('aboard', { id: 'it-1', state: 'flying' }));
  t.ok(asked('aboard', { id: 'it-1', state: 'aborted' }), 'it came home');
  t.ok(asked('not-released', { id: 'it-2', state: 'refused' }), 'it keeps another from being taken');
  t.notOk(asked('released', { id: 'it-1', state: 'completed' }));
  t.notOk(isToSettle({ itinerary: 'it-1', state: 'unproved', settling: 'released' }, null), 'said already');
  t.match(
    parcelWords({ state: 'unproved', words: null, settling: 'aboard' }),
    /still aboard; the drone has not agreed/,
  );
});

t.test('what a silent drone must be doing', async (t) => {
  const nowMs = Date.UTC(2026, 10, 27, 10, 0, 0);
  const expected = {
    must: 'It must now fly back and land',
    rung: 'return',
    sinceUtcUs: nowMs * 1000 - 50e6,
    endsUtcUs: nowMs * 1000 + 65e6,
    untilEnergyUtcUs: (nowMs + 600_000) * 1000,
  };
  const live = { nowMs, asOfMs: null, pageLive: true };
  const words = expectationWords(expected, live);
  t.equal(words?.must, 'Not heard. It must now fly back and land');
  t.equal(plain(words?.rest), '— for 1 min 05 s more; its energy lasts until 10:10:00 UTC');
  t.equal(expectationWords({ ...expected, endsUtcUs: null, untilEnergyUtcUs: null }, live)?.rest, '');
  t.equal(expectationWords(null, live), null);
  const deaf = expectationWords(expected, { nowMs, asOfMs: nowMs - 19_000, pageLive: false });
  t.equal(plain(deaf?.must), 'Not heard as of 19 s ago. It must now fly back and land');
  t.equal(plain(deaf?.rest), '— for 1 min 24 s more; its energy lasts until 10:10:00 UTC', 'counted no further');
});

t.test('how long it has stood so: a page that is not live counts no further than it knew', async (t) => {
  const nowMs = Date.UTC(2026, 10, 27, 10, 0, 0);
  const words = (asOfMs: number | null) =>
    plain(sinceWords('2026-11-27T09:59:00Z', { nowMs, asOfMs, pageLive: asOfMs === null }));
  t.equal(words(null), 'for 1 min 00 s');
  t.equal(words(nowMs - 19_000), 'for 41 s as of 19 s ago');
  t.equal(sinceWords('2026-11-27T09:59:00Z', { nowMs: null, asOfMs: null, pageLive: true }), '');
});
