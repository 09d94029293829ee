/** What is exported is read by parsers of others: each value comes back as it was, however hostile it is. */
import fs from 'node:fs';
import path from 'node:path';
import { check } from '@placemarkio/check-geojson';
import { type Sample, sealBatch } from '@skein/protocol/telemetry';
import { gpx } from '@tmcw/togeojson';
import { DOMParser } from '@xmldom/xmldom';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import t from 'tap';
import { exportData } from './export.ts';
import { BOOT, clock, EPOCH, NOON_US, position } from './store/conformance-items.ts';
import { SqliteStore } from './store/index.ts';
import { tempDir, testConfig } from './testing/controller.ts';

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const numRuns = Number(process.env.COUNT ?? (process.env.SOAK === '1' ? 200 : 3));

const HOSTILE = [
  ...['a "quoted" word', 'one, two; three', 'line\nfeed', 'carriage\r\nreturn', '\r', '"', '""', ',', ' both ends '],
  ...['=HYPERLINK("http://x.example","y")', '+1', '-2+3', '@SUM(A1)', '\tTAB', "'", "'=1", "''-1", '-', '=', '-5'],
  ...['Zürich 東京 \u{1F681}', '\u2028\u2029', '\ufeffmark', 'e\u0301', '<&>\'"]]>', '\\n', '#', 'null', 'NaN', '1e5'],
];
const FORMULA = /^[=+\-@\t\r]/;
/** As docs/events.md says it to who reads. */
const plain = (cell: string | undefined): string | undefined => cell?.replace(/^'(?='*[=+\-@\t\r])/, '');

async function stored(
  o: { readonly samples?: Readonly<Record<string, readonly Sample[]>>; readonly words?: readonly string[] } = {},
) {
  const dataDir = tempDir();
  const store = new SqliteStore({ dataDir, budgetBytes: 1e9, keepDays: 30, syncCommits: false });
  await store.start();
  for (const [drone, samples] of Object.entries(o.samples ?? {})) {
    const sealed = (lane: 'urgent' | 'history', samples: readonly Sample[]) => ({
      ...{ drone, receivedUtcUs: NOON_US, verify: false },
      bytes: sealBatch({ lane, epoch: EPOCH, boot: BOOT, seq: 1, samples }),
    });
    await store.commit([sealed('urgent', [clock(0, NOON_US)]), sealed('history', samples)], NOON_US);
    await store.saveDrones([{ id: drone, firstSeenUtcUs: 1, lastSeenUtcUs: 2, state: '{}' }]);
  }
  const by = { kind: 'operator', name: 'Ann' } as const;
  await store.append(
    (o.words ?? []).map((words) => ({
      ...{ entity: 'thing:a', type: 'told', atUtcUs: NOON_US, by: { ...by, name: words }, cause: words },
      data: { set: { words } },
    })),
  );
  await store.close();
  let n = 0;
  return async (...flags: readonly string[]): Promise<string> => {
    const out = path.join(dataDir, `out-${n++}`);
    const own = [...flags, `out=${out}`].map((flag) => flag.split('=') as [string, string]);
    const { code } = await exportData(testConfig(dataDir), new Map(own));
    if (code !== 0) throw new Error(`exit code ${code}`);
    return fs.readFileSync(out, 'utf8');
  };
}

/** Strict: as many cells in each row as in the first. */
const rowsOf = (csv: string): Record<string, string>[] => parse(csv, { columns: true, bom: false });

async function eventsComeBack(words: readonly string[]): Promise<void> {
  const exported = await stored({ words });
  const rows = rowsOf(await exported('events', 'format=csv'));
  const lines = (await exported('events', 'format=jsonl'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  if (rows.length !== words.length || lines.length !== words.length) throw new Error(`${rows.length} rows`);
  words.forEach((one, i) => {
    const [row, line] = [rows[i], lines[i]];
    const said = [plain(row?.cause), row?.by, JSON.parse(row?.data ?? '').set.words, line.cause, line.data.set.words];
    const wanted = [one, `operator ${one}`, one, one, one];
    if (JSON.stringify(said) !== JSON.stringify(wanted))
      throw new Error(`${JSON.stringify(one)}: ${JSON.stringify(said)}`);
    if (row?.hash !== line.hash || row?.stamp !== line.stamp || Number(row?.id) !== line.id)
      throw new Error('another row');
    const formula = Object.values(row ?? {}).find((cell) => FORMULA.test(cell));
    if (formula !== undefined) throw new Error(`a spreadsheet runs ${formula}`);
  });
}

t.test('events as CSV and JSON lines: hostile words come back, none is a formula', async () => {
  await eventsComeBack(HOSTILE);
});

t.test(`and whatever words # SEED=${seed}`, async () => {
  const piece = fc.oneof(
    fc.constantFrom('"', ',', '\r', '\n', "'", '=', '-', '\t', ' '),
    fc.string({ unit: 'grapheme' }),
  );
  const words = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
  // A lone half of a surrogate pair is no text: it does not outlast UTF-8.
  const property = fc.asyncProperty(
    fc.array(
      words.filter((one) => one.isWellFormed()),
      { minLength: 1, maxLength: 60 },
    ),
    eventsComeBack,
  );
  await fc.assert(property, { seed, numRuns });
});

t.test('telemetry as CSV: texts, what is absent, lists, numbers below zero and near it', async (t) => {
  const texts = HOSTILE.map(
    (text, i): Sample<'text'> => ({
      ...{ kind: 'text', monoUs: i * 1e6, bootMs: null },
      values: { severity: 'info', text, repeats: 0 },
    }),
  );
  const none = { consumedMah: null, consumedJ: null, timeRemainingS: null, faults: null, chargeState: null };
  const battery = (monoUs: number, values: object): Sample<'battery'> => ({
    ...{ kind: 'battery', monoUs, bootMs: null },
    values: {
      ...{ ...none, instance: 0, voltageV: Number.NaN, currentA: null, remainingPct: 50, cellsV: null },
      ...{ temperatureC: -12.5, ...values },
    },
  });
  const cells = battery(2e6, { cellsV: [3.7, null, 3.9], temperatureC: Number.POSITIVE_INFINITY, voltageV: 15.2 });
  const exported = await stored({ samples: { d1: [...texts, battery(1e6, {}), cells] } });
  const said = rowsOf(await exported('kind=text', 'format=csv'));
  t.same(
    said.map(({ text }) => plain(text)),
    HOSTILE,
  );
  t.same(
    said.filter(({ text = '' }) => FORMULA.test(text)),
    [],
  );
  t.match(said[1], { time: /^2026-11-21T12:00:01(\.0+)?Z$/, drone: 'd1', severity: 'info' });
  const [absent, listed] = rowsOf(await exported('kind=battery', 'format=csv'));
  t.match(absent, { voltageV: '', currentA: '', remainingPct: '50', cellsV: '', temperatureC: '-12.5' });
  t.match(listed, { cellsV: '[3.7,null,3.9]', temperatureC: '', voltageV: '15.2' });
});

/** Of Greenwich and the equator, of below the sea, without a height, with silence between, and of one that has none. */
function flown(): Record<string, Sample<'position'>[]> {
  const at = (
    monoUs: number,
    latDeg: number | null,
    lonDeg: number | null,
    altAmslM: number | null,
  ): Sample<'position'> => {
    const one = position(monoUs);
    return { ...one, values: { ...one.values, latDeg, lonDeg, altAmslM } };
  };
  return {
    d1: [
      ...[at(0, 51.4779, 5e-7, 45), at(1e6, 1e-7, -9e-7, -0.001), at(2e6, -33.9, -179.9999999, null)],
      ...[at(3e6, null, 8, 45), at(4e6, 47, Number.NaN, 45), at(60e6, 47, 8, 1e-3), at(61e6, 47.1, 8, 0)],
    ],
    d2: [at(0, null, null, null)],
  };
}

t.test('GeoJSON and GPX: a validator and a reader of others find what was flown, and the same in both', async (t) => {
  const exported = await stored({ samples: flown() });
  const text = await exported('format=geojson');
  const geo = check(text);
  if (geo.type !== 'FeatureCollection') throw new Error(geo.type);
  t.match(
    geo.features.map(({ properties }) => properties?.drone),
    ['d1', 'd2'],
  );
  const [first] = geo.features;
  if (first?.geometry?.type !== 'MultiLineString') throw new Error('no lines');
  t.same(first.geometry.coordinates, [
    [
      [5e-7, 51.4779, 45],
      [-9e-7, 1e-7, -0.001],
      [-179.9999999, -33.9],
    ],
    [
      [8, 47, 0.001],
      [8, 47.1, 0],
    ],
  ]);

  const xml = await exported('format=gpx');
  const wrong: string[] = [];
  const doc = new DOMParser({ onError: (_level, words) => wrong.push(words) }).parseFromString(xml, 'text/xml');
  t.same(wrong, []);
  gpxSchema(doc.documentElement);
  const { features } = gpx(doc);
  t.equal(features.length, 1, 'a track without points is none');
  const [track] = features;
  t.equal(track?.properties?.name, 'd1');
  t.same(track?.geometry, first.geometry, 'as in the GeoJSON');
  t.same(track?.properties?.coordinateProperties?.times, first.properties?.times, 'with their times');
});

interface Element {
  readonly localName: string | null;
  readonly namespaceURI: string | null;
  readonly childNodes: Iterable<unknown>;
  readonly textContent: string | null;
  getAttribute(name: string): string | null;
}
const isElement = (node: unknown): node is Element =>
  typeof node === 'object' && node !== null && 'nodeType' in node && node.nodeType === 1;

/** GPX 1.1 as far as tracks go (topografix.com/GPX/1/1): what may stand in what, in which order, and the types of values. */
function gpxSchema(root: Element | null): void {
  const order: Readonly<Record<string, RegExp>> = {
    gpx: /^(trk )*$/,
    trk: /^(name )?(trkseg )*$/,
    trkseg: /^(trkpt )*$/,
    trkpt: /^(ele )?(time )?$/,
  };
  const decimal = /^-?\d+(\.\d+)?$/;
  const types: Readonly<Record<string, RegExp>> = { ele: decimal, time: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/ };
  const demand = (value: string | null, type: RegExp, what: string) => {
    if (value === null || !type.test(value)) throw new Error(`${what}: ${value}`);
  };
  const look = (element: Element): void => {
    const name = element.localName ?? '';
    demand(element.namespaceURI, /^http:\/\/www\.topografix\.com\/GPX\/1\/1$/, name);
    const inside = [...element.childNodes].filter(isElement);
    if (name in order) demand(inside.map(({ localName }) => `${localName} `).join(''), order[name] ?? /^/, name);
    if (name in types) demand(element.textContent, types[name] ?? /^/, name);
    if (name === 'trkpt') for (const one of ['lat', 'lon']) demand(element.getAttribute(one), decimal, one);
    for (const one of inside) look(one);
  };
  if (root === null) throw new Error('nothing');
  demand(root.getAttribute('version'), /^1\.1$/, 'version');
  demand(root.getAttribute('creator'), /./, 'creator');
  look(root);
}
