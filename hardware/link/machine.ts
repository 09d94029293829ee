import type { LinkFault } from './faults.ts';

/**
 * The life of a link as a pure function: what happened goes in, what to do comes out. No clock, no socket, no randomness
 * (`jitter` comes with the input that needs it).
 *
 *            start              opened
 *   closed ─────────▶ opening ───────────▶ open
 *     ▲                 ▲  │ failed,         │ lost, deviceChanged,
 *     │ (after a stop)  │  │ timeout         │ reopen, noFrames
 *     │                 │  ▼                 ▼
 *     │          backingOff ◀──────────── releasing        releasing: the old port is being closed; a new one is
 *     └───────────────────────────────────────┘            opened only after that (a lock or a UDP port is held till then)
 */
export type Phase = 'closed' | 'opening' | 'open' | 'releasing' | 'backingOff';

export interface MachineState {
  readonly phase: Phase;
  /** Ways of opening (bauds), tried in turn when nothing sensible is heard. */
  readonly variants: number;
  readonly variant: number;
  /** Attempts in a row that brought no byte. */
  readonly failures: number;
  /** What follows `releasing`: a pause of so many ms before the next attempt (0 = none), or, if null, the end. */
  readonly pauseMs: number | null;
  /** Of the last trouble; kept while the link is well again. */
  readonly lastFault: LinkFault | null;
}

export type Input =
  | { readonly type: 'start' }
  | { readonly type: 'opened' }
  /** Opening failed, or an open port is gone. `jitter` is in [0, 1). */
  | { readonly type: 'failed'; readonly fault: LinkFault; readonly jitter: number }
  /** The first byte since opening: the attempt was worth it. */
  | { readonly type: 'heard' }
  /** The device behind the path appeared, or is another one now. */
  | { readonly type: 'deviceChanged'; readonly fault: LinkFault }
  /** The consumer found no frame in what came. */
  | { readonly type: 'noFrames'; readonly fault: LinkFault }
  | { readonly type: 'reopen'; readonly fault: LinkFault }
  | { readonly type: 'released' }
  | { readonly type: 'timeout'; readonly fault: LinkFault; readonly jitter: number }
  | { readonly type: 'stop' };

export type Output =
  | { readonly type: 'open'; readonly variant: number }
  | { readonly type: 'release' }
  /** Starts the one timer, replacing what ran; null stops it. */
  | { readonly type: 'timer'; readonly ms: number | null };

export const OPEN_TIMEOUT_MS = 5_000;
export const RELEASE_TIMEOUT_MS = 2_000;
/** 2 s at most, so that a device which is back is found well within 3 s. */
export const BACKOFF_MS = { first: 250, last: 2_000 } as const;

type Step = readonly [MachineState, readonly Output[]];

export function initialState(variants: number): MachineState {
  return { phase: 'closed', variants, variant: 0, failures: 0, pauseMs: null, lastFault: null };
}

/** The pause after the nth failure in a row: doubling, the upper quarter random so that a fleet does not march in step. */
export function backoffMs(failures: number, jitter: number): number {
  const full = Math.min(BACKOFF_MS.last, BACKOFF_MS.first * 2 ** Math.min(failures - 1, 10));
  return Math.round(full * (0.75 + 0.25 * jitter));
}

function open(state: MachineState): Step {
  return [
    { ...state, phase: 'opening' },
    [
      { type: 'open', variant: state.variant },
      { type: 'timer', ms: OPEN_TIMEOUT_MS },
    ],
  ];
}

function release(state: MachineState, change: Partial<MachineState>): Step {
  return [
    { ...state, ...change, phase: 'releasing' },
    [{ type: 'release' }, { type: 'timer', ms: RELEASE_TIMEOUT_MS }],
  ];
}

function fail(state: MachineState, fault: LinkFault, jitter: number): Step {
  const failures = state.failures + 1;
  return release(state, { failures, lastFault: fault, pauseMs: backoffMs(failures, jitter) });
}

function released(state: MachineState): Step {
  if (state.pauseMs === null) return [{ ...state, phase: 'closed', failures: 0 }, [{ type: 'timer', ms: null }]];
  if (state.pauseMs === 0) return open(state);
  return [{ ...state, phase: 'backingOff' }, [{ type: 'timer', ms: state.pauseMs }]];
}

/** One step. An input that means nothing in the present phase changes nothing. */
export function step(state: MachineState, input: Input): Step {
  const unchanged: Step = [state, []];
  if (input.type === 'stop') {
    if (state.phase === 'closed') return unchanged;
    if (state.phase === 'releasing') return [{ ...state, pauseMs: null }, []];
    if (state.phase === 'backingOff') return released({ ...state, pauseMs: null });
    return release(state, { pauseMs: null });
  }
  switch (state.phase) {
    case 'closed':
      return input.type === 'start' ? open(state) : unchanged;
    case 'opening':
      if (input.type === 'opened') return [{ ...state, phase: 'open' }, [{ type: 'timer', ms: null }]];
      if (input.type === 'failed' || input.type === 'timeout') return fail(state, input.fault, input.jitter);
      // Which of the two is being opened is not known.
      if (input.type === 'deviceChanged') return release(state, { lastFault: input.fault, pauseMs: 0 });
      return unchanged;
    case 'open':
      if (input.type === 'failed') return fail(state, input.fault, input.jitter);
      if (input.type === 'heard') return [{ ...state, failures: 0 }, []];
      if (input.type === 'deviceChanged' || input.type === 'reopen') {
        return release(state, { lastFault: input.fault, pauseMs: 0 });
      }
      if (input.type === 'noFrames' && state.variants > 1) {
        return release(state, { lastFault: input.fault, variant: (state.variant + 1) % state.variants, pauseMs: 0 });
      }
      return unchanged;
    case 'releasing':
      // The pause was for a device that had to come back: it has.
      if (input.type === 'deviceChanged' && state.pauseMs !== null) return [{ ...state, pauseMs: 0 }, []];
      // A port that does not close in time is left behind: its events no longer count, and a fresh one is opened.
      return input.type === 'released' || input.type === 'timeout' ? released(state) : unchanged;
    case 'backingOff':
      return input.type === 'timeout' || input.type === 'deviceChanged' || input.type === 'reopen'
        ? open(state)
        : unchanged;
  }
}
