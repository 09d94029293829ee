/**
 * A release that has begun is not left hanging: the line is reeled in, or given up by policy. A gripper holds by itself.
 * Bounded by `retractS`.
 */
import { reason } from '@skein/protocol/fleet';
import type { Delivering } from './delivering.ts';
import { BY_OTHERS } from './hover.ts';
import type { ItineraryPorts } from './ports.ts';

/** Line that may still be out when it counts as reeled in, m. */
const REELED_IN_M = 0.5;
/** Shorter is no order, m. */
const LEAST_M = 0.1;
const LOOK_MS = 200;

/** What became of it, in words; by policy the line may be left as it is. */
export async function secure(ports: ItineraryPorts, delivering: Delivering, signal: AbortSignal): Promise<string> {
  if (ports.settings.onAbort === 'abandon' && hangs(delivering)) return LEFT;
  return (await reelIn(ports, delivering, signal)).words;
}

/** On its way home or down: reeling in begins, and nothing waits for its end. In words; null: nothing hangs out. */
export async function secureOnTheWay(
  ports: ItineraryPorts,
  delivering: Delivering,
  signal: AbortSignal,
): Promise<string | null> {
  if (!hangs(delivering)) return null;
  const { control } = ports.vehicle;
  // An operator's return and land go beside a pilot (flight rules §2), and nothing else does.
  if (ports.settings.onAbort === 'abandon' || BY_OTHERS.includes(control.state)) return LEFT;
  return (await orderReelIn(ports, delivering, signal)) ?? 'reeling in was ordered';
}

const LEFT = 'the line is left as it is';

const hangs = ({ isReleasing, how }: Delivering): boolean => isReleasing && how === 'winch';

/** Why it does not begin, in words, or null. */
async function orderReelIn(
  { vehicle }: ItineraryPorts,
  delivering: Delivering,
  signal: AbortSignal,
): Promise<string | null> {
  // Also where the line is in: a drum that jams is told to pay out all the same, and does so on the way home when its jam yields.
  const outM = Math.max(LEAST_M, delivering.outM ?? delivering.plannedLineM ?? 0);
  const reeled = await vehicle.retract(outM, { signal });
  return reeled.ok ? null : `not reeled in: ${reason(reeled.code, reeled.detail)}`;
}

/** `isIn`: nothing hangs out any more, as far as is seen. */
export async function reelIn(
  ports: ItineraryPorts,
  delivering: Delivering,
  signal: AbortSignal,
): Promise<{ readonly isIn: boolean; readonly words: string }> {
  const { settings, pause, nowUs } = ports;
  if (!hangs(delivering)) return { isIn: true, words: 'nothing hangs out' };
  const not = await orderReelIn(ports, delivering, signal);
  if (not !== null) return { isIn: false, words: not };
  for (const untilMs = nowUs() / 1000 + settings.retractS * 1000; nowUs() / 1000 < untilMs && !signal.aborted; ) {
    if (delivering.outM !== null && delivering.outM <= REELED_IN_M) {
      return { isIn: true, words: 'the line is reeled in' };
    }
    await pause(LOOK_MS, signal);
  }
  return { isIn: false, words: 'reeling in was ordered; its end was not seen' };
}
