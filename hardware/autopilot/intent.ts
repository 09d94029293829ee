/** What an operator means, whatever the autopilot: the flavours turn it into commands. */

export type IntentName =
  | 'hold'
  | 'resume'
  | 'return'
  | 'land'
  | 'goto'
  | 'climb'
  | 'arm'
  | 'disarm'
  | 'reboot'
  /** Fly the mission that was verified: see flavours/start.ts. */
  | 'start'
  /** On to another navigation item of the mission being flown. */
  | 'jump'
  | 'payload'
  | 'set-home';

/** `lengthM`: line, positive; `rateMps`: how fast, 0 as it likes. */
export interface PayloadOrder {
  readonly do: 'release' | 'grab' | 'winch-relax' | 'winch-lower' | 'winch-retract';
  readonly lengthM?: number;
  readonly rateMps?: number;
}

export interface IntentOptions {
  readonly signal?: AbortSignal;
  /** `arm`, `start`, `jump`, `payload`, `set-home`: looked at again right before what matters is sent. */
  readonly may?: () => boolean;
  /** `goto`: where to. */
  readonly to?: { readonly latDeg: number; readonly lonDeg: number; readonly altRelM: number };
  /** `climb`: to this height above home, where it is. */
  readonly altRelM?: number;
  /** `resume`, `jump`: the navigation item to go on with (never a do-command: a winch would act twice). */
  readonly missionSeq?: number;
  /** `start`: where home must lie, within 5 m. */
  readonly base?: { readonly latDeg: number; readonly lonDeg: number };
  readonly payload?: PayloadOrder;
  /** `set-home`: where to. */
  readonly home?: { readonly latDeg: number; readonly lonDeg: number; readonly altAmslM: number };
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
  | 'home-moved'
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
