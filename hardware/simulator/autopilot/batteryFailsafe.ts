import { type Battery, packVolts } from '../vehicle/battery.ts';
import type { FailsafeAction } from './failsafe.ts';
import type { Parameters } from './parameters.ts';

/** BATT_FS_LOW_ACT and BATT_FS_CRT_ACT; 3 and 4 prefer the way it came, which is not simulated. Termination (5) is not either. */
const actions: Readonly<Record<number, FailsafeAction>> = {
  1: 'land',
  2: 'return',
  3: 'return',
  4: 'land',
  7: 'brake',
};

const stages = [
  { name: 'low', volts: 'BATT_LOW_VOLT', mah: 'BATT_LOW_MAH', action: 'BATT_FS_LOW_ACT' },
  { name: 'critical', volts: 'BATT_CRT_VOLT', mah: 'BATT_CRT_MAH', action: 'BATT_FS_CRT_ACT' },
] as const;

const NOISE_MS = 200;

/** Notices a low and a critical battery once it has been so for BATT_LOW_TIMER; each latched until the next boot or pack. */
export class BatteryFailsafe {
  /** Some action was begun. */
  tripped = false;
  /** Said, whether or not anything was to be done. */
  #said = new Set<string>();
  #sinceMs = new Map<string, number>();

  reset(): void {
    this.tripped = false;
    this.#said.clear();
    this.#sinceMs.clear();
  }

  /** The worst that is noticed and not yet over, in the words of a refusal to arm; null: none. */
  fault(battery: Battery, remainingMah: number, parameters: Parameters): string | null {
    for (const stage of [...stages].reverse()) {
      if (packVolts(battery) < parameters.value(stage.volts)) return `Battery 1 ${stage.name} voltage failsafe`;
      if (remainingMah < parameters.value(stage.mah)) return `Battery 1 ${stage.name} capacity failsafe`;
    }
    return null;
  }

  /** The text to say and what to do, at the moment it trips; null otherwise. `remainingMah` is what the autopilot counts. */
  check(
    battery: Battery,
    remainingMah: number,
    parameters: Parameters,
    nowMs: number,
  ): { readonly text: string; readonly action: FailsafeAction } | null {
    const volts = packVolts(battery);
    for (const stage of stages) {
      if (this.#said.has(stage.name)) continue;
      if (volts >= parameters.value(stage.volts) && remainingMah >= parameters.value(stage.mah)) {
        this.#sinceMs.delete(stage.name);
        continue;
      }
      const sinceMs = this.#sinceMs.get(stage.name) ?? nowMs;
      this.#sinceMs.set(stage.name, sinceMs);
      if (nowMs - sinceMs < parameters.value('BATT_LOW_TIMER') * 1_000 + NOISE_MS) continue;
      this.#said.add(stage.name);
      const action = actions[parameters.value(stage.action)] ?? 'nothing';
      if (action !== 'nothing') this.tripped = true;
      const used = Math.round(battery.capacityMah - remainingMah);
      return { text: `Battery 1 is ${stage.name} ${volts.toFixed(2)}V used ${used} mAh`, action };
    }
    return null;
  }
}
