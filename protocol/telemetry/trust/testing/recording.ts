/**
 * The recorded flight (30 s of ArduCopter in the air) and what is left of it when the motion is taken away: the noise that
 * simulated flights are made with, drawn in runs of neighbours, so that what belongs together stays together.
 */
import { readFileSync } from 'node:fs';
import { decode, TlogReader } from '../../../mavlink/index.ts';
import type { Sample } from '../../kinds.ts';
import { Sampler } from '../../sampler.ts';
import { pressureAltitudeM, stepM } from '../geo.ts';
import type { Random } from './random.ts';

const FLIGHT = new URL('../../../mavlink/testdata/flight-excerpt.tlog', import.meta.url);
/** The receiver's place is that of so long ago. */
const GPS_LAG_US = 200_000;
const RUN = 20;

/** The samples an agent would have made of it. */
export function recordedSamples(): readonly Sample[] {
  const sampler = new Sampler();
  const samples: Sample[] = [];
  new TlogReader().push(readFileSync(FLIGHT), ({ timeUs, frame }) => {
    const message = decode(frame);
    if (message !== null && frame.compid === 1) samples.push(...sampler.take(message, timeUs, frame.sysid));
  });
  return samples;
}

export interface Residuals {
  /** Estimate: step of the place less mean speed × time, m, at 5 Hz. */
  readonly steps: readonly (readonly [number, number, number])[];
  /** Receiver less estimate, m and m/s. */
  readonly gps: readonly (readonly [number, number, number, number])[];
  /** Barometer less estimate, m. */
  readonly baroM: readonly (readonly [number])[];
  /** Test ratios: speed, horizontal, vertical. */
  readonly ratios: readonly (readonly [number, number, number])[];
  /** Later than the fastest, ms. */
  readonly lateMs: readonly (readonly [number])[];
}

const only = <K extends Sample['kind']>(samples: readonly Sample[], kind: K): Sample<K>[] =>
  samples.filter((sample) => sample.kind === kind) as Sample<K>[];

function centred<T extends readonly number[]>(rows: readonly T[]): readonly T[] {
  const means = (rows[0] ?? []).map((_, i) => rows.reduce((sum, row) => sum + (row[i] ?? 0), 0) / rows.length);
  return rows.map((row) => row.map((value, i) => value - (means[i] ?? 0)) as unknown as T);
}

export function residualsOf(samples: readonly Sample[]): Residuals {
  const positions = only(samples, 'position');
  const velocities = only(samples, 'velocity');
  const at = positions.map((p, i) => ({
    us: p.monoUs,
    bootMs: p.bootMs ?? 0,
    latDeg: p.values.latDeg ?? 0,
    lonDeg: p.values.lonDeg ?? 0,
    alt: p.values.altAmslM ?? 0,
    n: velocities[i]?.values.northMps ?? 0,
    e: velocities[i]?.values.eastMps ?? 0,
    d: velocities[i]?.values.downMps ?? 0,
  }));
  const steps = at.slice(2).map((b, i) => {
    const a = at[i] ?? b;
    const s = (b.bootMs - a.bootMs) / 1e3;
    const { northM, eastM } = stepM(a, b);
    return [
      northM - ((a.n + b.n) / 2) * s,
      eastM - ((a.e + b.e) / 2) * s,
      b.alt - a.alt + ((a.d + b.d) / 2) * s,
    ] as const;
  });
  const nearest = (us: number) =>
    at.reduce((best, one) => (Math.abs(one.us - us) < Math.abs(best.us - us) ? one : best));
  const gps = only(samples, 'gps').map(({ values, monoUs }) => {
    const then = nearest(monoUs - GPS_LAG_US);
    const s = (monoUs - GPS_LAG_US - then.us) / 1e6;
    const { northM, eastM } = stepM(then, { latDeg: values.latDeg ?? 0, lonDeg: values.lonDeg ?? 0 });
    const speed = (values.groundSpeedMps ?? 0) - Math.hypot(then.n, then.e);
    return [northM - then.n * s, eastM - then.e * s, (values.altAmslM ?? 0) - then.alt, speed] as const;
  });
  const baro = only(samples, 'pressure').map(({ values, monoUs }) => {
    const alt = nearest(monoUs).alt;
    return { alt, baro: pressureAltitudeM(values.absoluteHpa ?? 1013) };
  });
  // Its height is off by the temperature: that part is a slope, not noise.
  const meanAlt = baro.reduce((sum, { alt }) => sum + alt, 0) / baro.length;
  const meanBaro = baro.reduce((sum, one) => sum + one.baro, 0) / baro.length;
  const slope =
    baro.reduce((sum, one) => sum + (one.alt - meanAlt) * (one.baro - meanBaro), 0) /
    baro.reduce((sum, one) => sum + (one.alt - meanAlt) ** 2, 0);
  const offsets = at.map(({ us, bootMs }) => us / 1e3 - bootMs);
  const least = Math.min(...offsets);
  return {
    steps: centred(steps),
    gps: centred(gps),
    baroM: baro.map((one) => [one.baro - meanBaro - slope * (one.alt - meanAlt)] as const),
    ratios: only(samples, 'ekf').map(
      ({ values }) =>
        [values.velocityVariance ?? 0, values.horizontalVariance ?? 0, values.verticalVariance ?? 0] as const,
    ),
    lateMs: offsets.map((offset) => [offset - least] as const),
  };
}

/** Rows in runs of neighbours from random places. */
export class Draw<T extends readonly number[]> {
  readonly #rows: readonly T[];
  readonly #random: Random;
  #at = 0;
  #left = 0;

  constructor(rows: readonly T[], random: Random) {
    this.#rows = rows;
    this.#random = random;
  }

  next(): T {
    if (this.#left === 0 || this.#at >= this.#rows.length) {
      this.#at = Math.floor(this.#random.next() * this.#rows.length);
      this.#left = RUN;
    }
    this.#left--;
    const row = this.#rows[this.#at++];
    if (row === undefined) throw new RangeError('nothing was recorded');
    return row;
  }
}
