/**
 * Who else is on the vehicle's wire, and whether the autopilot is still the one it was: alarms, told once for each time it
 * begins (flight rules §2).
 */
export interface CompanyNow {
  /** A second autopilot, or a second companion with our name, is heard: nothing is sent but heartbeats. */
  readonly readOnly: boolean;
  readonly why: string;
  /** Hardware id of the autopilot, hex; null while it has not told. */
  readonly uid2: string | null;
}

export class CompanyWatch {
  #readOnly = false;
  /** Of the autopilot as known here, also from earlier starts. */
  #uid2: string | null = null;
  readonly #remember: (uid2: string) => void;

  constructor(remember: (uid2: string) => void) {
    this.#remember = remember;
  }

  /** What an earlier start remembered. */
  restore(uid2: unknown): void {
    if (typeof uid2 === 'string') this.#uid2 ??= uid2;
  }

  /** What there is to raise the alarm about now. */
  observe({ readOnly, why, uid2 }: CompanyNow): readonly string[] {
    const alarms: string[] = [];
    if (readOnly && !this.#readOnly) alarms.push(`${why}: this agent only listens until it is gone`);
    this.#readOnly = readOnly;
    if (uid2 !== null && uid2 !== this.#uid2) {
      if (this.#uid2 !== null) {
        alarms.push(`Another autopilot than before: ${this.#uid2} → ${uid2}. Check its parameters and calibration`);
      }
      this.#uid2 = uid2;
      this.#remember(uid2);
    }
    return alarms;
  }
}
