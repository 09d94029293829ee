import t from 'tap';
import type { Delivery } from './answers.ts';
import { standingWords } from './standing.ts';

const NOW_MS = 1_795_000_100_000;
const plain = (words: string | null): string | null => words?.replaceAll('\u202f', ' ') ?? null;

function words(state: Delivery['state'], o: { readonly expiresInS?: number; readonly deafS?: number } = {}) {
  const { expiresInS, deafS } = o;
  const first = { reason: null, words: null, detail: null, byDrone: null, atMs: NOW_MS - 30_000 };
  const delivery: Delivery = { ...first, drone: 'd1', state, steps: [{ ...first, state: 'queued' }] };
  const expiresAtMs = expiresInS === undefined ? null : NOW_MS + expiresInS * 1000;
  const asOfMs = deafS === undefined ? null : NOW_MS - deafS * 1000;
  return plain(standingWords({ expiresAtMs }, delivery, { nowMs: NOW_MS, asOfMs, pageLive: deafS === undefined }));
}

t.test('while the page is live it counts', async (t) => {
  t.equal(words('executing'), 'for 30 s');
  t.equal(words('queued', { expiresInS: 40 }), 'given up in 40 s');
  t.equal(words('queued', { expiresInS: -1 }), null, 'over: the controller will say so');
  t.equal(words('succeeded'), null);
});

t.test('a page that is not live says what it knew, as of when it was: neither up nor down', async (t) => {
  t.equal(words('executing', { deafS: 19 }), 'for 11 s as of 19 s ago');
  t.equal(words('queued', { expiresInS: 40, deafS: 12 }), 'given up in 52 s as of 12 s ago');
  t.equal(
    words('queued', { expiresInS: -5, deafS: 19 }),
    'given up in 14 s as of 19 s ago',
    'whether it was is not known',
  );
  t.equal(words('succeeded', { deafS: 19 }), null);
});
