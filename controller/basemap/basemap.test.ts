import fs from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { tempDir } from '../testing/controller.ts';
import { makeArchive } from '../testing/pmtiles.ts';
import { HEADER_BYTES, judgeArchive } from './archive.ts';
import { Basemap } from './basemap.ts';
import { judgeStyle } from './style.ts';

const PLACE = { lonDeg: 7.26, latDeg: 43.7 };
const ARCHIVE = makeArchive(PLACE);
const judged = (bytes: Buffer, size = bytes.length) => {
  const verdict = judgeArchive(bytes.subarray(0, HEADER_BYTES), size);
  return verdict.ok ? null : verdict.reason;
};
const changed = (at: number, value: number): Buffer => {
  const copy = Buffer.from(ARCHIVE);
  copy[at] = value;
  return copy;
};

t.test('an archive is judged by its header: what is wrong with it, and what to do', async (t) => {
  t.equal(judged(ARCHIVE), null);
  t.match(judged(Buffer.from('SQLite format 3')), /no PMTiles file.*convert/);
  t.match(judged(Buffer.alloc(0)), /no PMTiles file/);
  t.match(judged(changed(7, 2)), /version 2.*convert/);
  t.match(judged(ARCHIVE.subarray(0, 60)), /cut short within its header/);
  t.match(judged(ARCHIVE.subarray(0, ARCHIVE.length - 1)), /cut short: \d+ bytes, and its tiles end at \d+/);
  t.match(judged(changed(98, 3)), /brotli/);
  t.match(judged(changed(97, 4)), /zstd/);
  t.match(judged(changed(99, 0)), /of a kind/);
  for (let at = 0; at < HEADER_BYTES; at += 1) {
    for (const value of [0, 127, 255]) t.doesNotThrow(() => judged(changed(at, value)));
  }
});

const styleOf = (style: object): string => JSON.stringify({ version: 8, ...style });
const TILES = { type: 'vector', url: 'pmtiles://streets' };
const LAYER = { id: 'roads', type: 'line', source: 's', 'source-layer': 'roads' };

t.test('a style draws what the controller serves; anything from elsewhere is refused by name', async (t) => {
  t.equal(judgeStyle(styleOf({ sources: { s: TILES }, layers: [LAYER] }), true).ok, true);
  t.equal(judgeStyle(styleOf({ layers: [{ id: 'ground', type: 'background' }] }), false).ok, true);
  const reason = (style: string, hasTiles = true) => {
    const verdict = judgeStyle(style, hasTiles);
    return verdict.ok ? null : verdict.reason;
  };
  t.match(reason('{'), /no JSON/);
  t.match(reason('[]'), /"version": 8/);
  t.match(reason(styleOf({ sources: [] })), /must be an object/);
  t.match(
    reason(styleOf({ sources: { s: { type: 'vector', url: 'https://tiles.example/x.json' } } })),
    /source s: .*pmtiles:\/\/streets/,
  );
  t.match(reason(styleOf({ sources: { s: { ...TILES, tiles: ['https://a.example/{z}'] } } })), /no "tiles"/);
  t.match(reason(styleOf({ sources: { s: { type: 'geojson', data: 'https://a.example/x' } } })), /in the style itself/);
  t.match(reason(styleOf({ sources: { s: { type: 'video' } } })), /type video/);
  t.match(reason(styleOf({ sources: { s: TILES } }), false), /none is set/);
  t.match(reason(styleOf({ sources: { s: TILES }, layers: [{ ...LAYER, source: 'q' }] })), /source q is not among/);
  t.match(reason(styleOf({ sources: { s: TILES }, layers: [LAYER, LAYER] })), /twice/);
  t.match(reason(styleOf({ layers: [{ type: 'line' }] })), /without "id"/);
  t.match(
    reason(styleOf({ layers: Array.from({ length: 501 }, (_, i) => ({ id: `l${i}`, type: 'background' })) })),
    /500/,
  );
});

function given(t: Test, o: { readonly tiles?: string; readonly style?: string } = {}) {
  const dir = tempDir();
  t.teardown(() => fs.rmSync(dir, { recursive: true, force: true }));
  const told: string[] = [];
  const at = (name: string | undefined) => (name === undefined ? '' : path.join(dir, name));
  const map = new Basemap({ tiles: at(o.tiles), style: at(o.style), onTrouble: (words) => told.push(words) });
  return { map, told, at };
}

t.test('nothing configured: nothing to say', async (t) => {
  const { map } = given(t);
  t.same(await map.view(), { tiles: null, style: null });
  t.equal(map.tilesPath, null);
});

t.test('a file that is missing, comes, is damaged, is exchanged: seen at the next look, told once', async (t) => {
  const { map, told, at } = given(t, { tiles: 'city.pmtiles' });
  t.match(await map.view(), { tiles: { version: null, words: /city\.pmtiles: there is no such file/ } });
  await map.view();
  t.equal(told.length, 1);
  fs.writeFileSync(at('city.pmtiles'), ARCHIVE);
  const first = (await map.view()).tiles?.version;
  t.type(first, 'string');
  fs.writeFileSync(at('city.pmtiles'), ARCHIVE.subarray(0, 300));
  t.match(await map.view(), { tiles: { version: null, words: /cut short/ } });
  t.equal(told.length, 2);
  fs.writeFileSync(at('city.pmtiles'), Buffer.concat([ARCHIVE, Buffer.alloc(10)]));
  t.not((await map.view()).tiles?.version, first, 'another file is another version');
});

t.test('a style that cannot be read leaves the tiles as they are', async (t) => {
  const { map, at } = given(t, { tiles: 'city.pmtiles', style: 'style.json' });
  fs.writeFileSync(at('city.pmtiles'), ARCHIVE);
  t.match(await map.view(), {
    tiles: { words: null },
    style: { style: null, words: /style\.json: there is no such file/ },
  });
  fs.writeFileSync(at('style.json'), styleOf({ sources: { s: TILES }, layers: [LAYER] }));
  t.match(await map.view(), { tiles: { words: null }, style: { style: { layers: [{ id: 'roads' }] }, words: null } });
});
