/** The folder that everything of an agent lies in. */
import { mkdir, open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
}

/**
 * Makes it and the folders above it that are missing, each name synced in the folder it stands in: without that a power
 * cut could take a new folder with all that was durable in it. Throws only what keeps it from being there.
 */
export async function makeDataFolder(
  path: string,
  onUnsynced: (error: unknown) => void,
  sync: (folder: string) => Promise<void> = syncFolder,
): Promise<void> {
  const whole = resolve(path);
  const first = await mkdir(whole, { recursive: true });
  if (first === undefined) return;
  try {
    for (let made = whole; made.length >= first.length; made = dirname(made)) await sync(dirname(made));
  } catch (error) {
    onUnsynced(error);
  }
}
