import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import t from 'tap';
import { readAsFarAs } from './reading.ts';

t.test('a file that grows, one that was cut short, one that is gone', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'sk-'));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  const path = join(root, 'file');
  writeFileSync(path, 'x'.repeat(700_000));
  const problems: string[] = [];
  const read = async (bytes: number, file = path) =>
    (await buffer(readAsFarAs(file, bytes, (words) => problems.push(words)))).length;
  t.equal(await read(600_000), 600_000);
  t.same(problems, []);
  t.equal(await read(800_000), 700_000);
  t.match(problems, [/only 700000 of 800000 bytes: it was cut short/]);
  t.equal(await read(5, join(root, 'none')), 0);
  t.match(problems.at(-1), /only 0 of 5 bytes: ENOENT/);
});
