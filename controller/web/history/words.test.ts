import { UTC_FACE } from '@skein/protocol/time';
import t from 'tap';
import { chooseFace, face } from '../format/face.ts';
import { isUnfinished } from './reading.ts';
import { beginWords, flightWords, holeWords, placeWords, reasonWords, spanLine, whenWords } from './words.ts';

const AT = Date.UTC(2026, 10, 28, 14, 3, 7);
const plain = (text: string): string => text.replaceAll('\u202f', ' ');
const point = { atMs: AT, lonDeg: 8, latDeg: 47, headingDeg: 0, heightM: 10 };

t.test('times are in the reader’s zone, and a hole says until when', async (t) => {
  const { value: before } = face;
  t.teardown(() => chooseFace(before));
  chooseFace(UTC_FACE);
  t.equal(whenWords(AT), '2026-11-28 14:03:07 UTC');
  t.equal(plain(spanLine({ fromMs: AT, toMs: AT + 900_000 })), '2026-11-28 14:03:07 – 14:18:07 UTC (15 min 00 s)');
  t.equal(
    plain(spanLine({ fromMs: AT, toMs: AT + 36_000_000 })),
    '2026-11-28 14:03:07 – 2026-11-29 00:03:07 UTC (10 h 00 min)',
  );
  t.equal(holeWords({ kind: 'there', point, ageMs: 1 }), null);
  t.equal(holeWords({ kind: 'hole', last: point, nextMs: AT + 60_000, reason: null }), 'no data until 14:04:07');
  t.equal(
    holeWords({ kind: 'hole', last: point, nextMs: AT, reason: 'evicted' }),
    'no data until 14:03:07 (lost for good: evicted)',
  );
  t.equal(holeWords({ kind: 'hole', last: point, nextMs: null, reason: null }), 'no data since 14:03:07');
  t.equal(holeWords({ kind: 'hole', last: null, nextMs: null, reason: null }), 'no position in this span');
  t.equal(plain(placeWords({ kind: 'there', point, ageMs: 450 })), 'position 0.4 s old');
  t.same([placeWords(null), placeWords(null, false)], ['reading…', 'not read']);
  t.equal(holeWords({ kind: 'hole', last: point, nextMs: AT, reason: 'evicted' }, false), 'no data until 14:03:07');
  t.equal(reasonWords(null), '');

  const flight = { fromMs: AT, toMs: AT + 754_000, begin: 'seen', end: 'seen', flew: true } as const;
  t.equal(beginWords(flight), '2026-11-28 14:03:07');
  t.equal(beginWords({ ...flight, begin: 'before' }), 'before 2026-11-28 14:03:07');
  t.equal(plain(flightWords(flight)), '12 min 34 s');
  t.equal(plain(flightWords({ ...flight, end: 'open', flew: false })), '12 min 34 s so far, stayed on the ground');
  t.equal(plain(flightWords({ ...flight, end: 'lost', flew: null })), '12 min 34 s, then silence');
});

t.test('a span that was not over when it was read is read again', async (t) => {
  const span = { fromMs: 0, toMs: 100_000 };
  t.ok(isUnfinished(span, 100_000));
  t.notOk(isUnfinished(span, 130_000));
  t.notOk(isUnfinished(span, null));
  t.notOk(isUnfinished(null, 1));
});
