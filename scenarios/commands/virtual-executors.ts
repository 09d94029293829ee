/** The agent's own executors around a client in virtual time; what lies beyond them (disk, lock, helper) is played. */
import type { AutopilotClient } from '@skein/hardware/autopilot';
import { fetchLogExecutor, flightExecutors, groundExecutors, type Pause } from '../../agent/commands/index.ts';
import type { Executors, JournalledCommand } from '../../agent/commands/types.ts';
import { rebootExecutor } from '../../agent/reboot/index.ts';

export const BOOT = '6f1d2c3b-4a59-4e68-8777-0123456789ab';

export interface Locks {
  held: { readonly reason: string; readonly by: string; readonly here: boolean } | null;
}

export interface VirtualExecutorsOptions {
  readonly client: AutopilotClient;
  readonly session: string;
  readonly nowMs: () => number;
  readonly pause: Pause;
  readonly locks: Locks;
  /** What the journal holds about a command. */
  readonly entry: (id: string) => JournalledCommand | null;
  readonly restartAgent: () => Promise<void>;
}

export function virtualExecutors(o: VirtualExecutorsOptions): Executors {
  const { client, session, nowMs, pause, locks, restartAgent } = o;
  const safety = {
    locked: () => locks.held,
    canArm: () => null,
    setLock: async (by: string, here: boolean, reason: string) => {
      locks.held = { by, here, reason };
      return true;
    },
    removeLock: async () => {
      locks.held = null;
      return null;
    },
  };
  return {
    ...flightExecutors({
      vehicle: client,
      safety,
      positionTrusted: () => ({ ok: true }),
      groundLinkMs: () => 60_000,
      crashed: () => null,
      chargePct: () => client.state.batteryPct,
      energy: { rangeM: 8_000, reservePct: 20 },
      pause,
    }),
    ...groundExecutors({
      vehicle: client,
      safety,
      actOf: o.entry,
      about: () => ({}),
      newPack: () => {},
      pause,
    }),
    'fetch-log': fetchLogExecutor({
      vehicle: client,
      logs: client.logs,
      shelf: {
        open: async (name) => ({
          ok: true,
          file: {
            path: name,
            write: async () => {},
            read: async (_, length) => new Uint8Array(length),
            finish: async () => {},
            close: async () => {},
          },
        }),
      },
      pause,
      nowMs,
    }),
    reboot: rebootExecutor({
      vehicle: client,
      session,
      boot: BOOT,
      nowMs,
      utcMs: nowMs,
      locked: () => locks.held,
      logTransfer: () => client.logs.busy,
      helper: { available: async () => false, restart: async () => 'none' },
      restartAgent,
      onOrdered: () => {},
      charge: () => ({}),
      pause,
    }),
  };
}
