/**
 * Names a boot of the autopilot, also so that a later start of the agent can tell it again: our own name for a boot dies with
 * the agent, the moment the autopilot booted by the kernel's monotonic clock does not. Pure.
 */
import type { BootMark } from './types.ts';

/** Its time since boot is known by a round trip, and its clock drifts against ours. */
const SAME_MS = 2_000;

/** Null while its time since boot is not known. */
export function markOf(o: {
  readonly kernel: string;
  readonly nowMs: number;
  readonly bootMs: number | null;
  /** Our own name of it; another only after a proved reboot. */
  readonly bootId: string | null;
}): BootMark | null {
  const { kernel, nowMs, bootMs, bootId } = o;
  if (bootMs === null) return null;
  return { kernel, beganMs: Math.round(nowMs - bootMs), ...(bootId === null ? {} : { id: bootId }) };
}

/**
 * One name is one boot, whatever the clocks say: when it began moves by as much as a stamp comes late (a busy board), and by
 * what its clock drifts in a day. Of marks that two starts of the agent made only that moment can tell.
 */
export function isSameBoot(a: BootMark, b: BootMark | null): boolean {
  if (b === null || a.kernel !== b.kernel) return false;
  return (a.id !== undefined && a.id === b.id) || Math.abs(a.beganMs - b.beganMs) <= SAME_MS;
}
