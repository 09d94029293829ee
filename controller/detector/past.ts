/** What is remembered of a drone from one look to the next, as a pure fold: the classes that need to know what was before read it. */
import { reasonCode } from '@skein/protocol/fleet';
import { type Falling, falling } from './falling.ts';
import { armed, fresh, inAir, type Seen, stampOf } from './seen.ts';

export interface Past extends Falling {
  readonly armed: boolean | null;
  /** When it was last seen armed and in the air, by the stamp of that sample, monotonic µs. */
  readonly flewUs: number | null;
  /** It was armed in the air, and in the next sample disarmed: what it did then is looked at until `untilUs`. */
  readonly dropping: { readonly atUs: number; readonly heightM: number | null } | null;
  /** It was seen to fall. */
  readonly fell: { readonly words: string; readonly heightM: number | null; readonly speedMps: number | null } | null;
  readonly session: string | null;
  readonly boot: string | null;
  /** Of this session. */
  readonly autopilotBoot: string | null;
  readonly rebooted: {
    readonly what: 'autopilot' | 'companion' | 'agent';
    readonly atUs: number;
    readonly inAir: boolean;
  } | null;
  /** The nearest it has been to the item it flies to. */
  readonly progress: { readonly item: string; readonly nearestM: number; readonly sinceUs: number } | null;
  readonly suspectSinceUs: number | null;
  /** Who was known last to fly it in place of Skein, since Skein had control or it stood disarmed. */
  readonly takenBy: string | null;
  /** Clipping events since boot, and how many of them came within the last seconds. */
  readonly clipping: { readonly total: number; readonly atUs: number; readonly perS: number } | null;
}

export const NO_PAST: Past = {
  ...{ armed: null, flewUs: null, dropping: null, fell: null, session: null, boot: null, autopilotBoot: null },
  ...{
    tumbled: null,
    sink: null,
    rebooted: null,
    progress: null,
    suspectSinceUs: null,
    takenBy: null,
    clipping: null,
  },
};

/** Armed in the air and disarmed in samples further apart than this: it may have landed between them, µs. */
const NEXT_US = 3.5e6;
/** Motors that stop in the air show within so long by its speed, µs: it falls 2 m/s faster in 0.2 s. */
const LOOKED_AT_US = 4e6;
/** Whether it stands is said by another message than whether it is armed, each 2 s at the least: what is said later is meant. */
const LANDED_TOLD_US = 2.2e6;
/** A landing is slower: ArduPilot's and PX4's end at 0.5 to 0.7 m/s. */
const FALLS_MPS = 2;
const TILTED_RAD = (60 * Math.PI) / 180;
/** A reboot ordered so long ago explains one now, s. */
const ORDERED_S = 600;
/** Nearer by this is progress, m. */
const NEARER_M = 5;

export function remember(past: Past, seen: Seen): Past {
  const flight = flown(past, seen);
  return {
    ...past,
    ...flight,
    ...booted({ ...past, ...flight }, seen),
    ...falling(past, seen),
    progress: progressed(past, seen),
    suspectSinceUs: suspected(past, seen),
    takenBy: takenBy(past, seen),
    clipping: clipped(past, seen),
  };
}

function flown(past: Past, seen: Seen): Pick<Past, 'armed' | 'flewUs' | 'dropping' | 'fell'> {
  const status = fresh(seen, 'status');
  if (status?.armed == null) return past;
  const atUs = stampOf(seen, 'status');
  if (status.armed) {
    return { armed: true, flewUs: inAir(seen) === true ? atUs : past.flewUs, dropping: null, fell: null };
  }
  const wasFlying = past.flewUs !== null && atUs - past.flewUs <= NEXT_US;
  const heightM = fresh(seen, 'position')?.altRelM ?? null;
  const dropping = past.armed === true && wasFlying ? { atUs, heightM } : past.dropping;
  const watched = dropping !== null && seen.monoUs - dropping.atUs <= LOOKED_AT_US ? dropping : null;
  const words = past.fell === null ? fallen(watched, seen) : null;
  const fell = words === null ? past.fell : { words, heightM: watched?.heightM ?? heightM, speedMps: speedOf(seen) };
  return { armed: false, flewUs: past.flewUs, dropping: fell === null ? watched : null, fell };
}

function speedOf(seen: Seen): number | null {
  const velocity = fresh(seen, 'velocity');
  if (velocity?.northMps == null || velocity.eastMps === null || velocity.downMps === null) return null;
  return Math.hypot(velocity.northMps, velocity.eastMps, velocity.downMps);
}

/** Why it is certain that it fell; null: nothing says so (yet). */
function fallen(dropping: Past['dropping'], seen: Seen): string | null {
  const { itinerary } = seen;
  const saidS = itinerary === null ? Number.POSITIVE_INFINITY : (seen.utcUs / 1e3 - Date.parse(itinerary.at)) / 1e3;
  if (itinerary?.reason != null && reasonCode(itinerary.reason) === 'crash' && saidS <= ORDERED_S) {
    return 'its agent says that it fell or hit the ground';
  }
  if (dropping === null) return null;
  const isLate = stampOf(seen, 'status') - dropping.atUs >= LANDED_TOLD_US;
  if (isLate && fresh(seen, 'status')?.landed === 'in-air')
    return 'disarmed, and its autopilot says that it is in the air';
  const speed = speedOf(seen);
  // The speed in the moment before counts too: nobody lands at it.
  if (speed !== null && speed >= FALLS_MPS && stampOf(seen, 'velocity') >= dropping.atUs - 1.2e6) {
    return `disarmed while it moved at ${speed.toFixed(1)} m/s`;
  }
  const attitude = fresh(seen, 'attitude');
  const tilt = Math.max(Math.abs(attitude?.rollRad ?? 0), Math.abs(attitude?.pitchRad ?? 0));
  if (tilt >= TILTED_RAD && stampOf(seen, 'attitude') >= dropping.atUs) return 'disarmed, and it lies on its side';
  return null;
}

function booted(past: Past, seen: Seen): Pick<Past, 'session' | 'boot' | 'autopilotBoot' | 'rebooted'> {
  const { session, boot, autopilotBoot } = seen;
  // Of two boards with one name nothing can be said.
  if (session === null || seen.conflict !== null) return past;
  const isNewSession = past.session !== session;
  const now = { session, boot, autopilotBoot: autopilotBoot ?? (isNewSession ? null : past.autopilotBoot) };
  const what = rebooted(past, { ...now, isNewSession });
  if (what === null) return { ...now, rebooted: past.rebooted };
  const flew = past.flewUs !== null && seen.monoUs - past.flewUs <= (what === 'autopilot' ? 15e6 : 120e6);
  // An autopilot that restarts in the air says first that it is disarmed, and that it fell.
  const landed = past.armed === false && past.fell === null && past.dropping === null;
  const air = flew && !landed;
  // People switch a drone off and on; an agent is restarted by an update: on the ground that is nothing to tell.
  const isPlain = !air && what !== 'autopilot';
  if (isPlain || isOrdered(seen)) return { ...now, rebooted: past.rebooted };
  return { ...now, rebooted: { what, atUs: seen.monoUs, inAir: air } };
}

function rebooted(
  past: Past,
  now: { readonly boot: string | null; readonly autopilotBoot: string | null; readonly isNewSession: boolean },
): 'autopilot' | 'companion' | 'agent' | null {
  if (past.session === null) return null;
  if (now.isNewSession) return past.boot !== null && now.boot !== past.boot ? 'companion' : 'agent';
  return past.autopilotBoot !== null && now.autopilotBoot !== past.autopilotBoot ? 'autopilot' : null;
}

/** `queued` never left, `rejected` was never done. */
const NOT_DONE = new Set(['queued', 'rejected', 'expired', 'cancelled', 'superseded']);

function isOrdered({ commands, utcUs }: Seen): boolean {
  return commands.some(
    ({ type, state, at }) =>
      type === 'reboot' && !NOT_DONE.has(state) && utcUs / 1e6 - Date.parse(at) / 1e3 <= ORDERED_S,
  );
}

/** Only while it flies its plan by itself: anything else begins anew. */
function progressed(past: Past, seen: Seen): Past['progress'] {
  const { itinerary, control } = seen;
  const mission = fresh(seen, 'mission', 12_000);
  if (itinerary?.state !== 'flying' || control.state !== 'skein' || inAir(seen) !== true) return null;
  if (mission?.distanceM == null) return past.progress;
  const item = `${itinerary.id}@${itinerary.version}/${itinerary.item}/${mission.seq}`;
  const { progress } = past;
  if (progress?.item === item && mission.distanceM > progress.nearestM - NEARER_M) return progress;
  return { item, nearestM: mission.distanceM, sinceUs: seen.monoUs };
}

function takenBy({ takenBy: before }: Past, seen: Seen): string | null {
  const { state } = seen.control;
  if (state === 'skein' || armed(seen) === false) return null;
  return state === 'unknown' ? before : state;
}

function suspected(past: Past, seen: Seen): number | null {
  if (inAir(seen) !== true) return null;
  return seen.trust().state === 'suspect' ? (past.suspectSinceUs ?? seen.monoUs) : null;
}

function clipped({ clipping: before }: Past, seen: Seen): Past['clipping'] {
  const held = seen.sample('vibration');
  if (held === null) return before;
  const total = held.values.clipping?.reduce<number>((sum, one) => sum + (one ?? 0), 0) ?? null;
  if (total === null) return before;
  const atUs = stampOf(seen, 'vibration');
  if (before === null || total < before.total) return { total, atUs, perS: 0 };
  const passedS = (atUs - before.atUs) / 1e6;
  return passedS < 0.5 ? before : { total, atUs, perS: (total - before.total) / passedS };
}
