import { MavCmd, MavSeverity } from '@skein/protocol/mavlink';
import { commandName, isSame, type Mission, type MissionItem, silent } from './mission.ts';

/** Who carries the items out. */
export interface MissionCrew {
  say(text: string, severity?: number): void;
  reached(seq: number): void;
  /** False: nothing it can do; a navigation item is then passed over. */
  begin(seq: number, item: MissionItem): boolean;
  isDone(seq: number, item: MissionItem): boolean;
  /** It takes time and is shown as current; the rest happens in passing. */
  isNavigation(command: number): boolean;
  /** The list is flown to its end. */
  ended(): void;
}

/** Jumps are followed so often in one go; then it is a circle. */
const MAX_JUMPS = 64;
const MAX_STEPS = 255;
const LOOKS = 8;
/** A change is noticed in the next navigation items only. */
const WATCHED_ITEMS = 3;
/**
 * The order in which the items of a mission come, as ArduPilot's AP_Mission has it: a navigation item is flown, and the do-items after the
 * one before it are carried out one after the other on the way. What each item means is the crew's.
 */
export class MissionRunner {
  readonly #mission: Mission;
  readonly #crew: MissionCrew;
  /** The current navigation item was begun. */
  #flying = false;
  /** The last do-item that was begun since the navigation item before; null: none. */
  #doing: number | null = null;
  /** It goes on. */
  #waiting = false;
  #allDone = false;
  #watched: readonly MissionItem[] = [];
  #watchedList: readonly MissionItem[] | null = null;
  #watchedFrom = 0;
  #reached: number | null = null;

  constructor(mission: Mission, crew: MissionCrew) {
    this.#mission = mission;
    this.#crew = crew;
  }

  /** The navigation item being flown. */
  get item(): MissionItem | undefined {
    return this.#flying ? this.#mission.items[this.#mission.current] : undefined;
  }

  get isActive(): boolean {
    return this.#mission.progress === 'active';
  }

  /** Begins with the first item. */
  start(): void {
    this.rewind();
    this.#mission.progress = 'active';
    if (!this.#advance(null)) this.#end();
    this.#watch();
  }

  /** Back to before the first item. */
  rewind(): void {
    this.#mission.rewind();
    this.#flying = false;
    this.#doing = null;
    this.#waiting = false;
    this.#allDone = false;
  }

  /** AUTO is left: what was on the way will be begun anew. */
  stop(): void {
    if (this.isActive) this.#mission.progress = 'not-started';
  }

  /**
   * Goes on where it was: the last do-item is carried out once more, then the navigation item begun anew. After the end, or with `restart`,
   * from the first item.
   */
  resume(restart: boolean): void {
    const mission = this.#mission;
    const lost = mission.current === 0 || mission.items[mission.current] === undefined;
    if (restart || mission.progress === 'complete' || lost) {
      this.start();
      return;
    }
    mission.progress = 'active';
    if (this.#doing !== null) this.setCurrent(this.#doing);
    else if (this.#flying) this.setCurrent(mission.current);
    this.#watch();
  }

  /** False: there is no such item, or it leads nowhere. 0 begins anew. */
  setCurrent(seq: number): boolean {
    const mission = this.#mission;
    if (!Number.isInteger(seq) || seq < 0 || seq >= mission.items.length || mission.items.length === 1) return false;
    this.#doing = null;
    this.#waiting = false;
    this.#allDone = false;
    this.#flying = false;
    if (seq === 0 || mission.progress === 'complete') mission.jumps.clear();
    const from = Math.max(1, seq);
    if (this.isActive) {
      if (this.#advance(from)) return true;
      this.#end();
      return false;
    }
    return this.#place(from);
  }

  /** While it is not running: where it will go on. */
  #place(from: number): boolean {
    let at = from;
    for (let steps = 0; steps < MAX_STEPS; steps += 1) {
      const found = this.#next(at, true);
      if (found === null) {
        this.#mission.current = 0;
        return false;
      }
      const [seq, item] = found;
      if (this.#crew.isNavigation(item.command)) {
        this.#mission.current = seq;
        this.#flying = true;
        this.#allDone = this.#doing === null;
        this.#mission.progress = 'not-started';
        return true;
      }
      this.#doing ??= seq;
      at = seq + 1;
    }
    return false;
  }

  /** One look, while AUTO flies. */
  update(): void {
    if (!this.isActive || this.#mission.items.length === 0) return;
    this.#fly();
    // What passes by itself takes a real one a few of its own, shorter looks.
    for (let looks = 0; looks < LOOKS && this.isActive; looks += 1) {
      this.#do();
      this.#tell();
    }
    this.#tell();
    this.#watch();
  }

  /** One message tells the last of what was reached in one go. */
  #tell(): void {
    if (this.#reached !== null) this.#crew.reached(this.#reached);
    this.#reached = null;
  }

  #fly(): void {
    const { current } = this.#mission;
    const item = this.item;
    if (item !== undefined) {
      if (!this.#crew.isDone(current, item)) return;
      this.#arrived(current, item);
      this.#flying = false;
    }
    if (!this.#advance(null)) this.#end();
  }

  #do(): void {
    const at = this.#doing;
    const item = at === null ? undefined : this.#mission.items[at];
    if (this.#waiting && at !== null && item !== undefined) {
      if (!this.#crew.isDone(at, item)) return;
      this.#arrived(at, item);
      this.#waiting = false;
      return;
    }
    if (this.#allDone) return;
    const found = this.#next((at ?? 0) + 1, false);
    if (found === null || this.#crew.isNavigation(found[1].command)) {
      this.#allDone = true;
      return;
    }
    this.#begin(...found);
    [this.#doing] = found;
    this.#waiting = true;
  }

  #arrived(seq: number, item: MissionItem): void {
    if (!silent.has(item.command) || this.#crew.isNavigation(item.command)) this.#reached = seq;
  }

  #begin(seq: number, item: MissionItem): boolean {
    this.#crew.say(`Mission: ${seq} ${commandName(item.command)}`);
    return this.#crew.begin(seq, item);
  }

  #end(): void {
    this.#mission.progress = 'complete';
    this.#crew.ended();
  }

  /** Begins the next navigation item, from `from` on, and the first of the do-items before it. False: there is none. */
  #advance(from: number | null): boolean {
    const mission = this.#mission;
    this.#doing = null;
    this.#waiting = false;
    this.#allDone = false;
    let at = from ?? mission.current + 1;
    for (let steps = 0; steps < MAX_STEPS; steps += 1) {
      const found = this.#next(at, true);
      if (found === null) return false;
      const [seq, item] = found;
      if (this.#crew.isNavigation(item.command)) {
        mission.current = seq;
        this.#flying = this.#begin(seq, item);
        if (this.#flying) {
          this.#allDone = this.#doing === null;
          return true;
        }
      } else if (this.#doing === null) {
        this.#doing = seq;
        this.#waiting = true;
        this.#begin(seq, item);
      }
      at = seq + 1;
    }
    return false;
  }

  /** The first item at `from` or later that is no jump; jumps are followed, and `counts` those that are taken. */
  #next(from: number, counts: boolean): readonly [seq: number, item: MissionItem] | null {
    const { items, jumps } = this.#mission;
    let at = from;
    for (let jumped = 0; jumped < MAX_JUMPS; ) {
      const item = items[at];
      if (item === undefined || at === 0) return null;
      if (item.command !== MavCmd.DO_JUMP) return [at, item];
      jumped += 1;
      const { param1: target, param2: wanted } = item;
      if (target === 0 || target >= items.length) return null;
      const taken = jumps.get(at) ?? 0;
      if (wanted >= 0 && taken >= wanted) {
        at += 1;
        continue;
      }
      if (counts) {
        jumps.set(at, taken + 1);
        this.#crew.say(`Mission: ${at} Jump ${taken + 1}/${wanted < 0 ? 'unlimited' : wanted}`);
      }
      at = target;
    }
    return null;
  }

  /** The navigation item after this one, jumps followed; undefined: none. */
  following(seq: number): MissionItem | undefined {
    return this.#ahead(seq + 1, 1)[0];
  }

  #ahead(from: number, most: number): readonly MissionItem[] {
    const found: MissionItem[] = [];
    let at = from;
    for (let steps = 0; steps < MAX_STEPS && found.length < most; steps += 1) {
      const next = this.#next(at, false);
      if (next === null) break;
      if (this.#crew.isNavigation(next[1].command)) found.push(next[1]);
      at = next[0] + 1;
    }
    return found;
  }

  #watch(): void {
    const { items, current } = this.#mission;
    if (items === this.#watchedList && current === this.#watchedFrom) return;
    this.#watchedList = items;
    this.#watchedFrom = current;
    this.#watched = this.#ahead(Math.max(1, this.#mission.current), WATCHED_ITEMS);
  }

  /** Somebody wrote the list: when what comes next is another now, the current item is begun anew. `steers`: on its way to a point. */
  changed(steers: boolean): void {
    if (!this.isActive) return;
    const before = this.#watched;
    this.#watch();
    const same = before.length === this.#watched.length && before.every((one, at) => isSame(one, this.#watched[at]));
    if (same || !steers) return;
    const { current, items } = this.#mission;
    const again = current > 0 && current < items.length && this.setCurrent(current);
    const text = again
      ? 'Auto mission changed, restarted command'
      : 'Auto mission changed but failed to restart command';
    this.#crew.say(text, MavSeverity.CRITICAL);
  }
}
