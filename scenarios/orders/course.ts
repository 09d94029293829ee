/** How a plan is flown: where its drone is, and how long each part takes at the speed that planning counts with. Nothing of planning is used. */
import { DEFAULT_LIMITS, type Itinerary, type Place } from '@skein/protocol/fleet';

export interface Point {
  readonly place: Place;
  /** Above the base it took off from. */
  readonly heightM: number;
}

const M_PER_DEG = 111_195;
export function metres(a: Place, b: Place): number {
  const east = (b.lonDeg - a.lonDeg) * M_PER_DEG * Math.cos((a.latDeg * Math.PI) / 180);
  return Math.hypot(east, (b.latDeg - a.latDeg) * M_PER_DEG);
}

const { cruiseMps, climbMps, descendMps } = DEFAULT_LIMITS;

function secondsOf(a: Point, b: Point): number {
  const upM = b.heightM - a.heightM;
  return metres(a.place, b.place) / cruiseMps + (upM > 0 ? upM / climbMps : -upM / descendMps);
}

class Path {
  readonly seconds: number;
  readonly #points: readonly Point[];

  constructor(points: readonly Point[]) {
    this.#points = points;
    this.seconds = points.reduce((sum, b, i) => sum + secondsOf(points[i - 1] ?? b, b), 0);
  }

  /** @param share of its time, 0–1 */
  at(share: number): Point {
    let leftS = Math.min(1, Math.max(0, share)) * this.seconds;
    for (const [i, b] of this.#points.entries()) {
      const a = this.#points[i - 1] ?? b;
      const takesS = secondsOf(a, b);
      if (leftS > takesS) {
        leftS -= takesS;
        continue;
      }
      const part = takesS === 0 ? 1 : leftS / takesS;
      const between = (from: number, to: number) => from + (to - from) * part;
      return {
        place: { latDeg: between(a.place.latDeg, b.place.latDeg), lonDeg: between(a.place.lonDeg, b.place.lonDeg) },
        heightM: between(a.heightM, b.heightM),
      };
    }
    return this.#points.at(-1) as Point;
  }
}

/** Climbs and sinks on the spot, never on the way. */
function pathOf(from: Point, items: Itinerary['items']): Path {
  const points = [from];
  let { place, heightM } = from;
  const go = (to: Place, toM: number): void => {
    points.push({ place: to, heightM }, { place: to, heightM: toM });
    [place, heightM] = [to, toM];
  };
  for (const item of items) {
    if (item.do === 'take-off') go(place, item.altM);
    if (item.do === 'waypoint' || item.do === 'deliver') go(placeOf(item), item.altM);
    if (item.do === 'land') go(placeOf(item), 0);
  }
  return new Path(points);
}

function placeOf({ latDeg = 0, lonDeg = 0 }: { readonly latDeg?: number; readonly lonDeg?: number }): Place {
  return { latDeg, lonDeg };
}

interface Course {
  readonly lands: Place;
  /** To the gate; of a ferry flight to the ground. */
  readonly out: Path;
  readonly gate: Point;
  readonly release: Point;
  /** Home with nothing aboard, and past a gate that stayed shut. */
  readonly back: Path;
  readonly shut: Path;
}

function courseOf({ items, base }: Itinerary): Course {
  const start = { place: placeOf(base ?? {}), heightM: 0 };
  const at = items.findIndex((one) => one.do === 'deliver');
  const lands = placeOf(items.at(-1) as { latDeg?: number; lonDeg?: number });
  const out = pathOf(start, at < 0 ? items : items.slice(0, at + 1));
  const gate = out.at(1);
  const deliver = items[at];
  const isDelivery = deliver?.do === 'deliver';
  const back = pathOf(gate, at < 0 ? [] : items.slice(at + 1));
  const shut = isDelivery && deliver.shut !== 'along' ? pathOf(gate, items.slice(-1)) : back;
  const release = { ...gate, heightM: isDelivery ? (deliver.releaseAltM ?? 0) : 0 };
  return { lands, out, gate, release, back, shut };
}

/** As an autopilot comes home by itself: straight, at the height it has. */
function straightHome(from: Point, home: Place): Path {
  return new Path([from, { ...from, place: home }, { place: home, heightM: 0 }]);
}

const LATEST_PACE = 1.15;

export type Way = 'out' | 'gate' | 'release' | 'back' | 'shut' | 'home' | 'stay';

/** One flight of a plan. */
export class Flight {
  readonly #course: Course;
  /** Where it took off. */
  readonly #home: Place;
  /** Of the time that planning takes it for. */
  readonly #pace: number;
  #way: Way = 'out';
  #path: Path;
  #fromS: number;

  constructor(itinerary: Itinerary, o: { home: Place; pace: number; nowS: number }) {
    this.#course = courseOf(itinerary);
    this.#home = o.home;
    this.#pace = o.pace;
    this.#path = this.#course.out;
    this.#fromS = o.nowS;
  }

  /** From here on this way; how long it takes, s. */
  goes(way: Way, nowS: number): number {
    const here = this.at(nowS);
    const { gate, release } = this.#course;
    const paths = { stay: new Path([here]), gate: new Path([gate]), release: new Path([release]) };
    this.#path = way === 'home' ? straightHome(here, this.#home) : { ...this.#course, ...paths }[way];
    this.#way = way;
    this.#fromS = nowS;
    return this.#path.seconds * this.#pace;
  }

  at(nowS: number): Point {
    const lastS = this.#path.seconds * this.#pace;
    return this.#path.at(lastS === 0 ? 1 : (nowS - this.#fromS) / lastS);
  }

  /** Slower than planning reckons with: it is where its plan is no more, until the time of that part is over. */
  get isSlow(): boolean {
    return this.#pace > LATEST_PACE;
  }

  /** Where nobody thought of when it was planned: called home, or flown by somebody else. */
  get isElsewhere(): boolean {
    return this.#way === 'home' || this.#way === 'stay';
  }

  get lands(): Place {
    return this.#way === 'home' ? this.#home : this.#course.lands;
  }
}
