import { hasOutput } from './gripper.ts';
import type { Parameters } from './parameters.ts';

/** WINCH_TYPE: one that reports what it does; another (1) reports only what it was told. */
const DAIWA = 2;
const WINCH_OUTPUT = 88;
/** WINCH_OPTIONS. */
const FREE_AT_BOOT = 1;
const TELLS = 2;
const STILL_MS = 0.01;

export const WinchAction = { RELAX: 0, LENGTH: 1, RATE: 2 } as const;

export interface WinchOrder {
  readonly action: number;
  /** To pay out, metres; negative winds in. */
  readonly lengthM: number;
  readonly rateMS: number;
}

/** ArduPilot's winch: it knows 0 (relax), 1 (length) and 2 (rate) of the standard's actions. One per boot. */
export class Winch {
  readonly #parameters: Parameters;
  readonly #say: (text: string) => void;
  readonly #type: number;
  #mode: 'free' | 'length' | 'rate';
  #wantedM = 0;
  #rateMS = 0;
  /** As it counts, by what it asks for. */
  #countedM = 0;

  constructor(parameters: Parameters, say: (text: string) => void) {
    this.#parameters = parameters;
    this.#say = say;
    this.#type = parameters.value('WINCH_TYPE');
    this.#mode = (parameters.value('WINCH_OPTIONS') & FREE_AT_BOOT) !== 0 ? 'free' : 'rate';
  }

  get enabled(): boolean {
    return this.#type > 0;
  }

  get healthy(): boolean {
    return this.enabled && hasOutput(this.#parameters, WINCH_OUTPUT);
  }

  /** It measures line and tension itself. */
  get reports(): boolean {
    return this.#type === DAIWA;
  }

  get free(): boolean {
    return this.#mode === 'free';
  }

  get wantedMS(): number {
    return this.#rateMS;
  }

  get countedM(): number {
    return this.#countedM;
  }

  /** What the drum is told; null: it runs free. */
  get lineMS(): number | null {
    if (!this.healthy) return 0;
    return this.free ? null : Math.abs(this.#rateMS) < STILL_MS ? 0 : this.#rateMS;
  }

  /** False: an action it does not know. `lineM`: what is out now. */
  order({ action, lengthM, rateMS }: WinchOrder, lineM: number): boolean {
    switch (action) {
      case WinchAction.RELAX:
        this.#mode = 'free';
        this.#rateMS = 0;
        return true;
      case WinchAction.LENGTH: {
        const fromM = this.reports ? lineM : this.#countedM;
        this.#wantedM = fromM + lengthM;
        this.#mode = 'length';
        if ((this.#parameters.value('WINCH_OPTIONS') & TELLS) !== 0) {
          const what = lengthM < 0 ? 'raising' : 'lowering';
          this.#say(`Winch: ${what} ${padded(Math.abs(lengthM))}m to ${padded(this.#wantedM)}m`);
        }
        return true;
      }
      case WinchAction.RATE: {
        const most = this.#parameters.value('WINCH_RATE_MAX');
        this.#mode = 'rate';
        this.#rateMS = Math.max(-most, Math.min(most, rateMS));
        return true;
      }
      default:
        return false;
    }
  }

  step(lineM: number, dtS: number): void {
    if (!this.healthy || this.free) return;
    const most = this.#parameters.value('WINCH_RATE_MAX');
    const nowM = this.reports ? lineM : this.#countedM;
    if (this.#mode === 'length') {
      const wanted = (this.#wantedM - nowM) * this.#parameters.value('WINCH_POS_P');
      this.#rateMS = Math.max(-most, Math.min(most, wanted));
    }
    this.#countedM = Math.max(0, this.#countedM + this.#rateMS * dtS);
  }
}

/** As "%4.1f" writes it. */
const padded = (metres: number): string => metres.toFixed(1).padStart(4);
