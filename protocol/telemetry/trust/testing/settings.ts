/** The noise and the numbers of the tests: how many hours, which seeds. */
import { recordedSamples, residualsOf } from './recording.ts';

export const residuals = residualsOf(recordedSamples());

/** Limits were tuned with seeds under this; tests fly others only. */
const FIRST_SEED = 1_000_000;

/** Replays with `SEED=`; else new each time. */
export const seed = FIRST_SEED + (Number(process.env.SEED ?? Date.now()) % 2 ** 30);
const isSoak = process.env.SOAK === '1';
/** Hours of flight, draws of a fault: `COUNT=`. */
export const hours = Number(process.env.COUNT ?? (isSoak ? 100 : 8));
export const draws = Math.min(400, Number(process.env.COUNT ?? (isSoak ? 100 : 4)));
