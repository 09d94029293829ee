/** The streets of the map over HTTP, read as the page reads them. */
import fs from 'node:fs';
import path from 'node:path';
import { FetchSource, PMTiles, TileType } from 'pmtiles';
import t from 'tap';
import { startController, tempDir } from './testing/controller.ts';
import { makeArchive } from './testing/pmtiles.ts';

const PLACE = { lonDeg: 7.26, latDeg: 43.7 };

t.test('a reader of PMTiles takes its tiles out of what the controller serves, range by range', async (t) => {
  const dir = tempDir();
  t.teardown(() => fs.rmSync(dir, { recursive: true, force: true }));
  const file = path.join(dir, 'city streets.pmtiles');
  fs.writeFileSync(file, makeArchive({ ...PLACE, attribution: 'somebody' }));
  const { controller, addresses, get } = await startController(dir, {}, [`--map.tiles=${file}`]);
  t.teardown(() => controller.close());
  const { body } = await get('/api/v1/map');
  t.match(body, { tiles: { url: /^\/api\/v1\/map\/streets\.pmtiles\?v=\d+-\d+$/, words: null }, style: null });
  const { url } = body.tiles as { readonly url: string };

  const archive = new PMTiles(new FetchSource(new URL(url, addresses.http).href));
  t.match(await archive.getHeader(), { tileType: TileType.Mvt, minZoom: 14, maxZoom: 14 });
  t.match(await archive.getMetadata(), { attribution: 'somebody' });
  const x = Math.floor(((PLACE.lonDeg + 180) / 360) * 2 ** 14);
  const rad = (PLACE.latDeg * Math.PI) / 180;
  const y = Math.floor((0.5 - Math.asinh(Math.tan(rad)) / (2 * Math.PI)) * 2 ** 14);
  t.ok(((await archive.getZxy(14, x, y))?.data.byteLength ?? 0) > 100, 'the tile of the place');
  t.equal(await archive.getZxy(14, x + 50, y), undefined, 'none where there is none');

  const range = await fetch(new URL(url, addresses.http), { headers: { range: 'bytes=0-6' } });
  t.equal(range.status, 206);
  t.equal(await range.text(), 'PMTiles');
  t.match(range.headers.get('content-range'), /^bytes 0-6\/\d+$/);
  t.match(range.headers.get('cache-control'), /max-age=86400/);
  const beyond = await fetch(new URL(url, addresses.http), { headers: { range: 'bytes=99999999-' } });
  t.equal(beyond.status, 400, 'a range beyond the file is refused');

  fs.truncateSync(file, 200);
  t.match((await get('/api/v1/map')).body, { tiles: { url: null, words: /cut short/ } });
  fs.rmSync(file);
  t.match((await get('/api/v1/map')).body, { tiles: { url: null, words: /no such file/ } });
  t.equal((await fetch(new URL(url, addresses.http))).status, 404);
});

t.test('nothing configured: the page is told so, and there is no file', async (t) => {
  const dir = tempDir();
  t.teardown(() => fs.rmSync(dir, { recursive: true, force: true }));
  const { controller, get } = await startController(dir);
  t.teardown(() => controller.close());
  t.same(await get('/api/v1/map'), { status: 200, body: { tiles: null, style: null } });
  t.equal((await get('/api/v1/map/streets.pmtiles')).status, 404);
});
