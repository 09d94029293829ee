/** Pieces the intents of both flavours are made of. Pure generators: see flavour.ts. */
import { MavCmd } from '@skein/protocol/mavlink';
import type { CommandRequest } from '../command.ts';
import type { IntentFailure, IntentOptions, IntentOutcome } from '../intent.ts';
import type { VehicleState } from '../state.ts';
import { type Doing, refused, type StepResult } from './flavour.ts';

/** A hold is one when it stands still for so long. */
const STILL_MPS = 1;
const STILL_CLIMB_MPS = 0.5;
const STILL_HELD_MS = 2_000;
/** From cruise speed with gentle braking, and some. */
const STILL_WITHIN_MS = 20_000;
const ARMED_WITHIN_MS = 4_000;
/** A climb slower than this is none; by default ArduCopter climbs at 2.5 m/s, PX4 at 3 m/s. */
const SLOW_CLIMB_MPS = 2;
const CLIMB_BEGINS_MS = 5_000;
const CLIMBED_M = 1.5;
const REBOOT_WITHIN_MS = 10_000;

export function done(how: string, detail: Record<string, unknown> = {}): IntentOutcome {
  return { ok: true, how, detail };
}

/** Why a step did not succeed, in the words the autopilot used. */
export function failed(step: StepResult, sent = true): IntentOutcome {
  const known: readonly IntentFailure[] = ['refused', 'no-ack', 'no-effect', 'no-link', 'no-autopilot'];
  const code =
    known.find((name) => name === step.how) ?? (['busy', 'changed'].includes(step.how) ? 'not-now' : 'no-effect');
  const said = step.texts.join('; ');
  const isLog = /downloading logs/i.test(said);
  const changed = step.how === 'changed' ? 'what spoke for it changed before its turn came' : '';
  const detail = said === '' ? (step.result ?? changed) : said;
  return { ok: false, code: isLog ? 'log-transfer' : code, detail, sent };
}

export const isStill = (state: VehicleState): boolean =>
  state.speedMps !== null &&
  state.speedMps < STILL_MPS &&
  (state.climbMps === null || Math.abs(state.climbMps) < STILL_CLIMB_MPS) &&
  state.position !== null &&
  state.position.ageMs < 2_000;

/** Confirms a hold by its speed: an answer says only that the order was taken. */
export function* stand(how: string, before: VehicleState, inMode: string | null): Doing {
  const until = (state: VehicleState): boolean => state.mode === inMode && isStill(state);
  const seen = yield { do: 'see', until, withinMs: STILL_WITHIN_MS, heldMs: STILL_HELD_MS };
  const { speedMps, climbMps, altRelM, mode } = seen.state;
  const detail = {
    mode,
    from: before.mode,
    missionSeq: before.mode === 'AUTO' || before.mode === 'AUTO.MISSION' ? before.missionCurrent : null,
    speedMps,
    climbMps,
    altRelM,
  };
  if (seen.ok) return done(how, detail);
  const moving = speedMps === null ? 'its speed is not known' : `it still moves at ${speedMps.toFixed(1)} m/s`;
  const words = mode === inMode ? moving : `mode ${mode}`;
  return { ok: false, code: 'no-effect', detail: words, sent: true };
}

/** A landed state older than this is none: it comes once in two seconds at the least. */
const LANDED_FRESH_MS = 5_000;

/** It says so, and now: an old word must not keep a flying vehicle from being called back. */
export const isLanded = (state: VehicleState): boolean =>
  state.landed === 'on-ground' && state.landedAgeMs !== null && state.landedAgeMs < LANDED_FRESH_MS;

/** Nothing that flies is of use. */
export const isGrounded = (state: VehicleState): boolean => state.armed === false || isLanded(state);

/**
 * Where a mission goes on. Sent also where that item is current already: it is what makes the autopilot forget the
 * do-command it would run again. So only its answer counts, and the same item twice does no harm.
 */
export function setCurrent(seq: number): CommandRequest {
  return { command: MavCmd.DO_SET_MISSION_CURRENT, params: [seq], klass: 'repeatable' };
}

/** By a message, which a PX4 answers with nothing but the new number. */
export function setCurrentPx4(seq: number): CommandRequest {
  return { ...setCurrent(seq), unanswered: true, effect: (now) => now.missionCurrent === seq };
}

/** p2, the force of arming and disarming, is 0 and cannot be anything else. */
export function* arm(state: VehicleState, { may = () => true }: IntentOptions = {}): Doing {
  if (state.armed === true) return done('already');
  const step = yield {
    do: 'command',
    request: {
      command: MavCmd.COMPONENT_ARM_DISARM,
      params: [1],
      klass: 'once',
      may,
      alreadySo: (now) => now.armed === true,
      effect: (now) => now.armed === true,
      effectWithinMs: ARMED_WITHIN_MS,
    },
  };
  return step.ok ? done(step.how, { mode: step.state.mode }) : failed(step);
}

/** On the ground only. */
export function* disarm(state: VehicleState): Doing {
  if (state.armed === false) return done('already');
  if (!isLanded(state)) {
    const isOld = state.landed === 'unknown' || state.landed === 'on-ground';
    return isOld ? refused('state-unknown', 'whether it has landed') : refused('in-air', state.landed);
  }
  const step = yield {
    do: 'command',
    request: {
      command: MavCmd.COMPONENT_ARM_DISARM,
      params: [0],
      klass: 'once',
      may: isLanded,
      alreadySo: (now) => now.armed === false,
      effect: (now) => now.armed === false,
      effectWithinMs: ARMED_WITHIN_MS,
    },
  };
  return step.ok ? done(step.how) : failed(step);
}

/**
 * Only asks for it; that it rebooted is proved by its time since boot. Its answer may never come: then silence, or an
 * age that went back, shows that it took it.
 */
export function* reboot(state: VehicleState, request: CommandRequest): Doing {
  if (state.armed !== false) {
    return refused(state.armed ? 'armed' : 'state-unknown');
  }
  const { reboots } = state;
  const gone = (now: VehicleState): boolean =>
    now.reboots > reboots || (now.lastHeartbeatAgeMs !== null && now.lastHeartbeatAgeMs > 3_000);
  const step = yield { do: 'command', request: { ...request, may: (now) => now.armed === false } };
  if (step.ok) return done(step.how, { bootId: state.bootId });
  if (step.how !== 'no-ack') return failed(step);
  const seen = yield { do: 'see', until: gone, withinMs: REBOOT_WITHIN_MS };
  return seen.ok ? done('effect-seen', { bootId: state.bootId }) : failed(step);
}

/** Metres between two places, flat earth: of use over a few kilometres. */
export function distanceM(
  a: { readonly latDeg: number; readonly lonDeg: number },
  b: { readonly latDeg: number; readonly lonDeg: number },
): number {
  const perDeg = 111_320;
  const north = (b.latDeg - a.latDeg) * perDeg;
  const lon = ((b.lonDeg - a.lonDeg + 540) % 360) - 180;
  const east = lon * perDeg * Math.cos((a.latDeg * Math.PI) / 180);
  return Math.hypot(north, east);
}

export interface Destination {
  readonly latDeg: number;
  readonly lonDeg: number;
  readonly altRelM: number;
}

/** It is there, or nearer than it was by a metre, or the height is. */
export function isUnderWay(to: Destination, before: VehicleState): (state: VehicleState) => boolean {
  const gap = (state: VehicleState): number =>
    state.position === null || state.altRelM === null
      ? Number.POSITIVE_INFINITY
      : Math.hypot(distanceM(state.position, to), state.altRelM - to.altRelM);
  const atFirst = gap(before);
  return (state) => gap(state) < 3 || gap(state) < atFirst - 1;
}

interface Way {
  readonly ok: true;
  readonly to: Destination & { readonly altAmslM: number };
  readonly withinMs: number;
}

/** Where a climb leads; refused on the ground and where its position is not known now. */
export function climbOf(
  state: VehicleState,
  altRelM: number | undefined,
): Way | { readonly ok: false; readonly refused: IntentOutcome } {
  if (altRelM === undefined) return { ok: false, refused: refused('bad-params', 'altRelM') };
  if (isGrounded(state)) return { ok: false, refused: refused('already-on-ground') };
  const { position } = state;
  if (position === null || position.ageMs > 2_000 || state.altRelM === null) {
    return { ok: false, refused: refused('position', 'not known now') };
  }
  const riseM = Math.max(0, altRelM - state.altRelM);
  const { latDeg, lonDeg } = position;
  const to = { latDeg, lonDeg, altRelM, altAmslM: position.altAmslM + altRelM - state.altRelM };
  return { ok: true, to, withinMs: CLIMB_BEGINS_MS + (riseM / SLOW_CLIMB_MPS) * 1_000 };
}

export function* climbed({ to, withinMs }: Way): Doing {
  const until = (state: VehicleState): boolean => state.altRelM !== null && state.altRelM > to.altRelM - CLIMBED_M;
  const seen = yield { do: 'see', until, withinMs };
  const { altRelM } = seen.state;
  if (seen.ok) return done('climbed', { altRelM });
  const detail = altRelM === null ? 'its height is not known' : `at ${altRelM.toFixed(0)} m it did not climb on`;
  return { ok: false, code: 'no-effect', detail, sent: true };
}
