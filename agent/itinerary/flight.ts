/**
 * How a flown itinerary stands, from what can be seen: mode, mission item, who has control. Pure; `look` once a tick.
 *
 *   starting ─▶ flying ⇄ at-gate ─▶ releasing ─▶ flying … ─▶ returning ─▶ completed
 *                  ⇅ held                │ pilot, failsafe, station: interrupted      └▶ aborted: it came back early
 */
import { type ItineraryState, reason } from '@skein/protocol/fleet';
import { LAND_MODES, MISSION_MODES, RETURN_MODES } from '@skein/protocol/telemetry';
import { isHomeward, itemAt, legAt, type Route } from './route.ts';

const WAITING_MODES: readonly string[] = ['GUIDED', 'AUTO.LOITER', 'BRAKE'];
const COMPLETE = 5;
/** It is at the gate: so near, and slower than this. A gust, or coming back from an overshoot, is no leaving: that takes distance. */
const AT_GATE = { m: 10, mps: 2 } as const;
const OFF_GATE = { m: 15, mps: Number.POSITIVE_INFINITY } as const;
export interface FlightLook {
  readonly armed: boolean | null;
  readonly alive: boolean;
  readonly inAir: boolean;
  readonly mode: string | null;
  /** MISSION_CURRENT. */
  readonly seq: number | null;
  readonly missionState: number | null;
  readonly control: 'skein' | 'pilot' | 'other-station' | 'autopilot-failsafe' | 'unknown';
  readonly adopted: boolean;
  /** What happened to the aircraft in this flight; null: nothing. */
  readonly crashed: string | null;
  readonly speedMps: number | null;
  /** To the gate of the delivery under way, m; null: not known, or none. */
  readonly gateM: number | null;
}

export interface FlightMemory {
  readonly state: ItineraryState;
  readonly reason: string;
  readonly item: number | null;
  /** Mission item that was flown last. */
  readonly seq: number | null;
  /** Ordered to come back, or the gate ended: it is not `completed` any more. */
  readonly early: string | null;
  readonly flew: boolean;
}

export const BEFORE_FLIGHT: FlightMemory = {
  state: 'starting',
  reason: '',
  item: null,
  seq: null,
  early: null,
  flew: false,
};

const TAKEN = { pilot: 'pilot', 'other-station': 'other-station', 'autopilot-failsafe': 'failsafe' } as const;

export function look(memory: FlightMemory, now: FlightLook, route: Route): FlightMemory {
  // Silence is not evidence of anything: what was known stands, with its age.
  if (!now.alive || now.armed === null) return memory;
  if (!now.armed) return memory.state === 'starting' ? memory : over(memory, now, route);
  const flew = memory.flew || now.inAir;
  const next = flew === memory.flew ? memory : { ...memory, flew };
  if (now.adopted) return interrupted(next, reason('adopted'));
  if (now.control === 'unknown') return next;
  if (now.control !== 'skein') return interrupted(next, reason(TAKEN[now.control]));
  // Until the mission runs the start itself says how it stands.
  if (next.state === 'starting') return next;
  if (isOverAndStands(next, now, route)) return next;
  const mode = now.mode ?? '';
  if (RETURN_MODES.includes(mode)) return homeward(next, 'return', now, route);
  if (LAND_MODES.includes(mode)) return homeward(next, 'land', now, route);
  if (WAITING_MODES.includes(mode)) return waiting(next, now, route);
  if (MISSION_MODES.includes(mode)) return mission(next, now, route);
  return next;
}

/**
 * It came home by its plan and has landed, and the list begins anew or it waits: PX4 says so before its motors stand. Its first
 * item, after its last, is never flown.
 */
function isOverAndStands({ state, item }: FlightMemory, { inAir, seq, mode }: FlightLook, route: Route): boolean {
  if (state !== 'returning' || item === null || !isHomeward(route, item)) return false;
  const now = seq === null ? null : itemAt(route, seq);
  const beginsAnew = now !== null && route.items[now]?.do === 'take-off';
  return beginsAnew || (!inAir && (now !== item || WAITING_MODES.includes(mode ?? '')));
}

/** A hold keeps its mode on ArduPilot: it is over when the mission moves on, or somebody says so (`resumed`). */
export function held(memory: FlightMemory): FlightMemory {
  return { ...memory, state: 'held', reason: '' };
}

export function resumed(memory: FlightMemory): FlightMemory {
  return { ...memory, state: 'flying', reason: '' };
}

export function started(memory: FlightMemory): FlightMemory {
  return { ...memory, state: 'flying', reason: '', flew: memory.flew };
}

/** It comes back early, for this reason, whatever brings it. */
export function endedEarly(memory: FlightMemory, why: string): FlightMemory {
  return { ...memory, early: memory.early ?? why };
}

function interrupted(memory: FlightMemory, why: string): FlightMemory {
  if (memory.state === 'interrupted' && memory.reason === why) return memory;
  return { ...memory, state: 'interrupted', reason: why };
}

/** By its own plan where the item under way says so (PX4 changes the mode for that), else early. */
function homeward(memory: FlightMemory, how: 'return' | 'land', now: FlightLook, route: Route): FlightMemory {
  const item = now.seq === null ? null : itemAt(route, now.seq);
  const planned = item !== null && isHomeward(route, item);
  const why = memory.early ?? (planned ? '' : reason('newer', how));
  // What brought it home stays said: a return that ends in a landing is one return.
  if (memory.state === 'returning' && !planned) return memory;
  return changed(memory, { ...memory, state: 'returning', reason: why, ...(planned ? { item, seq: now.seq } : {}) });
}

function waiting(memory: FlightMemory, now: FlightLook, route: Route): FlightMemory {
  const item = now.seq === null ? null : itemAt(route, now.seq);
  if (now.missionState === COMPLETE && memory.state !== 'held') {
    if (item !== null && isHomeward(route, item)) return endsHome(memory, { item, seq: now.seq });
    return interrupted(memory, reason('no-effect', 'the mission ended in the air: it hovers until its battery is low'));
  }
  return memory.state === 'held' ? memory : { ...memory, state: 'held', reason: '' };
}

function mission(memory: FlightMemory, now: FlightLook, route: Route): FlightMemory {
  if (now.seq === null) return memory;
  // A pause: the mission stands where it was.
  if (memory.state === 'held' && now.seq === memory.seq) return memory;
  const item = itemAt(route, now.seq);
  if (now.missionState === COMPLETE && now.inAir && (item === null || !isHomeward(route, item))) {
    return interrupted(memory, reason('no-effect', 'the mission ended in the air: it hovers until its battery is low'));
  }
  if (item === null) return { ...memory, seq: now.seq };
  const at = { ...memory, seq: now.seq, item };
  const part = legAt(route, now.seq);
  if (part?.part === 'release') return changed(memory, { ...at, state: 'releasing', reason: '' });
  if (part?.part === 'gate' && isAt(now, memory.state === 'at-gate' ? OFF_GATE : AT_GATE)) {
    // Why it waits there is said by whoever keeps the gate.
    return changed(memory, { ...at, state: 'at-gate', reason: memory.state === 'at-gate' ? memory.reason : '' });
  }
  if (isHomeward(route, item)) return endsHome(memory, at);
  return changed(memory, { ...at, state: 'flying', reason: '' });
}

/** A PX4 calls its mission complete, and waits for a moment, before it flies the return at its end (1.18). */
function endsHome(memory: FlightMemory, at: Pick<FlightMemory, 'item' | 'seq'>): FlightMemory {
  return changed(memory, { ...memory, ...at, state: 'returning', reason: memory.early ?? '' });
}

const isAt = ({ gateM, speedMps }: FlightLook, { m, mps }: { readonly m: number; readonly mps: number }): boolean =>
  gateM !== null && gateM <= m && speedMps !== null && speedMps <= mps;

/** The same object when nothing changed, so that nothing is said twice. */
function changed(before: FlightMemory, after: FlightMemory): FlightMemory {
  const same =
    before.state === after.state &&
    before.reason === after.reason &&
    before.item === after.item &&
    before.seq === after.seq &&
    before.flew === after.flew;
  return same ? before : after;
}

/** The motors stand. */
function over(memory: FlightMemory, { crashed }: FlightLook, route: Route): FlightMemory {
  // Wherever it was on its way to: it lies somewhere.
  if (crashed !== null) return { ...memory, state: 'aborted', reason: reason('crash', crashed) };
  const { state, item, early, reason: why } = memory;
  if (early !== null) return { ...memory, state: 'aborted', reason: early };
  if (state === 'returning' && item !== null && isHomeward(route, item))
    return { ...memory, state: 'completed', reason: reason('done') };
  return { ...memory, state: 'aborted', reason: why === '' ? reason('disarmed', `at item ${item ?? 'none'}`) : why };
}
