/**
 * How far each epoch of a damaged file went, as its table of epochs and its rows tell: kept when the file has to go before it
 * was salvaged. What was acked and removed long ago nobody else knows of, and a controller put back to a backup has to.
 */
import type { Lane } from '@skein/protocol/fleet';
import { type Aside, asideBytes, removeAside } from './aside.ts';
import { DamagedFile } from './damaged-file.ts';
import { PAGE_BYTES } from './database.ts';
import { LANE_NAMES } from './keys.ts';
import { readOwed, removeOwed } from './owed.ts';
import type { PastEpoch } from './past.ts';
import type { DamagedPages } from './salvage.ts';

/** 1 GB, read once, in the outbox’s thread: the ends of lanes lie anywhere in it. What lies beyond is a damaged length, no budget. */
const MOST_PAGES = 1e9 / PAGE_BYTES;

/** In the order in which they are found: about that of the starts. */
export function reachIn(file: DamagedPages): PastEpoch[] {
  const found = new Map<string, { readonly epoch: string; readonly boot: string; next: Record<Lane, number> }>();
  const reached = (epoch: string, boot: string, last: Partial<Record<Lane, number>>): void => {
    const one = found.get(epoch) ?? { epoch, boot, next: { urgent: 1, history: 1 } };
    for (const lane of LANE_NAMES) one.next[lane] = Math.max(one.next[lane], (last[lane] ?? 0) + 1);
    found.set(epoch, one);
  };
  const pages = Math.min(file.pages, MOST_PAGES);
  for (let page = 1; page <= pages; page++) {
    file.look(page, {
      row: ({ envelope: { header, gap } }) => {
        if (header.lane !== 'live') reached(header.epoch, header.boot, { [header.lane]: gap?.to ?? header.seq });
      },
      epoch: ({ epoch, boot, acked, gone }) => {
        reached(epoch, boot, acked);
        reached(epoch, boot, gone);
      },
    });
  }
  return [...found.values()];
}

export const asideBeside = (path: string): Aside => ({
  bytes: () => {
    const bytes = asideBytes(path);
    return bytes === null ? 0 : Math.max(1, bytes);
  },
  remove: () => removeAside(path),
  owed: () => readOwed(path),
  paid: () => removeOwed(path),
  reach: () => {
    let file: DamagedFile | null = null;
    try {
      file = new DamagedFile(path);
      return reachIn(file);
    } catch {
      // It cannot be opened any more: nothing is known.
      return [];
    } finally {
      file?.close();
    }
  },
});
