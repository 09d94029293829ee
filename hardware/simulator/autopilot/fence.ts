import type { FailsafeAction } from './failsafe.ts';
import type { Parameters } from './parameters.ts';

/** Bits of FENCE_TYPE, and of what was crossed. Polygons come with fence upload. */
const ALTITUDE = 1;
const CIRCLE = 2;

const texts: Readonly<Record<number, string>> = { [ALTITUDE]: 'Max Alt', [CIRCLE]: 'Circle' };

/** FENCE_ACTION; 0 only reports. The others prefer ways that are not simulated. */
const actions: Readonly<Record<number, FailsafeAction>> = {
  1: 'return',
  2: 'land',
  3: 'return',
  4: 'brake',
  5: 'land',
};

export interface FenceView {
  readonly parameters: Parameters;
  readonly flying: boolean;
  readonly aboveHomeM: number;
  readonly fromHomeM: number;
}

/** A ceiling above home and a circle around it, by the FENCE_ parameters; off while FENCE_ENABLE is 0. */
export class Fence {
  /** What is crossed now, as FENCE_TYPE bits. */
  breached = 0;
  breaches = 0;

  /** Which of the limits a place lies beyond, as FENCE_TYPE bits; 0: none, or no fence. */
  static beyond(parameters: Parameters, aboveHomeM: number, fromHomeM: number): number {
    if (parameters.value('FENCE_ENABLE') === 0) return 0;
    const type = parameters.value('FENCE_TYPE');
    const over = aboveHomeM > parameters.value('FENCE_ALT_MAX') ? ALTITUDE : 0;
    const out = fromHomeM > parameters.value('FENCE_RADIUS') ? CIRCLE : 0;
    return (over | out) & type;
  }

  /** Called again and again; a change is told once. */
  step(view: FenceView): { readonly on: boolean; readonly text: string; readonly action: FailsafeAction } | null {
    const { parameters } = view;
    const now = view.flying ? Fence.beyond(parameters, view.aboveHomeM, view.fromHomeM) : 0;
    const fresh = now & ~this.breached;
    const cleared = this.breached !== 0 && now === 0;
    this.breached = now;
    if (fresh !== 0) {
      this.breaches += 1;
      const action = actions[parameters.value('FENCE_ACTION')] ?? 'nothing';
      return { on: true, text: `${texts[fresh] ?? 'Max Alt,Circle'} fence breached`, action };
    }
    return cleared ? { on: false, text: 'Fence breach cleared', action: 'nothing' } : null;
  }
}
