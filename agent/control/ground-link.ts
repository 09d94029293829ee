/**
 * When the ground-link heartbeat is sent (flight rules §3): while the controller's lease is fresh, and while the ladder
 * holds it, so that the autopilot's own failsafe acts on what the ladder does not. An agent that starts beside a flying
 * vehicle goes on with a heartbeat that was being sent, for the length of a lease: the controller is asked for a new one
 * meanwhile, and a gap of over 4 s would bring the drone home. Pure.
 */

/** A lease of the controller (docs/wire.md). */
const GRACE_MS = 15_000;

export interface GroundLinkInput {
  readonly nowMs: number;
  readonly leaseLeftMs: number;
  readonly armed: boolean | null;
  /** The ladder acts on the loss, and is not at its end. */
  readonly ladderHolds: boolean;
}

export class GroundLinkRule {
  readonly #startedMs: number;
  #wasOn = false;
  #on = false;

  constructor(startedMs: number) {
    this.#startedMs = startedMs;
  }

  /** What the journal says: it was being sent when the agent ended, in the same boot of the board. */
  restore(wasOn: boolean): void {
    this.#wasOn = wasOn;
  }

  get on(): boolean {
    return this.#on;
  }

  /** Call every 100 ms. */
  tick({ nowMs, leaseLeftMs, armed, ladderHolds }: GroundLinkInput): boolean {
    const goingOn = this.#wasOn && armed === true && nowMs - this.#startedMs < GRACE_MS;
    this.#on = leaseLeftMs > 0 || ladderHolds || goingOn;
    return this.#on;
  }
}
