/** How far a leg is, out of what its drone says of the itinerary and of the command that starts it. */
import { isUnderWay } from '@skein/protocol/fleet';
import type { Leg } from './order.ts';
import type { CommandSeen, StandSeen } from './seen.ts';

export type Progress =
  /** On its way to the drone, or being uploaded. */
  | { readonly is: 'preparing' }
  /** The autopilot does not hold it: to be assigned again. */
  | { readonly is: 'broken'; readonly words: string }
  | { readonly is: 'verified' }
  /** Told to start; what came of it is not said yet. */
  | { readonly is: 'starting' }
  /** `start` was refused, or its fate is unknown and the drone has not begun. */
  | { readonly is: 'not-started'; readonly words: string }
  | { readonly is: 'under-way'; readonly as: 'flying' | 'at-gate' | 'releasing' | 'held' | 'returning' | 'interrupted' }
  /** Flown to its end, and landed. */
  | { readonly is: 'completed' }
  /** Over before its end, after it was begun. */
  | { readonly is: 'aborted'; readonly words: string }
  /** Over, and never begun. */
  | { readonly is: 'refused'; readonly words: string };

export function progressOf(leg: Leg, stand: StandSeen | null, start: CommandSeen | null): Progress {
  if (stand === null || stand.state === 'assigned') return { is: 'preparing' };
  const { state } = stand;
  const words = stand.words ?? state;
  if (state === 'completed') return { is: 'completed' };
  if (state === 'aborted') return { is: 'aborted', words };
  if (state === 'refused' || state === 'cancelled' || state === 'replaced') return { is: 'refused', words };
  if (state === 'starting') return { is: 'starting' };
  if (isUnderWay(state)) return { is: 'under-way', as: state as Extract<Progress, { is: 'under-way' }>['as'] };
  if (state === 'failed' || state === 'void') return { is: 'broken', words };
  if (state !== 'verified') return { is: 'preparing' };
  if (leg.startedUtcUs === null) return { is: 'verified' };
  if (start === null || !start.final) return { is: 'starting' };
  return start.state === 'succeeded' ? { is: 'starting' } : { is: 'not-started', words: start.words ?? start.state };
}

export function underWayWords(drone: string, { as }: Extract<Progress, { is: 'under-way' }>): string | null {
  if (as === 'held') return `${drone} is held by an operator; resume it, with “take over”, and it goes on`;
  if (as === 'interrupted')
    return `${drone} is flown by somebody else, or its failsafe acts; nothing is done meanwhile. Once nobody flies it, resume it with “take control” and “take over”`;
  return null;
}
