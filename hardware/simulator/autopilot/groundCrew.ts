import { CopterMode, MavResult } from '@skein/protocol/mavlink';
import { type Battery, pack } from '../vehicle/battery.ts';
import type { Vehicle } from '../vehicle/vehicle.ts';
import type { Flight } from './flight.ts';

/** How long a landed drone waits for its new pack, and for another try at a take-off that was refused. */
const WAIT_MS = 45_000;
/** So near to where the simulation began is "at base", metres. */
const BASE_M = 30;
/** A pack below this part of its charge is changed, whatever the failsafe thinks: after a reboot it thinks the pack full. */
const LOW = 0.3;
const SHELF_C = 21;

/**
 * The technician of a vehicle that flies circuits (`--start airborne`): one that has come home with a low pack and stood there
 * disarmed for a while gets a full one, with the autopilot's count set to full (on a real one MAV_CMD_BATTERY_RESET, the
 * autopilot kept up by external power), and is sent off again. One brought down with charge left, or elsewhere, is left alone:
 * somebody wanted that.
 */
export class GroundCrew {
  #sinceMs: number | null = null;
  /** It has its new pack and is not off yet. */
  #ready = false;

  /** Called at every step of the physics. `putIn` gives the vehicle its new pack. */
  step({ body, battery }: Vehicle, flight: Flight, nowMs: number, putIn: (fresh: Battery) => void): void {
    const low = flight.failsafes.battery.tripped || battery.chargeMah < LOW * battery.capacityMah;
    const waits = !flight.armed && body.onGround && Math.hypot(body.northM, body.eastM) < BASE_M;
    if (!waits || !(low || this.#ready)) {
      this.#sinceMs = null;
      this.#ready = false;
      return;
    }
    this.#sinceMs ??= nowMs;
    if (nowMs - this.#sinceMs < WAIT_MS) return;
    this.#sinceMs = nowMs;
    this.#ready = true;
    if (low) putIn(pack(battery.capacityMah, 1, battery.imbalanceV, SHELF_C));
    if (flight.setMode(CopterMode.GUIDED, body, nowMs) !== MavResult.ACCEPTED) return;
    if (flight.arm(body, nowMs) === MavResult.ACCEPTED) flight.startMission(body, nowMs);
  }
}
