/** Does it stand in the air because an operator said so? A hold keeps its mode (AUTO), so the mode does not tell. Pure. */
import { MISSION_MODES } from '@skein/protocol/telemetry';
import type { CommandEntry, DroneEntry } from '../../live/messages.ts';
import { RULES } from '../commands/rules.ts';

export interface Seen {
  readonly mode: string | null;
  /** Null: not known. */
  readonly inAir: boolean | null;
  readonly speedMps: number | null;
}

/** A hold ends in these, or keeps the mode of the mission. */
const WAITING_MODES: readonly string[] = ['GUIDED', 'AUTO.LOITER', 'BRAKE'];
/** States of an itinerary in which it is known to fly on, not to be held. */
const MOVING: readonly string[] = ['starting', 'flying', 'at-gate', 'releasing', 'returning'];
/** A drone that hovers drifts less than this; one that flies on was let go by somebody else, m/s. */
const STANDS_MPS = 1.5;

export function isHeld(entry: Pick<DroneEntry, 'control' | 'itinerary' | 'commands'>, seen: Seen): boolean {
  const { mode, inAir, speedMps } = seen;
  if (inAir !== true || mode === null || !(MISSION_MODES.includes(mode) || WAITING_MODES.includes(mode))) return false;
  if (entry.control.state !== 'skein' && entry.control.state !== 'unknown') return false;
  if (entry.itinerary?.state === 'held') return true;
  if (entry.itinerary && MOVING.includes(entry.itinerary.state)) return false;
  return endsInHold(entry.commands ?? []) && (speedMps ?? 0) < STANDS_MPS;
}

/** Of the commands that may have changed how it flies the last one is a hold that succeeded. Newest first. */
function endsInHold(commands: readonly CommandEntry[]): boolean {
  const last = commands.find((one) => RULES[one.type]?.flight && !NOTHING_CAME.includes(one.state));
  return last?.type === 'hold' && last.state === 'succeeded';
}

/** With these the drone did nothing, or not yet. */
const NOTHING_CAME: readonly string[] = ['queued', 'delivered', 'rejected', 'expired', 'cancelled'];
