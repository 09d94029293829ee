import { MavCmd, MavSeverity } from '@skein/protocol/mavlink';
import type { Body, Demand } from '../vehicle/kinematics.ts';
import { Circling } from './circling.ts';
import { Conditions } from './conditions.ts';
import type { Descent } from './descent.ts';
import { alongLeg, here, idle, legAheadM, type Speeds, type Target, toPoint } from './guidance.ts';
import { flownThrough, isNavigation, type Mission, type MissionItem } from './mission.ts';
import { type MissionCrew, MissionRunner } from './missionRunner.ts';
import { Placing, type PlacingHost } from './placing.ts';
import type { Sequence } from './sequence.ts';
import { goesOnAfterLanding, Touchdown } from './touchdown.ts';

export interface MissionFlightHost extends PlacingHost {
  readonly mission: Mission;
  readonly descent: Descent;
  reached(seq: number): void;
  /** Where an item leads; without a position, or an altitude, it means that of `otherwise`. */
  targetOf(item: MissionItem, otherwise: Target): Target;
  setCruise(speedMS: number): void;
  /** Begins to fly home. */
  beginReturn(): void;
  setHome(item: MissionItem): void;
  /** Gripper, winch, fence: what is not flying. */
  handle(item: MissionItem): void;
  /** Null: an ArduPilot. */
  readonly sequence: Sequence | null;
  /** The mission is over on the ground, or its last landing is done. */
  disarm(): void;
}

/** A waypoint in passing counts as reached so far ahead of it: with the lookahead, where the turn begins. */
const TURN_AHEAD_M = 8;
const ARRIVED_M = 2;
const TAKEN_OFF_M = 0.4;
/** A leg that is shorter on the map goes up or down. */
const UPRIGHT_M = 1;
type Motion = 'hover' | 'takeoff' | 'leg' | 'circle' | 'land' | 'return' | 'place';

/** AUTO: what each item of a mission is in the air, with ArduCopter's texts. */
export class MissionFlight implements MissionCrew {
  readonly runner: MissionRunner;
  readonly #host: MissionFlightHost;
  readonly #placing: Placing;
  readonly #circling: Circling;
  #body: Body | null = null;
  #nowMs = 0;
  #motion: Motion = 'hover';
  #from: Target | null = null;
  #target: Target | null = null;
  #stopsThere = true;
  #arrivedAtMs: number | null = null;
  readonly #touchdown = new Touchdown();
  #delayUntilMs = 0;
  readonly #conditions = new Conditions();

  constructor(host: MissionFlightHost) {
    this.#host = host;
    this.runner = new MissionRunner(host.mission, this);
    this.#placing = new Placing(host);
    this.#circling = new Circling((text) => host.say(text));
  }

  get target(): Target | null {
    return this.#target;
  }

  /** On its way to a point: a changed list steers it anew. */
  get steers(): boolean {
    return this.#motion === 'leg';
  }

  /** Between two places: only there it can be told to pause. */
  get canPause(): boolean {
    return this.steers && this.#arrivedAtMs === null && this.#body !== null && !this.#isThere(this.#body);
  }

  get landing(): boolean {
    return this.#motion === 'place' && this.#placing.descends;
  }
  /** Anything that is done to the runner outside of `step`: it needs to know where the vehicle is. */
  act<T>(body: Body, nowMs: number, run: (runner: MissionRunner) => T): T {
    this.#body = body;
    this.#nowMs = nowMs;
    return run(this.runner);
  }

  /** Takes the leg to the current item as begun there: for a start in the air. */
  placeAt(from: Target): void {
    this.#from = from;
  }

  step(body: Body, nowMs: number): Demand {
    this.act(body, nowMs, (runner) => runner.update());
    const { speeds, descent } = this.#host;
    const target = this.#target ?? here(body);
    switch (this.#motion) {
      case 'leg':
        return this.#along(body, target, speeds);
      case 'circle':
        return this.#circling.step(body, speeds);
      case 'land':
      case 'return':
        return body.onGround && descent.landing ? idle(body) : descent.step(body, nowMs, speeds);
      case 'place':
        return this.#placing.step(body, nowMs);
      default:
        if (body.onGround && this.#motion === 'hover') return idle(body);
        return toPoint(body, target, speeds, this.#conditions.yaw);
    }
  }

  #along(body: Body, target: Target, speeds: Speeds): Demand {
    const from = this.#from ?? here(body);
    const ahead = legAheadM(body, from, target);
    const upright = Math.hypot(target.northM - from.northM, target.eastM - from.eastM) < UPRIGHT_M;
    if (this.#stopsThere || upright || this.#arrivedAtMs !== null || ahead < TURN_AHEAD_M) {
      return toPoint(body, target, speeds, this.#conditions.yaw);
    }
    return alongLeg(body, from, target, speeds);
  }

  // --- the crew

  say(text: string, severity?: number): void {
    this.#host.say(text, severity);
  }

  reached(seq: number): void {
    this.#host.reached(seq);
  }
  ended(): void {
    this.#motion = 'hover';
    if (this.#body === null) return;
    this.#target = here(this.#body);
    if (this.#body.onGround) this.#host.disarm();
  }

  begin(seq: number, item: MissionItem): boolean {
    const body = this.#body;
    if (body === null) return false;
    return this.isNavigation(item.command) ? this.#navigate(seq, item, body) : this.#do(item, body);
  }

  isNavigation(command: number): boolean {
    return isNavigation(command) || this.#host.sequence?.takesTime(command) === true;
  }

  #navigate(seq: number, item: MissionItem, body: Body): boolean {
    this.#arrivedAtMs = null;
    this.#touchdown.reset();
    this.#conditions.yaw = null;
    const located = item.x !== 0 || item.y !== 0;
    switch (item.command) {
      case MavCmd.NAV_TAKEOFF: {
        const wanted = this.#host.targetOf(item, here(body)).upM;
        const least = body.onGround ? body.upM + 1 : body.upM;
        this.#lead('takeoff', { ...here(body), upM: Math.max(wanted, least) });
        return true;
      }
      case MavCmd.NAV_WAYPOINT:
      case MavCmd.NAV_SPLINE_WAYPOINT:
      case MavCmd.NAV_LOITER_UNLIM:
      case MavCmd.NAV_LOITER_TIME:
      case MavCmd.NAV_LOITER_TO_ALT:
        this.#leg(seq, item, body);
        return true;
      case MavCmd.NAV_LOITER_TURNS: {
        const centre = this.#host.targetOf(item, this.#target ?? here(body));
        this.#lead('circle', centre);
        this.#circling.begin(centre, item.param3, item.param1);
        return true;
      }
      case MavCmd.NAV_LAND:
        this.#host.descent.landAt(located ? this.#host.targetOf(item, here(body)) : body, body.upM, located);
        this.#lead('land', this.#host.descent.target ?? here(body));
        return true;
      case MavCmd.NAV_RETURN_TO_LAUNCH:
        this.#host.beginReturn();
        this.#lead('return', this.#host.descent.target ?? here(body));
        return true;
      case MavCmd.NAV_PAYLOAD_PLACE: {
        const over = located ? { ...this.#host.targetOf(item, here(body)), upM: body.upM } : null;
        this.#placing.begin(over, body, item.param1);
        this.#lead('place', over ?? here(body));
        return true;
      }
      case MavCmd.NAV_DELAY:
        // To a time of day (param1 0) is not simulated: over at once.
        this.#delayUntilMs = this.#nowMs + Math.max(0, item.param1) * 1_000;
        this.#host.say(`Delaying ${Math.trunc(Math.max(0, item.param1))} sec`);
        return true;
      default:
        this.#host.sequence?.begin(item);
        return this.isNavigation(item.command) && !isNavigation(item.command);
    }
  }

  #lead(motion: Motion, target: Target): void {
    this.#motion = motion;
    this.#target = target;
  }

  #leg(seq: number, item: MissionItem, body: Body): void {
    const from = this.#target ?? here(body);
    const following = this.runner.following(seq);
    const holds = item.command !== MavCmd.NAV_WAYPOINT && item.command !== MavCmd.NAV_SPLINE_WAYPOINT;
    this.#stopsThere = holds || item.param1 > 0 || following === undefined || !flownThrough.has(following.command);
    this.#from = from;
    this.#lead('leg', this.#host.targetOf(item, from));
  }

  #do(item: MissionItem, body: Body): boolean {
    const { param1, param2 } = item;
    switch (item.command) {
      case MavCmd.CONDITION_DELAY:
      case MavCmd.CONDITION_DISTANCE:
      case MavCmd.CONDITION_YAW:
        this.#conditions.begin(item, body, this.#nowMs);
        break;
      case MavCmd.DO_CHANGE_SPEED:
        // 0 and 1 are the speed over ground; climbing and sinking are not simulated apart.
        if (param2 > 0 && param1 <= 1) this.#host.setCruise(param2);
        break;
      case MavCmd.DO_SET_HOME:
        this.#host.setHome(item);
        break;
      default:
        this.#host.handle(item);
        break;
    }
    return true;
  }

  isDone(seq: number, item: MissionItem): boolean {
    const body = this.#body;
    if (body === null) return false;
    switch (item.command) {
      case MavCmd.NAV_TAKEOFF:
        return body.upM >= (this.#target?.upM ?? 0) - TAKEN_OFF_M;
      case MavCmd.NAV_WAYPOINT:
      case MavCmd.NAV_SPLINE_WAYPOINT:
      case MavCmd.NAV_LOITER_TIME:
        return this.#stayed(seq, item.param1, body);
      case MavCmd.NAV_LOITER_UNLIM:
        return false;
      case MavCmd.NAV_LOITER_TO_ALT:
        return this.#isThere(body);
      case MavCmd.NAV_LOITER_TURNS:
        return this.#circling.isDone(body);
      case MavCmd.NAV_LAND:
        return this.#landed(body, seq);
      case MavCmd.NAV_RETURN_TO_LAUNCH:
        return this.#host.descent.landing && this.#touchdown.isDown(body, this.#nowMs);
      case MavCmd.NAV_PAYLOAD_PLACE:
        return this.#placing.isDone;
      case MavCmd.NAV_DELAY:
        return this.#nowMs >= this.#delayUntilMs;
      case MavCmd.CONDITION_DISTANCE:
      case MavCmd.CONDITION_YAW:
        return this.#conditions.isDone(item.command, body, this.#nowMs, this.#target);
      default:
        if (this.#host.sequence?.takesTime(item.command) === true) return this.#host.sequence.isDone();
        return (
          item.command !== MavCmd.CONDITION_DELAY || this.#conditions.isDone(item.command, body, this.#nowMs, null)
        );
    }
  }

  #awayM(body: Body, { northM, eastM }: Target): number {
    return Math.hypot(northM - body.northM, eastM - body.eastM);
  }

  #isThere(body: Body): boolean {
    const target = this.#target ?? here(body);
    const from = this.#from ?? here(body);
    const highM = Math.abs(target.upM - body.upM);
    if (this.#stopsThere) return Math.hypot(this.#awayM(body, target), highM) < ARRIVED_M;
    return legAheadM(body, from, target) < TURN_AHEAD_M && highM < ARRIVED_M * 2;
  }

  /** Whole seconds from the moment it got there. */
  #stayed(seq: number, seconds: number, body: Body): boolean {
    if (this.#arrivedAtMs === null && this.#isThere(body)) this.#arrivedAtMs = this.#nowMs;
    if (this.#arrivedAtMs === null || this.#nowMs - this.#arrivedAtMs < seconds * 1_000) return false;
    this.#host.say(`Reached command #${seq}`, MavSeverity.INFO);
    return true;
  }

  #landed(body: Body, seq: number): boolean {
    if (!this.#host.descent.landing || !this.#touchdown.isDown(body, this.#nowMs)) return false;
    if (goesOnAfterLanding(this.#host, this.runner.following(seq)?.command)) return true;
    this.#host.disarm();
    return false;
  }
}
