/**
 * Whether the servo of a gripper is told to be open or closed. It says what the output is, not what the jaw does: half of a
 * proof, the weight is the other (flight rules §7).
 */
import type { Itinerary } from '@skein/protocol/fleet';
import type { Messages } from '@skein/protocol/mavlink';

/** SERVOn_FUNCTION of a gripper. */
const GRIPPER = 28;
const OUTPUTS = 16;
const NEAR_US = 40;

interface Output {
  readonly servo: number;
  readonly openUs: number;
  readonly closedUs: number;
}

export class GripperWatch {
  readonly #parameter: (name: string, signal: AbortSignal) => Promise<number | null>;
  #output: Output | null = null;
  #isLearnt = false;

  constructor(parameter: (name: string, signal: AbortSignal) => Promise<number | null>) {
    this.#parameter = parameter;
  }

  /** Its output is known, or nobody asks for a gripper. */
  get isLearnt(): boolean {
    return this.#isLearnt;
  }

  /** Which output, and what it is told: read when a delivery asks for a gripper. ArduPilot only. */
  async learn(itinerary: Itinerary, flavour: 'ardupilot' | 'px4', signal: AbortSignal): Promise<void> {
    this.#output = null;
    this.#isLearnt = false;
    const isAsked =
      flavour === 'ardupilot' && itinerary.items.some((item) => item.do === 'deliver' && item.how !== 'winch');
    this.#output = isAsked ? await this.#search(signal) : null;
    this.#isLearnt = !isAsked || this.#output !== null;
  }

  async #search(signal: AbortSignal): Promise<Output | null> {
    const openUs = await this.#parameter('GRIP_RELEASE', signal);
    const closedUs = await this.#parameter('GRIP_GRAB', signal);
    if (openUs === null || closedUs === null || openUs === closedUs) return null;
    for (let servo = 1; servo <= OUTPUTS && !signal.aborted; servo++) {
      if ((await this.#parameter(`SERVO${servo}_FUNCTION`, signal)) === GRIPPER) return { servo, openUs, closedUs };
    }
    return null;
  }

  /** Null: not known. */
  stateOf(fields: Messages['SERVO_OUTPUT_RAW']): 'open' | 'closed' | null {
    const output = this.#output;
    if (output === null) return null;
    const value: unknown = fields[`servo${output.servo}_raw` as keyof Messages['SERVO_OUTPUT_RAW']];
    if (typeof value !== 'number') return null;
    if (Math.abs(value - output.openUs) <= NEAR_US) return 'open';
    return Math.abs(value - output.closedUs) <= NEAR_US ? 'closed' : null;
  }
}
