import { MavCmd } from '@skein/protocol/mavlink';
import type { Autopilot } from '../../autopilot/autopilot.ts';
import type { MissionItem } from '../../autopilot/mission.ts';
import type { Sequence } from '../../autopilot/sequence.ts';
import { WinchAction } from '../../autopilot/winch.ts';
import type { Px4Parameters } from './parameters.ts';

const RELEASE = 0;
const DELIVER = 4;
const RETRACT = 6;
const RATE_MS = 0.8;
const RETRACTED_M = 0.05;
/** It waits so long on the ground for the hook, then winds in what is there. */
const UNHOOK_MS = 3_000;
const LINE_MAX_M = 29.5;

type WinchState = 'idle' | 'lowering' | 'waiting' | 'retracting';

/**
 * Gripper and winch of a PX4. The winch is a component of its own that knows the standard's sequences; the gripper is done when its time
 * (PD_GRIPPER_TO) is over. A mission waits MIS_COMMAND_TOUT for either and then goes on, whatever came of it.
 */
export class Px4Cargo implements Sequence {
  readonly #autopilot: Autopilot;
  readonly #parameters: Px4Parameters;
  readonly continuesAfterLand = true;
  #winch: WinchState = 'idle';
  #waitsSinceMs = 0;
  #itemUntilMs = 0;

  constructor(autopilot: Autopilot, parameters: Px4Parameters) {
    this.#autopilot = autopilot;
    this.#parameters = parameters;
  }

  takesTime(command: number): boolean {
    return command === MavCmd.DO_GRIPPER || command === MavCmd.DO_WINCH || command === MavCmd.CONDITION_DELAY;
  }

  begin({ command, param1, param2 }: MissionItem): void {
    const { nowMs } = this.#autopilot;
    this.#itemUntilMs = nowMs + this.#parameters.value('MIS_COMMAND_TOUT') * 1_000;
    if (command === MavCmd.DO_GRIPPER) this.grip(param2);
    else if (command === MavCmd.DO_WINCH) this.wind(param2, 0, 0);
    else this.#itemUntilMs = nowMs + Math.max(0, param1) * 1_000;
  }

  /** Nothing but the time counts. */
  isDone(): boolean {
    return this.#autopilot.nowMs > this.#itemUntilMs;
  }

  /** When it will be told as done; null: there is no gripper, or no such action. */
  grip(action: number): number | null {
    const { gripper } = this.#autopilot.cargo;
    if (!gripper.valid || (action !== RELEASE && action !== 1)) return null;
    if (action === RELEASE) gripper.release();
    else gripper.grab();
    return this.#autopilot.nowMs + this.#parameters.value('PD_GRIPPER_TO') * 1_000;
  }

  /** False: there is no winch, or it does not know the action. */
  wind(action: number, lengthM: number, rateMS: number): boolean {
    const { cargo, vehicle } = this.#autopilot;
    if (!cargo.winch.healthy) return false;
    if (action === DELIVER) this.#winch = 'lowering';
    else if (action === RETRACT) this.#winch = 'retracting';
    else {
      this.#winch = 'idle';
      return cargo.winch.order({ action, lengthM, rateMS }, vehicle.payload.lineM);
    }
    return true;
  }

  /** Ten times a second. */
  step(): void {
    const { nowMs, cargo, vehicle } = this.#autopilot;
    const { payload } = vehicle;
    const run = (rateMS: number): void => {
      cargo.winch.order({ action: WinchAction.RATE, lengthM: 0, rateMS }, payload.lineM);
    };
    if (this.#winch === 'lowering') {
      run(RATE_MS);
      if (payload.standsSinceMs === null && payload.lineM < LINE_MAX_M && payload.load !== null) return;
      this.#winch = 'waiting';
      this.#waitsSinceMs = nowMs;
      run(0);
    } else if (this.#winch === 'waiting') {
      if (payload.load !== null && nowMs - this.#waitsSinceMs < UNHOOK_MS) return;
      this.#winch = 'retracting';
    } else if (this.#winch === 'retracting') {
      run(-RATE_MS);
      if (payload.lineM > RETRACTED_M) return;
      this.#winch = 'idle';
      run(0);
    }
  }

  restart(): void {
    this.#winch = 'idle';
  }
}
