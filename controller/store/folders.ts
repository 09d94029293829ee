/** Folders that a power cut does not forget. */
import fs from 'node:fs';
import path from 'node:path';

/** A file's content, or the names in a folder. */
export function syncPath(fileOrFolder: string): void {
  const fd = fs.openSync(fileOrFolder, 'r');
  try {
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}

/**
 * Makes a folder and those above it that are missing, each name synced in the folder it stands in. SQLite syncs the folder
 * of its files only: without this a cut could take a new folder with every file in it, synced or not.
 */
export function makeFolder(folder: string): void {
  const whole = path.resolve(folder);
  const first = fs.mkdirSync(whole, { recursive: true });
  if (first === undefined) return;
  for (let made = whole; made.length >= first.length; made = path.dirname(made)) syncPath(path.dirname(made));
}
