/** A damaged file set aside: `outbox.db.aside` and its write-ahead log, until it has been salvaged or its bytes are needed. */
import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import type { PastEpoch } from './past.ts';

const SUFFIXES = ['', '-wal', '-shm'] as const;

export const asideOf = (path: string): string => `${path}.aside`;

/** Renames a damaged file and its write-ahead log; only the newest is kept. Returns the new name. */
export function setAside(path: string): string {
  if (existsSync(path)) {
    removeAside(path);
    renameSync(path, asideOf(path));
  }
  finishSettingAside(path);
  return asideOf(path);
}

/** Cut off when the file itself had its new name already: its log follows it, and no file is begun over that. */
export function finishSettingAside(path: string): void {
  if (existsSync(path)) return;
  for (const suffix of SUFFIXES)
    if (existsSync(`${path}${suffix}`)) renameSync(`${path}${suffix}`, `${asideOf(path)}${suffix}`);
}

export function removeAside(path: string): boolean {
  const existed = asideBytes(path) !== null;
  for (const suffix of SUFFIXES) rmSync(`${asideOf(path)}${suffix}`, { force: true });
  return existed;
}

/** Null: nothing lies aside. */
export function asideBytes(path: string): number | null {
  let bytes: number | null = null;
  for (const suffix of SUFFIXES) {
    const found = statSync(`${asideOf(path)}${suffix}`, { throwIfNoEntry: false });
    if (found !== undefined) bytes = (bytes ?? 0) + found.size;
  }
  return bytes;
}

/** What lies aside, as the budget sees it. */
export interface Aside {
  /** 0 only when there is nothing. */
  bytes(): number;
  /** False when there was nothing. */
  remove(): boolean;
  /** How far each epoch in it went (reach.ts). */
  reach(): readonly PastEpoch[];
  /** How far those went that lay aside before it (owed.ts). Oldest first. */
  owed(): readonly PastEpoch[];
  /** The open file knows them. */
  paid(): void;
}
