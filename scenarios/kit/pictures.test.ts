import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { inRepository } from './paths.ts';
import { MOST_BYTES } from './pictures.ts';

const DIR = 'docs/images/';
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: inRepository(''),
  encoding: 'utf8',
}).split('\n');

t.test('every picture is shown somewhere, with words, and is small', async (t) => {
  const shown = new Set<string>();
  for (const doc of tracked.filter((name) => name.endsWith('.md') && fs.existsSync(inRepository(name))))
    for (const [, to = ''] of fs.readFileSync(inRepository(doc), 'utf8').matchAll(/!\[[^\]]+\]\(([^)\s]+)\)/g))
      shown.add(path.normalize(path.join(path.dirname(doc), to)));
  const pictures = tracked.filter((name) => name.startsWith(DIR) && fs.existsSync(inRepository(name)));
  t.same(pictures.toSorted(), [...shown].filter((name) => name.startsWith(DIR)).toSorted());
  t.same(
    pictures.filter((name) => fs.statSync(inRepository(name)).size > MOST_BYTES),
    [],
  );
});
