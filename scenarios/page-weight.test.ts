import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { kB, packed, scriptsOfPage, weightOf } from './kit/page-weight.ts';
import { builtPage } from './kit/paths.ts';

/** Of all that index.html loads before the list can be drawn; map, charts and the panes that few open come after it. */
const MOST_AT_START = 90_000;
/** Of all scripts there are, workers and what is loaded late or never included. */
const MOST = 600_000;
/** Of those that are not libraries. */
const MOST_OURS = 120_000;

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
  const scripts = scriptsOfPage();
  const ours = scripts.filter((script) => script.ours);
  const libraries = scripts.filter((script) => !script.ours);
  for (const library of ['maplibre-gl', 'maplibre-gl-worker', 'preact', 'uplot', 'pmtiles'])
    t.ok(
      libraries.some(({ name }) => name.includes(`${library}-`)),
      `${library} is weighed by itself`,
    );
  const list = scripts.map(({ name, bytes, ours }) => `${name} ${kB(bytes)}${ours ? '' : ' (library)'}`).join(', ');
  t.comment(`${kB(weightOf(scripts))} kB packed, of which ours ${kB(weightOf(ours))}: ${list}`);
  t.ok(weightOf(scripts) <= MOST, `${kB(weightOf(scripts))} kB of at most ${kB(MOST)}: ${list}`);
  t.ok(weightOf(ours) <= MOST_OURS, `ours: ${kB(weightOf(ours))} kB of at most ${kB(MOST_OURS)}: ${list}`);
});
