/**
 * fetch-log: a log of the autopilot into a file of the companion, only while disarmed. Whoever wants to fly goes first: the
 * transfer ends within a second and goes on where it was, some seconds after the motors have stopped.
 */
import { reason } from '@skein/protocol/fleet';
import type { Executor, Outcome } from './types.ts';
import type { CommandVehicle, Pause } from './vehicle.ts';

const AGAIN_AFTER_MS = 5_000;
const LOOK_EVERY_MS = 1_000;
/** Attempts without a byte more before it is given up. */
const MAX_FRUITLESS = 3;

export interface LogEntryLike {
  readonly id: number;
  readonly sizeBytes: number;
  readonly startedUtcS: number | null;
}

export interface LogSinkLike {
  write(offset: number, bytes: Uint8Array): Promise<void>;
  read(offset: number, length: number): Promise<Uint8Array>;
}

export interface LogPort {
  readonly busy: boolean;
  list(o?: {
    readonly signal?: AbortSignal;
  }): Promise<
    { readonly ok: true; readonly logs: readonly LogEntryLike[] } | { readonly ok: false; readonly code: string }
  >;
  fetch(
    id: number,
    o: { readonly into: LogSinkLike; readonly from?: number; readonly signal?: AbortSignal },
  ): Promise<
    | { readonly ok: true; readonly bytes: number; readonly crc: number; readonly verified: string }
    | { readonly ok: false; readonly code: string; readonly bytes: number }
  >;
  stop(): Promise<void>;
}

export interface OpenLogFile extends LogSinkLike {
  /** Where it stands once it is whole. */
  readonly path: string;
  /** All of it is there. */
  finish(): Promise<void>;
  close(): Promise<void>;
}

export type Shelved =
  | { readonly ok: true; readonly file: OpenLogFile }
  /** There is no room for it, in words. */
  | { readonly ok: false; readonly why: string };

export interface LogShelfLike {
  /** Begun anew; throws the system's error. */
  open(name: string, sizeBytes: number): Promise<Shelved>;
}

export interface TransferOptions {
  readonly vehicle: CommandVehicle;
  readonly logs: LogPort;
  readonly shelf: LogShelfLike;
  readonly pause: Pause;
  readonly nowMs: () => number;
}

/** Named after the log, and when it began if the autopilot knew the time then. */
const fileName = ({ id, startedUtcS }: LogEntryLike): string =>
  startedUtcS === null
    ? `log-${id}.bin`
    : `log-${id}-${new Date(startedUtcS * 1000).toISOString().slice(0, 19).replaceAll(':', '')}.bin`;

export function fetchLogExecutor(o: TransferOptions): Executor {
  const { vehicle, logs } = o;
  const mayNot = (): string | null => {
    const { alive, armed } = vehicle.state;
    if (!alive) return reason('no-autopilot');
    if (armed === null) return reason('state-unknown');
    return armed ? reason('armed') : null;
  };

  async function chosen(which: unknown, signal: AbortSignal): Promise<LogEntryLike | Outcome> {
    const listed = await logs.list({ signal });
    if (!listed.ok) return { state: 'failed', reason: reason('log-transfer', listed.code) };
    const found =
      typeof which === 'number'
        ? listed.logs.find((log) => log.id === which)
        : listed.logs.reduce<LogEntryLike | undefined>((a, b) => (a === undefined || b.id > a.id ? b : a), undefined);
    return found ?? { state: 'failed', reason: reason('not-found', 'no such log') };
  }

  /** Resolves when nobody has been flying for some seconds; false when it was ended. */
  async function quiet(signal: AbortSignal): Promise<boolean> {
    let sinceMs: number | null = null;
    while (!signal.aborted) {
      if (mayNot() !== null || logs.busy) sinceMs = null;
      else sinceMs ??= o.nowMs();
      if (sinceMs !== null && o.nowMs() - sinceMs >= AGAIN_AFTER_MS) return true;
      await o.pause(LOOK_EVERY_MS, signal);
    }
    return false;
  }

  async function fetchInto(file: OpenLogFile, entry: LogEntryLike, signal: AbortSignal): Promise<Outcome> {
    let from = 0;
    let fruitless = 0;
    for (;;) {
      const fetched = await logs.fetch(entry.id, { into: file, from, signal });
      if (fetched.ok) {
        const { bytes, crc, verified } = fetched;
        await file.finish();
        return { state: 'succeeded', reason: reason('done'), detail: { path: file.path, bytes, crc, verified } };
      }
      const paused = fetched.code === 'armed' || fetched.code === 'stopped';
      fruitless = fetched.bytes > from || paused ? 0 : fruitless + 1;
      from = fetched.bytes;
      if (!paused && (fetched.code !== 'no-answer' || fruitless >= MAX_FRUITLESS)) {
        return {
          state: 'failed',
          reason: reason('log-transfer', fetched.code),
          detail: { bytes: from },
        };
      }
      if (!(await quiet(signal))) return { state: 'cancelled', reason: reason('cancelled') };
    }
  }

  return {
    against: () => {
      const why = mayNot();
      return why === null ? [] : [why];
    },
    act: async ({ params, signal }) => {
      const entry = await chosen(params.log, signal);
      if ('state' in entry) return entry;
      try {
        const shelved = await o.shelf.open(fileName(entry), entry.sizeBytes);
        if (!shelved.ok) return { state: 'rejected', reason: reason('no-room', shelved.why) };
        const { file } = shelved;
        try {
          return await fetchInto(file, entry, signal);
        } finally {
          await file.close();
        }
      } catch (error) {
        return {
          state: 'failed',
          reason: reason('log-transfer', error instanceof Error ? error.message : String(error)),
        };
      }
    },
    // Nothing of it can have done harm; whoever wants the log asks again.
    recover: async () => ({ state: 'failed', reason: reason('restarted') }),
  };
}
