import t from 'tap';
import { lengthOf } from './axis.ts';
import { Curve } from './curve.ts';
import { escapeHtml } from './escape.ts';
import { FlightRecord, type Seen } from './flight.ts';
import { REPORT_POLICY, type ReportAbout, renderReport } from './page.ts';

const START_US = 1_795_000_000_000_000;
const at = (s: number): number => START_US + s * 1e6;
const ABOUT: ReportAbout = {
  ...{ drone: 'kite-1', source: 'a test', madeAtUtcUs: at(10_000), span: null, flown: null, planned: null },
  ...{ face: { zone: 'Europe/Paris', hours: '24h' }, gaps: [], filledLater: [], notes: [] },
};
const MOST_BYTES = 500_000;

const said = (kind: 'status', s: number, landed: 'on-ground' | 'in-air', more: object = {}): Seen =>
  ({
    kind,
    utcUs: at(s),
    values: { armed: landed === 'in-air', mode: 'AUTO', system: 'active', landed, ...more },
  }) as Seen;

/** A flight due north at 10 m/s, `hz` positions a second. */
function* flown(lengthS: number, hz = 5): Generator<Seen> {
  for (let i = 0; i <= lengthS * hz; i++) {
    const s = i / hz;
    const inAir = s >= 10 && s <= lengthS - 10;
    const northM = Math.min(Math.max(0, s - 10), lengthS - 20) * 10;
    const altRelM = inAir ? 30 + Math.sin(s) : 0;
    yield { kind: 'position', utcUs: at(s), values: { latDeg: 43.6 + northM / 111_195, lonDeg: 7, altRelM } };
    if (i % hz !== 0) continue;
    yield said('status', s, inAir ? 'in-air' : 'on-ground');
    yield { kind: 'air', utcUs: at(s), values: { groundSpeedMps: inAir ? 10 : 0 } };
    yield {
      kind: 'battery',
      utcUs: at(s),
      values: { instance: 0, voltageV: 16, remainingPct: Math.round(100 - s / 60), consumedMah: s, consumedJ: null },
    };
    yield { kind: 'link', utcUs: at(s), values: { open: true, inBytesPerS: 2_000 } };
  }
}

function recorded(samples: Iterable<Seen>) {
  const record = new FlightRecord();
  for (const sample of samples) record.take(sample);
  return record.finish();
}

t.test('what a flight adds up to: times, way, height, energy', async (t) => {
  const flight = recorded(flown(320));
  t.equal(flight.airS, 301, 'from the first word of it to the word that it is over');
  t.ok(Math.abs((flight.metres ?? 0) - 3_000) < 5, `${flight.metres} m`);
  t.ok(Math.abs((flight.highestM ?? 0) - 31) < 0.1);
  t.equal(flight.used?.mAh, 320);
  t.ok(Math.abs((flight.used?.wh ?? 0) - 5.12) < 0.01);
  const page = renderReport(flight, ABOUT);
  t.match(page, /took off<\/dt><dd>2026-11-18 \d\d:\d\d:\d\d UTC\+1<small>2026-11-18 \d\d:\d\d:\d\dZ/);
  t.match(page, /5 min 1 s/);
  t.match(page, /3\.0\d km/);
  t.notMatch(page, /Read with care/, 'nothing is missing');
});

t.test(
  'an hour takes no more than a few minutes: bounded, extremes stay, and the file needs nothing else',
  async (t) => {
    const flight = recorded(flown(3_600));
    for (const points of Object.values(flight.curves)) t.ok(points.length <= 1_600, `${points.length} points`);
    t.ok(flight.track.flat().length <= 3_001);
    const page = renderReport(flight, ABOUT);
    t.comment(`${page.length} characters for an hour at 5 Hz`);
    t.ok(page.length < MOST_BYTES);
    t.notMatch(page, /<script|https?:|url\(|@import|<link|<img|<iframe| on[a-z]+=/);
    t.ok(page.includes(REPORT_POLICY));
    const curve = new Curve();
    for (let i = 0; i < 100_000; i++) curve.add(at(i / 10), i === 55_555 ? 99 : i === 44_444 ? -9 : Math.sin(i));
    const values = curve.points().map(({ value }) => value);
    t.equal(Math.max(...values), 99);
    t.equal(Math.min(...values), -9);
    const times = curve.points().map(({ utcUs }) => utcUs);
    t.same(
      times,
      times.toSorted((a, b) => a - b),
    );
  },
);

t.test('whatever others wrote stays words', async (t) => {
  const evil = `</style></svg><script>alert(1)</script><img src=x onerror="alert('2')">\u202e\u0000\ud800`;
  const record = new FlightRecord();
  for (const sample of flown(60)) record.take(sample);
  record.take(said('status', 61, 'on-ground', { mode: evil }));
  record.take(said('status', 62, 'on-ground', { mode: 'AUTO' }));
  record.take({ kind: 'text', utcUs: at(20), values: { severity: 'critical', text: evil, repeats: 2 } });
  record.take({ kind: 'control', utcUs: at(21), values: { state: 'pilot', why: evil, commander: evil } });
  record.take({ kind: 'answer', utcUs: at(22), values: { type: evil, state: 'failed', reason: evil } });
  record.take({ kind: 'itinerary', utcUs: at(23), values: { itinerary: evil, version: 1, reason: evil } });
  record.take({
    kind: 'delivery',
    utcUs: at(24),
    values: { itinerary: evil, item: 1, state: 'unproved', reason: evil },
  });
  record.take({ kind: 'trust', utcUs: at(25), values: { state: 'rejected', reason: evil } });
  const page = renderReport(record.finish(), {
    ...{ ...ABOUT, drone: evil, source: evil, notes: [evil], planned: { name: evil, places: [] } },
    gaps: [{ fromUtcUs: at(1), toUtcUs: at(2), reason: evil }],
  });
  t.notMatch(page, /<script|<img|\u202e|\0/);
  t.equal(page.match(/<\/style>/g)?.length, 1);
  t.equal(page.match(/<svg/g)?.length, page.match(/<\/svg>/g)?.length);
  t.match(page, /alert\(1\)/, 'and can be read');
  t.ok(page.isWellFormed());
  t.equal(escapeHtml(`<a b='c' d="e">&`), '&lt;a b=&#39;c&#39; d=&quot;e&quot;&gt;&amp;');
});

t.test('what is not known is said: silences, an end in the air, no positions, no control', async (t) => {
  const cut = [...flown(100)].filter(({ utcUs }) => utcUs < at(40) || (utcUs > at(61) && utcUs < at(80)));
  const page = renderReport(recorded(cut), {
    ...{
      ...ABOUT,
      notes: ['Who had control is not in a recording.'],
      filledLater: [{ fromUtcUs: at(30), toUtcUs: at(35) }],
    },
    span: { fromUtcUs: at(-60), toUtcUs: at(200) },
  });
  t.match(page, /Nothing was heard of the autopilot once, 23 s in all/);
  t.match(page, /the landing is not in it/);
  t.match(page, /<dt>took off<.*<dt>seen in the air until</);
  t.notMatch(page, /the take-off is not in it/);
  t.match(page, /Nothing is known before/);
  t.match(page, /Nothing is known after/);
  t.match(page, /5 s of it came later/);
  t.match(page, /Who had control is not in a recording\./);
  t.equal(page.match(/class="flown"/g)?.length, 2, 'the line is broken there');
  const empty = renderReport(recorded([]), ABOUT);
  t.match(empty, /No position was recorded\./);
  t.match(empty, /Nothing was said\./);
  t.match(empty, /not in this time/);
});

t.test('control: who flew, and that it changed; failsafes are never only a colour', async (t) => {
  const record = new FlightRecord();
  for (const sample of flown(100)) record.take(sample);
  record.take({ kind: 'control', utcUs: at(1), values: { state: 'skein', commander: 'Ann', why: 'ordered' } });
  record.take({ kind: 'control', utcUs: at(50), values: { state: 'pilot', commander: null, why: 'mode changed' } });
  record.take({
    kind: 'control',
    utcUs: at(60),
    values: { state: 'autopilot-failsafe', commander: null, why: 'text' },
  });
  const flight = record.finish();
  t.same(
    flight.lanes.control.map(({ state, fromUtcUs, toUtcUs }) => [
      state,
      (fromUtcUs - START_US) / 1e6,
      (toUtcUs - START_US) / 1e6,
    ]),
    [
      ['skein', 1, 50],
      ['pilot', 50, 60],
      ['autopilot-failsafe', 60, 100],
    ],
  );
  const page = renderReport(flight, ABOUT);
  for (const words of ['<b>Skein</b>', '<b>PILOT</b>', '<b>FAILSAFE</b>', 'pilot (mode changed)'])
    t.ok(page.includes(words), words);
});

t.test('what is shown around a flight is not counted to it', async (t) => {
  const span = { fromUtcUs: at(60), toUtcUs: at(160) };
  const record = new FlightRecord({ flight: span });
  for (const sample of flown(320)) record.take(sample);
  const flight = record.finish();
  t.ok(Math.abs((flight.metres ?? 0) - 1_000) < 5, `${flight.metres} m`);
  t.equal(flight.used?.mAh, 100);
  t.ok(flight.track.flat().length > 1_000, 'and is drawn');
  record.take({ kind: 'air', utcUs: at(400), values: { groundSpeedMps: 99 } });
  t.equal(record.finish().fastestMps, 10);
});

t.test('what is said again at once is said once; an itinerary says at which item', async (t) => {
  const record = new FlightRecord();
  const say = (s: number, item: number | null) =>
    record.take({ kind: 'itinerary', utcUs: at(s), values: { itinerary: 'a', version: 1, state: 'flying', item } });
  for (const [s, item] of [
    [1, 0],
    [1.5, 0],
    [2, 1],
    [30, 1],
  ] as const)
    say(s, item);
  t.same(
    record.finish().happenings.map(({ words }) => words),
    ['a version 1: flying, item 0', 'a version 1: flying, item 1', 'a version 1: flying, item 1'],
  );
  const answers = new FlightRecord();
  for (const command of ['a', 'a', 'b'])
    answers.take({ kind: 'answer', utcUs: at(1), values: { command, type: 'set-parameter', state: 'succeeded' } });
  t.equal(answers.finish().happenings.length, 2, 'two commands, each once');
});

t.test('seldom words of a link are one line, broken where nothing was heard; unknown ends are hatched', async (t) => {
  const record = new FlightRecord();
  for (const sample of flown(100)) if (sample.kind !== 'link' && sample.utcUs < at(60)) record.take(sample);
  for (const sample of flown(100)) if (sample.kind === 'status' && sample.utcUs > at(75)) record.take(sample);
  for (const s of [0, 10, 20, 30, 40, 50, 80, 90])
    record.take({ kind: 'link', utcUs: at(s), values: { open: true, inBytesPerS: 2_000 } });
  const page = renderReport(record.finish(), { ...ABOUT, span: { fromUtcUs: at(-60), toUtcUs: at(200) } });
  const link = /Link to the autopilot.*?<path d="([^"]*)"/.exec(page)?.[1] ?? '';
  t.equal(link.match(/M/g)?.length, 2, link);
  t.match(page, /<i class="gap" style="left:0%;width:23/, 'before the first word');
  t.match(page, /<i class="gap" style="left:61.54%;width:38.46%"/, 'after the last');
  t.match(page, /<div class="bands known">/);
});

t.test('lengths are rounded before they are cut into minutes', async (t) => {
  t.same([59.4, 59.6, 119.6, 3_725].map(lengthOf), ['59 s', '1 min 0 s', '2 min 0 s', '1 h 2 min']);
});

t.test('a position that jumps is not flown; numbers that are none draw nothing', async (t) => {
  const record = new FlightRecord();
  const place = (s: number, latDeg: number, lonDeg = 7) =>
    record.take({ kind: 'position', utcUs: at(s), values: { latDeg, lonDeg, altRelM: Number.NaN } });
  for (const [s, latDeg] of [
    [0, 43.6],
    [1, 43.6001],
    [2, 44.6],
    [3, 43.6001],
  ] as const)
    place(s, latDeg);
  place(4, 0, 0);
  place(5, Number.NaN);
  const flight = record.finish();
  t.equal(flight.jumps, 2);
  t.ok((flight.metres ?? 0) < 12);
  t.notMatch(renderReport(flight, ABOUT), /NaN|Infinity/);
});

t.test('a counter that begins anew takes nothing away; a mode that flickers is cut short and said', async (t) => {
  const record = new FlightRecord();
  for (const [s, consumedMah] of [100, 150, 0, 30].entries())
    record.take({ kind: 'battery', utcUs: at(s), values: { instance: 0, consumedMah, voltageV: null } });
  for (let s = 0; s < 1_000; s++) record.take(said('status', s, 'in-air', { mode: s % 2 === 0 ? 'AUTO' : 'LOITER' }));
  const flight = record.finish();
  t.same(flight.used, { mAh: 80, wh: null });
  t.ok(flight.lanes.mode.length <= 400);
  t.ok(flight.leftOut > 0);
  t.match(renderReport(flight, ABOUT), /left out: there were too many/);
});
