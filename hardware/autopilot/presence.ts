/**
 * Heartbeats go 1 Hz, and only while the agent is healthy. A full disk, a slow card or a dead uplink is not illness; a
 * main loop that does not turn, a closed link or a silent autopilot is. The presence heartbeat is (vehicle's system,
 * 191, ONBOARD_CONTROLLER); the ground link's stands in ground-link.ts. Pure: the caller gives the time and sends when
 * told to.
 */
import type { FieldsIn } from '@skein/protocol/mavlink';
import { MavAutopilot, MavState, MavType } from '@skein/protocol/mavlink';

const PERIOD_MS = 1_000;
const LOOP_TURNED_WITHIN_MS = 1_000;

export interface HealthInput {
  readonly nowMs: number;
  /** When the main loop last turned before this tick. */
  readonly loopTurnedMs: number;
  readonly linkOpen: boolean;
  readonly autopilotAlive: boolean;
}

/** When a heartbeat is due, and whether we are well enough to send it. */
export class HeartbeatGrid {
  #nextMs = Number.NEGATIVE_INFINITY;

  /** Call at least ten times a second. */
  tick(input: HealthInput): 'beat' | 'ill' | null {
    if (input.nowMs < this.#nextMs) return null;
    // Keeps the grid while it can, so that the rate is 1 Hz and not a little less.
    this.#nextMs = Math.max(this.#nextMs + PERIOD_MS, input.nowMs + PERIOD_MS / 2);
    const turned = input.nowMs - input.loopTurnedMs < LOOP_TURNED_WITHIN_MS;
    return input.linkOpen && input.autopilotAlive && turned ? 'beat' : 'ill';
  }
}

export class PresenceBeat {
  readonly #grid = new HeartbeatGrid();
  sent = 0;
  /** Beats left out because the agent was ill. */
  withheld = 0;

  /** Call at least ten times a second; true: send one now. */
  tick(input: HealthInput): boolean {
    const due = this.#grid.tick(input);
    if (due === 'beat') this.sent++;
    if (due === 'ill') this.withheld++;
    return due === 'beat';
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
