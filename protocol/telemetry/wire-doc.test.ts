/** docs/wire.md is what strangers build agents from: its tables and examples are compared with the code. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import t from 'tap';
import type { Column } from './columns.ts';
import { expandBatch, readEnvelope } from './envelope.ts';
import { GAP_REASONS } from './gap.ts';
import { columnsOf, KIND_NAMES, KINDS } from './kinds.ts';
import { PACKS } from './live-delta.ts';
import { MAX_PACK_BYTES, MAX_PACK_ENVELOPES } from './pack.ts';
import { DICTIONARY_1 } from './pack-dictionary.generated.ts';

const doc = readFileSync(new URL('../../docs/wire.md', import.meta.url), 'utf8');

function written(name: string, column: Column): string {
  if (column.type === 'number') return `${name} ${column.digits} ${column.unit}`.trim();
  if (column.type === 'list') return `${name}[] ${column.digits} ${column.unit}`.trim();
  return `${name} ${column.type}`;
}

function example(tag: string): Uint8Array {
  const block = new RegExp(`\`\`\`${tag}\n([0-9a-f\n]+)\`\`\``).exec(doc)?.[1] ?? '';
  return Uint8Array.from(Buffer.from(block.replaceAll('\n', ''), 'hex'));
}

t.test('the table of kinds is the catalogue', async (t) => {
  const rows = [...doc.matchAll(/^\| (\d+) \| ([a-z]+) \| (.*?) \| (.*?) \|$/gm)].map(([, id, kind, columns]) => ({
    id: Number(id),
    kind,
    columns: columns?.split(' · '),
  }));
  t.same(
    rows.filter((row) => KIND_NAMES.some((name) => name === row.kind)),
    KIND_NAMES.map((kind) => ({
      id: KINDS[kind].id,
      kind,
      columns: columnsOf(kind).map(([name, column]) => written(name, column)),
    })),
  );
});

t.test('choices and gap reasons are listed by number', async (t) => {
  for (const kind of KIND_NAMES) {
    for (const [name, column] of columnsOf(kind)) {
      if (column.type !== 'choice') continue;
      t.match(doc, `\`${kind}.${name}\` = ${column.names.map((entry, i) => `${i} ${entry}`).join(', ')}`);
    }
  }
  t.match(doc, GAP_REASONS.map((reason, i) => `${i} ${reason}`).join(' · '));
});

t.test('packs are limited and named as the code has it', async (t) => {
  t.match(doc, `raw length, ≤ ${MAX_PACK_BYTES.toLocaleString('en').replaceAll(',', ' ')}`);
  t.match(doc, `count 1 … ${MAX_PACK_ENVELOPES}`);
  for (const name of PACKS) t.match(doc, `\`${name}\``);
  const sha = createHash('sha256').update(DICTIONARY_1).digest('hex');
  t.match(doc, `SHA-256 \`${sha.slice(0, 8)}…${sha.slice(-8)}\``);
});

t.test('the examples are what they say', async (t) => {
  t.match(readEnvelope(example('gap')), { ok: true, gap: { from: 1, to: 1, reason: 'restart', samples: 0 } });
  for (const block of ['batch', 'compact'])
    t.match(expandBatch(example(block)), {
      ok: true,
      header: { seq: 2, lane: 'history', epoch: '00c0ffee00c0ffee', rows: 3, codec: block === 'batch' ? 1 : 2 },
      samples: [
        { kind: 'position', monoUs: 734_000_000, bootMs: 120_000, values: { latDeg: 47.397742, headingDeg: 271.25 } },
        { kind: 'velocity', monoUs: 734_000_000, values: { northMps: 0.28, eastMps: -12.01, downMps: 0 } },
        { kind: 'position', monoUs: 734_250_000, bootMs: 120_250, values: { lonDeg: 8.5455541, headingDeg: null } },
      ],
    });
});

t.test('the live delta is the golden one', async (t) => {
  const file = readFileSync(new URL('testdata/live-delta-1.json', import.meta.url), 'utf8');
  const golden = JSON.parse(file) as { readonly base: string; readonly delta: string };
  t.equal(Buffer.from(example('live')).toString('hex'), golden.base);
  t.equal(Buffer.from(example('delta')).toString('hex'), golden.delta);
});
