import { CopterMode } from '@skein/protocol/mavlink';
import { type Place, toNorthEast } from '../geo.ts';
import type { Body, Demand } from '../vehicle/kinematics.ts';
import { Descent } from './descent.ts';
import type { FlightHost } from './flightHost.ts';
import { here, idle, type Speeds, type Target, toPoint } from './guidance.ts';
import type { MissionItem } from './mission.ts';
import { MissionRunner, type RunnerHost } from './missionRunner.ts';

/** A stick this low asks for descent; released RC gear leaves it at 1000. */
const STICK_LOW = 1_400;
const STICK_SINK_MS = 2.4;
const PILOT_ACCEL_MS2 = 2.5;

/** Where the vehicle is led in each mode, and how fast. */
export class Steering {
  /** In modes that hold or go to a point; null on the ground, and while something else leads. */
  target: Target | null = null;
  yaw: number | null = null;
  paused = false;
  home: Place | null = null;
  readonly descent = new Descent();
  readonly runner: MissionRunner;
  readonly #host: FlightHost;
  #cruiseMS: number;

  constructor(host: FlightHost, tell: Pick<RunnerHost, 'say' | 'reached'>) {
    this.#host = host;
    this.#cruiseMS = host.parameters.value('WPNAV_SPEED') / 100;
    const steering = this;
    this.runner = new MissionRunner(host.mission, {
      ...tell,
      targetOf: (item, body) => this.targetOf(item, body),
      get speeds() {
        return steering.speeds;
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

  targetOf(item: MissionItem, body: Body): Target {
    const { world } = this.#host;
    const at = item.x === 0 && item.y === 0 ? body : toNorthEast(world, { latE7: item.x, lonE7: item.y });
    const baseM = (this.home ?? world).altM - world.altM;
    const upM = MissionRunner.isRelative(item.frame) ? item.z + baseM : item.z - world.altM;
    return { northM: at.northM, eastM: at.eastM, upM };
  }

  fromHome({ northM, eastM, upM }: Target): { readonly aboveHomeM: number; readonly fromHomeM: number } {
    const { world } = this.#host;
    const home = this.home ?? world;
    const at = toNorthEast(world, home);
    return { aboveHomeM: upM - (home.altM - world.altM), fromHomeM: Math.hypot(northM - at.northM, eastM - at.eastM) };
  }

  /** Begins what a mode begins with. `flies`: armed and in the air. */
  enter(mode: number, body: Body, flies: boolean, nowMs: number): void {
    this.paused = false;
    this.descent.reset();
    this.yaw = null;
    this.target = flies ? here(body) : null;
    if (mode === CopterMode.LAND) this.descent.landAt(body);
    if (mode === CopterMode.RTL || mode === CopterMode.SMART_RTL) this.#beginReturn(body, nowMs);
  }

  stop(): void {
    this.descent.reset();
    this.target = null;
  }

  #beginReturn(body: Body, nowMs: number): void {
    const home = toNorthEast(this.#host.world, this.home ?? this.#host.world);
    this.target = null;
    this.descent.returnTo(home, this.#host.parameters.value('RTL_ALT') / 100, body, nowMs);
  }

  #down(body: Body, nowMs: number): Demand {
    return this.descent.step(body, nowMs, this.speeds, this.#host.parameters.value('LAND_SPEED') / 100);
  }

  /** What the armed vehicle shall do now. */
  demand(mode: number, body: Body, nowMs: number): Demand {
    const { speeds, target } = this;
    switch (mode) {
      case CopterMode.AUTO: {
        if (body.onGround && this.#host.mission.progress !== 'active') return idle(body);
        if (this.paused && target !== null) return toPoint(body, target, speeds, body.yaw);
        const { wish, demand } = this.runner.step(body, nowMs);
        if (wish === 'land' && !this.descent.landing) this.descent.landAt(this.runner.target ?? body);
        if (wish === 'return' && this.descent.spot === null) this.#beginReturn(body, nowMs);
        return wish === 'land' || wish === 'return' ? this.#down(body, nowMs) : demand;
      }
      case CopterMode.RTL:
      case CopterMode.SMART_RTL:
      case CopterMode.LAND:
        return body.onGround ? idle(body) : this.#down(body, nowMs);
      case CopterMode.GUIDED:
      case CopterMode.BRAKE:
      case CopterMode.CIRCLE:
        return target === null ? idle(body) : toPoint(body, target, speeds, this.yaw);
      default: {
        if (target === null) return idle(body);
        const sinks = (this.#host.channels[2] ?? 1_500) < STICK_LOW;
        if (sinks) this.target = { ...target, upM: body.upM };
        const hold = toPoint(body, this.target ?? target, speeds, this.yaw);
        return sinks ? { ...hold, upMS: -STICK_SINK_MS, climbAccelMS2: PILOT_ACCEL_MS2 } : hold;
      }
    }
  }
}
