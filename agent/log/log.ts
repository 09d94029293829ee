/**
 * Structured logs: JSON lines in rotated files, and on standard error for whoever runs the agent by hand or under
 * systemd. A log that cannot be written never stops the agent.
 */
import pino, { type Logger } from 'pino';
import { LogFiles } from './files.ts';

export interface LogOptions {
  readonly dir: string;
  readonly level: string;
  readonly fileMB: number;
  readonly files: number;
  /** On standard output instead of standard error. */
  readonly stdout: boolean;
  readonly drone: string;
}

export interface Log {
  readonly logger: Logger;
  /** Lines lost because the log files could not be written. */
  readonly lost: () => number;
  close(): Promise<void>;
}

export function openLog(o: LogOptions): Log {
  const console = pino.destination({ fd: o.stdout ? 1 : 2, sync: false });
  // A closed terminal or pipe is no reason to stop flying.
  console.on('error', () => {});
  const files = new LogFiles({
    dir: o.dir,
    fileMB: o.fileMB,
    files: o.files,
    nowMs: () => performance.now(),
    onFailure: (detail) => {
      const msg = `log files in ${o.dir} cannot be written, tried again in a minute: ${detail}`;
      console.write(`${JSON.stringify({ level: 50, time: Date.now(), drone: o.drone, msg })}\n`);
    },
  });
  const streams = pino.multistream([
    { level: 'trace', stream: console },
    { level: 'trace', stream: files },
  ]);
  return {
    logger: pino({ level: o.level, base: { drone: o.drone } }, streams),
    lost: () => files.lost,
    close: () => files.close(),
  };
}
