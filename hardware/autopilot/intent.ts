/** What an operator means, whatever the autopilot: the flavours turn it into commands. */

export type IntentName = 'hold' | 'resume' | 'return' | 'land' | 'goto' | 'arm' | 'disarm' | 'reboot';

export interface IntentOptions {
  readonly signal?: AbortSignal;
  /** `arm`: looked at again right before it is sent. */
  readonly may?: () => boolean;
  /** `goto`: where to. */
  readonly to?: { readonly latDeg: number; readonly lonDeg: number; readonly altRelM: number };
  /** `resume`: the navigation item to go on with (never a do-command: a winch would act twice). */
  readonly missionSeq?: number;
}

/** `code` is one of REASONS (@skein/protocol/fleet). */
export type IntentOutcome =
  | { readonly ok: true; readonly how: string; readonly detail: Readonly<Record<string, unknown>> }
  | {
      readonly ok: false;
      readonly code: IntentFailure;
      readonly detail: string;
      /** False: no frame left, so nothing can have happened. */
      readonly sent: boolean;
    };

export type IntentFailure =
  | 'refused'
  | 'no-ack'
  | 'no-effect'
  | 'no-link'
  | 'no-autopilot'
  | 'armed'
  | 'disarmed'
  | 'in-air'
  | 'state-unknown'
  | 'already-on-ground'
  | 'not-holding'
  | 'position'
  | 'log-transfer'
  | 'unproved'
  | 'bad-params'
  | 'not-now'
  /** The caller's signal. */
  | 'cancelled'
  /** Control was taken while it was under way. */
  | 'pilot'
  | 'other-station'
  | 'failsafe';
