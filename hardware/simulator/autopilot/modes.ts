import { CopterMode } from '@skein/protocol/mavlink';
import { bootMs, preArmFault } from './boot.ts';

export interface Mode {
  readonly number: number;
  /** As the autopilot writes it in texts. */
  readonly name: string;
  /** Needs a position estimate: cannot be armed, nor entered in the air, without one. */
  readonly needsPosition: boolean;
  readonly armable: boolean;
  /** Shows MAV_MODE_FLAG_GUIDED_ENABLED in the heartbeat. */
  readonly guided: boolean;
}

const mode = (number: number, name: string, needsPosition: boolean, armable: boolean, guided: boolean): Mode => ({
  number,
  name,
  needsPosition,
  armable,
  guided,
});

export const modes: readonly Mode[] = [
  mode(CopterMode.STABILIZE, 'Stabilize', false, true, false),
  mode(CopterMode.ALT_HOLD, 'AltHold', false, true, false),
  // AUTO_OPTIONS would allow arming in it; by default it does not.
  mode(CopterMode.AUTO, 'Auto', true, false, true),
  mode(CopterMode.GUIDED, 'Guided', true, true, true),
  mode(CopterMode.LOITER, 'Loiter', true, true, true),
  mode(CopterMode.RTL, 'RTL', true, false, true),
  mode(CopterMode.CIRCLE, 'Circle', true, false, true),
  mode(CopterMode.LAND, 'Land', false, false, false),
  mode(CopterMode.POSHOLD, 'PosHold', true, true, true),
  mode(CopterMode.BRAKE, 'Brake', true, false, true),
  mode(CopterMode.SMART_RTL, 'SmartRTL', true, false, true),
];

const byNumber = new Map(modes.map((one) => [one.number, one]));

export const modeOf = (number: number): Mode | undefined => byNumber.get(number);

/** The mode of a number that the table is known to have. */
export function knownMode(number: number): Mode {
  const found = byNumber.get(number);
  if (found === undefined) throw new RangeError(`no such mode ${number}`);
  return found;
}

const SWITCH_EDGES_US = [1_231, 1_361, 1_491, 1_621, 1_750] as const;

/** Which of the modes FLTMODE1 … FLTMODE6 a mode switch at this pulse width asks for. */
export const modeSlot = (pulseUs: number): number => 1 + SWITCH_EDGES_US.filter((edge) => pulseUs >= edge).length;

/** Why a mode cannot be armed now, in the autopilot's words; null when it can. */
export function armFault(mode: Mode, sinceBootMs: number): string | null {
  if (!mode.armable) return `${mode.name} mode not armable`;
  const fault = preArmFault(sinceBootMs);
  if (fault !== null) return fault;
  return mode.needsPosition && sinceBootMs < bootMs.gpsUsed ? 'Need Position Estimate' : null;
}
