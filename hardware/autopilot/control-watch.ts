/** Runs control.ts: feeds it, tells listeners, and says when what is under way must end. */
import { beginControl, controlOf } from './control.ts';
import type { ControlInput, ControlMemory, ControlRules, ControlSnapshot } from './control-types.ts';
import type { IntentFailure } from './intent.ts';
import { Superseded } from './intents.ts';

/** `wasTaken`: control was taken from us just now. */
export type ControlListener = (now: ControlSnapshot, wasTaken: boolean) => void;

/** An autopilot we cannot command has no modes known here: every change is somebody else's. */
const NO_RULES: ControlRules = {
  modeName: () => null,
  isFailsafeText: () => false,
  isFailsafeOverText: () => false,
  failsafeModes: [],
  isMissionReturn: () => false,
  landingModes: [],
};

export class ControlWatch {
  readonly #listeners = new Set<ControlListener>();
  /** Ends what is under way; a new one after each time. */
  #ours = new AbortController();
  #memory: ControlMemory;

  constructor(nowMs: number) {
    this.#memory = beginControl(nowMs);
  }

  get now(): ControlSnapshot {
    return this.#memory.snapshot;
  }

  take(input: ControlInput, nowMs: number, rules: ControlRules | null): void {
    const before = this.#memory.snapshot;
    this.#memory = controlOf(this.#memory, input, nowMs, rules ?? NO_RULES);
    const now = this.#memory.snapshot;
    if (now === before) return;
    const wasTaken = now.taken > before.taken;
    // What is under way ends before anything else is told: not one more frame of it may leave.
    if (wasTaken) this.#endWhatIsUnderWay(now);
    for (const listener of this.#listeners) listener(now, wasTaken);
  }

  listen(listener: ControlListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** For something that changes flight: it ends when control is taken from us, or with the caller's own signal. */
  guard(signal: AbortSignal | undefined): AbortSignal {
    return signal === undefined ? this.#ours.signal : AbortSignal.any([signal, this.#ours.signal]);
  }

  /** By one signal, so that all of it knows before any of it reacts. */
  #endWhatIsUnderWay(now: ControlSnapshot): void {
    const ours = this.#ours;
    this.#ours = new AbortController();
    ours.abort(new Superseded(codeOf(now), now.why));
  }
}

function codeOf({ state }: ControlSnapshot): IntentFailure {
  if (state === 'other-station') return 'other-station';
  return state === 'autopilot-failsafe' ? 'failsafe' : 'pilot';
}
