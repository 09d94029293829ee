import { CopterMode, MavCmd, MavResult, MavSeverity, MavState } from '@skein/protocol/mavlink';
import { offset, type Place, toNorthEast } from '../geo.ts';
import type { Battery } from '../vehicle/battery.ts';
import type { Body, Demand } from '../vehicle/kinematics.ts';
import type { Vehicle } from '../vehicle/vehicle.ts';
import { type ArmingView, armFaults, type PreArm, preArm } from './arming.ts';
import { bootFaults, bootMs } from './boot.ts';
import { Descent } from './descent.ts';
import type { FailsafeAction } from './failsafe.ts';
import { Failsafes } from './failsafes.ts';
import { Fence } from './fence.ts';
import type { Answer, FlightHost } from './flightHost.ts';
import { here, idle, type Speeds, stopped, type Target, toPoint } from './guidance.ts';
import type { MissionItem } from './mission.ts';
import { MissionRunner } from './missionRunner.ts';
import { knownMode, type Mode, modeOf } from './modes.ts';

/** Pause between the take-off command and the lift: rotors spin up. */
const SPOOL_MS = 3_000;
const LANDED_DISARM_MS = 2_000;
/** A stick this low asks for descent; released RC gear leaves it at 1000. */
const STICK_LOW = 1_400;
const STICK_SINK_MS = 2.4;
const PILOT_ACCEL_MS2 = 2.5;
/** Away from the ground's iron it trusts its compass anew. */
const ALIGN_ABOVE_M = 3.2;

/** Modes, arming and what each mode makes of the vehicle. One per boot. */
export class Flight {
  readonly #host: FlightHost;
  readonly runner: MissionRunner;
  mode: Mode = knownMode(CopterMode.STABILIZE);
  armed = false;
  home: Place | null = null;
  paused = false;
  /** Armed flight time since boot, ms. */
  flownMs = 0;
  /** Last mission item reached; 65535 before the first. */
  lastReached = 65_535;
  #cruiseMS: number;
  #target: Target | null = null;
  #yaw: number | null = null;
  #liftAtMs = 0;
  #takingOff = false;
  readonly #descent = new Descent();
  readonly failsafes = new Failsafes();
  /** What speaks against arming, as of the last look; a real one looks once a second. */
  preArm: PreArm;
  #battery: Battery | null = null;
  #guidedShown = false;
  /** Its first climb since boot settled the heading. */
  #aligned = false;
  #groundSinceMs = 0;

  constructor(host: FlightHost) {
    this.#host = host;
    this.#cruiseMS = host.parameters.value('WPNAV_SPEED') / 100;
    this.preArm = { faults: bootFaults(host.sinceBootMs), urgent: false };
    const flight = this;
    this.runner = new MissionRunner(host.mission, {
      say: (text, severity) => host.say(text, severity),
      reached: (seq) => {
        this.lastReached = seq;
        host.reached(seq);
      },
      targetOf: (item, body) => this.targetOf(item, body),
      get speeds() {
        return flight.speeds;
      },
      setCruise: (speedMS) => this.setCruise(speedMS),
    });
  }

  get speeds(): Speeds {
    const { parameters } = this.#host;
    return {
      cruiseMS: this.#cruiseMS,
      climbMS: parameters.value('WPNAV_SPEED_UP') / 100,
      sinkMS: parameters.value('WPNAV_SPEED_DN') / 100,
    };
  }

  setCruise(speedMS: number): void {
    this.#cruiseMS = Math.max(0.5, Math.min(20, speedMS));
  }

  setYaw(yaw: number): void {
    this.#yaw = yaw;
  }

  /** Where it is being led, for POSITION_TARGET and NAV_CONTROLLER_OUTPUT; null when by hand or on the ground. */
  get target(): Target | null {
    if (!this.armed) return null;
    return this.mode.number === CopterMode.AUTO ? this.runner.target : (this.#target ?? this.#descent.target);
  }

  targetOf(item: MissionItem, body: Body): Target {
    const at = item.x === 0 && item.y === 0 ? body : toNorthEast(this.#host.world, { latE7: item.x, lonE7: item.y });
    const baseM = (this.home ?? this.#host.world).altM - this.#host.world.altM;
    const upM = MissionRunner.isRelative(item.frame) ? item.z + baseM : item.z - this.#host.world.altM;
    return { northM: at.northM, eastM: at.eastM, upM };
  }

  /** Some failsafe has control: heartbeats show CRITICAL. */
  get failsafe(): boolean {
    return this.failsafes.tripped;
  }

  get systemStatus(): number {
    if (this.#host.sinceBootMs < bootMs.standby) return MavState.BOOT;
    if (this.failsafe) return MavState.CRITICAL;
    return this.armed && this.#flying ? MavState.ACTIVE : MavState.STANDBY;
  }

  get #flying(): boolean {
    return this.#groundSinceMs === Number.POSITIVE_INFINITY;
  }

  get inAuto(): boolean {
    return this.armed && this.mode.number === CopterMode.AUTO;
  }

  get phase(): 'flying' | 'taking-off' | 'landing' {
    if (this.#descent.landing) return 'landing';
    const climbs = this.mode.number === CopterMode.AUTO && this.runner.item?.command === MavCmd.NAV_TAKEOFF;
    return climbs || this.#takingOff ? 'taking-off' : 'flying';
  }

  setHome(home: Place): void {
    this.home = home;
    this.#host.homeChanged();
  }

  /** As heartbeats show it: the one that a change of mode sends still shows that of the mode before (measured). */
  get guided(): boolean {
    return (this.mode.guided && this.failsafes.position.trusted) || this.#guidedShown;
  }

  get #located(): boolean {
    return this.#host.sinceBootMs >= bootMs.gpsUsed && this.failsafes.position.trusted;
  }

  #refusal(next: Mode): string | null {
    if (next.absent) return 'init failed';
    if (!this.armed) return null;
    if (next.needsPosition && !this.#located) return 'requires position';
    return next.number === CopterMode.AUTO && this.#host.mission.total === 0 ? 'init failed' : null;
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
    const refusal = this.#refusal(next);
    if (refusal !== null) {
      this.#host.say(`Mode change to ${next.name} failed: ${refusal}`, MavSeverity.WARNING);
      return MavResult.FAILED;
    }
    const shown = this.guided;
    this.mode = next;
    this.paused = false;
    this.#takingOff = false;
    this.#descent.reset();
    this.#yaw = null;
    this.#target = this.armed && !body.onGround ? here(body) : null;
    if (this.armed && next.number === CopterMode.AUTO && !body.onGround) {
      this.runner.resume(body, this.#host.parameters.value('MIS_RESTART') === 1);
    }
    if (next.number === CopterMode.LAND) this.#descent.landAt(body);
    if (next.number === CopterMode.RTL || next.number === CopterMode.SMART_RTL) this.#beginReturn(body, nowMs);
    this.#guidedShown = shown;
    this.#host.modeChanged();
    this.#guidedShown = false;
    return MavResult.ACCEPTED;
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
    this.#groundSinceMs = nowMs;
    this.#target = null;
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
    this.#descent.reset();
    this.#target = null;
    this.#host.mission.restart();
    this.#host.say('Disarming motors');
    this.#host.armedChanged(false);
    return MavResult.ACCEPTED;
  }

  takeoff(upM: number, body: Body, nowMs: number): Answer {
    if (!this.armed || this.mode.number !== CopterMode.GUIDED || !body.onGround || !(upM > 0)) return MavResult.FAILED;
    this.#liftAtMs = nowMs + SPOOL_MS;
    this.#takingOff = true;
    this.#target = { northM: body.northM, eastM: body.eastM, upM: body.upM + upM };
    return MavResult.ACCEPTED;
  }

  /** GUIDED goes there once it flies; refused in any other mode, and beyond the fence. */
  goTo(target: Target, body: Body): Answer {
    if (this.mode.number !== CopterMode.GUIDED) return MavResult.DENIED;
    const { aboveHomeM, fromHomeM } = this.#fromHome(target);
    if (Fence.beyond(this.#host.parameters, aboveHomeM, fromHomeM) !== 0) return MavResult.FAILED;
    if (!this.armed || body.onGround) return MavResult.ACCEPTED;
    this.#target = target;
    this.#yaw = null;
    this.paused = false;
    return MavResult.ACCEPTED;
  }

  #fromHome({ northM, eastM, upM }: Target): { readonly aboveHomeM: number; readonly fromHomeM: number } {
    const { world } = this.#host;
    const home = this.home ?? world;
    const at = toNorthEast(world, home);
    return { aboveHomeM: upM - (home.altM - world.altM), fromHomeM: Math.hypot(northM - at.northM, eastM - at.eastM) };
  }

  /** Taken while disarmed too: the vehicle then stays in AUTO, and whoever arms it next may get a take-off (measured). */
  startMission(body: Body, nowMs: number): Answer {
    const entered = this.setMode(CopterMode.AUTO, body, nowMs);
    if (entered === MavResult.ACCEPTED && this.armed && this.#host.mission.total > 0) {
      if (body.onGround) this.#liftAtMs = nowMs + SPOOL_MS;
      this.runner.resume(body, body.onGround);
    }
    return entered;
  }

  pause(on: boolean, body: Body): Answer {
    const auto = this.mode.number === CopterMode.AUTO;
    const climbing = auto && this.runner.item?.command === MavCmd.NAV_TAKEOFF;
    const can = this.mode.number === CopterMode.GUIDED || (auto && this.armed && !(on && climbing));
    if (!can) {
      this.#host.say(on ? 'Failed to pause' : 'Failed to resume');
      return MavResult.FAILED;
    }
    this.paused = on;
    if (on && auto) this.#target = here(body);
    // Before it has lifted off this takes the take-off back; it then disarms itself (measured).
    if (on && !auto && this.armed) this.#target = body.onGround ? null : here(body);
    if (on) this.#takingOff = false;
    return MavResult.ACCEPTED;
  }

  /** The vehicle starts in the air, in AUTO, on the way to the current item. */
  placeInFlight(body: Body, from: Target): void {
    this.armed = true;
    this.#aligned = true;
    this.mode = knownMode(CopterMode.AUTO);
    this.#groundSinceMs = Number.POSITIVE_INFINITY;
    this.runner.resume(body, false);
    this.runner.placeAt(from);
  }

  #beginReturn(body: Body, nowMs: number): void {
    const home = toNorthEast(this.#host.world, this.home ?? this.#host.world);
    this.#target = null;
    this.#descent.returnTo(home, this.#host.parameters.value('RTL_ALT') / 100, body, nowMs);
  }

  #down(body: Body, nowMs: number): Demand {
    return this.#descent.step(body, nowMs, this.speeds, this.#host.parameters.value('LAND_SPEED') / 100);
  }

  /** One step: what the vehicle shall do now. Called at every step of the physics. */
  step(vehicle: Vehicle, nowMs: number, dtMs: number, transmitterOn: boolean): Demand {
    const { body } = vehicle;
    this.#battery = vehicle.battery;
    this.#lookOut(vehicle, nowMs, transmitterOn);
    if (!this.armed) return stopped(body);
    if (body.onGround) this.#onGround(body, nowMs);
    else {
      this.#groundSinceMs = Number.POSITIVE_INFINITY;
      this.flownMs += dtMs;
      if (this.#target !== null && body.upM > this.#target.upM - 0.5) this.#takingOff = false;
      if (!this.#aligned && this.#fromHome(body).aboveHomeM > ALIGN_ABOVE_M) this.#align();
    }
    if (!this.armed) return stopped(body);
    return body.onGround && nowMs < this.#liftAtMs ? idle(body) : this.#demand(body, nowMs);
  }

  #demand(body: Body, nowMs: number): Demand {
    const { speeds } = this;
    switch (this.mode.number) {
      case CopterMode.AUTO: {
        if (body.onGround && this.#host.mission.progress !== 'active') return idle(body);
        if (this.paused && this.#target !== null) return toPoint(body, this.#target, speeds, body.yaw);
        const { wish, demand } = this.runner.step(body, nowMs);
        if (wish === 'land' && !this.#descent.landing) this.#descent.landAt(this.runner.target ?? body);
        if (wish === 'return' && this.#descent.spot === null) this.#beginReturn(body, nowMs);
        return wish === 'land' || wish === 'return' ? this.#down(body, nowMs) : demand;
      }
      case CopterMode.RTL:
      case CopterMode.SMART_RTL:
      case CopterMode.LAND:
        return body.onGround ? idle(body) : this.#down(body, nowMs);
      case CopterMode.GUIDED:
      case CopterMode.BRAKE:
      case CopterMode.CIRCLE:
        if (this.#target === null) return idle(body);
        return toPoint(body, this.#target, speeds, this.#yaw);
      default: {
        if (this.#target === null) return idle(body);
        const sinks = (this.#host.channels[2] ?? 1_500) < STICK_LOW;
        if (sinks) this.#target = { ...this.#target, upM: body.upM };
        const hold = toPoint(body, this.#target, speeds, this.#yaw);
        return sinks ? { ...hold, upMS: -STICK_SINK_MS, climbAccelMS2: PILOT_ACCEL_MS2 } : hold;
      }
    }
  }

  #align(): void {
    this.#aligned = true;
    for (const core of [1, 0]) this.#host.say(`EKF3 IMU${core} MAG0 in-flight yaw alignment complete`);
  }

  #onGround(body: Body, nowMs: number): void {
    if (this.#groundSinceMs === Number.POSITIVE_INFINITY) {
      this.#groundSinceMs = nowMs;
      this.#host.landed();
    }
    const since = nowMs - this.#groundSinceMs;
    const landed = this.#descent.landing && since >= LANDED_DISARM_MS;
    const idleFor = this.#host.parameters.value('DISARM_DELAY') * 1_000;
    const starting = nowMs < this.#liftAtMs + 3_000;
    if (landed || (!starting && idleFor > 0 && since >= idleFor)) this.disarm(body);
  }

  #lookOut(vehicle: Vehicle, nowMs: number, transmitterOn: boolean): void {
    const { parameters, sinceBootMs, remainingMah } = this.#host;
    const { body } = vehicle;
    const { mode, armed } = this;
    const flying = armed && !body.onGround;
    const view = { parameters, mode, armed, flying, sinceBootMs, remainingMah, transmitterOn, ...this.#fromHome(body) };
    this.failsafes.step(vehicle, nowMs, view, {
      say: (text, severity) => this.#host.say(text, severity),
      act: (action) => this.#obey(action, body, nowMs),
      disarm: () => this.disarm(body),
      fenceChanged: () => this.#host.fenceChanged(),
    });
  }

  /** Without a position it cannot return: it lands. */
  #obey(action: FailsafeAction, body: Body, nowMs: number): void {
    if (action === 'nothing') return;
    const returns = action === 'return' && this.#located;
    const mode = returns
      ? CopterMode.RTL
      : action === 'brake'
        ? CopterMode.BRAKE
        : action === 'alt-hold'
          ? CopterMode.ALT_HOLD
          : CopterMode.LAND;
    this.#changeMode(mode, body, nowMs);
  }
}
