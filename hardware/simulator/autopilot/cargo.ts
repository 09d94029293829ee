import type { PayloadOrders } from '../vehicle/payload.ts';
import { STEP_MS } from '../vehicle/vehicle.ts';
import type { Autopilot } from './autopilot.ts';
import { Gripper } from './gripper.ts';
import type { Parameters } from './parameters.ts';
import { Winch } from './winch.ts';

/** What of the parameters makes a gripper, or a winch, at the next boot. */
export const fittedWith: Readonly<Record<'gripper' | 'winch', Readonly<Record<string, number>>>> = {
  gripper: { GRIP_ENABLE: 1, GRIP_TYPE: 1, SERVO9_FUNCTION: 28 },
  // A drum that runs free after boot, as it comes, would let the load down on the way.
  winch: { WINCH_TYPE: 2, WINCH_OPTIONS: 6, SERVO10_FUNCTION: 88 },
};

/** Gripper and winch as the autopilot knows them. One per boot. */
export class Cargo {
  readonly gripper: Gripper;
  readonly winch: Winch;

  constructor(parameters: Parameters, say: (text: string) => void) {
    this.gripper = new Gripper(parameters, say);
    this.winch = new Winch(parameters, say);
  }

  get orders(): PayloadOrders {
    return { jaw: this.gripper.jaw, lineMS: this.winch.lineMS };
  }

  /** With every step of the physics. `lineM`: of the winch, as it measures it. */
  step(nowMs: number, lineM: number): void {
    this.gripper.step(nowMs);
    this.winch.step(lineM, STEP_MS / 1_000);
  }
}

export const cargoOf = ({ parameters, voice }: Autopilot): Cargo => new Cargo(parameters, (text) => voice.say(text));
