import { MavSeverity } from '@skein/protocol/mavlink';
import type { Body, Demand } from '../vehicle/kinematics.ts';
import { descend, here, idle, type Speeds, type Target, toPoint } from './guidance.ts';
import type { Parameters } from './parameters.ts';

export interface PlacingHost {
  readonly parameters: Parameters;
  readonly speeds: Speeds;
  say(text: string, severity?: number): void;
  /** Null: there is none that works. */
  readonly gripper: { readonly released: boolean; release(): void } | null;
}

const ARRIVED_M = 2;
/** So long the thrust of an even descent is measured, and so long it must then be less. */
const CALIBRATION_MS = 2_000;
const TOUCH_MS = 500;
const EVEN = 0.95;
const BACK_UP_M = 0.2;

type State = 'fly' | 'start' | 'descend' | 'release' | 'releasing' | 'delay' | 'ascend' | 'done';

/**
 * NAV_PAYLOAD_PLACE as ArduCopter 4.6.3 has it: over the place, down until the thrust falls below PLDP_THRESH of what the descent needed, let go,
 * back up. At the greatest descent it comes up without letting go, and the item counts as done all the same.
 */
export class Placing {
  readonly #host: PlacingHost;
  #state: State = 'done';
  #over: Target | null = null;
  #deepestM = 0;
  #fromUpM = 0;
  #evenSinceMs = 0;
  #touchedAtMs = 0;
  #thrust = 1;

  constructor(host: PlacingHost) {
    this.#host = host;
  }

  get isDone(): boolean {
    return this.#state === 'done';
  }

  get descends(): boolean {
    return this.#state === 'descend';
  }

  /** `over` null: here. `deepestM` 0: as deep as it goes. */
  begin(over: Target | null, body: Body, deepestM: number): void {
    this.#state = over === null ? 'start' : 'fly';
    this.#over = over ?? here(body);
    this.#deepestM = deepestM;
  }

  #say(text: string, severity?: number): void {
    this.#host.say(`PayloadPlace: ${text}`, severity);
  }

  /** The demand of this moment. */
  step(body: Body, nowMs: number): Demand {
    const { gripper, parameters, speeds } = this.#host;
    const over = this.#over ?? here(body);
    if (body.onGround && this.#state === 'descend') {
      this.#say('landed');
      this.#touchedAtMs = nowMs;
      this.#state = 'release';
    }
    if (gripper?.released === true) this.#noticeOpen(body);
    switch (this.#state) {
      case 'fly':
        if (Math.hypot(over.northM - body.northM, over.eastM - body.eastM) < ARRIVED_M) this.#state = 'start';
        return toPoint(body, over, speeds, null);
      case 'start':
        this.#evenSinceMs = nowMs;
        this.#fromUpM = body.upM;
        this.#thrust = 1;
        this.#state = 'descend';
        return this.#sink(body, over);
      case 'descend':
        this.#feel(body, nowMs);
        return this.#sink(body, over);
      case 'release':
        if (gripper === null) this.#state = 'delay';
        else {
          this.#say('Releasing the gripper');
          gripper.release();
          this.#state = 'releasing';
        }
        return this.#stay(body, over);
      case 'releasing':
        if (gripper === null || gripper.released) this.#state = 'delay';
        return this.#stay(body, over);
      case 'delay':
        if (nowMs - this.#touchedAtMs >= TOUCH_MS + parameters.value('PLDP_DELAY') * 1_000) this.#state = 'ascend';
        return this.#stay(body, over);
      default:
        if (this.#state === 'ascend' && body.upM >= this.#fromUpM - BACK_UP_M) this.#state = 'done';
        return toPoint(body, { ...over, upM: this.#fromUpM }, speeds, body.yaw);
    }
  }

  #noticeOpen(body: Body): void {
    if (this.#state === 'fly' || this.#state === 'start') {
      this.#say('Abort: Gripper Open');
      this.#fromUpM = body.upM;
      this.#state = 'done';
    } else if (this.#state === 'descend') {
      this.#say('Manual release');
      this.#state = 'release';
    }
  }

  get #sinkMS(): number {
    const { parameters, speeds } = this.#host;
    const wanted = parameters.value('PLDP_SPEED_DN') || parameters.value('LAND_SPEED') / 100;
    return Math.min(wanted, speeds.sinkMS);
  }

  #sink(body: Body, over: Target): Demand {
    return descend(body, over, this.#sinkMS, this.#host.speeds);
  }

  #stay(body: Body, over: Target): Demand {
    if (body.onGround) return idle(body);
    return descend(body, over, 0, this.#host.speeds);
  }

  /** Is there less to carry than a moment ago? */
  #feel(body: Body, nowMs: number): void {
    if (this.#deepestM > 0 && this.#fromUpM - body.upM > this.#deepestM) {
      this.#state = 'ascend';
      this.#say('Reached maximum descent', MavSeverity.WARNING);
      return;
    }
    // What leaning costs is not counted.
    const thrust = body.throttle * Math.cos(body.roll) * Math.cos(body.pitch);
    if (body.upMS > -EVEN * this.#sinkMS) this.#evenSinceMs = nowMs;
    const limit = this.#host.parameters.value('PLDP_THRESH');
    if (nowMs - this.#evenSinceMs < CALIBRATION_MS) {
      if (nowMs > this.#evenSinceMs) this.#thrust = Math.min(this.#thrust, thrust);
      this.#touchedAtMs = nowMs;
    } else if (thrust > limit * this.#thrust) this.#touchedAtMs = nowMs;
    else if (nowMs - this.#touchedAtMs > TOUCH_MS) {
      this.#state = 'release';
      this.#say(`payload release thrust threshold: ${(limit * this.#thrust).toFixed(6)}`);
    }
  }
}
