/** JSON lines to stderr and to rotated files; files are written by a worker, so a slow disk holds up nothing. */
import path from 'node:path';
import pino, { type Logger, type TransportTargetOptions } from 'pino';
import type { Config } from './config.ts';

export interface Log {
  readonly logger: Logger;
  /** Waits, for at most two seconds, until what was logged is written. */
  readonly close: () => Promise<void>;
}

const CLOSE_DEADLINE_MS = 2000;

export function createLog(config: Config): Log {
  const { level, dir, stderr, maxFileMB, keepFiles } = config.log;
  const file = path.join(dir === '' ? path.join(config.dataDir, 'log') : dir, 'controller');
  const targets: TransportTargetOptions[] = [
    {
      target: 'pino-roll',
      level,
      options: {
        ...{ file, extension: '.log', size: `${maxFileMB}m`, mkdir: true },
        // Those of earlier runs count as well, or every restart would leave some behind for ever.
        limit: { count: keepFiles, removeOtherLogFiles: true },
      },
    },
  ];
  if (stderr) targets.push({ target: 'pino/file', level, options: { destination: 2 } });
  const transport = pino.transport({ targets });
  // A log that cannot be written must not end the controller.
  transport.on('error', (error: Error) => process.stderr.write(`log: ${error.message}\n`));
  const logger = pino({ level, base: { program: 'skein-controller' } }, transport);
  return {
    logger,
    close: () =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, CLOSE_DEADLINE_MS);
        transport.once('close', () => {
          clearTimeout(timer);
          resolve();
        });
        transport.end();
      }),
  };
}
