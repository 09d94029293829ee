import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { builtPage } from './kit/paths.ts';

/** Of all that index.html loads before the list can be drawn; map, charts and the panes that few open come after it. */
const MOST_AT_START = 90_000;
/** Of all scripts there are, workers and what is loaded late or never included. */
const MOST = 600_000;

const packed = (script: string | Uint8Array): number => gzipSync(script, { level: 9 }).length;
const kB = (bytes: number): string => (bytes / 1000).toFixed(1);

t.test('the page starts with what the list needs: no schema library, no catalogue of kinds', async (t) => {
  const page = readFileSync(builtPage, 'utf8');
  const scripts = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map(([, name]) =>
    readFileSync(join(dirname(builtPage), name ?? ''), 'utf8'),
  );
  t.ok(scripts.length > 0, 'the page has scripts');
  const bytes = scripts.reduce((sum, script) => sum + packed(script), 0);
  t.comment(`${scripts.length} scripts, ${kB(bytes)} kB packed`);
  t.ok(bytes <= MOST_AT_START, `${bytes} bytes of at most ${MOST_AT_START}`);
  // Words of the catalogue, and of what a schema is made with.
  for (const word of ['GLOBAL_POSITION_INT', '~kind'])
    t.notOk(
      scripts.some((script) => script.includes(word)),
      `nothing of ${word} at the start`,
    );
});

t.test('all scripts of the page together, and what is ours of them', async (t) => {
  const scripts = globSync('**/*.{js,mjs}', { cwd: dirname(builtPage) }).map((file) => ({
    name: file.replace(/^assets\//, ''),
    bytes: packed(readFileSync(join(dirname(builtPage), file))),
    // As vite.config.ts names them; MapLibre's worker is a file of its own.
    ours: !/(^|\/)(lib-|maplibre-gl-worker-)[^/]*$/.test(file),
  }));
  const sum = (some: typeof scripts): number => some.reduce((total, { bytes }) => total + bytes, 0);
  const ours = scripts.filter((script) => script.ours);
  const libraries = scripts.filter((script) => !script.ours);
  for (const library of ['maplibre-gl', 'maplibre-gl-worker', 'preact', 'uplot', 'pmtiles'])
    t.ok(
      libraries.some(({ name }) => name.includes(`${library}-`)),
      `${library} is weighed by itself`,
    );
  const list = scripts
    .toSorted((a, b) => b.bytes - a.bytes)
    .map(({ name, bytes, ours }) => `${name} ${kB(bytes)}${ours ? '' : ' (library)'}`)
    .join(', ');
  t.comment(`${kB(sum(scripts))} kB packed, of which ours ${kB(sum(ours))}: ${list}`);
  t.ok(sum(scripts) <= MOST, `${kB(sum(scripts))} kB of at most ${kB(MOST)}: ${list}`);
});
