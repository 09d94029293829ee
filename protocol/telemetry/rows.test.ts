import { readFileSync } from 'node:fs';
import t from 'tap';
import { emitRows, ROWS_FILE } from './generate/rows.ts';

t.test('rows are read and written as the catalogue of kinds says', async (t) => {
  t.equal(readFileSync(ROWS_FILE, 'utf8'), emitRows(), 'else: node protocol/telemetry/generate.ts');
});
