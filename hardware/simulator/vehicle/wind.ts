import type { Random } from '../random.ts';

/** Wind as a vector (where it blows to), metres per second, made of a steady part and gusts. */
export interface Wind {
  /** Where the steady wind comes from, degrees. */
  readonly fromDeg: number;
  readonly speedMS: number;
  /** Deviation of the gusts as a part of the steady speed. */
  readonly turbulence: number;
  readonly gustNorthMS: number;
  readonly gustEastMS: number;
  readonly northMS: number;
  readonly eastMS: number;
}

/** How long a gust lasts, seconds. */
const GUST_S = 4;

export function calm(fromDeg: number, speedMS: number, turbulence: number): Wind {
  const to = ((fromDeg + 180) * Math.PI) / 180;
  return {
    fromDeg,
    speedMS,
    turbulence,
    gustNorthMS: 0,
    gustEastMS: 0,
    northMS: speedMS * Math.cos(to),
    eastMS: speedMS * Math.sin(to),
  };
}

/** Gusts wander and come back (Ornstein and Uhlenbeck). */
export function stepWind(wind: Wind, dtS: number, random: Random): Wind {
  const keep = Math.exp(-dtS / GUST_S);
  const push = wind.speedMS * wind.turbulence * Math.sqrt(1 - keep * keep);
  const gustNorthMS = wind.gustNorthMS * keep + push * random.normal();
  const gustEastMS = wind.gustEastMS * keep + push * random.normal();
  const steady = calm(wind.fromDeg, wind.speedMS, wind.turbulence);
  return {
    ...steady,
    gustNorthMS,
    gustEastMS,
    northMS: steady.northMS + gustNorthMS,
    eastMS: steady.eastMS + gustEastMS,
  };
}
