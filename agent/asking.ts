/** What the tools of the command line share: where the agent is, and how it is asked. */
import { join } from 'node:path';
import type { CommandLine } from './cli/index.ts';
import { AnonymousConfig, readSettings } from './settings.ts';
import { SOCKET_NAME } from './socket.ts';
import { type Asked, type AskOptions, askAgent } from './status/index.ts';

export type Found =
  | { readonly ok: true; readonly dataDir: string; readonly ask: (path: string, o?: AskOptions) => Promise<Asked> }
  | { readonly ok: false; readonly problems: readonly string[] };

export function findAgent(line: Pick<CommandLine, 'configFile' | 'flags'>): Found {
  const settings = readSettings(AnonymousConfig, line, process.env);
  if (!settings.ok) return settings;
  const { dataDir } = settings.config;
  return { ok: true, dataDir, ask: (path, o) => askAgent(join(dataDir, SOCKET_NAME), path, o) };
}

/** What the system says of a socket that is not there, or that nobody holds any more. */
const NOBODY = ['ENOENT', 'ECONNREFUSED', 'ENOTSOCK', 'ENOTDIR'];

export const isNobody = (reason: string): boolean => NOBODY.includes(reason);

/** Why nothing was answered, and what to do: to start an agent where one runs would be the wrong advice. */
export function nobodyThere(dataDir: string, reason: string): readonly string[] {
  const socket = join(dataDir, SOCKET_NAME);
  if (reason === 'EACCES' || reason === 'EPERM')
    return [`you may not ask the agent at ${socket} (${reason}).`, 'Do it as the user of the agent, or with sudo.'];
  if (!isNobody(reason))
    return [
      `the agent at ${socket} did not answer (${reason}): it is busy, or it hangs.`,
      'Ask again; if it stays so, "skein-agent doctor" says what to do.',
    ];
  return [
    `no agent answers at ${socket} (${reason}).`,
    'Start it with "skein-agent run", or name its data directory with --config FILE or --dataDir=FOLDER.',
  ];
}

/** What the agent said when it said no. */
export function refusalWords(reason: string): { readonly code: string; readonly message: string } {
  try {
    const { error, message } = JSON.parse(reason) as Record<string, unknown>;
    return { code: String(error), message: String(message) };
  } catch {
    return { code: 'not-ready', message: reason };
  }
}

/** For a table on the terminal: every column but the last as wide as its widest cell. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, i) => (i < row.length - 1 ? cell.padEnd(widths[i] ?? 0) : cell))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

export const sizeWords = (bytes: number): string =>
  bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
