import { CopterMode, MavFrame } from '@skein/protocol/mavlink';
import { offset, type Place, toNorthEast } from '../geo.ts';
import type { Body, Demand } from '../vehicle/kinematics.ts';
import { Descent } from './descent.ts';
import type { Fence } from './fence.ts';
import type { FlightHost } from './flightHost.ts';
import { here, idle, type Speeds, type Target, toPoint } from './guidance.ts';
import type { MissionItem } from './mission.ts';
import { MissionFlight } from './missionFlight.ts';
import type { MissionRunner } from './missionRunner.ts';
import { returnPlan } from './returning.ts';

/** A stick this low asks for descent; released RC gear leaves it at 1000. */
const STICK_LOW = 1_400;
const STICK_SINK_MS = 2.4;
const PILOT_ACCEL_MS2 = 2.5;

/** What the flight around it does for a mission. */
export interface SteeringTell {
  say(text: string, severity?: number): void;
  reached(seq: number): void;
  disarm(): void;
  /** An item that is not about flying. */
  handle(item: MissionItem): void;
  homeSet(home: Place): void;
  readonly fence: Fence;
}

/** Where the vehicle is led in each mode, and how fast. */
export class Steering {
  /** In modes that hold or go to a point; null on the ground, and while something else leads. */
  target: Target | null = null;
  yaw: number | null = null;
  paused = false;
  home: Place | null = null;
  readonly descent: Descent;
  readonly auto: MissionFlight;
  readonly #host: FlightHost;
  readonly #tell: SteeringTell;
  #cruiseMS: number;
  #body: Body | null = null;

  constructor(host: FlightHost, tell: SteeringTell) {
    this.#host = host;
    this.#tell = tell;
    this.#cruiseMS = host.parameters.value('WPNAV_SPEED') / 100;
    const { parameters } = host;
    this.descent = new Descent({
      get landing() {
        const slowMS = parameters.value('LAND_SPEED') / 100;
        const fastMS = parameters.value('LAND_SPEED_HIGH') / 100;
        return { slowMS, fastMS, lowUpM: parameters.value('LAND_ALT_LOW') / 100 };
      },
    });
    const steering = this;
    this.auto = new MissionFlight({
      mission: host.mission,
      parameters,
      descent: this.descent,
      get gripper() {
        return host.gripper.valid ? host.gripper : null;
      },
      get speeds() {
        return steering.speeds;
      },
      get sequence() {
        return host.sequence;
      },
      say: (text, severity) => tell.say(text, severity),
      reached: (seq) => tell.reached(seq),
      disarm: () => tell.disarm(),
      handle: (item) => tell.handle(item),
      targetOf: (item, otherwise) => this.targetOf(item, otherwise),
      setCruise: (speedMS) => this.setCruise(speedMS),
      beginReturn: () => {
        if (this.#body !== null) this.#beginReturn(this.#body);
      },
      setHome: (item) => tell.homeSet(this.#homeOf(item)),
    });
  }

  get runner(): MissionRunner {
    return this.auto.runner;
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

  get #homeUpM(): number {
    const { world } = this.#host;
    return (this.home ?? world).altM - world.altM;
  }

  /** Where an item leads: what it leaves 0 is that of `otherwise`. */
  targetOf(item: MissionItem, otherwise: Target): Target {
    const { world } = this.#host;
    const at = item.x === 0 && item.y === 0 ? otherwise : toNorthEast(world, { latE7: item.x, lonE7: item.y });
    const upM = isRelative(item.frame) ? item.z + this.#homeUpM : item.z - world.altM;
    return { northM: at.northM, eastM: at.eastM, upM: item.z === 0 ? otherwise.upM : upM };
  }

  /** DO_SET_HOME of a mission: with `param1` 1, or without a place, here. */
  #homeOf({ param1, frame, x, y, z }: MissionItem): Place {
    const { world } = this.#host;
    const body = this.#body;
    if (body !== null && (param1 === 1 || (x === 0 && y === 0 && z === 0))) {
      return { ...offset(world, body), altM: world.altM + body.upM };
    }
    return { latE7: x, lonE7: y, altM: isRelative(frame) ? z + world.altM + this.#homeUpM : z };
  }

  fromHome({ northM, eastM, upM }: Target): { readonly aboveHomeM: number; readonly fromHomeM: number } {
    const { world } = this.#host;
    const at = toNorthEast(world, this.home ?? world);
    return { aboveHomeM: upM - this.#homeUpM, fromHomeM: Math.hypot(northM - at.northM, eastM - at.eastM) };
  }

  /** Begins what a mode begins with. `flies`: armed and in the air. */
  enter(mode: number, body: Body, flies: boolean): void {
    this.#body = body;
    this.paused = false;
    this.descent.reset();
    this.yaw = null;
    this.target = flies ? here(body) : null;
    const { parameters } = this.#host;
    // Each mode begins with its own speed: what a mission had set is forgotten.
    const returns = mode === CopterMode.RTL || mode === CopterMode.SMART_RTL;
    this.setCruise(((returns && parameters.value('RTL_SPEED')) || parameters.value('WPNAV_SPEED')) / 100);
    if (mode === CopterMode.LAND) this.descent.landAt(body, body.upM);
    if (returns) this.#beginReturn(body);
  }

  stop(): void {
    this.descent.reset();
    this.target = null;
  }

  #beginReturn(body: Body): void {
    this.target = null;
    const { parameters, rally, world } = this.#host;
    const { fence } = this.#tell;
    const plan = returnPlan(body, {
      parameters,
      world,
      home: this.home ?? world,
      rally: rally.points,
      ceilingM: fence.ceilingM(parameters),
      isOutside: (spot, aboveHomeM) => {
        const { fromHomeM } = this.fromHome({ ...spot, upM: 0 });
        return fence.beyond({ ...spot, aboveHomeM, fromHomeM }, parameters) !== 0;
      },
    });
    this.descent.returnTo(plan, body);
  }

  /** What the armed vehicle shall do now. */
  demand(mode: number, body: Body, nowMs: number): Demand {
    this.#body = body;
    const { speeds, target } = this;
    switch (mode) {
      case CopterMode.AUTO:
        if (this.paused && target !== null) return toPoint(body, target, speeds, body.yaw);
        return this.auto.step(body, nowMs);
      case CopterMode.RTL:
      case CopterMode.SMART_RTL:
      case CopterMode.LAND:
        return body.onGround ? idle(body) : this.descent.step(body, nowMs, speeds);
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

/** Where a frame counts altitudes from: relative ones from home, others from sea level. The ground is flat here: terrain is home. */
const isRelative = (frame: number): boolean => frame !== MavFrame.GLOBAL && frame !== MavFrame.GLOBAL_INT;
