/**
 * Structured logs: JSON lines in rotated files, written by a worker, and on standard error for whoever runs the agent by
 * hand or under systemd. A log that cannot be written never stops the agent: the file is given up, the stream stays.
 */
import { join } from 'node:path';
import pino, { type Logger } from 'pino';

export interface LogOptions {
  readonly dir: string;
  readonly level: string;
  readonly fileMB: number;
  readonly files: number;
  readonly stdout: boolean;
  readonly drone: string;
}

export interface Log {
  readonly logger: Logger;
  /** Lines lost because the log files could not be written. */
  readonly failures: () => number;
  close(): Promise<void>;
}

const CLOSE_WAIT_MS = 1_000;

export function openLog(o: LogOptions): Log {
  let failures = 0;
  const file = pino.transport({
    target: 'pino-roll',
    options: {
      file: join(o.dir, 'skein-agent.log'),
      size: `${o.fileMB}m`,
      limit: { count: o.files, removeOtherLogFiles: true },
      mkdir: true,
    },
  });
  const console = pino.destination({ fd: o.stdout ? 1 : 2, sync: false });
  const streams = pino.multistream([
    { level: 'trace', stream: console },
    { level: 'trace', stream: file },
  ]);
  const logger = pino({ level: o.level, base: { drone: o.drone } }, streams);
  file.on('error', (error: unknown) => {
    failures++;
    if (failures > 1) return;
    const detail = error instanceof Error ? error.message : String(error);
    const line = {
      level: 50,
      time: Date.now(),
      drone: o.drone,
      msg: `log files in ${o.dir} cannot be written: ${detail}`,
    };
    console.write(`${JSON.stringify(line)}\n`);
  });
  // A closed terminal or pipe is no reason to stop flying.
  console.on('error', () => {
    failures++;
  });
  return {
    logger,
    failures: () => failures,
    close: () =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, CLOSE_WAIT_MS);
        const done = () => {
          clearTimeout(timer);
          resolve();
        };
        file.once('close', done);
        file.end();
      }),
  };
}
