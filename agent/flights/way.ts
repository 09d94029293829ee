/** How far it went, and how high. */
import type { Values } from '@skein/protocol/telemetry';

const EARTH_M = 6_371_008.8;
/** Nothing here flies faster: a step that would is a jump of the position, m/s. */
const FASTEST_MPS = 100;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;

interface Place {
  readonly latDeg: number;
  readonly lonDeg: number;
  readonly atUs: number;
}

function metres(a: Place, b: Place): number {
  const [lat1, lat2] = [radians(a.latDeg), radians(b.latDeg)];
  const half = Math.sin((lat2 - lat1) / 2) ** 2;
  const across = Math.sin(radians(b.lonDeg - a.lonDeg) / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(half + Math.cos(lat1) * Math.cos(lat2) * across)));
}

export class Way {
  #last: Place | null = null;
  #lengthM = 0;
  highestM: number | null = null;

  take({ latDeg, lonDeg, altRelM }: Values<'position'>, atUs: number): void {
    if (altRelM !== null) this.highestM = Math.max(this.highestM ?? altRelM, altRelM);
    if (latDeg === null || lonDeg === null) return;
    const here = { latDeg, lonDeg, atUs };
    const before = this.#last;
    this.#last = here;
    if (before === null) return;
    const stepM = metres(before, here);
    const s = Math.max(0, (atUs - before.atUs) / 1e6);
    if (stepM <= FASTEST_MPS * Math.max(s, 0.2)) this.#lengthM += stepM;
  }

  get lengthM(): number | null {
    return this.#last === null ? null : this.#lengthM;
  }
}
