/**
 * What the page must know of each command before it is sent. The whole table, with its schemas, is COMMANDS of
 * protocol/fleet; this part of it stands here so that no schema library is shipped to browsers. rules.test.ts holds the
 * two together.
 */
import type { CommandType } from '@skein/protocol/fleet';

export interface PageRule {
  /** Lifetime unless the caller says otherwise, s. */
  readonly lifetimeS: number;
  /** Waits for a drone that is away; the others are refused at once. */
  readonly queued: boolean;
  /** May go to all drones at once. */
  readonly broadcast: boolean;
  /** Changes how the aircraft flies. */
  readonly flight: boolean;
  /** Open to every operator, whoever is in command. */
  readonly safe: boolean;
}

const none = { queued: false, broadcast: false, flight: false, safe: false } as const;
const now = { ...none, lifetimeS: 10 } as const;
const safe = { ...none, lifetimeS: 60, queued: true, flight: true, safe: true } as const;
const later = { ...none, lifetimeS: 600, queued: true } as const;

export const RULES: Readonly<Record<CommandType, PageRule>> = {
  hold: { ...safe, broadcast: true },
  resume: { ...now, flight: true },
  return: { ...safe, broadcast: true },
  land: safe,
  goto: { ...now, flight: true },
  skip: { ...later, flight: true },
  abort: { ...later, flight: true },
  arm: { ...now, flight: true },
  disarm: { ...now, flight: true },
  start: { ...now, flight: true },
  'set-parameter': now,
  'new-pack': later,
  'fetch-log': { ...later, broadcast: true },
  reboot: { ...later, broadcast: true },
  ping: { ...later, broadcast: true },
  lock: later,
  unlock: later,
  settle: later,
  cancel: later,
};
