import { type Battery, packVolts } from '../vehicle/battery.ts';
import type { Parameters } from './parameters.ts';

/** What BATT_FS_LOW_ACT asks for. */
export type LowBatteryAction = 'nothing' | 'land' | 'return';

/** Notices a low battery once it has been low for BATT_LOW_TIMER; latched until the next boot or pack. */
export class BatteryFailsafe {
  tripped = false;
  #lowSinceMs: number | null = null;

  reset(): void {
    this.tripped = false;
    this.#lowSinceMs = null;
  }

  /** The text to say and what to do, at the moment it trips; null otherwise. `remainingMah` is what the autopilot counts. */
  check(
    battery: Battery,
    remainingMah: number,
    parameters: Parameters,
    nowMs: number,
  ): { readonly text: string; readonly action: LowBatteryAction } | null {
    if (this.tripped) return null;
    const volts = packVolts(battery);
    if (volts >= parameters.value('BATT_LOW_VOLT') && remainingMah >= parameters.value('BATT_LOW_MAH')) {
      this.#lowSinceMs = null;
      return null;
    }
    this.#lowSinceMs ??= nowMs;
    if (nowMs - this.#lowSinceMs < parameters.value('BATT_LOW_TIMER') * 1_000) return null;
    this.tripped = true;
    const asked = parameters.value('BATT_FS_LOW_ACT');
    return {
      text: `Battery 1 is low ${volts.toFixed(2)}V used ${Math.round(battery.capacityMah - remainingMah)} mAh`,
      action: asked === 1 ? 'land' : asked === 2 ? 'return' : 'nothing',
    };
  }
}
