import type { Battery } from '../vehicle/battery.ts';
import { bootFaults, bootMs } from './boot.ts';
import type { Failsafes } from './failsafes.ts';
import type { Mode } from './modes.ts';
import type { Parameters } from './parameters.ts';

export interface ArmingView {
  readonly mode: Mode;
  readonly sinceBootMs: number;
  readonly parameters: Parameters;
  readonly failsafes: Failsafes;
  readonly battery: Battery | null;
  readonly remainingMah: number;
  /** Reasons from elsewhere, in the autopilot's words. */
  readonly blocks: Iterable<() => string | null>;
}

/** What ARMING_CHECK 0 turns off. */
function optionalFaults(view: ArmingView): readonly string[] {
  const { failsafes, parameters } = view;
  if (parameters.value('ARMING_CHECK') === 0) return [];
  const battery = failsafes.battery.tripped
    ? 'Battery failsafe'
    : view.battery === null
      ? null
      : failsafes.battery.fault(view.battery, view.remainingMah, parameters);
  const all = [
    ...bootFaults(view.sinceBootMs),
    failsafes.radio.tripped ? 'Radio failsafe on' : null,
    battery,
    failsafes.fence.fault(parameters),
    ...[...view.blocks].map((block) => block()),
  ];
  return all.filter((fault) => fault !== null);
}

/** In a mode that needs a position. While it still boots the other reasons say it all. */
function positionFaults({ failsafes, mode, sinceBootMs }: ArmingView): readonly string[] {
  if (!mode.needsPosition || sinceBootMs < bootMs.preArmGood) return [];
  if (sinceBootMs < bootMs.gpsUsed) return ['Need Position Estimate'];
  return failsafes.position.trusted ? [] : ['GPS 1: Bad fix'];
}

export interface PreArm {
  /** In the autopilot's words, without "PreArm: ". */
  readonly faults: readonly string[];
  /** One that is told as soon as it comes up; a lost ground station waits for the next report (measured). */
  readonly urgent: boolean;
}

/** What speaks against arming before anybody has asked: the pre-arm bit, and the texts each 31 s. */
export function preArm(view: ArmingView): PreArm {
  const urgent = [...optionalFaults(view), ...positionFaults(view)];
  const lost = view.failsafes.groundLink.tripped ? ['GCS failsafe on'] : [];
  return { faults: [...urgent, ...lost], urgent: urgent.length > 0 };
}

/** Why it cannot be armed now, in the autopilot's words, without "Arm: "; empty when it can. `forced` asks for the mode alone. */
export function armFaults(view: ArmingView, forced: boolean): readonly string[] {
  if (!view.mode.armable) return [`${view.mode.name} mode not armable`];
  return forced ? [] : preArm(view).faults;
}
