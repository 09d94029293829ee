/**
 * All drones as the map draws them: where, which mark, how it is turned, how strongly. Held in a form that is brought up to
 * date without making anything anew, since with thousands of drones this is done thousands of times a second. Pure.
 */
import type { DroneEntry, FreshnessState } from '../../live/messages.ts';
import { type Control, summarise } from '../list/summary.ts';
import { classify, type FreshnessLimits, strength } from '../live/freshness.ts';
import { type DroneRecord, stillOf } from '../live/record.ts';

export const STATES: readonly FreshnessState[] = ['fresh', 'stale', 'lost', 'never'];
export const CONTROLS: readonly Control[] = ['skein', 'pilot', 'failsafe', 'other', 'unknown'];

/** The mark's place in the picture of all of them (sprites.ts): a row for each state, in it those in the air first. */
export function iconOf(state: FreshnessState, inAir: boolean, control: Control): number {
  return (STATES.indexOf(state) * 2 + (inAir ? 0 : 1)) * CONTROLS.length + CONTROLS.indexOf(control);
}

export interface Mark {
  readonly id: string;
  /** What it was made of. */
  still: DroneEntry;
  lonDeg: number;
  latDeg: number;
  /** Web Mercator, 0…1 from west to east and from north to south. */
  x: number;
  y: number;
  headingDeg: number;
  inAir: boolean;
  control: Control;
  sampledUtcUs: number | null;
  state: FreshnessState;
  opacity: number;
  /** Lower is drawn over higher and gets its label first: those that need looking at. */
  rank: number;
  icon: number;
}

/** What is on screen, as far as a map without tilt needs it. */
export interface View {
  /** Web Mercator of a point, and where it is on screen, px from the top left corner. */
  readonly x: number;
  readonly y: number;
  readonly atX: number;
  readonly atY: number;
  /** Width of the whole world, px. */
  readonly worldPx: number;
  readonly bearingDeg: number;
}

const RANKS = 4;

export function mercatorX(lonDeg: number): number {
  return lonDeg / 360 + 0.5;
}

/** To the edge of the square world; nothing is beyond it. */
export function mercatorY(latDeg: number): number {
  const sin = Math.sin((Math.max(-85.05, Math.min(85.05, latDeg)) * Math.PI) / 180);
  return 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI);
}

/** Calls back with px from the top left corner; a drone beyond the date line is where it is nearest. */
export function project(marks: Iterable<Mark>, view: View, at: (mark: Mark, x: number, y: number) => void): void {
  const turn = (view.bearingDeg * Math.PI) / 180;
  const [sin, cos] = [Math.sin(turn) * view.worldPx, Math.cos(turn) * view.worldPx];
  for (const mark of marks) {
    let dx = mark.x - view.x;
    dx -= Math.round(dx);
    const dy = mark.y - view.y;
    at(mark, view.atX + dx * cos + dy * sin, view.atY - dx * sin + dy * cos);
  }
}

/** Of these two only where it is can be another. */
function looksAlike(a: DroneEntry, b: DroneEntry): boolean {
  return a === b || (a.control === b.control && a.kinds.status === b.kinds.status);
}

export class Marks {
  readonly #all = new Map<string, Mark>();

  get(id: string): Mark | undefined {
    return this.#all.get(id);
  }

  values(): Iterable<Mark> {
    return this.#all.values();
  }

  /** What it says of itself; `age` must follow. True: it is new. A drone without a position has no mark. */
  take(record: DroneRecord): boolean {
    const known = this.#all.get(stillOf(record).id);
    if (record.moved && known && looksAlike(known.still, record.moved.still)) {
      known.still = record.moved.still;
      const [, , , , , latDeg, lonDeg, , , headingDeg] = record.moved.move;
      if (latDeg !== null && lonDeg !== null && headingDeg !== null) {
        known.lonDeg = lonDeg;
        known.latDeg = latDeg;
        known.x = mercatorX(lonDeg);
        known.y = mercatorY(latDeg);
        known.headingDeg = headingDeg;
        known.sampledUtcUs = record.moved.sampledUtcUs;
        return false;
      }
    }
    const one = summarise(record);
    if (one.lonDeg === null || one.latDeg === null) {
      this.#all.delete(one.id);
      return false;
    }
    const { id, lonDeg, latDeg, control, sampledUtcUs } = one;
    const now = {
      still: stillOf(record),
      ...{ id, lonDeg, latDeg, control, sampledUtcUs, x: mercatorX(lonDeg), y: mercatorY(latDeg) },
      ...{ headingDeg: one.headingDeg ?? 0, inAir: one.inAir ?? false },
    };
    if (known) Object.assign(known, now);
    else this.#all.set(id, { ...now, state: 'never', opacity: 0, rank: RANKS - 1, icon: 0 });
    return known === undefined;
  }

  drop(id: string): void {
    this.#all.delete(id);
  }

  /** Everything as old as it is now. True: something looks another way than before. */
  age(nowMs: number | null, limits: FreshnessLimits, chosen: string | null): boolean {
    let changed = false;
    for (const mark of this.#all.values()) {
      const ageMs = mark.sampledUtcUs === null || nowMs === null ? null : Math.max(0, nowMs - mark.sampledUtcUs / 1000);
      const state = classify(ageMs, limits);
      const opacity = strength(ageMs, limits);
      const rank = mark.id === chosen ? 0 : mark.control === 'failsafe' ? 1 : state === 'fresh' ? 3 : 2;
      const icon = iconOf(state, mark.inAir, mark.control);
      if (icon === mark.icon && opacity === mark.opacity && rank === mark.rank) continue;
      changed = true;
      mark.state = state;
      mark.opacity = opacity;
      mark.rank = rank;
      mark.icon = icon;
    }
    return changed;
  }

  /** The nearest to that place on screen, of those within `withinPx`. */
  at(view: View, x: number, y: number, withinPx: number): string | null {
    let nearest: string | null = null;
    let px = withinPx;
    project(this.#all.values(), view, (mark, markX, markY) => {
      const awayPx = Math.hypot(markX - x, markY - y);
      if (awayPx > px) return;
      px = awayPx;
      nearest = mark.id;
    });
    return nearest;
  }

  /**
   * As the graphics processor takes them, `FLOATS` each, those that are drawn over others last: px from the middle of the
   * view, sine and cosine of the turn, icon, opacity. Only those in sight, into `into` (made anew where it is too small).
   */
  pack(view: View, size: { readonly widthPx: number; readonly heightPx: number }, into: Float32Array): Packed {
    const floats = into.length >= this.#all.size * FLOATS ? into : new Float32Array(this.#all.size * 2 * FLOATS);
    const [middleX, middleY] = [size.widthPx / 2, size.heightPx / 2];
    let count = 0;
    for (let rank = RANKS - 1; rank >= 0; rank--) {
      project(this.#all.values(), view, (mark, x, y) => {
        if (mark.rank !== rank) return;
        if (x < -MARGIN_PX || y < -MARGIN_PX || x > size.widthPx + MARGIN_PX || y > size.heightPx + MARGIN_PX) return;
        const turn = ((mark.headingDeg - view.bearingDeg) * Math.PI) / 180;
        const at = count++ * FLOATS;
        floats[at] = x - middleX;
        floats[at + 1] = y - middleY;
        floats[at + 2] = Math.sin(turn);
        floats[at + 3] = Math.cos(turn);
        floats[at + 4] = mark.icon;
        floats[at + 5] = mark.opacity;
      });
    }
    return { floats, count };
  }
}

export interface Packed {
  readonly floats: Float32Array;
  readonly count: number;
}

export const FLOATS = 6;
/** Half a mark, and some. */
const MARGIN_PX = 24;
