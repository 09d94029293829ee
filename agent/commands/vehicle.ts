/** What commands need of the vehicle and of the drone's safety; narrow, so that a test can be either. */
import type {
  ControlSnapshot,
  IntentName,
  IntentOptions,
  IntentOutcome,
  VehicleState,
} from '@skein/hardware/autopilot';
import { type ReasonCode, reason } from '@skein/protocol/fleet';
import type { Outcome } from './types.ts';

export interface ParameterPort {
  ask(
    names: readonly string[],
    o?: { readonly signal?: AbortSignal },
  ): Promise<
    { readonly ok: true; readonly name: string; readonly value: number } | { readonly ok: false; readonly code: string }
  >;
  set(
    name: string,
    value: number,
    o?: { readonly signal?: AbortSignal },
  ): Promise<
    | { readonly ok: true; readonly before: number; readonly after: number }
    | { readonly ok: false; readonly code: string; readonly before?: number; readonly after?: number }
  >;
}

export interface CommandVehicle {
  readonly state: VehicleState;
  readonly control: ControlSnapshot;
  readonly parameters: ParameterPort;
  intent(name: IntentName, o?: IntentOptions): Promise<IntentOutcome>;
  takeControl(by: string): void;
}

export interface CommandSafety {
  locked(): { readonly reason: string; readonly by: string; readonly here: boolean } | null;
  /** Why it must not be armed now, a reason; null: nothing speaks against it. */
  canArm(): string | null;
  setLock(by: string, here: boolean, reason: string): Promise<boolean>;
  removeLock(by: string, here: boolean, admin: boolean, reason: string): Promise<ReasonCode | null>;
}

/** May the position be acted on now (flight rules §8)? If not, the reason an answer carries. */
export type PositionTrusted = () => { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** Resolves after `ms`, or at once when the signal is aborted. */
export type Pause = (ms: number, signal: AbortSignal) => Promise<void>;

const LOOK_EVERY_MS = 200;

/** Looks until it holds; false when it did not within `withinMs`. */
export async function see(
  until: () => boolean,
  o: { readonly withinMs: number; readonly pause: Pause; readonly signal: AbortSignal },
): Promise<boolean> {
  for (let waitedMs = 0; !until(); waitedMs += LOOK_EVERY_MS) {
    if (waitedMs >= o.withinMs || o.signal.aborted) return false;
    await o.pause(LOOK_EVERY_MS, o.signal);
  }
  return true;
}

/** Control is with somebody else: nothing more is sent. */
export const TAKEN: readonly string[] = ['pilot', 'other-station', 'failsafe'];

/**
 * What became of an intent → how the command ended. `once`: of what was sent and neither acknowledged nor seen nothing
 * is known; what is repeatable was looked for and did not happen.
 */
export function outcomeOf(outcome: IntentOutcome, once: boolean): Outcome {
  if (outcome.ok) {
    return {
      state: 'succeeded',
      reason: reason(outcome.how === 'already' ? 'already' : 'done'),
      detail: outcome.detail,
    };
  }
  const { code, detail, sent } = outcome;
  if (code === 'cancelled') return { state: sent ? 'unknown' : 'cancelled', reason: reason('cancelled', detail) };
  const why = reason(code, detail);
  if (TAKEN.includes(code)) return { state: sent ? 'superseded' : 'rejected', reason: why };
  if (!sent) return { state: code === 'refused' ? 'failed' : 'rejected', reason: why };
  if (once && (code === 'no-ack' || code === 'no-link' || code === 'no-autopilot')) {
    return { state: 'unknown', reason: why };
  }
  return { state: 'failed', reason: why };
}
