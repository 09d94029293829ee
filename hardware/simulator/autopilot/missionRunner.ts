import { MavCmd, MavFrame, MavSeverity } from '@skein/protocol/mavlink';
import type { Body, Demand } from '../vehicle/kinematics.ts';
import { alongLeg, here, legAheadM, type Speeds, type Target, toPoint } from './guidance.ts';
import { commandName, isNavigation, type Mission, type MissionItem } from './mission.ts';

export interface RunnerHost {
  say(text: string, severity?: number): void;
  reached(seq: number): void;
  /** Where an item leads; items without a position mean "here". */
  targetOf(item: MissionItem, body: Body): Target;
  readonly speeds: Speeds;
  setCruise(speedMS: number): void;
}

/** What the runner cannot do by itself and hands back to the flight modes. */
export type RunnerWish = 'fly' | 'land' | 'return' | 'hover';

const MAX_STEPS = 100;
/** A waypoint in passing counts as reached so far ahead of it: with the lookahead, where the turn begins. */
const TURN_AHEAD_M = 8;

/** Flies the stored mission item by item, with ArduCopter's texts. */
export class MissionRunner {
  readonly #mission: Mission;
  readonly #host: RunnerHost;
  #from: Target | null = null;
  #target: Target | null = null;
  #arrivedAtMs: number | null = null;
  /** Do-items that are still to be carried out. */
  #waiting: readonly number[] = [];
  /** A do-item already told as reached. */
  #told: number | null = null;
  #turned = 0;
  #bearing = 0;

  constructor(mission: Mission, host: RunnerHost) {
    this.#mission = mission;
    this.#host = host;
  }

  /** The navigation item being flown. */
  get item(): MissionItem | undefined {
    return this.#mission.items[this.#mission.current];
  }

  get target(): Target | null {
    return this.#target;
  }

  /** Begins, or goes on from the current item. */
  resume(body: Body, restart: boolean): void {
    const mission = this.#mission;
    if (restart || mission.progress === 'complete' || mission.current === 0) {
      mission.jumps.clear();
      this.#enter(1, body);
    } else {
      this.#enter(mission.current, body);
    }
  }

  /**
   * Takes item `seq` as the current one. Of the do-items before the next navigation item the first is carried out on the way, the others
   * in the steps that follow, as a real one does (measured by its texts).
   */
  #enter(seq: number, body: Body): void {
    const mission = this.#mission;
    this.#arrivedAtMs = null;
    this.#turned = 0;
    this.#waiting = [];
    const passed: number[] = [];
    let at = seq;
    for (let steps = 0; steps < MAX_STEPS; steps += 1) {
      const next = mission.items[at];
      if (next === undefined) break;
      if (isNavigation(next.command)) {
        const [first, ...rest] = passed;
        if (first !== undefined) this.#do(first);
        this.#waiting = rest;
        this.#host.say(`Mission: ${at} ${commandName(next.command)}`);
        mission.progress = 'active';
        this.#from = this.#target ?? here(body);
        this.#target = this.#host.targetOf(next, body);
        mission.current = at;
        return;
      }
      if (next.command === MavCmd.DO_JUMP) at = this.#jump(at, next);
      else {
        passed.push(at);
        at += 1;
      }
    }
    for (const one of passed) this.#do(one);
    mission.progress = 'complete';
    this.#target = here(body);
  }

  /** Says which item comes after a jump. */
  #jump(at: number, { param1, param2: wanted }: MissionItem): number {
    const taken = this.#mission.jumps.get(at) ?? 0;
    if (wanted >= 0 && taken >= wanted) return at + 1;
    this.#mission.jumps.set(at, taken + 1);
    this.#host.say(`Mission: ${at} Jump ${wanted < 0 ? 'unlimited' : `${taken + 1}/${wanted}`}`);
    return Math.max(1, Math.trunc(param1));
  }

  /** Carries out a do-item. It is told as reached, but never shown as the current one. */
  #do(at: number): void {
    const item = this.#mission.items[at];
    if (item === undefined) return;
    this.#host.say(`Mission: ${at} ${commandName(item.command)}`);
    if (item.command === MavCmd.DO_CHANGE_SPEED && item.param2 > 0) this.#host.setCruise(item.param2);
    if (this.#told !== at) this.#host.reached(at);
    this.#told = null;
  }

  /** One message tells the last of the items done in one go: a do-item that follows takes its place. */
  #done(body: Body, said: boolean): void {
    const { current, items } = this.#mission;
    const following = items[current + 1];
    const passes = following !== undefined && !isNavigation(following.command) && following.command !== MavCmd.DO_JUMP;
    this.#told = passes ? current + 1 : null;
    this.#host.reached(this.#told ?? current);
    if (said) this.#host.say(`Reached command #${current}`, MavSeverity.INFO);
    this.#enter(current + 1, body);
  }

  /** One step of flying. */
  step(body: Body, nowMs: number): { readonly wish: RunnerWish; readonly demand: Demand } {
    const { speeds } = this.#host;
    const [next, ...rest] = this.#waiting;
    this.#waiting = rest;
    if (next !== undefined) this.#do(next);
    const now = here(body);
    const target = this.#target ?? now;
    const item = this.item;
    const hold = { wish: 'fly', demand: toPoint(body, target, speeds, null) } as const;
    if (item === undefined || this.#mission.progress !== 'active') return { ...hold, wish: 'hover' };
    switch (item.command) {
      case MavCmd.NAV_LAND:
        return { ...hold, wish: 'land' };
      case MavCmd.NAV_RETURN_TO_LAUNCH:
        return { ...hold, wish: 'return' };
      case MavCmd.NAV_TAKEOFF:
        if (body.upM >= target.upM - 0.4) this.#done(body, false);
        return hold;
      case MavCmd.NAV_LOITER_TURNS:
        return { wish: 'fly', demand: this.#circle(body, target, item) };
      default:
        break;
    }
    const stays = item.command !== MavCmd.NAV_WAYPOINT && item.command !== MavCmd.NAV_SPLINE_WAYPOINT;
    const waitMs =
      (stays && item.command !== MavCmd.NAV_LOITER_TIME && item.command !== MavCmd.NAV_DELAY
        ? Number.POSITIVE_INFINITY
        : item.param1) * 1_000;
    if (waitMs > 0) {
      const arrived = Math.hypot(target.northM - body.northM, target.eastM - body.eastM) < 2;
      if (arrived && this.#arrivedAtMs === null) this.#arrivedAtMs = nowMs;
      if (this.#arrivedAtMs !== null && nowMs - this.#arrivedAtMs >= waitMs) this.#done(body, true);
      return hold;
    }
    const from = this.#from ?? now;
    const following = this.#mission.items[this.#mission.current + 1];
    const stopsThere = following === undefined || (isNavigation(following.command) && !following.x && !following.y);
    const ahead = legAheadM(body, from, target);
    if (stopsThere ? Math.hypot(target.northM - body.northM, target.eastM - body.eastM) < 2 : ahead < TURN_AHEAD_M) {
      this.#done(body, true);
    }
    return stopsThere ? hold : { wish: 'fly', demand: alongLeg(body, from, target, speeds) };
  }

  /** Round a point: `param1` turns at `param3` metres. */
  #circle(body: Body, centre: Target, item: MissionItem): Demand {
    const radiusM = Math.max(5, Math.abs(item.param3) || 10);
    const bearing = Math.atan2(body.eastM - centre.eastM, body.northM - centre.northM);
    const away = Math.hypot(body.northM - centre.northM, body.eastM - centre.eastM);
    const turns = Math.max(1, item.param1);
    if (away < radiusM * 1.5) {
      const before = Math.floor(this.#turned / (2 * Math.PI));
      if (this.#turned > 0) {
        let by = bearing - this.#bearing;
        if (by < -Math.PI) by += 2 * Math.PI;
        if (by > Math.PI) by -= 2 * Math.PI;
        this.#turned += by;
      } else {
        this.#host.say(`Mission: starting circle 1/${turns}`);
        this.#turned = 1e-6;
      }
      const now = Math.floor(this.#turned / (2 * Math.PI));
      if (now > before && now < turns) this.#host.say(`Mission: starting circle ${now + 1}/${turns}`);
    }
    this.#bearing = bearing;
    if (this.#turned >= 2 * Math.PI * turns) {
      // It announces one more than there is.
      this.#host.reached(this.#mission.current);
      this.#host.say(`Mission: starting circle ${turns + 1}/${turns}`);
      this.#enter(this.#mission.current + 1, body);
    }
    const ahead = bearing + 8 / radiusM;
    const carrot = {
      northM: centre.northM + radiusM * Math.cos(ahead),
      eastM: centre.eastM + radiusM * Math.sin(ahead),
      upM: centre.upM,
    };
    return toPoint(body, carrot, { ...this.#host.speeds, cruiseMS: Math.min(5, this.#host.speeds.cruiseMS) }, null);
  }

  /** Takes the leg to the current item as begun there: for a start in the air. */
  placeAt(from: Target): void {
    this.#from = from;
  }

  /** Where item `frame` counts its altitude from: relative frames from home, others from sea level. */
  static isRelative(frame: number): boolean {
    return frame !== MavFrame.GLOBAL && frame !== MavFrame.GLOBAL_INT;
  }
}
