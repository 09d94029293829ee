import { MavCmd } from '@skein/protocol/mavlink';
import type { Body } from '../vehicle/kinematics.ts';
import type { Parameters } from './parameters.ts';
import type { Sequence } from './sequence.ts';

/** On the ground so long is landed. */
const LANDED_MS = 2_000;
/** MIS_OPTIONS: a take-off after a landing is flown. Without it a landing ends the flight. */
const CONTINUE_AFTER_LAND = 4;

/** Since when it stands on the ground. */
export class Touchdown {
  #sinceMs: number | null = null;

  reset(): void {
    this.#sinceMs = null;
  }

  isDown(body: Body, nowMs: number): boolean {
    this.#sinceMs = body.onGround ? (this.#sinceMs ?? nowMs) : null;
    return this.#sinceMs !== null && nowMs - this.#sinceMs >= LANDED_MS;
  }
}

/** Does a mission go on after a landing? `next`: the navigation item that follows; undefined: none. */
export function goesOnAfterLanding(
  { parameters, sequence }: { readonly parameters: Parameters; readonly sequence: Sequence | null },
  next: number | undefined,
): boolean {
  if (sequence !== null) return sequence.continuesAfterLand && next !== undefined;
  const asked = (parameters.value('MIS_OPTIONS') & CONTINUE_AFTER_LAND) !== 0;
  return asked && (next === MavCmd.NAV_TAKEOFF || next === MavCmd.NAV_DELAY);
}
