/**
 * Which autopilot is ours: the first heartbeat of one latches its system id for the life of the agent. Everything from
 * another system id or component is somebody else's (autopilots forward what they hear on other links, observed).
 *
 * Pure: frames and times go in; the caller looks at the state.
 */
import { MavAutopilot, MavComponent, MavModeFlag, type Message } from '@skein/protocol/mavlink';

/** Heartbeats come once a second; four or five missed is lost. */
export const LOST_AFTER_MS = 5_000;

export interface Latched {
  readonly sysid: number;
  readonly compid: number;
  readonly autopilot: number;
  readonly vehicleType: number;
  /** As of the newest heartbeat. */
  readonly armed: boolean;
  readonly lastHeartbeatMs: number;
}

/** An arming shows in the next heartbeat only, up to a second later (*observed*); a little more for the line. */
const ARMING_SHOWS_MS = 1_200;

export interface LatchCounters {
  /** Heartbeats of a second autopilot on this link. */
  otherAutopilots: number;
  /** Heartbeats of another companion with our own (system, component). */
  otherCompanions: number;
}

export class AutopilotLatch {
  readonly counters: LatchCounters = { otherAutopilots: 0, otherCompanions: 0 };
  #latched: Latched | null = null;
  /** When we last told it to arm; null: never, or it refused. */
  #toldToArmMs: number | null = null;

  /** Whether the motors are armed; null: not known, since a heartbeat from before our order to arm may say "no". */
  get armed(): boolean | null {
    const { armed = null, lastHeartbeatMs = 0 } = this.#latched ?? {};
    const isOld = this.#toldToArmMs !== null && lastHeartbeatMs < this.#toldToArmMs + ARMING_SHOWS_MS;
    return armed === false && isOld ? null : armed;
  }

  toldToArm(nowMs: number): void {
    this.#toldToArmMs = nowMs;
  }

  refusedToArm(): void {
    this.#toldToArmMs = null;
  }

  get latched(): Latched | null {
    return this.#latched;
  }

  /** A heartbeat came. Returns true when it is the one that latches. */
  heartbeat(message: Message & { name: 'HEARTBEAT' }, sysid: number, compid: number, nowMs: number): boolean {
    const { autopilot, type, base_mode } = message.fields;
    if (autopilot === MavAutopilot.INVALID || sysid === 0) {
      if (sysid === this.#latched?.sysid && compid === MavComponent.ONBOARD_COMPUTER) this.counters.otherCompanions++;
      return false;
    }
    const before = this.#latched;
    if (before !== null && (before.sysid !== sysid || before.compid !== compid)) {
      this.counters.otherAutopilots++;
      return false;
    }
    const armed = (base_mode & MavModeFlag.SAFETY_ARMED) !== 0;
    this.#latched = { sysid, compid, autopilot, vehicleType: type, armed, lastHeartbeatMs: nowMs };
    return before === null;
  }

  isOurs(sysid: number, compid: number): boolean {
    return this.#latched !== null && this.#latched.sysid === sysid && this.#latched.compid === compid;
  }

  isAlive(nowMs: number): boolean {
    return this.#latched !== null && nowMs - this.#latched.lastHeartbeatMs < LOST_AFTER_MS;
  }
}
