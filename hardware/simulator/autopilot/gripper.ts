import type { Parameters } from './parameters.ts';

/** So long a servo is given to move; then the autopilot says that it has, whatever happened (4.6.3). */
const SERVO_MS = 500;
const SERVO = 1;
const GRIPPER_OUTPUT = 28;
export const OUTPUTS = 16;

type State = 'neutral' | 'grabbing' | 'grabbed' | 'releasing' | 'released';

/** Made once: it is asked in every step of every simulated flight. */
const FUNCTIONS = Array.from({ length: OUTPUTS }, (_, at) => `SERVO${at + 1}_FUNCTION`);

export const hasOutput = (parameters: Parameters, func: number): boolean =>
  FUNCTIONS.some((name) => parameters.value(name) === func);

/** ArduPilot's servo gripper: it knows what it asked for, and nothing of what came of it. One per boot. */
export class Gripper {
  readonly #parameters: Parameters;
  readonly #say: (text: string) => void;
  /** Set up at boot. */
  readonly #fitted: boolean;
  #state: State = 'neutral';
  #orderedAtMs = 0;
  #nowMs = 0;

  constructor(parameters: Parameters, say: (text: string) => void) {
    this.#parameters = parameters;
    this.#say = say;
    this.#fitted = parameters.value('GRIP_ENABLE') !== 0 && parameters.value('GRIP_TYPE') === SERVO;
  }

  /** Commands are taken, also where nothing can come of them. */
  get enabled(): boolean {
    return this.#parameters.value('GRIP_ENABLE') !== 0;
  }

  /** There is something to move. */
  get valid(): boolean {
    return this.enabled && this.#fitted && hasOutput(this.#parameters, GRIPPER_OUTPUT);
  }

  get released(): boolean {
    return this.#state === 'released';
  }

  /** What its servo is told. */
  get jaw(): 'open' | 'close' | null {
    if (!this.valid || this.#state === 'neutral') return null;
    return this.#state === 'releasing' || this.#state === 'released' ? 'open' : 'close';
  }

  release(): void {
    this.#order('releasing', 'released');
  }

  grab(): void {
    this.#order('grabbing', 'grabbed');
  }

  /** Closed by hand, round a load. */
  close(): void {
    if (this.valid) this.#state = 'grabbed';
  }

  #order(under: State, done: State): void {
    if (!this.enabled || !this.#fitted || this.#state === under) return;
    if (this.#state === done) {
      this.#say(`Gripper load ${done}`);
      return;
    }
    this.#state = under;
    this.#orderedAtMs = this.#nowMs;
    this.#say(`Gripper load ${under}`);
  }

  step(nowMs: number): void {
    this.#nowMs = nowMs;
    const under = this.#state === 'releasing' || this.#state === 'grabbing';
    if (!under || !this.valid || nowMs - this.#orderedAtMs < SERVO_MS) return;
    this.#state = this.#state === 'releasing' ? 'released' : 'grabbed';
    this.#say(`Gripper load ${this.#state}`);
  }
}
