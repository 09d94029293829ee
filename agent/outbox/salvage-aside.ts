import { asideBytes } from './aside.ts';
import { DamagedFile } from './damaged-file.ts';
import { Salvage } from './salvage.ts';
import type { OutboxStore } from './store.ts';

/** Salvaging what lies aside into this store; null: nothing does, or it cannot be opened now and stays for later. */
export function salvageAside(path: string, store: OutboxStore): Salvage | null {
  if (asideBytes(path) === null) return null;
  try {
    return new Salvage(new DamagedFile(path), store);
  } catch (error) {
    // Its log alone lies there: nothing can be had of that. What else is in the way (no descriptor free, a card that fails, or
    // takes no writes) may pass, and says nothing of what the file holds.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') store.endSalvage();
    return null;
  }
}
