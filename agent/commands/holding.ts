/**
 * Our own hold: what was flown before it, so that `resume` can go on with just that. It is over when control was taken
 * (pilot, station, failsafe), the autopilot restarted, the mission is another, or the motors stopped.
 */
import { type ControlSnapshot, isLanded, type VehicleState } from '@skein/hardware/autopilot';
import { type ReasonCode, reason } from '@skein/protocol/fleet';
import { MISSION_MODES } from '@skein/protocol/telemetry';

/** Modes in which it stays where it is until it is told to go somewhere. */
const WAITING_MODES: readonly string[] = ['GUIDED', 'AUTO.LOITER', 'BRAKE'];

interface Held {
  readonly missionSeq: number;
  readonly missionTotal: number | null;
  readonly bootId: string | null;
  readonly taken: number;
}

interface Seen {
  readonly state: VehicleState;
  readonly control: ControlSnapshot;
}

export class Holding {
  #held: Held | null = null;

  /** A hold succeeded; `before` is what was seen right before it. A second hold keeps what the first one held. */
  began(before: Seen, after: Seen): void {
    const { missionCurrent, missionTotal, mode, bootId } = before.state;
    if (this.#held !== null && this.#problem(before) === null) return;
    const flewMission = MISSION_MODES.includes(mode ?? '') && missionCurrent !== null;
    this.#held = flewMission ? { missionSeq: missionCurrent, missionTotal, bootId, taken: after.control.taken } : null;
  }

  #problem({ state, control }: Seen): ReasonCode | null {
    const held = this.#held;
    if (held === null || held.taken !== control.taken || state.armed !== true || held.bootId !== state.bootId) {
      return 'not-holding';
    }
    return held.missionTotal === state.missionTotal ? null : 'mission-changed';
  }

  /** The item to go on with, or why not. */
  resumable(
    now: Seen,
  ): { readonly ok: true; readonly missionSeq: number } | { readonly ok: false; readonly reason: string } {
    const problem = this.#problem(now);
    if (problem !== null) return { ok: false, reason: reason(problem) };
    return { ok: true, missionSeq: this.#held?.missionSeq ?? 0 };
  }

  over(): void {
    this.#held = null;
  }
}

/** It hovers and waits: from here it may be sent somewhere. */
export function isWaiting(state: VehicleState): boolean {
  return state.armed === true && !isLanded(state) && WAITING_MODES.includes(state.mode ?? '');
}
