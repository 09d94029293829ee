import { readFileSync } from 'node:fs';
import t from 'tap';
import { TRUST_REASON_CODES, TRUST_REASONS } from './index.ts';

const doc = readFileSync(new URL('../../../docs/position-trust.md', import.meta.url), 'utf8');

t.test('the table of reasons in the docs is the table in the code', async (t) => {
  const rows = [...doc.matchAll(/^\| `([a-z-]+)` \| (suspect|rejected) \| (.*?) \|$/gm)].map(([, ...cells]) => cells);
  t.same(
    rows,
    TRUST_REASON_CODES.map((code) => [code, TRUST_REASONS[code].state, TRUST_REASONS[code].words]),
  );
});
