/** Writes `pack-dictionary.generated.ts`. To be run for a further dictionary only: those released stay as they are. */
import { writeFileSync } from 'node:fs';
import { DICTIONARY_FILE, emitDictionary } from './generate/dictionary.ts';

writeFileSync(DICTIONARY_FILE, emitDictionary());
