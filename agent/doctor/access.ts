/** Access to a file as the kernel judges it: the first class that fits decides, and root may all. */
import type { Who } from './facts.ts';

export interface Owned {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** `bits`: 4 read, 2 write, 1 enter. */
export function mayDo({ mode, uid, gid }: Owned, who: Who, bits: number): boolean {
  if (who.uid === 0) return true;
  const shift = uid === who.uid ? 6 : who.gids.includes(gid) ? 3 : 0;
  return ((mode >> shift) & bits) === bits;
}
