/** What an AutopilotClient is given, and what it tells of itself. */

import type { ControlSnapshot } from './control-types.ts';
import type { DeskCounters } from './desk.ts';
import type { GroundLinkStatus } from './ground-link.ts';
import type { IntervalKeeper } from './intervals.ts';
import type { TimeSync } from './timesync.ts';

export type AutopilotPriority = 'heartbeat' | 'normal';

export interface AutopilotOptions {
  /** Sends one frame; false when it was dropped. */
  readonly send: (frame: Uint8Array, priority: AutopilotPriority) => boolean;
  /** Monotonic. */
  readonly nowMs: () => number;
  /** A random name for a boot of the autopilot. */
  readonly drawId: () => string;
  readonly sharePct: number;
  readonly onLatched?: (sysid: number) => void;
  /** A proved reboot, whoever ordered it. */
  readonly onRebooted?: () => void;
  /** Another autopilot answers under the same system id. */
  readonly onSwapped?: (before: string, now: string) => void;
}

export interface AutopilotTick {
  readonly nowMs: number;
  readonly loopTurnedMs: number;
  readonly linkOpen: boolean;
  /** What the line carries. */
  readonly lineBytesPerS: number;
}

export interface AutopilotStatus {
  readonly sysid: number | null;
  readonly alive: boolean;
  readonly armed: boolean | null;
  readonly lastHeartbeatAgeMs: number | null;
  readonly bootMs: number | null;
  readonly reboots: number;
  readonly swaps: number;
  readonly heartbeatsSent: number;
  readonly heartbeatsWithheld: number;
  readonly otherAutopilots: number;
  readonly otherCompanions: number;
  readonly otherWriters: number;
  readonly groundLink: GroundLinkStatus;
  readonly control: ControlSnapshot;
  readonly clockOffsetMs: number | null;
  readonly timesync: TimeSync['counters'];
  readonly commands: DeskCounters;
  readonly streams: IntervalKeeper['streams'];
  readonly intervals: IntervalKeeper['counters'];
}
