/**
 * Which deliveries of a command go out next: one after another (`staggerMs`), so many at a time (`atATime`), none any
 * more when too many have failed (`maxFailures`). Pure. A drone that is away holds up nobody.
 */
import { isFinal, type ReasonCode } from '@skein/protocol/fleet';
import type { Command, Delivery } from './command.ts';

/** Of a reboot of many, this share is under way at a time, and the first one that is not proved ends it. */
const REBOOT_SHARE = 0.1;

export interface Release {
  readonly go: readonly Delivery[];
  readonly refuse: readonly { readonly delivery: Delivery; readonly reason: ReasonCode }[];
  /** Too many have failed: what was not sent is to be cancelled. */
  readonly stop: boolean;
  /** When one was last let go, our monotonic clock. */
  readonly lastMonoUs: number | null;
}

/** What counts as a failure: it was tried and went wrong, or nobody knows. A drone that declined has done nothing. */
export function hasFailed(d: Delivery): boolean {
  return d.state === 'failed' || d.state === 'unknown';
}

export function release(
  command: Command,
  deliveries: Iterable<Delivery>,
  o: {
    readonly lastMonoUs: number | null;
    readonly nowMonoUs: number;
    readonly readiness: (d: Delivery) => 'go' | 'wait' | ReasonCode;
  },
): Release {
  const go: Delivery[] = [];
  const refuse: { delivery: Delivery; reason: ReasonCode }[] = [];
  const waiting: Delivery[] = [];
  let failures = 0;
  let underWay = 0;
  for (const d of deliveries) {
    if (hasFailed(d)) failures++;
    if (isFinal(d.state)) continue;
    if (d.sentUtcUs === null) waiting.push(d);
    else underWay++;
  }
  const stop = command.maxFailures !== null && failures > command.maxFailures;
  let { lastMonoUs } = o;
  if (stop) return { go, refuse, stop, lastMonoUs };
  const room = command.atATime ?? Number.POSITIVE_INFINITY;
  for (const d of waiting) {
    if (underWay + go.length >= room) break;
    if (lastMonoUs !== null && o.nowMonoUs - lastMonoUs < command.staggerMs * 1e3) break;
    const verdict = o.readiness(d);
    if (verdict === 'wait') continue;
    if (verdict !== 'go') {
      refuse.push({ delivery: d, reason: verdict });
      continue;
    }
    go.push(d);
    lastMonoUs = o.nowMonoUs;
  }
  return { go, refuse, stop, lastMonoUs };
}

/** How many of `drones` a reboot may have under way at a time. */
export function rebootsAtATime(drones: number): number {
  return Math.max(1, Math.ceil(drones * REBOOT_SHARE));
}
