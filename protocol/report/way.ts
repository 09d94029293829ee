/** Where it flew: length over ground, greatest height, and a line of it in bounded memory. */

const EARTH_M = 6_371_008.8;
/** Nothing here flies faster: a step that would is a jump of the position, m/s. */
const FASTEST_MPS = 100;
const MAX_POINTS = 3_000;
const FIRST_STEP_US = 0.2e6;

export interface Place {
  readonly latDeg: number;
  readonly lonDeg: number;
}

export interface TrackPoint extends Place {
  readonly utcUs: number;
}

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** On the sphere. */
export function metresBetween(a: Place, b: Place): number {
  const [lat1, lat2] = [radians(a.latDeg), radians(b.latDeg)];
  const north = Math.sin((lat2 - lat1) / 2) ** 2;
  const east = Math.sin(radians(b.lonDeg - a.lonDeg) / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(north + Math.cos(lat1) * Math.cos(lat2) * east)));
}

/** (0, 0) is what a receiver says that knows nothing. */
export function isPlace({ latDeg, lonDeg }: { readonly latDeg?: unknown; readonly lonDeg?: unknown }): boolean {
  if (typeof latDeg !== 'number' || typeof lonDeg !== 'number') return false;
  return Math.abs(latDeg) <= 90 && Math.abs(lonDeg) <= 180 && (latDeg !== 0 || lonDeg !== 0);
}

/** How far it went over ground. */
export class Distance {
  #last: TrackPoint | null = null;
  #metres = 0;
  /** Steps that nothing can fly. */
  jumps = 0;

  add(point: TrackPoint): void {
    const before = this.#last;
    this.#last = point;
    if (before === null) return;
    const stepM = metresBetween(before, point);
    const s = Math.max(0.2, (point.utcUs - before.utcUs) / 1e6);
    if (stepM <= FASTEST_MPS * s) this.#metres += stepM;
    else this.jumps++;
  }

  /** Null: no position. */
  get metres(): number | null {
    return this.#last === null ? null : this.#metres;
  }
}

/** Bounded: it is drawn, not measured. */
export class Way {
  #last: TrackPoint | null = null;
  #points: TrackPoint[] = [];
  #stepUs = FIRST_STEP_US;

  add(point: TrackPoint): void {
    this.#last = point;
    const drawn = this.#points.at(-1);
    if (drawn !== undefined && point.utcUs - drawn.utcUs < this.#stepUs) return;
    this.#points.push(point);
    if (this.#points.length <= MAX_POINTS) return;
    this.#stepUs *= 2;
    this.#points = this.#points.filter((_, i) => i % 2 === 0);
  }

  /** Lines, broken where nothing was heard for `silenceUs`; the last point is always there. */
  lines(silenceUs: number): readonly (readonly TrackPoint[])[] {
    const last = this.#last;
    const points = last === null || last === this.#points.at(-1) ? this.#points : [...this.#points, last];
    const lines: TrackPoint[][] = [];
    const apartUs = Math.max(silenceUs, 3 * this.#stepUs);
    for (const point of points) {
      const line = lines.at(-1);
      const before = line?.at(-1);
      if (line === undefined || before === undefined || point.utcUs - before.utcUs > apartUs) lines.push([point]);
      else line.push(point);
    }
    return lines;
  }
}
