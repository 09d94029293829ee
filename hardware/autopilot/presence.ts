/**
 * The presence heartbeat: (vehicle's system, 191, ONBOARD_CONTROLLER), 1 Hz, only while the agent is healthy. A full
 * disk, a slow card or a dead uplink is not illness; a main loop that does not turn, a closed link or a silent
 * autopilot is. Pure: the caller gives the time and sends when told to.
 */
import type { FieldsIn } from '@skein/protocol/mavlink';
import { MavAutopilot, MavState, MavType } from '@skein/protocol/mavlink';

const PERIOD_MS = 1_000;
const LOOP_TURNED_WITHIN_MS = 1_000;

export interface PresenceInput {
  readonly nowMs: number;
  /** When the main loop last turned before this tick. */
  readonly loopTurnedMs: number;
  readonly linkOpen: boolean;
  readonly autopilotAlive: boolean;
}

export class PresenceBeat {
  #nextMs = Number.NEGATIVE_INFINITY;
  sent = 0;
  /** Beats left out because the agent was ill. */
  withheld = 0;

  /** Call at least ten times a second; true: send one now. */
  tick(input: PresenceInput): boolean {
    if (input.nowMs < this.#nextMs) return false;
    // Keeps the grid while it can, so that the rate is 1 Hz and not a little less.
    this.#nextMs = Math.max(this.#nextMs + PERIOD_MS, input.nowMs + PERIOD_MS / 2);
    const healthy = input.linkOpen && input.autopilotAlive && input.nowMs - input.loopTurnedMs < LOOP_TURNED_WITHIN_MS;
    if (healthy) this.sent++;
    else this.withheld++;
    return healthy;
  }
}

export const PRESENCE_FIELDS: FieldsIn<'HEARTBEAT'> = {
  type: MavType.ONBOARD_CONTROLLER,
  autopilot: MavAutopilot.INVALID,
  base_mode: 0,
  custom_mode: 0,
  system_status: MavState.ACTIVE,
  mavlink_version: 3,
};
