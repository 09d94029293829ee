/**
 * Writes `rows.generated.ts`, after a change of kinds.ts, and `pack-dictionary.generated.ts`, which changes for a further
 * dictionary only: those released stay as they are.
 */
import { writeFileSync } from 'node:fs';
import { DICTIONARY_FILE, emitDictionary } from './generate/dictionary.ts';
import { emitRows, ROWS_FILE } from './generate/rows.ts';

writeFileSync(DICTIONARY_FILE, emitDictionary());
writeFileSync(ROWS_FILE, emitRows());
