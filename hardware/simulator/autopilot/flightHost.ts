import type { MavResult } from '@skein/protocol/mavlink';
import type { Place } from '../geo.ts';
import type { Mission } from './mission.ts';
import type { Parameters } from './parameters.ts';

/** What the flight modes need of the autopilot around them, and tell it. */
export interface FlightHost {
  readonly world: Place;
  readonly parameters: Parameters;
  readonly mission: Mission;
  say(text: string, severity?: number): void;
  reached(seq: number): void;
  modeChanged(): void;
  armedChanged(armed: boolean): void;
  homeChanged(): void;
  /** Stick positions as pulse widths, channel 1 first. */
  readonly channels: readonly number[];
  readonly sinceBootMs: number;
  /** Charge left as the autopilot counts it: after a reboot it believes in a full pack. */
  readonly remainingMah: number;
}

export type Answer = (typeof MavResult)[keyof typeof MavResult];
