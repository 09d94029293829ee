/** What an agent takes from outside: time, chance, the board, the link. Tests and scenarios give their own. */
import { randomBytes } from 'node:crypto';
import {
  type BoardIdentity,
  type BoardReading,
  monotonicUs,
  readBoard,
  readIdentity,
  readNetworkTime,
} from '@skein/hardware/board';
import { createLink, type Link } from '@skein/hardware/link';
import { Journal, type JournalOptions } from './journal/index.ts';

/** Anything with pino's manner of speaking. */
export interface AgentLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface AgentPorts {
  /** Monotonic µs of this boot; samples carry it. */
  readonly nowUs: () => number;
  /** The system's idea of UTC, µs; only ever a stand-in. */
  readonly systemUtcUs: () => number;
  readonly random: () => number;
  readonly randomHex: (bytes: number) => string;
  readonly identity: (bootIdFile: string) => Promise<BoardIdentity>;
  readonly readBoard: (dataDir: string) => Promise<BoardReading>;
  readonly readNetworkTime: typeof readNetworkTime;
  readonly createLink: (url: string, log: AgentLog) => Link;
  readonly createJournal: (options: JournalOptions) => Journal;
  /** Ends this process in order, because whoever started it starts it again; null: nobody would. */
  readonly restart: (() => void) | null;
  readonly log: AgentLog;
}

const silent: AgentLog = { info: () => {}, warn: () => {}, error: () => {} };

/** The real world; each part can be replaced. */
export function systemPorts(replaced: Partial<AgentPorts> = {}): AgentPorts {
  return {
    nowUs: monotonicUs,
    systemUtcUs: () => Date.now() * 1000,
    random: Math.random,
    randomHex: (bytes) => randomBytes(bytes).toString('hex'),
    identity: readIdentity,
    readBoard,
    readNetworkTime,
    createLink: (url, log) =>
      createLink({
        url,
        onLog: ({ level, event, message, fault }) => log[level]({ part: 'link', event, code: fault?.code }, message),
      }),
    createJournal: (options) => new Journal(options),
    restart: null,
    log: silent,
    ...replaced,
  };
}
