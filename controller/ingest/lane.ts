/**
 * One lane of one epoch: what is committed, what is queued behind it, and what to do with a number that arrives.
 * Pure: the caller stores, sends and counts.
 *
 *   1 … upTo        committed: ack says so
 *   … queuedTo      taken, not yet committed
 *   queuedTo + 1    the only number that is taken next (go-back-N)
 */
export interface LaneState {
  readonly upTo: number;
  readonly queuedTo: number;
}

export type Verdict = 'next' | 'again' | 'ahead';

export function laneFrom(upTo: number): LaneState {
  return { upTo, queuedTo: upTo };
}

/** `from`…`to` arrives: one number for a batch, several for a gap record. */
export function judge(lane: LaneState, from: number, to: number): Verdict {
  if (to <= lane.queuedTo) return 'again';
  return from <= lane.queuedTo + 1 ? 'next' : 'ahead';
}

export function queued(lane: LaneState, to: number): LaneState {
  return { ...lane, queuedTo: Math.max(lane.queuedTo, to) };
}

export function committed(lane: LaneState, to: number): LaneState {
  const upTo = Math.max(lane.upTo, to);
  return { upTo, queuedTo: Math.max(lane.queuedTo, upTo) };
}

/** The store stands elsewhere than we thought, or what was queued is gone: begin again from there. */
export function restarted(upTo: number): LaneState {
  return laneFrom(upTo);
}

/** Numbers a presence says the drone no longer holds and nobody has: to be recorded as a gap; null: none. */
export function missingBefore(lane: LaneState, first: number): { readonly from: number; readonly to: number } | null {
  return first > lane.queuedTo + 1 ? { from: lane.queuedTo + 1, to: first - 1 } : null;
}
