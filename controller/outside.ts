/** What a controller is given from outside, and what it gives. */
import type { FastifyInstance } from 'fastify';
import type { Bus } from './broker/index.ts';
import type { Store } from './store/index.ts';
import type { Patience } from './webhooks/index.ts';

export interface Logger {
  info(detail: object, message: string): void;
  warn(detail: object, message: string): void;
  error(detail: object, message: string): void;
}

/** The world outside, replaceable one by one. */
export interface ControllerPorts {
  readonly clock: { utcUs(): number; monoUs(): number };
  /** In [0, 1). */
  readonly random: () => number;
  readonly log: Logger;
  readonly version: string;
  /** In place of SQLite in `dataDir`. */
  readonly store?: Store;
  /** In place of the broker the config names. */
  readonly bus?: Bus;
  /** Memory, CPU and event loop on /metrics; one controller a process may have them. */
  readonly processMetrics?: boolean;
  /** In place of what a receiver of events is granted every day: tries, and the pauses between them. */
  readonly webhookPatience?: Partial<Patience>;
}

export interface Addresses {
  /** `http://127.0.0.1:8080` */
  readonly http: string;
  /** `mqtt://127.0.0.1:1883`; the external broker when there is one. */
  readonly mqtt: string;
}

export interface Controller {
  /** Rejects, with everything closed again, when it cannot run. */
  start(): Promise<Addresses>;
  close(): Promise<void>;
  /** Without a socket: for tests. Only after `start`. */
  readonly http: FastifyInstance;
  readonly bus: Bus;
}
