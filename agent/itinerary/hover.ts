/** Gathers what a release is judged by: hover current before and after, line, gripper. Bounded; fed once a tick. */
import type { ControlSnapshot } from '@skein/hardware/autopilot';
import type { DeliveryMethod } from '@skein/protocol/fleet';
import type { Evidence, Hover } from './release.ts';

const KEEP = 20;
const HOVER_MPS = 1.5;
const HOVER_CLIMB_MPS = 0.4;
/** Whoever flies so may sink, throttle back and land with the parcel: nothing weighed or felt of it meanwhile is a hover's. */
export const BY_OTHERS: readonly string[] = ['pilot', 'other-station'];

export interface Reading {
  /** New with each measurement; a value that was counted is not counted again. */
  readonly currentA: number | null;
  readonly currentAtUs: number | null;
  readonly speedMps: number | null;
  readonly climbMps: number | null;
  /** Neither on the ground nor landing, as far as it is told. */
  readonly inAir: boolean;
  readonly control: ControlSnapshot['state'];
}

export interface WinchReading {
  readonly lineM: number;
  readonly tension: number | null;
}

export function hoverOf(readings: readonly number[]): Hover | null {
  if (readings.length === 0) return null;
  const meanA = readings.reduce((sum, value) => sum + value, 0) / readings.length;
  const spreadA = Math.sqrt(readings.reduce((sum, value) => sum + (value - meanA) ** 2, 0) / readings.length);
  const rounded = (value: number): number => Math.round(value * 1000) / 1000;
  return { readings: readings.length, meanA: rounded(meanA), spreadA: rounded(spreadA) };
}

export class EvidenceWatch {
  readonly #how: DeliveryMethod;
  readonly #lineM: number;
  readonly #wantedDrop: number;
  readonly #before: number[] = [];
  readonly #after: number[] = [];
  #currentAtUs: number | null = null;
  #part: 'before' | 'during' | 'after' = 'before';
  #mostOutM = 0;
  #endOutM = 0;
  #winchHeard = false;
  #tensionBefore: number | null = null;
  #tensionAfter: number | null = null;
  #maxDescent = false;
  #reached = false;
  #counts = true;
  #byOthers = false;
  #cameDown = false;
  gripper: 'open' | 'closed' | null = null;
  sensorHolds: boolean | null = null;

  constructor(o: { readonly how: DeliveryMethod; readonly lineM: number; readonly wantedDrop: number }) {
    this.#how = o.how;
    this.#lineM = o.lineM;
    this.#wantedDrop = o.wantedDrop;
  }

  get readingsBefore(): number {
    return this.#before.length;
  }

  get readingsAfter(): number {
    return this.#after.length;
  }

  /** The release has begun, or may have. */
  begin(): void {
    if (this.#part === 'before') this.#part = 'during';
    this.#reached = true;
  }

  /** From here on the parcel has left, or it has not: what hovers is weighed. */
  weigh(): void {
    if (this.#part === 'during') this.#part = 'after';
  }

  get isWeighing(): boolean {
    return this.#part === 'after';
  }

  /** Once a tick: whether what is measured counts, and the newest measurement. */
  take({ currentA, currentAtUs, speedMps, climbMps, inAir, control }: Reading): void {
    const byOthers = BY_OTHERS.includes(control);
    // On the ground a motor that idles would look like a parcel that is gone, and every line is slack.
    this.#counts = inAir && !byOthers;
    // Landed and disarmed after that it is nobody's, and was last flown by them.
    if (byOthers || inAir) this.#byOthers = byOthers;
    this.#cameDown = !inAir;
    if (currentA === null || currentAtUs === null || currentAtUs === this.#currentAtUs) return;
    // Whatever it does now is what it did when that was measured: later it may do something else.
    this.#currentAtUs = currentAtUs;
    if (!this.#counts || speedMps === null || climbMps === null || this.#part === 'during') return;
    if (speedMps > HOVER_MPS || Math.abs(climbMps) > HOVER_CLIMB_MPS) return;
    const kept = this.#part === 'before' ? this.#before : this.#after;
    kept.push(currentA);
    if (kept.length > KEEP) kept.shift();
  }

  winch({ lineM, tension }: WinchReading): void {
    if (!this.#counts) return;
    this.#winchHeard = true;
    if (this.#part === 'before') {
      this.#tensionBefore = tension;
      return;
    }
    this.#mostOutM = Math.max(this.#mostOutM, lineM);
    this.#endOutM = lineM;
    this.#tensionAfter = tension;
  }

  /** What the autopilot said; only what speaks against a release is believed. */
  text(words: string): void {
    if (this.#part !== 'before' && /max(imum)? descent/i.test(words)) this.#maxDescent = true;
  }

  evidence(): Evidence {
    return {
      how: this.#how,
      sensorHolds: this.sensorHolds,
      before: hoverOf(this.#before),
      after: hoverOf(this.#after),
      wantedDrop: this.#wantedDrop,
      gripper: this.gripper,
      winch: this.#winchHeard
        ? {
            mostOutM: this.#mostOutM,
            endOutM: this.#endOutM,
            lineM: this.#lineM,
            tensionBefore: this.#tensionBefore,
            tensionAfter: this.#tensionAfter,
          }
        : null,
      ...{ byOthers: this.#byOthers, cameDown: this.#cameDown },
      maxDescent: this.#maxDescent,
      reached: this.#reached,
    };
  }
}
