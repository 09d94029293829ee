import type { FailsafeAction, FailsafeEvent } from './failsafe.ts';
import type { Parameters } from './parameters.ts';

/** FS_THR_ENABLE; 2 (go on with a mission) was taken out of it long ago, 4 and 5 prefer the way it came, which is not simulated. */
const actions: Readonly<Record<number, FailsafeAction>> = {
  1: 'return',
  3: 'land',
  4: 'return',
  5: 'land',
  7: 'brake',
};

/** The pilot's transmitter cannot be heard for RC_FS_TIMEOUT. With FS_THR_ENABLE 0 nobody minds. */
export class RadioFailsafe {
  tripped = false;
  #lostAtMs: number | null = null;

  step(nowMs: number, transmitterOn: boolean, parameters: Parameters): FailsafeEvent | null {
    const enabled = parameters.value('FS_THR_ENABLE');
    if (transmitterOn || enabled === 0) {
      this.#lostAtMs = null;
      if (!this.tripped) return null;
      this.tripped = false;
      return { on: false, name: 'Radio', action: 'nothing' };
    }
    this.#lostAtMs ??= nowMs;
    if (this.tripped || nowMs - this.#lostAtMs < parameters.value('RC_FS_TIMEOUT') * 1_000) return null;
    this.tripped = true;
    return { on: true, name: 'Radio', action: actions[enabled] ?? 'return' };
  }
}
