/**
 * The log files: rotated and bounded, written by a worker. One that cannot be written (full disk, read-only, no folder)
 * is given up, counted, and opened again after a while; whoever logs notices nothing.
 */
import { join } from 'node:path';
import pino from 'pino';

const RETRY_MS = 60_000;
const CLOSE_WAIT_MS = 1_000;

export interface LogFilesOptions {
  readonly dir: string;
  readonly fileMB: number;
  /** Files kept besides the newest. */
  readonly files: number;
  readonly nowMs: () => number;
  /** Said once each time the files fail. */
  readonly onFailure: (detail: string) => void;
}

type Transport = ReturnType<typeof pino.transport>;

export class LogFiles {
  readonly #o: LogFilesOptions;
  #transport: Transport | null = null;
  #retryMs = Number.NEGATIVE_INFINITY;
  /** Lines that no file took. */
  lost = 0;

  constructor(o: LogFilesOptions) {
    this.#o = o;
  }

  write(line: string): void {
    if (this.#transport === null && this.#o.nowMs() >= this.#retryMs) this.#open();
    if (this.#transport === null) this.lost++;
    else this.#transport.write(line);
  }

  #open(): void {
    const { dir, fileMB, files } = this.#o;
    const transport = pino.transport({
      target: 'pino-roll',
      options: {
        file: join(dir, 'skein-agent.log'),
        size: `${fileMB}m`,
        limit: { count: files, removeOtherLogFiles: true },
        mkdir: true,
      },
    });
    this.#transport = transport;
    transport.on('error', (error: unknown) => {
      this.lost++;
      if (this.#transport !== transport) return;
      this.#transport = null;
      this.#retryMs = this.#o.nowMs() + RETRY_MS;
      this.#o.onFailure(error instanceof Error ? error.message : String(error));
    });
  }

  async close(): Promise<void> {
    const transport = this.#transport;
    if (transport === null) return;
    this.#transport = null;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, CLOSE_WAIT_MS);
      transport.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
      transport.end();
    });
  }
}
