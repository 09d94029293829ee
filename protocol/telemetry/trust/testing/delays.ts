/**
 * What lies between an autopilot and a verdict and is no fault of a position: an autopilot whose clock loses time, a line or
 * a process that holds its breath and then delivers at once or bit by bit. Drawn from a seed, in virtual time.
 *
 *   autopilot's time ─ slips ─▶ our time of sending ─ holds ─▶ our time of arrival
 */
import type { Sample } from '../../kinds.ts';
import type { PositionTrust } from '../trust.ts';
import type { Random } from './random.ts';

/** From `fromUs` to `toUs` of our time its clock runs at `rate`; what it loses is never made up for. */
export interface Slip {
  readonly fromUs: number;
  readonly toUs: number;
  readonly rate: number;
}

/** Nothing arrives from `fromUs` to `toUs`; then what was held comes `drain` times as fast as it was sent. */
export interface Hold {
  readonly fromUs: number;
  readonly toUs: number;
  readonly drain: number;
}

export interface Draws {
  /** [at least, at most] s of each, and [least, most] rate. */
  readonly slipS?: readonly [number, number];
  readonly rate?: readonly [number, number];
  readonly holdS?: readonly [number, number];
  readonly drain?: readonly [number, number];
  /** Between the end of one and the beginning of the next, s. */
  readonly apartS: readonly [number, number];
}

/** Flights begin at this moment of our clock, with this time since the autopilot's boot. */
const BEGAN_US = 1e9;
const BOOT_MS = 30_000;
const LONG_S = 3_600;
const ASK_EVERY_US = 500e3;
const ANSWER_US = 5e3;

export class Delays {
  readonly slips: readonly Slip[];
  readonly holds: readonly Hold[];
  #arrivedUs = 0;
  #answers: { readonly dueUs: number; readonly bootMs: number; readonly askedUs: number }[] = [];
  #askedUs = 0;

  constructor(random: Random, o: Draws) {
    const windows = (seconds: readonly [number, number] | undefined): { fromUs: number; toUs: number }[] => {
      const all: { fromUs: number; toUs: number }[] = [];
      for (let s = 20; seconds !== undefined && s < LONG_S; ) {
        s += random.between(...o.apartS);
        const lastsS = random.between(...seconds);
        all.push({ fromUs: BEGAN_US + s * 1e6, toUs: BEGAN_US + (s + lastsS) * 1e6 });
        s += lastsS;
      }
      return all;
    };
    this.slips = windows(o.slipS).map((one) => ({ ...one, rate: random.between(...(o.rate ?? [1, 1])) }));
    this.holds = windows(o.holdS).map((one) => ({ ...one, drain: random.between(...(o.drain ?? [1e6, 1e6])) }));
  }

  /** The sample as it arrives. */
  arrived(sample: Sample): Sample {
    this.#arrivedUs = Math.max(this.#arrivedUs, this.#held(this.#sentUs(sample.monoUs)));
    return { ...sample, monoUs: Math.round(this.#arrivedUs) };
  }

  /** When it was, by our clock, at which the autopilot's stood at `bootMs`, µs. */
  saidUs(bootMs: number): number {
    return this.#sentUs(BEGAN_US + (bootMs - BOOT_MS) * 1e3);
  }

  /** As an agent does: asks for the autopilot's time when the machine wants it, and passes on what has come. */
  ask(trust: PositionTrust, nowUs: number): void {
    for (const { dueUs, bootMs, askedUs } of this.#answers) if (dueUs <= nowUs) trust.clock(bootMs, askedUs);
    this.#answers = this.#answers.filter(({ dueUs }) => dueUs > nowUs);
    if (!trust.wantsClock || this.#answers.length > 0 || nowUs - this.#askedUs < ASK_EVERY_US) return;
    this.#askedUs = nowUs;
    const bootMs = Math.floor(BOOT_MS + (this.#ownUs(nowUs) - BEGAN_US) / 1e3);
    this.#answers.push({ dueUs: this.#held(nowUs + ANSWER_US), bootMs, askedUs: nowUs });
  }

  /** Its time, as if both clocks had begun together, at this moment of ours. */
  #ownUs(ourUs: number): number {
    let lostUs = 0;
    for (const { fromUs, toUs, rate } of this.slips) {
      if (ourUs > fromUs) lostUs += (Math.min(ourUs, toUs) - fromUs) * (1 - rate);
    }
    return ourUs - lostUs;
  }

  #sentUs(ownUs: number): number {
    let lostUs = 0;
    for (const { fromUs, toUs, rate } of this.slips) {
      if (ownUs + lostUs < fromUs) break;
      const inItUs = (ownUs + lostUs - fromUs) / rate;
      if (fromUs + inItUs < toUs) return fromUs + inItUs;
      lostUs += (toUs - fromUs) * (1 - rate);
    }
    return ownUs + lostUs;
  }

  #held(sentUs: number): number {
    let atUs = sentUs;
    for (const { fromUs, toUs, drain } of this.holds) {
      if (sentUs >= fromUs) atUs = Math.max(atUs, toUs + (sentUs - fromUs) / drain);
    }
    return atUs;
  }
}
