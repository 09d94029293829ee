/** What is asked of the autopilot, and what became of it. */
import type { VehicleState } from './state.ts';

export interface CommandRequest {
  /** MAV_CMD. Only what whitelist.ts knows can be sent. */
  readonly command: number;
  /** param1 … param7; the rest is 0. */
  readonly params?: readonly number[];
  /** Sent as COMMAND_INT: a place, degE7 and metres. `params` then gives param1 … param4. */
  readonly int?: { readonly frame: number; readonly x: number; readonly y: number; readonly z: number };
  /**
   * `repeatable`: sent again, with `confirmation` + 1, while no answer comes. `once`: looked first whether it is so
   * already, sent exactly once; without an answer its effect is looked for (the same frame twice is executed twice,
   * observed).
   */
  readonly klass: 'repeatable' | 'once';
  /** It is so already: nothing is sent. */
  readonly alreadySo?: (state: VehicleState) => boolean;
  /** Looked at right before it is sent, for it may have waited its turn; false: it is not sent. */
  readonly may?: (state: VehicleState) => boolean;
  /** What can be seen of it when it was done. */
  readonly effect?: (state: VehicleState) => boolean;
  /** How long the effect may take, from the answer or from giving up on one. Default 5 000. */
  readonly effectWithinMs?: number;
  /**
   * Sent as a message of its own, which nothing answers: its effect alone tells. MISSION_SET_CURRENT in place of
   * DO_SET_MISSION_CURRENT, which a PX4 does not know (1.18: UNSUPPORTED).
   */
  readonly unanswered?: boolean;
  /** How long one answer may take. Default 1 000, `once` 2 500. */
  readonly ackWithinMs?: number;
}

export type CommandFailure =
  | 'refused'
  | 'no-ack'
  | 'no-effect'
  | 'no-link'
  | 'no-autopilot'
  | 'busy'
  | 'changed'
  | 'aborted';

export type CommandOutcome =
  | { readonly ok: true; readonly how: 'accepted' | 'already' | 'effect-seen' }
  | {
      readonly ok: false;
      readonly code: CommandFailure;
      /** Name of the MAV_RESULT that refused it; null when nothing did. */
      readonly result: string | null;
      /** What the autopilot said with it. */
      readonly texts: readonly string[];
      /** A frame left: what it did is not known unless it was refused. False: nothing was sent. */
      readonly sent: boolean;
    };
