import type { Place } from '../geo.ts';

export interface AutopilotOptions {
  readonly seed: number;
  readonly home: Place;
  readonly sysid: number;
  readonly start: 'cold' | 'ready' | 'airborne';
  /** Wall clock when the simulation begins, µs. */
  readonly epochUs: bigint;
  /** The parameter names of ArduCopter before 4.7. */
  readonly olderNames?: boolean;
  /** A servo gripper, a winch that reports. */
  readonly gripper?: boolean;
  readonly winch?: boolean;
  /** Every frame that went out undamaged. */
  readonly onSent: (frame: Uint8Array) => void;
}
