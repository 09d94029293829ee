/** One power cut of a recording: where, what of the unsynced is left, and how many syncs the card only said it did. */
import { type Random, randomFrom } from '../seed.ts';
import { Card, type Image, LEFTOVERS, type Leftover } from './card.ts';
import type { FileOperation } from './file-log.ts';
import type { FileRecording } from './recorder.ts';

export interface Cut {
  /** Plays this one again on the same recording. */
  readonly seed: number;
  /** Operations before this one were done. */
  readonly at: number;
  readonly leftover: Leftover;
  /** The last so many syncs that ended were not done. */
  readonly lies: number;
}

const MOST_LIES = 12;
const AFTER_FOLD = 60;
/** Where most goes wrong: just before and after a sync, a rename, a truncation. */
const EDGES = new Set(['sync-begin', 'sync-end', 'rename', 'truncate', 'unlink']);

export function chooseCut(operations: readonly FileOperation[], seed: number, lying: boolean): Cut {
  const random = randomFrom(seed);
  const folds = lying ? foldsOf(operations) : [];
  const edges = operations.flatMap(({ type }, index) => (EDGES.has(type) ? [index] : []));
  const anywhere = Math.floor(random.between(0, operations.length + 1));
  let at = anywhere;
  if (random.next() < 0.5 && edges.length > 0) at = random.pick(edges) + Math.floor(random.between(0, 2));
  if (random.next() < 0.5 && folds.length > 0) at = random.pick(folds) + Math.floor(random.between(1, AFTER_FOLD));
  at = Math.min(at, operations.length);
  const lies = lying ? Math.floor(random.between(1, MOST_LIES + 1)) : 0;
  return { seed, at, leftover: random.pick(LEFTOVERS), lies };
}

/** Syncs of a database itself: its log is begun anew behind it, so a lie here is the one that can damage it. */
function foldsOf(operations: readonly FileOperation[]): number[] {
  const databases = new Set<number>();
  return operations.flatMap((one, index) => {
    if (one.type === 'open' && one.path.endsWith('.db')) databases.add(one.inode);
    return one.type === 'sync-end' && databases.has(one.inode) ? [index] : [];
  });
}

export const cutWords = ({ seed, at, leftover, lies }: Cut): string =>
  `SEED=${seed}: cut before operation ${at}, ${leftover} of the unsynced${lies === 0 ? '' : `, ${lies} syncs not done`}`;

export function afterCut(recording: FileRecording, cut: Cut): Image {
  const random: Random = randomFrom(cut.seed ^ 0x5bd1e995);
  const done = recording.operations.slice(0, cut.at);
  const ends = done.flatMap((one, index) => (one.type === 'sync-end' && one.ok ? [index] : []));
  const honestUpTo = cut.lies === 0 ? done.length : (ends.at(-cut.lies) ?? 0);
  const card = new Card(recording.base);
  done.forEach((operation, index) => {
    card.take(operation, index < honestUpTo);
  });
  return card.afterCut(cut.leftover, random);
}
