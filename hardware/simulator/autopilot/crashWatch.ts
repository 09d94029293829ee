import { MavSeverity } from '@skein/protocol/mavlink';
import type { Service } from '../service.ts';
import type { Autopilot } from './autopilot.ts';

const LOOK_MS = 100;
/** As ArduCopter's thrust_loss_check and crash_check: so long until it says so, and until it stops the motors. */
const THRUST_LOSS_MS = 1_000;
const CRASH_MS = 2_000;
/** Faster than this is no landing, m/s. */
const HARD_MS = 3;

/** Notices that a motor gives nothing, and that it lies on the ground with the motors on. */
export class CrashWatch implements Service {
  readonly #autopilot: Autopilot;
  #dueMs: number;
  #sinkMS = 0;
  #weakSinceMs: number | null = null;
  #told = false;
  #crashedAtMs: number | null = null;

  constructor(autopilot: Autopilot) {
    this.#autopilot = autopilot;
    this.#dueMs = autopilot.nowMs;
  }

  get nextDueMs(): number {
    return this.#dueMs;
  }

  take(): boolean {
    return false;
  }

  restart(): void {
    this.#weakSinceMs = null;
    this.#told = false;
    this.#crashedAtMs = null;
    this.#sinkMS = 0;
  }

  tick(nowMs: number): void {
    if (nowMs < this.#dueMs) return;
    this.#dueMs = nowMs + LOOK_MS;
    const { flight, vehicle, troubles } = this.#autopilot;
    if (!flight.armed) {
      this.restart();
      return;
    }
    this.#lookForThrust(troubles.failedMotors, vehicle.body.onGround, nowMs);
    const hard = this.#sinkMS > HARD_MS && vehicle.body.onGround;
    this.#sinkMS = vehicle.body.onGround ? 0 : -vehicle.body.upMS;
    if (hard) this.#crashedAtMs ??= nowMs;
    if (this.#crashedAtMs === null || nowMs - this.#crashedAtMs < CRASH_MS) return;
    if (this.#autopilot.parameters.value('FS_CRASH_CHECK') === 0) return;
    this.#autopilot.voice.say('Crash: Disarming: AngErr=78>30, Accel=0.4<3.0', MavSeverity.EMERGENCY);
    flight.disarm(vehicle.body, true);
  }

  #lookForThrust(failed: number, onGround: boolean, nowMs: number): void {
    if (failed === 0 || onGround) {
      this.#weakSinceMs = null;
      this.#told = false;
      return;
    }
    this.#weakSinceMs ??= nowMs;
    if (this.#told || nowMs - this.#weakSinceMs < THRUST_LOSS_MS) return;
    this.#told = true;
    const motor = 32 - Math.clz32(failed & -failed);
    this.#autopilot.voice.say(`Potential Thrust Loss (${motor})`, MavSeverity.EMERGENCY);
  }
}
