/** What differs between autopilots, in one place. */
import type { CommandRequest } from '../command.ts';
import type { IntentFailure, IntentName, IntentOptions, IntentOutcome } from '../intent.ts';
import type { VehicleState } from '../state.ts';

/** One step of an intent, as a pure generator asks its runner for it (../steps.ts). */
export type Step =
  | { readonly do: 'command'; readonly request: CommandRequest }
  /** Wait until it is seen to hold for `heldMs` without a break; false after `withinMs`. */
  | {
      readonly do: 'see';
      readonly until: (state: VehicleState) => boolean;
      readonly withinMs: number;
      readonly heldMs?: number;
    };

export type Doing = Generator<Step, IntentOutcome, StepResult>;
export interface StepResult {
  readonly ok: boolean;
  /** `accepted`, `already`, `effect-seen`, `seen`, or why not. */
  readonly how: string;
  readonly result: string | null;
  readonly texts: readonly string[];
  readonly state: VehicleState;
}

/** What a command of ours will show in the next heartbeats, so that it is not taken for a pilot's doing. */
export interface Expected {
  /** custom_mode numbers, any of which may come. */
  readonly modes?: readonly number[];
  readonly armed?: boolean;
  readonly reboot?: true;
}

export interface ParameterFault {
  readonly parameter: string;
  /** Null: it has no such parameter, or it was not read. */
  readonly value: number | null;
  readonly wanted: string;
}

export interface Flavour {
  readonly name: 'ardupilot' | 'px4';
  modeName(customMode: number): string | null;
  /** Null: no such mode. */
  modeNumber(name: string): number | null;
  isFailsafeText(text: string): boolean;
  /** A failsafe's own text that says it is over. */
  isFailsafeOverText(text: string): boolean;
  /** Modes that a failsafe may choose. */
  readonly failsafeModes: readonly string[];
  /**
   * A mission's return item, where that changes the mode: its own as the turn of the last item comes, unless a failsafe or the mode
   * switch speaks for itself. No other change is: what a pilot's switch may do as well is taken for his.
   */
  isMissionReturn(from: string, to: string): boolean;
  /** In these it may disarm by itself: it has landed as it was told. */
  readonly landingModes: readonly string[];
  /** Holds the system id whose heartbeats its ground-link failsafe counts: the first of these that exists. */
  readonly groundLinkParameter: readonly string[];
  /** The system id when it has no such parameter; null: it must be read. */
  readonly groundLinkDefault: number | null;
  /** Parameter with the channel of the mode switch. */
  readonly modeChannelParameter: string;
  readonly modeChannelDefault: number | null;
  /** Parameters that `failsafeCheck` asks for. */
  readonly failsafeParameters: readonly string[];
  /** What contradicts `linkLoss.owner`; empty: nothing. Parameters by `read`, null when the autopilot lacks one. */
  failsafeCheck(owner: 'agent' | 'autopilot', read: (name: string) => number | null): readonly ParameterFault[];
  rebootRequest(): CommandRequest;
  expected(request: CommandRequest): Expected | null;
  intent(name: IntentName, options: IntentOptions, state: VehicleState): Doing;
  /** After a start that was called off: disarmed, on the ground only, and out of the mission's mode. */
  standDown(): Doing;
}

export function refused(code: IntentFailure, detail = ''): IntentOutcome {
  return { ok: false, code, detail, sent: false };
}
