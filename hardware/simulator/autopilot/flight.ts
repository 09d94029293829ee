import { CopterMode, MavCmd, MavResult, MavSeverity, MavState } from '@skein/protocol/mavlink';
import { offset, type Place } from '../geo.ts';
import type { Battery } from '../vehicle/battery.ts';
import type { Body, Demand } from '../vehicle/kinematics.ts';
import type { Vehicle } from '../vehicle/vehicle.ts';
import { type ArmingView, armFaults, type PreArm, preArm } from './arming.ts';
import { bootFaults, bootMs } from './boot.ts';
import { type FailsafeAction, modeFor } from './failsafe.ts';
import { Failsafes } from './failsafes.ts';
import { Fence } from './fence.ts';
import type { Answer, FlightHost } from './flightHost.ts';
import { Ground } from './ground.ts';
import { idle, stopped, stopping, type Target } from './guidance.ts';
import type { MissionRunner } from './missionRunner.ts';
import { knownMode, type Mode, modeOf, modeRefusal } from './modes.ts';
import { Steering } from './steering.ts';

/** Pause between the take-off command and the lift: rotors spin up. */
const SPOOL_MS = 3_000;
/** Away from the ground's iron it trusts its compass anew. */
const ALIGN_ABOVE_M = 3.2;

/** Modes, arming and what each mode makes of the vehicle. One per boot. */
export class Flight {
  readonly #host: FlightHost;
  readonly steering: Steering;
  mode: Mode = knownMode(CopterMode.STABILIZE);
  armed = false;
  /** Armed flight time since boot, ms. */
  flownMs = 0;
  /** Last mission item reached; 65535 before the first. */
  lastReached = 65_535;
  #liftAtMs = 0;
  #takingOff = false;
  readonly failsafes: Failsafes;
  /** What speaks against arming, as of the last look; a real one looks once a second. */
  preArm: PreArm;
  #battery: Battery | null = null;
  #guidedShown = false;
  /** Its first climb since boot settled the heading. */
  #aligned = false;
  readonly #ground = new Ground();
  /** A mission is over on the ground. */
  #ended = false;
  /** A fence breach chose the mode. */
  #recovering = false;

  constructor(host: FlightHost) {
    this.#host = host;
    this.failsafes = new Failsafes(new Fence(host.fence, host.world));
    this.preArm = { faults: bootFaults(host.sinceBootMs), urgent: false };
    this.steering = new Steering(host, {
      say: (text, severity) => host.say(text, severity),
      reached: (seq) => {
        this.lastReached = seq;
        host.reached(seq);
      },
      disarm: () => {
        this.#ended = true;
      },
      handle: (item) => host.handle(item),
      homeSet: (home) => this.setHome(home),
      fence: this.failsafes.fence,
    });
  }

  get runner(): MissionRunner {
    return this.steering.runner;
  }

  get home(): Place | null {
    return this.steering.home;
  }

  /** Where it is being led, for POSITION_TARGET and NAV_CONTROLLER_OUTPUT; null when by hand or on the ground. */
  get target(): Target | null {
    if (!this.armed) return null;
    const { target, descent, auto } = this.steering;
    return this.mode.number === CopterMode.AUTO ? auto.target : (target ?? descent.target);
  }

  get systemStatus(): number {
    if (this.#host.sinceBootMs < bootMs.standby) return MavState.BOOT;
    if (this.failsafes.tripped) return MavState.CRITICAL;
    return this.armed && this.#ground.flying ? MavState.ACTIVE : MavState.STANDBY;
  }

  get inAuto(): boolean {
    return this.armed && this.mode.number === CopterMode.AUTO;
  }

  get phase(): 'flying' | 'taking-off' | 'landing' {
    if (this.steering.descent.landing || this.steering.auto.landing) return 'landing';
    const climbs = this.mode.number === CopterMode.AUTO && this.runner.item?.command === MavCmd.NAV_TAKEOFF;
    return climbs || this.#takingOff ? 'taking-off' : 'flying';
  }

  setHome(home: Place): void {
    this.steering.home = home;
    this.#host.homeChanged();
  }

  /** As heartbeats show it: the one that a change of mode sends still shows that of the mode before (measured). */
  get guided(): boolean {
    return (this.mode.guided && this.failsafes.position.trusted) || this.#guidedShown;
  }

  get #located(): boolean {
    return this.#host.sinceBootMs >= bootMs.gpsUsed && this.failsafes.position.trusted;
  }

  setMode(number: number, body: Body, nowMs: number): Answer {
    const before = this.mode;
    const answer = this.#changeMode(number, body, nowMs);
    // Whoever changes the mode beyond the fence has it in hand.
    if (this.mode !== before && this.failsafes.fence.breached !== 0) this.#host.say('Manual recovery started');
    return answer;
  }

  #changeMode(number: number, body: Body, nowMs: number): Answer {
    const next = modeOf(number);
    if (next === undefined) {
      this.#host.say(`No such mode ${number}`, MavSeverity.WARNING);
      return MavResult.FAILED;
    }
    if (next === this.mode) return MavResult.ACCEPTED;
    const refusal = modeRefusal(next, {
      armed: this.armed,
      located: this.#located,
      hasMission: this.#host.mission.total > 0,
      recovering: this.#recovering,
    });
    if (refusal !== null) {
      this.#host.say(`Mode change to ${next.name} failed: ${refusal}`, MavSeverity.WARNING);
      return MavResult.FAILED;
    }
    if (next.number === CopterMode.AUTO && this.armed && body.onGround && !this.#takesOffNext()) {
      this.#host.say('Auto: Missing Takeoff Cmd', MavSeverity.CRITICAL);
      this.#host.say('Mode change to AUTO failed: init failed', MavSeverity.WARNING);
      return MavResult.FAILED;
    }
    const shown = this.guided;
    if (this.mode.number === CopterMode.AUTO) this.runner.stop();
    this.mode = next;
    this.#takingOff = false;
    this.#recovering = false;
    const flies = this.armed && !body.onGround;
    this.steering.enter(next.number, body, flies);
    if (flies && next.number === CopterMode.AUTO) this.#resumeMission(body, nowMs);
    this.#guidedShown = shown;
    this.#host.modeChanged();
    this.#guidedShown = false;
    return MavResult.ACCEPTED;
  }

  get #restarts(): boolean {
    return this.#host.parameters.value('MIS_RESTART') === 1;
  }

  /** Begins its mission, or goes on with it as MIS_RESTART has it. */
  #resumeMission(body: Body, nowMs: number): void {
    this.steering.auto.act(body, nowMs, (runner) => runner.resume(this.#restarts));
  }

  #takesOffNext(): boolean {
    const { current, progress } = this.#host.mission;
    const from = this.#restarts || progress === 'complete' ? 0 : current - 1;
    return this.runner.following(Math.max(0, from))?.command === MavCmd.NAV_TAKEOFF;
  }

  /** Somebody wrote the stored list. */
  missionChanged(body: Body, nowMs: number): void {
    const { auto } = this.steering;
    if (this.inAuto) auto.act(body, nowMs, (runner) => runner.changed(auto.steers));
  }

  /** False: there is no such item. */
  setCurrent(seq: number, body: Body, nowMs: number): boolean {
    return this.steering.auto.act(body, nowMs, (runner) => runner.setCurrent(seq));
  }

  get #armingView(): ArmingView {
    const { sinceBootMs, parameters, remainingMah, armingBlocks } = this.#host;
    const { mode, failsafes } = this;
    const battery = this.#battery;
    return { mode, sinceBootMs, parameters, failsafes, battery, remainingMah, blocks: armingBlocks };
  }

  checkPreArm(): PreArm {
    this.preArm = preArm(this.#armingView);
    return this.preArm;
  }

  arm(body: Body, nowMs: number, forced = false): Answer {
    if (this.armed) return MavResult.ACCEPTED;
    const faults = armFaults(this.#armingView, forced);
    for (const fault of faults) this.#host.say(`Arm: ${fault}`, MavSeverity.CRITICAL);
    if (faults.length > 0) return MavResult.FAILED;
    this.armed = true;
    this.#ground.begin(nowMs);
    this.steering.target = null;
    this.#host.armedChanged(true);
    const { world } = this.#host;
    if (this.home !== null) this.setHome({ ...offset(world, body), altM: world.altM + body.upM });
    this.#host.say('Arming motors');
    return MavResult.ACCEPTED;
  }

  disarm(body: Body, forced = false): Answer {
    if (!this.armed) return MavResult.ACCEPTED;
    if (!body.onGround && !forced) return MavResult.FAILED;
    this.armed = false;
    this.#ended = false;
    this.steering.stop();
    this.runner.stop();
    this.runner.rewind();
    this.#host.say('Disarming motors');
    this.#host.armedChanged(false);
    return MavResult.ACCEPTED;
  }

  takeoff(upM: number, body: Body, nowMs: number): Answer {
    if (!this.armed || this.mode.number !== CopterMode.GUIDED || !body.onGround || !(upM > 0)) return MavResult.FAILED;
    this.#liftAtMs = nowMs + SPOOL_MS;
    this.#takingOff = true;
    this.steering.target = { northM: body.northM, eastM: body.eastM, upM: body.upM + upM };
    return MavResult.ACCEPTED;
  }

  /** GUIDED goes there once it flies; refused in any other mode, and beyond the fence. */
  goTo(target: Target, body: Body): Answer {
    if (this.mode.number !== CopterMode.GUIDED) return MavResult.DENIED;
    const at = { ...target, ...this.steering.fromHome(target) };
    if (this.failsafes.fence.beyond(at, this.#host.parameters) !== 0) return MavResult.FAILED;
    if (!this.armed || body.onGround) return MavResult.ACCEPTED;
    this.steering.target = target;
    this.steering.yaw = null;
    this.steering.paused = false;
    return MavResult.ACCEPTED;
  }

  /** Taken while disarmed too: the vehicle then stays in AUTO, and whoever arms it next may get a take-off (measured). */
  startMission(body: Body, nowMs: number): Answer {
    const entered = this.setMode(CopterMode.AUTO, body, nowMs);
    if (entered === MavResult.ACCEPTED && this.armed && this.#host.mission.total > 0) {
      if (body.onGround) this.#liftAtMs = nowMs + SPOOL_MS;
      this.#resumeMission(body, nowMs);
    }
    return entered;
  }

  pause(on: boolean, body: Body): Answer {
    const auto = this.mode.number === CopterMode.AUTO;
    const legs = !on || this.steering.auto.canPause;
    const can = this.mode.number === CopterMode.GUIDED || (auto && this.armed && legs);
    if (!can) {
      this.#host.say(on ? 'Failed to pause' : 'Failed to resume');
      return MavResult.FAILED;
    }
    this.steering.paused = on;
    if (on && auto) this.steering.target = stopping(body);
    // Before it has lifted off this takes the take-off back; it then disarms itself (measured).
    if (on && !auto && this.armed) this.steering.target = body.onGround ? null : stopping(body);
    if (on) this.#takingOff = false;
    return MavResult.ACCEPTED;
  }

  /** The vehicle starts in the air, in AUTO, on the way to the current item. */
  placeInFlight(body: Body, from: Target): void {
    this.armed = true;
    this.#aligned = true;
    this.mode = knownMode(CopterMode.AUTO);
    this.#ground.leave();
    this.steering.auto.act(body, 0, (runner) => runner.setCurrent(this.#host.mission.current));
    this.steering.auto.placeAt(from);
  }

  /** One step: what the vehicle shall do now. Called at every step of the physics. */
  step(vehicle: Vehicle, nowMs: number, dtMs: number, transmitterOn: boolean): Demand {
    const { body } = vehicle;
    this.#battery = vehicle.battery;
    this.#lookOut(vehicle, nowMs, transmitterOn);
    if (!this.armed) return stopped(body);
    if (body.onGround) this.#onGround(body, nowMs);
    else {
      this.#ground.leave();
      this.flownMs += dtMs;
      if (this.steering.target !== null && body.upM > this.steering.target.upM - 0.5) this.#takingOff = false;
      if (!this.#aligned && this.steering.fromHome(body).aboveHomeM > ALIGN_ABOVE_M) this.#align();
    }
    if (!this.armed) return stopped(body);
    return body.onGround && nowMs < this.#liftAtMs ? idle(body) : this.steering.demand(this.mode.number, body, nowMs);
  }

  #align(): void {
    this.#aligned = true;
    for (const core of [1, 0]) this.#host.say(`EKF3 IMU${core} MAG0 in-flight yaw alignment complete`);
  }

  #onGround(body: Body, nowMs: number): void {
    if (this.#ground.touch(nowMs)) this.#host.landed();
    // A mission says by itself whether its landing ends the flight.
    const lands = this.mode.number !== CopterMode.AUTO && this.steering.descent.landing;
    const idleMs = this.#host.parameters.value('DISARM_DELAY') * 1_000;
    const over = this.#ground.isOver(nowMs, { lands, idleMs, liftAtMs: this.#liftAtMs });
    if (this.#ended || over) this.disarm(body);
  }

  #lookOut(vehicle: Vehicle, nowMs: number, transmitterOn: boolean): void {
    if (!this.failsafes.isDue(nowMs)) return;
    const { parameters, sinceBootMs, remainingMah } = this.#host;
    const { body } = vehicle;
    const { mode, armed } = this;
    const flying = armed && !body.onGround;
    const view = {
      parameters,
      mode,
      armed,
      flying,
      sinceBootMs,
      remainingMah,
      transmitterOn,
      northM: body.northM,
      eastM: body.eastM,
      ...this.steering.fromHome(body),
    };
    this.failsafes.step(vehicle, nowMs, view, {
      say: (text, severity) => this.#host.say(text, severity),
      act: (action) => this.#obey(action, body, nowMs),
      recover: () => {
        this.#recovering = true;
      },
      letGo: () => this.#host.gripper.release(),
      disarm: () => this.disarm(body),
      fenceChanged: () => this.#host.fenceChanged(),
    });
  }

  /** Without a position it cannot return: it lands. */
  #obey(action: FailsafeAction, body: Body, nowMs: number): void {
    const mode = modeFor(action, this.#located);
    if (mode !== null) this.#changeMode(mode, body, nowMs);
  }
}
