/** One simulated flight with its noise, its fault and its truth, sample by sample. */
import type { Sample } from '../../kinds.ts';
import { movedBy, type Place } from '../geo.ts';
import { flyPath, STEP_S, type Truth } from './path.ts';
import { Random } from './random.ts';
import type { Residuals } from './recording.ts';
import { type Fault, Sensors } from './sensors.ts';

export interface FlightOptions {
  readonly seed: number;
  readonly residuals: Residuals;
  readonly fault?: Fault;
  readonly faultAtS?: number;
  /** Nothing is told after this, s. */
  readonly untilS?: number;
  /** Called after the samples of each step. */
  readonly onStep?: (now: { readonly s: number; readonly truth: Truth; readonly place: Place }) => void;
  readonly onSample: (sample: Sample) => void;
}

const pathOf = (seed: number): Random => new Random(seed ^ 0x5f37_59df);

/** Every moment of the flight of this seed, without its sensors. */
export function truths(seed: number): Truth[] {
  const all: Truth[] = [];
  flyPath(pathOf(seed), (truth) => void all.push(truth));
  return all;
}

/** Flies to the end; how long it took, s of flight. */
export function fly(o: FlightOptions): number {
  const random = new Random(o.seed);
  const base = { latDeg: random.between(-60, 65), lonDeg: random.between(-180, 180) };
  const { residuals, fault, faultAtS, untilS, onStep, onSample } = o;
  const sensors = new Sensors({
    ...{ random, residuals, base },
    ...(fault === undefined ? {} : { fault }),
    ...(faultAtS === undefined ? {} : { faultAtS }),
  });
  let s = 0;
  flyPath(pathOf(o.seed), (truth) => {
    if (untilS === undefined || s <= untilS) {
      sensors.step(truth, s, onSample);
      onStep?.({ s, truth, place: movedBy(base, truth.north, truth.east) });
    }
    s += STEP_S;
  });
  return s;
}
