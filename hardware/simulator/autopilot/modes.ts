import { CopterMode } from '@skein/protocol/mavlink';

export interface Mode {
  readonly number: number;
  /** As the autopilot writes it in texts. */
  readonly name: string;
  /** Needs a position estimate: cannot be armed, nor entered while armed, without one. */
  readonly needsPosition: boolean;
  readonly armable: boolean;
  /** Shows MAV_MODE_FLAG_GUIDED_ENABLED in the heartbeat. */
  readonly guided: boolean;
  /** Flown with the sticks: what they ask for is done. */
  readonly piloted: boolean;
  /** It exists, but not here: a switch to it fails. */
  readonly absent: boolean;
}

type Trait = 'position' | 'armable' | 'guided' | 'piloted' | 'absent';

const mode = (number: number, name: string, ...traits: readonly Trait[]): Mode => ({
  number,
  name,
  needsPosition: traits.includes('position'),
  armable: traits.includes('armable'),
  guided: traits.includes('guided'),
  piloted: traits.includes('piloted'),
  absent: traits.includes('absent'),
});

/** All that a real one takes, and which of them it will be armed in (measured, on the ground, none of them configured). */
export const modes: readonly Mode[] = [
  mode(CopterMode.STABILIZE, 'STABILIZE', 'armable', 'piloted'),
  mode(CopterMode.ACRO, 'ACRO', 'armable', 'piloted'),
  mode(CopterMode.ALT_HOLD, 'ALT_HOLD', 'armable', 'piloted'),
  // AUTO_OPTIONS would allow arming in it; by default it does not.
  mode(CopterMode.AUTO, 'AUTO', 'position', 'guided'),
  mode(CopterMode.GUIDED, 'GUIDED', 'position', 'armable', 'guided'),
  mode(CopterMode.LOITER, 'LOITER', 'position', 'armable', 'guided', 'piloted'),
  mode(CopterMode.RTL, 'RTL', 'position', 'guided'),
  mode(CopterMode.CIRCLE, 'CIRCLE', 'position', 'guided'),
  mode(CopterMode.LAND, 'LAND', 'guided'),
  mode(CopterMode.DRIFT, 'DRIFT', 'position', 'armable', 'piloted'),
  mode(CopterMode.FLIP, 'FLIP', 'absent'),
  mode(CopterMode.AUTOTUNE, 'AUTOTUNE', 'absent'),
  mode(CopterMode.POSHOLD, 'POSHOLD', 'position', 'armable', 'guided', 'piloted'),
  mode(CopterMode.BRAKE, 'BRAKE', 'position', 'guided'),
  mode(CopterMode.THROW, 'THROW', 'position', 'armable'),
  mode(CopterMode.AVOID_ADSB, 'AVOID_ADSB', 'position', 'armable', 'guided'),
  mode(CopterMode.GUIDED_NOGPS, 'GUIDED_NOGPS', 'armable', 'guided'),
  mode(CopterMode.SMART_RTL, 'SMARTRTL', 'position', 'guided'),
  mode(CopterMode.FLOWHOLD, 'FLOWHOLD', 'absent'),
  mode(CopterMode.FOLLOW, 'FOLLOW', 'absent'),
  mode(CopterMode.ZIGZAG, 'ZIGZAG', 'position', 'armable', 'guided', 'piloted'),
  mode(CopterMode.SYSTEMID, 'SYSTEMID', 'absent'),
  mode(CopterMode.TURTLE, 'TURTLE', 'absent'),
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

export interface ModeChange {
  readonly armed: boolean;
  /** It knows where it is. */
  readonly located: boolean;
  readonly hasMission: boolean;
  /** It comes back from a fence breach, and FENCE_OPTIONS leaves it no other mode meanwhile. */
  readonly recovering: boolean;
}

/** Why a change to this mode fails, in the autopilot's words; null: it does not. Disarmed, it takes nearly everything (measured). */
export function modeRefusal(next: Mode, { armed, located, hasMission, recovering }: ModeChange): string | null {
  if (next.absent) return 'init failed';
  if (!armed) return null;
  if (recovering) return 'in fence recovery';
  if (next.needsPosition && !located) return 'requires position';
  return next.number === CopterMode.AUTO && !hasMission ? 'init failed' : null;
}
