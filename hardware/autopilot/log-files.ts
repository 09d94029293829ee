/** Which file behind MAVFTP a log is. */
import type { FtpFile, FtpFiles } from './ftp-files.ts';
import type { LogEntry } from './logs.ts';

/** Where ArduPilot keeps them: on boards with a card, on Linux and in software. */
const FOLDERS = ['/APM/LOGS', '/logs'];

/** The path of a log; null when no file is surely it. */
export async function findLog(ftp: FtpFiles, entry: LogEntry, logs: readonly LogEntry[]): Promise<string | null> {
  for (const folder of FOLDERS) {
    const files = await ftp.list(folder);
    const name = files === null ? null : fileOf(entry, logs, files);
    if (name !== null) return `${folder}/${name}`;
  }
  return null;
}

/**
 * Which file a log is. Entries and files are both in the order of time, but nothing says so in so many words: the
 * numbers of both must agree, and all sizes (but that of the newest, which may still be written).
 */
export function fileOf(entry: LogEntry, logs: readonly LogEntry[], files: readonly FtpFile[]): string | null {
  const inOrder = files.filter(({ name }) => /^\d+\.bin$/i.test(name)).sort((a, b) => a.name.localeCompare(b.name));
  if (inOrder.length !== logs.length) return null;
  for (const [index, { sizeBytes }] of logs.entries()) {
    if (inOrder[index]?.sizeBytes !== sizeBytes && index < logs.length - 1) return null;
  }
  return inOrder[logs.findIndex(({ id }) => id === entry.id)]?.name ?? null;
}
