import type { FailsafeAction, FailsafeEvent } from './failsafe.ts';
import type { Parameters } from './parameters.ts';

/** It looks some times a second: 5.2 s after the last heartbeat with FS_GCS_TIMEOUT at 5 (measured). */
const LOOK_MS = 200;

/** FS_GCS_ENABLE: 3 and 4 prefer the way it came, which is not simulated. */
const actions: Readonly<Record<number, FailsafeAction>> = {
  1: 'return',
  3: 'return',
  4: 'land',
  5: 'land',
  7: 'brake',
};

/**
 * The heartbeats of the ground station have stopped. Off while FS_GCS_ENABLE is 0, and it never comes up when none was ever heard since
 * boot. Fed by any heartbeat of system MAV_GCS_SYSID, whatever its type and component; one sent as the vehicle's own system does not.
 */
export class GroundLinkFailsafe {
  tripped = false;
  #lastMs: number | null = null;

  heard(nowMs: number): void {
    this.#lastMs = nowMs;
  }

  step(nowMs: number, parameters: Parameters): FailsafeEvent | null {
    if (this.#lastMs === null) return null;
    const enabled = parameters.value('FS_GCS_ENABLE');
    const silentMs = nowMs - this.#lastMs;
    const limitMs = Math.max(2, parameters.value('FS_GCS_TIMEOUT')) * 1_000;
    const lost = enabled !== 0 && silentMs > limitMs;
    // Coming and going are both noticed at the next look.
    if (lost === this.tripped || (lost ? silentMs - limitMs : silentMs) < LOOK_MS) return null;
    this.tripped = lost;
    return { on: lost, name: 'GCS', action: lost ? (actions[enabled] ?? 'return') : 'nothing' };
  }
}
