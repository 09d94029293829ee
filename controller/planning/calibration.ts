/**
 * A drone's own factors, from flights it has flown: medians and quartiles of flown ÷ modelled, so that single bad readings
 * move nothing, within bounds, so that a wrong sensor cannot promise flights for nothing; the spread (median absolute
 * deviation, scaled to a standard deviation, twice) becomes a margin. Dearer is believed after a few flights, cheaper than it
 * was only by the upper quartile of many, cheaper than the model not before that many were flown.
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
/** So many say that it draws less. */
export const CHEAPER_FLIGHTS = 20;
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
    ...{
      energyRatio: carefully(newest.map((one) => one.flownWh / one.modelWh)),
      energySpread: energy.spread,
      timeRatio: time.ratio,
      timeSpread: time.spread,
    },
    flights: newest.length,
  };
}

function carefully(ratios: readonly number[]): number {
  const many = ratios.slice(-CHEAPER_FLIGHTS).toSorted((a, b) => a - b);
  const upper = many[Math.ceil(many.length * 0.75) - 1] ?? 1;
  const ratio = Math.max(upper, median(ratios.slice(-MIN_FLIGHTS)));
  const isEarly = ratios.length < CHEAPER_FLIGHTS;
  return Math.max(isEarly ? 1 : RATIO_MIN, Math.min(RATIO_MAX, ratio));
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
