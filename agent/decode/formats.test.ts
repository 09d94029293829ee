/** What others open: tables and the way flown, as the controller has them. */
import { createReadStream } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expandBatch, KINDS, type Sample, sealBatch } from '@skein/protocol/telemetry';
import t from 'tap';
import { csvHead, csvLine, KIND_NAMES } from './csv.ts';
import { readRecording } from './recording.ts';
import { RecordedSamples } from './samples.ts';
import { Track } from './track.ts';

const FLIGHT = fileURLToPath(new URL('../../protocol/mavlink/testdata/flight-excerpt.tlog', import.meta.url));

async function flight(): Promise<Sample[]> {
  const all: Sample[] = [];
  const samples = new RecordedSamples((sample) => all.push(sample));
  await readRecording(createReadStream(FLIGHT), { onFrame: (frame, timeUs) => samples.take(frame, timeUs ?? 0) });
  return all;
}

t.test('a table says what the controller is told: each value as it comes through the wire', async (t) => {
  const samples = await flight();
  const kinds = new Set(samples.map(({ kind }) => kind));
  t.ok(kinds.size > 10, `${kinds.size} kinds`);
  const id = '0123456789abcdef';
  const boot = '6f1d2c3b-4a59-4e68-8777-0123456789ab';
  for (let at = 0; at < samples.length; at += 200) {
    const some = samples.slice(at, at + 200);
    const told = expandBatch(sealBatch({ lane: 'history', epoch: id, boot, seq: 1, samples: some }));
    if (!told.ok) throw new Error(told.reason);
    t.same(
      some.map((sample) => csvLine('d', sample)).sort(),
      told.samples.map((sample) => csvLine('d', sample)).sort(),
    );
  }
  for (const kind of KIND_NAMES) {
    t.equal(csvHead(kind), `time,drone,${Object.keys(KINDS[kind].columns).join(',')}\r\n`);
  }
});

const S = 1e6;
const position = (s: number, latDeg: number | null, altAmslM: number | null = 45): Sample => ({
  ...{ kind: 'position', monoUs: 1_795_289_965 * S + s * S, bootMs: null },
  values: { latDeg, lonDeg: latDeg === null ? null : 8, altAmslM, altRelM: null, headingDeg: null },
});
const written = (format: 'geojson' | 'gpx' | 'kml', samples: readonly Sample[]): string => {
  const track = new Track();
  for (const sample of samples) track.take(sample);
  return [...track.write(format, 'kite & 1')].join('');
};

t.test('the way: broken where nothing was heard, no line of one point, what is not known left out', async (t) => {
  const flown = [position(0, 47), position(5, 47.1, null), position(9, null), position(20, 47.2), position(40, 47.3)];
  const all = [...flown, position(60, 47.4), position(61, 47.5)];
  const geo = JSON.parse(written('geojson', all));
  t.same(geo.features[0].geometry, {
    type: 'MultiLineString',
    coordinates: [
      [
        [8, 47, 45],
        [8, 47.1],
        [8, 47.2, 45],
      ],
      [
        [8, 47.4, 45],
        [8, 47.5, 45],
      ],
    ],
  });
  t.match(geo.features[0].properties, { drone: 'kite & 1', rows: 7, gaps: [], filledLater: [] });
  t.same(
    geo.features[0].properties.times.map((line: string[]) => line.length),
    [3, 2],
  );
  t.equal(geo.features[0].properties.times[0][0], '2026-11-21T19:39:25.000000Z');
  t.equal(geo.features[0].properties.altitudes, 'metres above mean sea level');
  const setBack = [position(0, 47), position(1, 47.1), position(-3_600, 47.2), position(-3_599, 47.3)];
  t.equal(written('gpx', setBack).split('<trkseg>').length - 1, 2, 'where the clock was set back');
  const one = JSON.parse(written('geojson', flown.slice(0, 2)));
  t.match(one.features[0], { geometry: { type: 'LineString' }, properties: { times: { length: 2 } } });
  const gpx = written('gpx', all);
  t.equal(gpx.split('<trkpt ').length - 1, 5);
  t.equal(gpx.split('<trkseg>').length - 1, 2);
  t.match(gpx, '<name>kite &amp; 1</name>');
  t.match(gpx, '<trkpt lat="47.1" lon="8"><time>2026-11-21T19:39:30.000000Z</time></trkpt>');
  const kml = written('kml', all);
  t.equal(kml.split('<when>').length, kml.split('<gx:coord>').length);
  t.match(kml, '<gx:coord>8 47.4 45</gx:coord>');
  t.match(JSON.parse(written('geojson', [])), { features: [{ geometry: { coordinates: [] } }] });
});
