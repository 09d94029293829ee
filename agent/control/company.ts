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
  #restored = false;
  /** What an earlier start knew, until it was held against the one that answers. */
  #earlier: string | null = null;
  readonly #remember: (uid2: string) => void;

  constructor(remember: (uid2: string) => void) {
    this.#remember = remember;
  }

  /**
   * What an earlier start remembered; on a slow card it may be read only after the autopilot has answered. A journal that
   * comes back later says nothing new: only the first time counts.
   */
  restore(uid2: unknown): void {
    if (this.#restored) return;
    this.#restored = true;
    if (typeof uid2 === 'string') this.#earlier = uid2;
  }

  /** What there is to raise the alarm about now. */
  observe({ readOnly, why, uid2 }: CompanyNow): readonly string[] {
    const alarms: string[] = [];
    if (readOnly && !this.#readOnly) alarms.push(`${why}: this agent only listens until it is gone`);
    this.#readOnly = readOnly;
    // What answered before the journal was read stands in `#uid2`: it is held against the earlier one all the same.
    const before = this.#earlier ?? this.#uid2;
    const now = uid2 ?? this.#uid2;
    this.#earlier = null;
    this.#uid2 = now ?? before;
    if (now === null || now === before) return alarms;
    if (before !== null) {
      alarms.push(`Another autopilot than before: ${before} → ${now}. Check its parameters and calibration`);
    }
    this.#remember(now);
    return alarms;
  }
}
