/**
 * How the companion is restarted: never through MAVLink (an autopilot would take the message for itself), but by a
 * command the configuration names, or by the systemd path unit of hardware/board that waits for a file to appear.
 */
import { execFile } from 'node:child_process';
import { access, constants, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

export const TRIGGER_FILE = '/run/skein/reboot-companion';
const COMMAND_MS = 20_000;

export interface CompanionHelper {
  /** Is there a way at all? */
  available(): Promise<boolean>;
  /** Sets it off. Null: it was taken; else why not. */
  restart(): Promise<string | null>;
  /** It was set off and nothing came of it: nor must it later, when nobody expects it any more. */
  withdraw?(): Promise<void>;
}

export function companionHelper(o: {
  readonly command: readonly string[];
  readonly triggerFile?: string;
}): CompanionHelper {
  const [program, ...args] = o.command;
  const triggerFile = o.triggerFile ?? TRIGGER_FILE;
  if (program !== undefined) {
    return {
      available: async () => true,
      restart: () =>
        new Promise((resolve) => {
          execFile(program, args, { timeout: COMMAND_MS }, (error) => resolve(error === null ? null : error.message));
        }),
    };
  }
  return {
    available: () =>
      access(dirname(triggerFile), constants.W_OK).then(
        () => true,
        () => false,
      ),
    restart: () =>
      writeFile(triggerFile, 'asked for by skein-agent\n').then(
        () => null,
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      ),
    // Whatever is in the way of removing it, it is no worse than before.
    withdraw: () => rm(triggerFile, { force: true }).catch(() => {}),
  };
}
