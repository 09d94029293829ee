/**
 * `make dialect`: writes `dialect/*.generated.ts` from the development dependency `mavlink-mappings`.
 * With `--check` writes nothing and fails if a file differs.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { emitDialect } from './generate/emit.ts';
import { readDialect } from './generate/read.ts';

const check = process.argv.includes('--check');
const folder = join(import.meta.dirname, 'dialect');
const stale: string[] = [];
for (const { file, text } of emitDialect(readDialect())) {
  const path = join(folder, file);
  if (!check) writeFileSync(path, text);
  else if (readOr(path) !== text) stale.push(file);
}
if (stale.length > 0) {
  console.error(`The dialect is out of date (${stale.join(', ')}): run \`make dialect\` and commit the result.`);
  process.exitCode = 1;
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
