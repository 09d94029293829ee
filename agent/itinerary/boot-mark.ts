/**
 * Names a boot of the autopilot so that a later start of the agent can tell it again: its own name for a boot dies with
 * it, the moment the autopilot booted by the kernel's monotonic clock does not. Pure.
 */
import type { BootMark } from './types.ts';

/** Its time since boot is known by a round trip, and its clock drifts against ours. */
const SAME_MS = 2_000;

/** Null while its time since boot is not known. */
export function markOf(o: {
  readonly kernel: string;
  readonly nowMs: number;
  readonly bootMs: number | null;
}): BootMark | null {
  return o.bootMs === null ? null : { kernel: o.kernel, beganMs: Math.round(o.nowMs - o.bootMs) };
}

export function isSameBoot(a: BootMark, b: BootMark | null): boolean {
  return b !== null && a.kernel === b.kernel && Math.abs(a.beganMs - b.beganMs) <= SAME_MS;
}
