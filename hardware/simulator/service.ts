import type { Message } from '@skein/protocol/mavlink';
import type { Port } from './port.ts';

/** Whoever sent a message. */
export interface Source {
  readonly sysid: number;
  readonly compid: number;
}

/** Something of the autopilot's that answers messages of its own and goes on by itself: a file server, a log transfer. */
export interface Service {
  /** When it next has something to do, ms of virtual time; Infinity: nothing is going on. */
  readonly nextDueMs: number;
  /** True: the message was for it. */
  take(message: Message, from: Source, port: Port): boolean;
  tick(nowMs: number): void;
  /** The autopilot has restarted. */
  restart(): void;
}
