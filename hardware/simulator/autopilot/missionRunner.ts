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

  /** Takes item `seq` as the current one; the do-items before the next navigation item happen in passing. */
  #enter(seq: number, body: Body): void {
    const mission = this.#mission;
    this.#arrivedAtMs = null;
    this.#turned = 0;
    let at = seq;
    for (let steps = 0; steps < MAX_STEPS; steps += 1) {
      const next = mission.items[at];
      if (next === undefined) break;
      if (isNavigation(next.command)) {
        this.#host.say(`Mission: ${at} ${commandName(next.command)}`);
        mission.progress = 'active';
        this.#from = this.#target ?? here(body);
        this.#target = this.#host.targetOf(next, body);
        mission.current = at;
        return;
      }
      at = this.#pass(at, next);
    }
    mission.progress = 'complete';
    this.#target = here(body);
  }

  /** Carries out a do-item and says which comes next. */
  #pass(at: number, next: MissionItem): number {
    if (next.command === MavCmd.DO_JUMP) {
      const taken = this.#mission.jumps.get(at) ?? 0;
      const wanted = next.param2;
      if (wanted >= 0 && taken >= wanted) return at + 1;
      this.#mission.jumps.set(at, taken + 1);
      this.#host.say(`Mission: ${at} Jump ${wanted < 0 ? 'unlimited' : `${taken + 1}/${wanted}`}`);
      return Math.max(1, Math.trunc(next.param1));
    }
    this.#host.say(`Mission: ${at} ${commandName(next.command)}`);
    if (next.command === MavCmd.DO_CHANGE_SPEED && next.param2 > 0) this.#host.setCruise(next.param2);
    this.#host.reached(at);
    return at + 1;
  }

  #done(body: Body, said: boolean): void {
    const { current } = this.#mission;
    this.#host.reached(current);
    if (said) this.#host.say(`Reached command #${current}`, MavSeverity.INFO);
    this.#enter(current + 1, body);
  }

  /** One step of flying. */
  step(body: Body, nowMs: number): { readonly wish: RunnerWish; readonly demand: Demand } {
    const { speeds } = this.#host;
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
    if (away < radiusM * 1.5) {
      if (this.#turned > 0) {
        let by = bearing - this.#bearing;
        if (by < -Math.PI) by += 2 * Math.PI;
        if (by > Math.PI) by -= 2 * Math.PI;
        this.#turned += by;
      } else {
        this.#turned = 1e-6;
      }
    }
    this.#bearing = bearing;
    if (this.#turned >= 2 * Math.PI * Math.max(1, item.param1)) this.#done(body, true);
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
