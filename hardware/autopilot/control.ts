/** Who has control (types; the machine is below). */
export type ControlState = 'skein' | 'pilot' | 'other-station' | 'autopilot-failsafe' | 'unknown';

export interface ControlSnapshot {
  readonly state: ControlState;
  /** What it was inferred from, in words. */
  readonly why: string;
  /** When it became so, ms. */
  readonly sinceMs: number;
  /** A second companion with our name, or a second autopilot: nothing is sent but heartbeats. */
  readonly readOnly: boolean;
  /** The agent started in mid-flight and only listens. */
  readonly adopted: boolean;
  /** Counts the times control was taken from us: what is under way when it grows is superseded. */
  readonly taken: number;
  /** A failsafe has acted since the motors were last started. */
  readonly failsafeSeen: boolean;
}
