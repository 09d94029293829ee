/** The file a log of the autopilot is fetched into. */
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { OpenLogFile } from './transfer.ts';

/** Begun anew; throws the system's error. Written in libuv's threads and never synced: a log can be fetched again. */
export async function openLogFile(folder: string, name: string): Promise<OpenLogFile> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, name);
  const file = await open(path, 'w+');
  return {
    path,
    write: async (offset, bytes) => {
      await file.write(bytes, 0, bytes.length, offset);
    },
    read: async (offset, length) => {
      const bytes = new Uint8Array(length);
      const { bytesRead } = await file.read(bytes, 0, length, offset);
      return bytes.subarray(0, bytesRead);
    },
    close: () => file.close(),
  };
}
