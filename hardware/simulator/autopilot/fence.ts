import { MavCmd } from '@skein/protocol/mavlink';
import { type NorthEast, type Place, toNorthEast } from '../geo.ts';
import type { FailsafeAction } from './failsafe.ts';
import type { FenceItem, FenceList } from './fenceList.ts';
import type { Parameters } from './parameters.ts';
import { type Polygon, polygonContains } from './polygon.ts';

// Bits of FENCE_TYPE, and of what was crossed.
export const FenceType = { ALTITUDE: 1, CIRCLE: 2, POLYGON: 4, FLOOR: 8 } as const;
const { ALTITUDE, CIRCLE, POLYGON, FLOOR } = FenceType;
const ALL = ALTITUDE | CIRCLE | POLYGON | FLOOR;

const names = [
  [ALTITUDE, 'Max Alt'],
  [CIRCLE, 'Circle'],
  [POLYGON, 'Polygon'],
  [FLOOR, 'Min Alt'],
] as const;

/** FENCE_ACTION; 0 only reports. The way it came (3, 5) is not simulated. */
const actions: Readonly<Record<number, FailsafeAction>> = {
  1: 'return',
  2: 'land',
  3: 'return',
  4: 'brake',
  5: 'land',
};
/** Further outside than this it lands, whatever FENCE_ACTION says, metres. */
const GIVE_UP_M = 100;
/** Once crossed, ceiling and circle stand so much further out, metres. */
const BACKUP_M = 20;
/** FENCE_OPTIONS: inclusions are joined; without it one must be inside all of them. */
const UNION = 2;

/** "Max Alt, Circle and Polygon fences". */
export function fenceNames(types: number): string {
  const found = names.filter(([bit]) => (types & bit) !== 0).map(([, name]) => name);
  const last = found.at(-1) ?? '';
  return found.length > 1 ? `${found.slice(0, -1).join(', ')} and ${last} fences` : `${last} fence`;
}

export interface FencePoint extends NorthEast {
  readonly aboveHomeM: number;
  readonly fromHomeM: number;
}

export interface FenceView extends FencePoint {
  readonly parameters: Parameters;
  readonly flying: boolean;
  readonly armed: boolean;
}

export interface FenceChange {
  /** Crossed just now; false: all is well again. */
  readonly on: boolean;
  readonly text: string;
  readonly action: FailsafeAction;
}

interface Circle extends NorthEast {
  readonly radiusM: number;
}

/** Ceiling, floor and circle by the FENCE_ parameters, and what was uploaded: polygons and circles to stay in and to stay out of. */
export class Fence {
  readonly #list: FenceList;
  readonly #world: Place;
  /** What is crossed now, as FENCE_TYPE bits. */
  breached = 0;
  breaches = 0;
  breachedAtMs = 0;
  #enabled = 0;
  #asked: number | null = null;
  #read: readonly FenceItem[] | null = null;
  #in: Polygon[] = [];
  #out: Polygon[] = [];
  #inCircles: Circle[] = [];
  #outCircles: Circle[] = [];
  #backup = new Map<number, number>();

  constructor(list: FenceList, world: Place) {
    this.#list = list;
    this.#world = world;
  }

  /** FENCE_ENABLE decides when it changes; between, DO_FENCE_ENABLE does. */
  #follow(parameters: Parameters): void {
    const asked = parameters.value('FENCE_ENABLE');
    if (asked === this.#asked) return;
    this.#asked = asked;
    this.#enabled = asked === 0 ? 0 : parameters.value('FENCE_TYPE') & ~FLOOR;
  }

  /** DO_FENCE_ENABLE: false when there is none of these to turn on. */
  enable(on: boolean, types: number, parameters: Parameters): boolean {
    this.#follow(parameters);
    const wanted = parameters.value('FENCE_TYPE') & (types === 0 ? ALL : types);
    if (on && (this.#present(parameters) & wanted) === 0) return false;
    this.#enabled = on ? this.#enabled | wanted : this.#enabled & ~wanted;
    if (!on) this.breached &= ~wanted;
    return true;
  }

  #present(parameters: Parameters): number {
    return parameters.value('FENCE_TYPE') & (this.#list.items.length > 0 ? ALL : ALL & ~POLYGON);
  }

  /** Some fence is on. */
  isOn(parameters: Parameters): boolean {
    this.#follow(parameters);
    return this.#enabled !== 0;
  }

  /** The highest RTL may fly, above home; null: no ceiling. */
  ceilingM(parameters: Parameters): number | null {
    this.#follow(parameters);
    if ((this.#enabled & ALTITUDE) === 0) return null;
    return parameters.value('FENCE_ALT_MAX') - parameters.value('FENCE_MARGIN');
  }

  #parse(): void {
    if (this.#read === this.#list.items) return;
    this.#read = this.#list.items;
    this.#in = [];
    this.#out = [];
    this.#inCircles = [];
    this.#outCircles = [];
    for (let at = 0; at < this.#read.length; at += 1) {
      const item = this.#read[at];
      if (item === undefined) break;
      const spot = this.#spot(item);
      const including = item.command === MavCmd.NAV_FENCE_POLYGON_VERTEX_INCLUSION;
      if (including || item.command === MavCmd.NAV_FENCE_POLYGON_VERTEX_EXCLUSION) {
        const corners = this.#read.slice(at, at + item.param1).map((one) => this.#spot(one));
        (including ? this.#in : this.#out).push(corners);
        at += corners.length - 1;
      } else if (item.command === MavCmd.NAV_FENCE_CIRCLE_INCLUSION) {
        this.#inCircles.push({ ...spot, radiusM: item.param1 });
      } else if (item.command === MavCmd.NAV_FENCE_CIRCLE_EXCLUSION) {
        this.#outCircles.push({ ...spot, radiusM: item.param1 });
      }
    }
  }

  #spot({ x, y }: FenceItem): NorthEast {
    return toNorthEast(this.#world, { latE7: x, lonE7: y });
  }

  /** Is a place outside of what was uploaded, whether or not the fence is on? */
  isOutside(at: NorthEast, parameters: Parameters): boolean {
    this.#parse();
    const distance = (circle: Circle): number => Math.hypot(at.northM - circle.northM, at.eastM - circle.eastM);
    if (this.#out.some((corners) => polygonContains(corners, at))) return true;
    if (this.#outCircles.some((circle) => distance(circle) < circle.radiusM)) return true;
    const inside = [
      ...this.#in.map((corners) => polygonContains(corners, at)),
      ...this.#inCircles.map((circle) => distance(circle) <= circle.radiusM),
    ];
    const union = (parameters.value('FENCE_OPTIONS') & UNION) !== 0;
    return inside.length > 0 && (union ? inside.every((one) => !one) : inside.some((one) => !one));
  }

  /** Which of the limits a place lies beyond, as FENCE_TYPE bits; 0: none, or no fence. */
  beyond(at: FencePoint, parameters: Parameters): number {
    this.#follow(parameters);
    const over = at.aboveHomeM >= parameters.value('FENCE_ALT_MAX') ? ALTITUDE : 0;
    const under = at.aboveHomeM <= parameters.value('FENCE_ALT_MIN') ? FLOOR : 0;
    const far = at.fromHomeM >= parameters.value('FENCE_RADIUS') ? CIRCLE : 0;
    const out = (this.#enabled & POLYGON) !== 0 && this.isOutside(at, parameters) ? POLYGON : 0;
    return (over | under | far | out) & this.#enabled & this.#present(parameters);
  }

  /** What speaks against arming, in the autopilot's words; null: nothing. */
  fault(parameters: Parameters): string | null {
    this.#follow(parameters);
    if (parameters.value('FENCE_ENABLE') !== 0 && this.#present(parameters) === 0) {
      return 'Fences enabled, but none selected';
    }
    if (this.#enabled === 0) return null;
    const marginM = parameters.value('FENCE_MARGIN');
    this.#parse();
    if (this.#inCircles.some(({ radiusM }) => radiusM < marginM)) {
      return 'Polygon fence margin is less than inclusion circle radius';
    }
    const radiusM = parameters.value('FENCE_RADIUS');
    if (radiusM < 0) return 'Invalid Circle FENCE_RADIUS value';
    if (radiusM < marginM) return 'Circle FENCE_MARGIN is less than FENCE_RADIUS';
    const [maxM, minM] = [parameters.value('FENCE_ALT_MAX'), parameters.value('FENCE_ALT_MIN')];
    if (maxM < 0) return 'Invalid FENCE_ALT_MAX value';
    if (this.breached !== 0) return `Vehicle breaching ${fenceNames(this.breached)}`;
    if (marginM < 0) return 'Invalid FENCE_MARGIN value';
    if (maxM < minM) return 'FENCE_ALT_MAX < FENCE_ALT_MIN';
    return maxM - minM <= 2 * marginM ? 'FENCE_MARGIN too big' : null;
  }

  /** Called again and again; a change is told once. */
  step(view: FenceView, nowMs: number): FenceChange | null {
    const { parameters } = view;
    const landed = view.flying ? 0 : FLOOR;
    const now = this.beyond(view, parameters) & ~landed;
    const before = this.breached;
    const fresh = (now & ~before) | this.#further(view, now);
    this.breached = now;
    if (fresh !== 0) {
      if (before === 0) this.breachedAtMs = nowMs;
      this.breaches += 1;
      if (!view.armed) return null;
      const action = actions[parameters.value('FENCE_ACTION')] ?? 'nothing';
      const lost = this.#distanceM(view, fresh) > GIVE_UP_M && action !== 'nothing';
      return { on: true, text: `${fenceNames(fresh)} breached`, action: lost ? 'land' : action };
    }
    const cleared = before !== 0 && now === 0 && view.flying;
    return cleared ? { on: false, text: 'Fence breach cleared', action: 'nothing' } : null;
  }

  #distanceM(view: FenceView, types: number): number {
    const { parameters } = view;
    const over = (types & ALTITUDE) === 0 ? 0 : view.aboveHomeM - parameters.value('FENCE_ALT_MAX');
    return Math.max(over, (types & CIRCLE) === 0 ? 0 : view.fromHomeM - parameters.value('FENCE_RADIUS'));
  }

  /** Crossed already, and the next line out as well: a breach anew. */
  #further(view: FenceView, now: number): number {
    let again = 0;
    for (const [bit, value] of [
      [ALTITUDE, view.aboveHomeM],
      [CIRCLE, view.fromHomeM],
    ] as const) {
      const line = this.#backup.get(bit);
      if ((now & bit) === 0) this.#backup.delete(bit);
      else if (line === undefined || value >= line) {
        this.#backup.set(bit, value + BACKUP_M);
        if (line !== undefined) again |= bit;
      }
    }
    return again;
  }
}
