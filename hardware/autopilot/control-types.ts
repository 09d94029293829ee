/** What control.ts is told, remembers and says. */
import type { Expected, Flavour } from './flavours/flavour.ts';

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

export type ControlInput =
  | { readonly kind: 'heartbeat'; readonly mode: number; readonly armed: boolean; readonly status: number }
  /** We send something that will show so. */
  | { readonly kind: 'expect'; readonly command: number; readonly expected: Expected }
  /** The autopilot refused it: it will show nothing. */
  | { readonly kind: 'refused'; readonly command: number }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'rc'; readonly modeUs: number | null; readonly healthy: boolean | null }
  | { readonly kind: 'foreign-write'; readonly what: string; readonly who: string }
  | { readonly kind: 'station' }
  /** The turn of the mission's last item, which is a landing or a return, came. */
  | { readonly kind: 'last-item' }
  | { readonly kind: 'second'; readonly what: 'companion' | 'autopilot' }
  | { readonly kind: 'rebooted' }
  | { readonly kind: 'take-control'; readonly by: string }
  | { readonly kind: 'time'; readonly alive: boolean };

/** The part of a flavour that control needs. */
export type ControlRules = Pick<
  Flavour,
  'modeName' | 'isFailsafeText' | 'isFailsafeOverText' | 'failsafeModes' | 'isMissionReturn' | 'landingModes'
>;

export interface Seen {
  readonly mode: number;
  readonly armed: boolean;
  readonly status: number;
}

export interface ControlMemory {
  readonly snapshot: ControlSnapshot;
  readonly seen: Seen | null;
  readonly holder: 'skein' | 'pilot' | 'other-station' | 'unknown';
  readonly holderWhy: string;
  /** A failsafe acts; `mode`: the one it chose, null when it left the mode alone. */
  readonly failsafe: { readonly why: string; readonly mode: number | null; readonly atMs: number } | null;
  /** An uncommanded mode change, still open to being a failsafe's: its text or status may come after it. */
  readonly open: { readonly atMs: number; readonly before: ControlMemory['holder']; readonly beforeWhy: string } | null;
  readonly expected: readonly {
    readonly command: number;
    readonly expected: Expected;
    readonly untilMs: number;
  }[];
  readonly silent: boolean;
  readonly at: Evidence;
}

/** When things were last seen, ms. */
export interface Evidence {
  readonly failsafeText: number | null;
  /** A failsafe that goes on with the flight: its status stays critical for as long as its cause, a lost transmitter, say. */
  readonly continuing: number | null;
  readonly write: number | null;
  readonly station: number | null;
  readonly companion: number | null;
  readonly autopilot: number | null;
  readonly modeSwitch: number | null;
  /** The turn of the mission's last item came. */
  readonly lastItem: number | null;
  readonly modeUs: number | null;
  readonly rcHealthy: boolean | null;
}
