/** How the orders of an itinerary end. */
import type { IntentOutcome } from '@skein/hardware/autopilot';
import { reason } from '@skein/protocol/fleet';
import type { Json, Outcome } from './types.ts';

export const done = (detail: Json = {}): Outcome => ({ state: 'succeeded', reason: reason('done'), detail });
export const failed = (why: string): Outcome => ({ state: 'failed', reason: why });
export const rejected = (why: string): Outcome => ({ state: 'rejected', reason: why });

/** Control was taken from us. */
export const TAKEN: readonly string[] = ['pilot', 'other-station', 'failsafe'];

/** What became of an intent → how the command ended. `once`: of what was sent and neither acknowledged nor seen nothing is known. */
export function outcomeOf(outcome: IntentOutcome, once: boolean): Outcome {
  if (outcome.ok) return done(outcome.detail);
  const { code, detail, sent } = outcome;
  const why = reason(code, detail);
  if (code === 'cancelled') return { state: sent ? 'unknown' : 'cancelled', reason: why };
  if (TAKEN.includes(code)) return { state: sent ? 'superseded' : 'rejected', reason: why };
  if (!sent) return { state: code === 'refused' ? 'failed' : 'rejected', reason: why };
  return { state: once && code === 'no-ack' ? 'unknown' : 'failed', reason: why };
}
