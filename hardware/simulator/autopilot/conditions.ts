import { MavCmd } from '@skein/protocol/mavlink';
import { wrapPi } from '../geo.ts';
import type { Body } from '../vehicle/kinematics.ts';
import type { Target } from './guidance.ts';
import type { MissionItem } from './mission.ts';

const YAW_REACHED = (2 * Math.PI) / 180;

/** What the do-items of a mission wait for: a time, a distance, a heading. */
export class Conditions {
  #untilMs = 0;
  #nearM = 0;
  /** The heading that is asked for; null: none. */
  yaw: number | null = null;

  begin({ command, param1, param3, param4 }: MissionItem, body: Body, nowMs: number): void {
    if (command === MavCmd.CONDITION_DELAY) this.#untilMs = nowMs + Math.max(0, param1) * 1_000;
    if (command === MavCmd.CONDITION_DISTANCE) this.#nearM = Math.max(0, param1);
    if (command !== MavCmd.CONDITION_YAW) return;
    const turn = ((param1 * Math.PI) / 180) * (param4 > 0 && param3 < 0 ? -1 : 1);
    this.yaw = wrapPi(param4 > 0 ? body.yaw + turn : turn);
  }

  isDone(command: number, body: Body, nowMs: number, target: Target | null): boolean {
    switch (command) {
      case MavCmd.CONDITION_DELAY:
        return nowMs > this.#untilMs;
      case MavCmd.CONDITION_DISTANCE:
        return target === null || Math.hypot(target.northM - body.northM, target.eastM - body.eastM) < this.#nearM;
      default:
        return this.yaw === null || Math.abs(wrapPi(body.yaw - this.yaw)) < YAW_REACHED;
    }
  }
}
