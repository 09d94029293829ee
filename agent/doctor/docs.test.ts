/** What can be found stands in the manual, and what stands there can be found. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { FINDINGS } from './finding.ts';

t.test('docs/field.md has a row for every finding, and for no other', async (t) => {
  const manual = readFileSync(new URL('../../docs/field.md', import.meta.url), 'utf8');
  const rows = manual.split('\n').filter((line) => /^\| (.* )?\| `[a-z0-9-]+`/.test(line));
  const codes = rows.flatMap((row) =>
    [...(row.split('|')[2] ?? '').matchAll(/`([a-z0-9-]+)`/g)].map(([, code]) => code),
  );
  t.same(codes.toSorted(), Object.keys(FINDINGS).sort());
});
