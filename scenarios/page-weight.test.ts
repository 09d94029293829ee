import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { builtPage } from './kit/paths.ts';

/** Of all that index.html loads before the list can be drawn; map, charts and the panes that few open come after it. */
const MOST_BYTES = 90_000;

t.test('the page starts with what the list needs: no schema library, no catalogue of kinds', async (t) => {
  const page = readFileSync(builtPage, 'utf8');
  const scripts = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map(([, name]) =>
    readFileSync(join(dirname(builtPage), name ?? ''), 'utf8'),
  );
  t.ok(scripts.length > 0, 'the page has scripts');
  const bytes = scripts.reduce((sum, script) => sum + gzipSync(script, { level: 9 }).length, 0);
  t.comment(`${scripts.length} scripts, ${(bytes / 1000).toFixed(1)} kB packed`);
  t.ok(bytes <= MOST_BYTES, `${bytes} bytes of at most ${MOST_BYTES}`);
  // Words of the catalogue, and of what a schema is made with.
  for (const word of ['GLOBAL_POSITION_INT', '~kind'])
    t.notOk(
      scripts.some((script) => script.includes(word)),
      `nothing of ${word} at the start`,
    );
});
