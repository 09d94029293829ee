/** Recordings as a technician reads them: which flights, and in which form they are taken home. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { typed } from './testing/typed.ts';

const data = (name: string) => fileURLToPath(new URL(`../protocol/mavlink/testdata/${name}`, import.meta.url));
const FLIGHT = data('flight-excerpt.tlog');

function scratch(test: Test): string {
  const root = mkdtempSync(join(tmpdir(), 'sk-'));
  test.teardown(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

t.test('flights: one over two files, with what is wrong about the files', async (t) => {
  const root = scratch(t);
  const folder = join(root, 'recordings');
  const flights = (...args: string[]) =>
    typed('flights', `--dataDir=${root}`, '--display.timeZone=Europe/Paris', ...args);
  t.match(await flights(), { code: 1, out: '', err: /there are no recordings in .*\n.*--dataDir/ });
  mkdirSync(folder);
  const bytes = readFileSync(FLIGHT);
  // Cut within a record, as a power cut or a new segment never does between records of one run; and a part that is gone.
  writeFileSync(join(folder, 'skein-000007-000000.tlog'), bytes.subarray(0, 50_000));
  writeFileSync(join(folder, 'skein-000007-000002.tlog'), bytes.subarray(50_010));
  writeFileSync(join(folder, 'notes.txt'), 'of somebody');
  const page = await flights();
  t.equal(page.code, 0);
  t.match(
    page.out,
    /^1 +2026-11-21 20:39:\d\d UTC\+1 +20:39:55 +2026-11-21T19:39:\d\dZ +\d\d s +7\d m +15 m +\d+ mAh, 2\.\d Wh/m,
  );
  t.match(page.out, /skein-000007-000000\.tlog and 1 more +begins in the air, ends in the air/);
  t.match(page.out, /! skein-000007-000002\.tlog: the part before it is gone/);
  t.match(page.out, /! skein-000007-000002\.tlog: \d+ bytes in it are no record/);
  const { flights: listed, damaged } = JSON.parse((await flights('--json')).out);
  t.match(listed, [
    { n: 1, start: /^2026-11-21T19:39:/, startLocal: /20:39:\d\d UTC\+1/, beginsOnGround: false, files: { length: 2 } },
  ]);
  t.ok(damaged.length >= 2);
});

t.test('decode: JSON lines as ever, tables, and the way', async (t) => {
  const root = scratch(t);
  const wanted = readFileSync(data('flight-excerpt.jsonl'), 'utf8');
  const lines = (await typed('decode', FLIGHT)).out;
  t.same(
    lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
    wanted
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  );
  t.equal((await typed('decode', FLIGHT, '--format', 'jsonl')).out, lines);

  const csv = await typed('decode', FLIGHT, '--format', 'csv', '--drone', 'kite-1');
  t.match(csv, { code: 0, err: /300 rows from 2399 frames; 0 bytes/ });
  t.match(
    csv.out,
    /^time,drone,latDeg,.*\r\n2026-11-21T19:39:25\.722412Z,kite-1,43\.6156005,7\.072,20\.96,10\.872,35\.53\r\n/,
  );
  const gpx = await typed('decode', FLIGHT, '--format=gpx');
  t.match(gpx.out, /<name>flight-excerpt<\/name>/);
  t.equal(gpx.out.split('<trkpt ').length - 1, 300);
  const way = JSON.parse((await typed('decode', FLIGHT, '--format=geojson')).out).features[0];
  t.same(way.geometry.coordinates[0], [7.072, 43.6156005, 20.96]);

  const tables = join(root, 'tables');
  const several = ['decode', FLIGHT, '--format=csv', '--kinds=battery,gps'] as const;
  t.match(await typed(...several), { code: 2, err: /want --out FOLDER/ });
  t.match(await typed(...several, '--out', tables), { code: 0, out: '' });
  t.same(readdirSync(tables).sort(), ['battery.csv', 'gps.csv']);
  t.match(readFileSync(join(tables, 'battery.csv'), 'utf8'), /^time,drone,instance,voltageV,/);
  t.match(await typed(...several, '--out', tables), { code: 1, err: /is there already: nothing is overwritten/ });
  t.same(readdirSync(tables).sort(), ['battery.csv', 'gps.csv'], 'what was there stays');
});

t.test('decode: what cannot be done is said, and leaves nothing behind', async (t) => {
  const root = scratch(t);
  const out = join(root, 'way.kml');
  t.match(await typed('decode', data('boot-console.raw'), '--format=kml', '--out', out), {
    code: 1,
    err: /has no times/,
  });
  t.match(await typed('decode', '/no/such.tlog', '--format=csv', '--out', out), { code: 1, err: /ENOENT/ });
  t.notOk(existsSync(out));
  t.match(await typed('decode', FLIGHT, '--kinds=battery'), { code: 2, err: /--kinds is for --format csv/ });
  t.match(await typed('decode', FLIGHT, '--format=csv', '--kinds=batery'), { code: 2, err: /there is position, / });
  t.match(await typed('decode', FLIGHT, '--format=xls'), { code: 2, err: /there is jsonl, csv, geojson, kml, gpx/ });
  t.match(await typed('decode', FLIGHT, `--out=${out}`), { code: 2, err: /write > FILE/ });
  const foreign = join(root, 'foreign.tlog');
  copyFileSync(import.meta.filename, foreign);
  t.match(await typed('decode', foreign, '--format=gpx', '--out', out), { code: 1 });
  if (existsSync('/dev/full')) {
    t.match(await typed('decode', FLIGHT, '--format=gpx', '--out=/dev/full'), { code: 1, err: /is there already/ });
  }
});
