/**
 * From standing to flying a mission that the caller has verified. Pure generators: see flavour.ts.
 *
 *   ArduPilot   to its beginning ─▶ GUIDED ─▶ arm ─▶ armed bit ─▶ home, asked again ─▶ MISSION_START ─▶ it rises
 *   PX4         to its beginning ─▶ out of AUTO.MISSION ─▶ home, asked ─▶ AUTO.MISSION ─▶ arm ─▶ it rises
 *
 * Whatever fails on the way: disarmed, on the ground only, and out of the mission's mode. ArduPilot takes a MISSION_START while
 * disarmed and stays in AUTO, and whoever arms next gets a take-off (observed): so it is sent to an armed one, or not at all.
 */
import { MavCmd } from '@skein/protocol/mavlink';
import type { CommandRequest } from '../command.ts';
import type { IntentOptions, IntentOutcome } from '../intent.ts';
import type { VehicleState } from '../state.ts';
import { type Doing, refused, type Step, type StepResult } from './flavour.ts';
import { askHome } from './orders.ts';
import { arm, distanceM, done, failed, isLanded, setCurrent, setCurrentPx4 } from './steps.ts';

/** Flight rules §6: home moves at every arming (observed), and a return goes there. */
const HOME_WITHIN_M = 5;
const HOME_SAID_WITHIN_MS = 3_000;
const RISES_WITHIN_MS = 8_000;
const DISARMED_WITHIN_MS = 3_000;

/** How it looks now. */
const NOW: Step = { do: 'see', until: () => true, withinMs: 0 };

type Part<T> = Generator<Step, T, StepResult>;

export interface StartWays {
  readonly missionMode: string;
  /** A mode in which it waits, and which it is left in when nothing comes of the start. */
  readonly waiting: CommandRequest;
  readonly waitingMode: string;
}

export function* startArdupilot(state: VehicleState, o: IntentOptions, ways: StartWays): Doing {
  const wrong = notReady(state, o);
  if (wrong !== null) return wrong;
  // 0: ArduPilot forgets how often it has jumped, and goes to the first item (AP_Mission::set_current_cmd).
  const set = yield { do: 'command', request: setCurrent(0) };
  if (!set.ok) return failed(set);
  const waiting = yield { do: 'command', request: ways.waiting };
  if (!waiting.ok) return failed(waiting);
  const armed = yield* arm(waiting.state, o);
  if (!armed.ok) return yield* undone(ways, armed);
  const moved = yield* homeMoved(o, 'set');
  if (moved !== null) return yield* undone(ways, moved);
  const go = yield {
    do: 'command',
    request: {
      command: MavCmd.MISSION_START,
      klass: 'once',
      may: (now) => now.armed === true && now.mode === ways.waitingMode && isLanded(now) && (o.may?.() ?? true),
      effect: (now) => now.mode === ways.missionMode,
    },
  };
  if (!go.ok) return yield* undone(ways, failed(go));
  return yield* risen(ways);
}

export function* startPx4(state: VehicleState, o: IntentOptions, ways: StartWays, mission: CommandRequest): Doing {
  const wrong = notReady(state, o);
  if (wrong !== null) return wrong;
  const set = yield { do: 'command', request: setCurrentPx4(0) };
  if (!set.ok) return failed(set);
  // Disarmed it falls back to the mode chosen last, and while that is an unfinished mission its home stays where it was (observed).
  if (set.state.mode === ways.missionMode) {
    const waiting = yield { do: 'command', request: ways.waiting };
    if (!waiting.ok) return failed(waiting);
  }
  // Before it is armed: it rises with that.
  const moved = yield* homeMoved(o, 'follows');
  if (moved !== null) return moved;
  const mode = yield { do: 'command', request: mission };
  if (!mode.ok) return yield* undone(ways, failed(mode));
  const armed = yield* arm(mode.state, o);
  if (!armed.ok) return yield* undone(ways, armed);
  return yield* risen(ways);
}

function notReady(state: VehicleState, o: IntentOptions): IntentOutcome | null {
  if (o.base === undefined) return refused('bad-params', 'base');
  if (state.armed !== false) return refused(state.armed ? 'armed' : 'state-unknown');
  if (!isLanded(state)) return refused(state.landed === 'on-ground' ? 'state-unknown' : 'in-air', state.landed);
  return null;
}

/**
 * Why it is not where it should be; null: it is. What was said before this does not count. `follows`: it goes where the aircraft
 * stands in its own time; the first word may be the old one.
 */
function* homeMoved(o: IntentOptions, how: 'set' | 'follows'): Part<IntentOutcome | null> {
  const { base } = o;
  const { state: before } = yield NOW;
  const asked = yield { do: 'command', request: askHome };
  const isSaid = ({ home }: VehicleState): boolean => home !== null && home !== before.home;
  const isThere = ({ home }: VehicleState): boolean =>
    home !== null && base !== undefined && distanceM(home, base) <= HOME_WITHIN_M;
  const { state: after } = yield {
    do: 'see',
    until: (state) => isSaid(state) && (how === 'set' || isThere(state)),
    withinMs: HOME_SAID_WITHIN_MS,
  };
  const { home } = after;
  const sent = asked.how !== 'no-link';
  if (!isSaid(after) || home === null || base === undefined) {
    return { ok: false, code: 'home-moved', detail: 'it does not say where home is', sent };
  }
  if (isThere(after)) return null;
  const apartM = distanceM(home, base);
  return { ok: false, code: 'home-moved', detail: `${apartM.toFixed(1)} m from the base`, sent };
}

/** By its landed state: its height above home moves with home, at the arming. */
function* risen(ways: StartWays): Doing {
  const seen = yield {
    do: 'see',
    until: (now) => now.landed === 'in-air' || now.landed === 'taking-off',
    withinMs: RISES_WITHIN_MS,
  };
  if (seen.ok) return done('started', { mode: seen.state.mode, missionSeq: seen.state.missionCurrent });
  const stuck: IntentOutcome = { ok: false, code: 'no-effect', detail: 'it does not rise', sent: true };
  return yield* undone(ways, stuck);
}

function* undone(ways: StartWays, why: IntentOutcome): Doing {
  const after = yield* standDown(ways);
  return after.ok || why.ok ? why : { ...why, detail: `${why.detail}; ${after.detail}` };
}

/**
 * Back to standing: disarmed, and not in the mission's mode. In the air it does nothing: then the start has succeeded, and what
 * to do about it is somebody's decision.
 */
export function* standDown(ways: StartWays): Doing {
  const { state } = yield NOW;
  if (state.armed !== false) {
    const disarmed = yield {
      do: 'command',
      request: {
        command: MavCmd.COMPONENT_ARM_DISARM,
        params: [0],
        klass: 'once',
        may: isLanded,
        // Also when it is not known: an order to arm may be on its way still.
        effect: (now) => now.armed === false,
        effectWithinMs: DISARMED_WITHIN_MS,
      },
    };
    if (!disarmed.ok) return { ok: false, code: 'armed', detail: 'it is armed still', sent: true };
  }
  const { state: now } = yield NOW;
  if (now.mode !== ways.missionMode) return done('standing');
  const left = yield { do: 'command', request: ways.waiting };
  return left.ok ? done('standing') : { ok: false, code: 'no-effect', detail: `still in ${now.mode}`, sent: true };
}
