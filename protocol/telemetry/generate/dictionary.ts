/** `testdata/dictionary-1.json` → `pack-dictionary.generated.ts`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const LINE = 112;
const telemetry = join(import.meta.dirname, '..');

export const DICTIONARY_FILE = join(telemetry, 'pack-dictionary.generated.ts');

/** What a pack is likely to hold, the likeliest last: the nearer to its end, the cheaper to point at. */
export function emitDictionary(): string {
  const recorded = readFileSync(join(telemetry, 'testdata/dictionary-1.json'), 'utf8');
  const pieces = JSON.parse(recorded) as { readonly what: string; readonly body: string }[];
  const hex = pieces.map(({ body }) => body).join('');
  const lines = hex.match(new RegExp(`.{1,${LINE}}`, 'g')) ?? [];
  return [
    '// Written by protocol/telemetry/generate.ts from testdata/dictionary-1.json. A dictionary once released never changes.',
    'const HEX = [',
    ...lines.map((line) => `  '${line}',`),
    "].join('');",
    '',
    '/** Dictionary 1 of packs: bodies of batches as simulated drones of both flavours sealed them. */',
    'export const DICTIONARY_1 = Uint8Array.from({ length: HEX.length / 2 }, (_, i) =>',
    '  Number.parseInt(HEX.slice(i * 2, i * 2 + 2), 16),',
    ');',
    '',
  ].join('\n');
}
