/**
 * The ground-link heartbeat: (the autopilot's MAV_GCS_SYSID, 190, GCS). It is the one ArduPilot's ground-link failsafe
 * counts; one sent as the vehicle's own system does not (observed). So it is sent only while somebody on the ground is
 * truly there (`on`, which the agent decides) and only while the agent is healthy. Pure.
 */
import type { FieldsIn } from '@skein/protocol/mavlink';
import { MavAutopilot, MavComponent, MavState, MavType } from '@skein/protocol/mavlink';
import { type HealthInput, HeartbeatGrid } from './presence.ts';

/** By convention a ground station is component 190. */
export const GROUND_COMPONENT = MavComponent.MISSIONPLANNER;

export const GROUND_FIELDS: FieldsIn<'HEARTBEAT'> = {
  type: MavType.GCS,
  autopilot: MavAutopilot.INVALID,
  base_mode: 0,
  custom_mode: 0,
  system_status: MavState.ACTIVE,
  mavlink_version: 3,
};

export interface GroundLinkStatus {
  readonly on: boolean;
  /** It is on, healthy, and the system id is known. */
  readonly sending: boolean;
  /** As whom; null while the parameter has not been read. */
  readonly sysid: number | null;
  /** How long it has been sent without a break, ms. */
  readonly upMs: number;
  readonly sent: number;
  readonly withheld: number;
}

export class GroundLink {
  readonly #grid = new HeartbeatGrid();
  #on = false;
  #sysid: number | null = null;
  #sinceMs: number | null = null;
  #sent = 0;
  #withheld = 0;

  set(on: boolean): void {
    this.#on = on;
    if (!on) this.#sinceMs = null;
  }

  get isOn(): boolean {
    return this.#on;
  }

  /** The system id its failsafe listens to; null: not known (any more). */
  setSysid(sysid: number | null): void {
    this.#sysid = sysid !== null && Number.isInteger(sysid) && sysid >= 1 && sysid <= 255 ? sysid : null;
    if (this.#sysid === null) this.#sinceMs = null;
  }

  /** Call every 100 ms: the system id to send a heartbeat as now, or null. */
  tick(input: HealthInput): number | null {
    const due = this.#grid.tick(input);
    if (!this.#on) return null;
    if (due === 'ill' || (due === 'beat' && this.#sysid === null)) {
      this.#withheld++;
      this.#sinceMs = null;
    }
    if (due !== 'beat' || this.#sysid === null) return null;
    this.#sent++;
    this.#sinceMs ??= input.nowMs;
    return this.#sysid;
  }

  status(nowMs: number): GroundLinkStatus {
    return {
      on: this.#on,
      sending: this.#sinceMs !== null,
      sysid: this.#sysid,
      upMs: this.#sinceMs === null ? 0 : nowMs - this.#sinceMs,
      sent: this.#sent,
      withheld: this.#withheld,
    };
  }
}
