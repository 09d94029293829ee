/**
 * A drone's own factors, from flights it has flown: the median of flown ÷ modelled, so that single bad readings move
 * nothing, within bounds, so that a wrong sensor cannot promise flights for nothing; the spread (median absolute
 * deviation, scaled to a standard deviation, twice) becomes a margin.
 */
import type { Calibration } from './ports.ts';

/** One flight: what the model said for it as it was flown, and what was measured. */
export interface FlownFlight {
  readonly modelWh: number;
  readonly flownWh: number;
  readonly modelS: number;
  readonly flownS: number;
}

/** Fewer flights say too little. Only the newest count: packs age. */
export const MIN_FLIGHTS = 5;
export const MAX_FLIGHTS = 50;
const RATIO_MIN = 0.8;
const RATIO_MAX = 2;
/** Makes the median absolute deviation of a normal distribution its standard deviation. */
const MAD_TO_SIGMA = 1.4826;
const SIGMAS = 2;
const SPREAD_MAX = 0.5;

/** @param flights oldest first */
export function calibrate(flights: readonly FlownFlight[]): Calibration | null {
  const readable = flights.filter(
    (one) =>
      one.modelWh > 0 &&
      one.modelS > 0 &&
      one.flownWh > 0 &&
      one.flownS > 0 &&
      Number.isFinite(one.flownWh + one.flownS),
  );
  const newest = readable.slice(-MAX_FLIGHTS);
  if (newest.length < MIN_FLIGHTS) return null;
  const energy = fit(newest.map((one) => one.flownWh / one.modelWh));
  const time = fit(newest.map((one) => one.flownS / one.modelS));
  return {
    ...{ energyRatio: energy.ratio, energySpread: energy.spread, timeRatio: time.ratio, timeSpread: time.spread },
    flights: newest.length,
  };
}

function fit(ratios: readonly number[]): { readonly ratio: number; readonly spread: number } {
  const middle = median(ratios);
  const mad = median(ratios.map((one) => Math.abs(one - middle)));
  return {
    ratio: Math.max(RATIO_MIN, Math.min(RATIO_MAX, middle)),
    spread: Math.min(SPREAD_MAX, (SIGMAS * MAD_TO_SIGMA * mad) / middle),
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[half - 1] ?? upper)) / 2;
}
