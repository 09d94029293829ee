/** PX4 multicopters, from its documentation and sources (`px4_custom_mode.h`, `commander`). */
import { MavCmd, MavFrame } from '@skein/protocol/mavlink';
import { modeName } from '@skein/protocol/telemetry';
import type { CommandRequest } from '../command.ts';
import type { IntentName, IntentOptions } from '../intent.ts';
import type { VehicleState } from '../state.ts';
import { type Doing, type Expected, type Flavour, type ParameterFault, refused } from './flavour.ts';
import { isLinkLossTime, LINK_LOSS_WANTED } from './link-loss.ts';
import { jump, payload, px4Winch, setHome } from './orders.ts';
import { type StartWays, standDown, startPx4 } from './start.ts';
import {
  arm,
  climbed,
  climbOf,
  disarm,
  done,
  failed,
  isGrounded,
  isLanded,
  isStill,
  isUnderWay,
  reboot,
  setCurrentPx4,
  stand,
} from './steps.ts';

const PX4 = 12;
const MAIN_AUTO = 4;
const SUB = { TAKEOFF: 2, LOITER: 3, MISSION: 4, RTL: 5, LAND: 6, PRECLAND: 9 } as const;
const HIGHEST_MAIN = 8;
const HIGHEST_SUB = 9;
const CUSTOM_MODE_ENABLED = 1;
const CHANGE_MODE = 1;
const MODE_WITHIN_MS = 4_000;
const UNDER_WAY_WITHIN_MS = 10_000;

/** custom_mode of AUTO with a sub mode: main in byte 2, sub in byte 3. */
const auto = (sub: number): number => ((sub << 24) | (MAIN_AUTO << 16)) >>> 0;

function nameOf(customMode: number): string | null {
  const name = modeName(PX4, customMode);
  return name.startsWith('mode ') ? null : name;
}

function numberOf(name: string): number | null {
  for (let main = 1; main <= HIGHEST_MAIN; main++) {
    for (let sub = 0; sub <= (main === MAIN_AUTO ? HIGHEST_SUB : 0); sub++) {
      const mode = ((sub << 24) | (main << 16)) >>> 0;
      if (nameOf(mode) === name) return mode;
    }
  }
  return null;
}

function setMode(name: 'AUTO.LOITER' | 'AUTO.MISSION', sub: number): CommandRequest {
  return {
    command: MavCmd.DO_SET_MODE,
    params: [CUSTOM_MODE_ENABLED, MAIN_AUTO, sub],
    klass: 'repeatable',
    effect: (state) => state.mode === name,
    effectWithinMs: MODE_WITHIN_MS,
  };
}

/** PX4 takes DO_REPOSITION by height above mean sea level. */
function reposition(to: {
  readonly latDeg: number;
  readonly lonDeg: number;
  readonly altAmslM: number;
}): CommandRequest {
  return {
    command: MavCmd.DO_REPOSITION,
    params: [-1, CHANGE_MODE, 0, Number.NaN],
    int: {
      frame: MavFrame.GLOBAL,
      x: Math.round(to.latDeg * 1e7),
      y: Math.round(to.lonDeg * 1e7),
      z: to.altAmslM,
    },
    klass: 'repeatable',
  };
}

/** AUTO.LOITER keeps place and height by itself, whatever the sticks say (they take over only by setting). */
function* hold(state: VehicleState): Doing {
  if (state.armed === false) return refused('disarmed');
  if (isLanded(state)) return refused('already-on-ground');
  const { mode, position } = state;
  // In AUTO.LOITER on the way to somewhere, the mode would change nothing: here becomes the place to be.
  const isUnderWayInLoiter = mode === 'AUTO.LOITER' && !isStill(state) && position !== null && position.ageMs < 1_000;
  const request = isUnderWayInLoiter ? reposition(position) : setMode('AUTO.LOITER', SUB.LOITER);
  const step = yield { do: 'command', request };
  return step.ok ? yield* stand('loiter', state, 'AUTO.LOITER') : failed(step);
}

function* resume(state: VehicleState, o: IntentOptions): Doing {
  if (state.armed === false) return refused('disarmed');
  if (state.mode !== 'AUTO.LOITER') return refused('not-holding', `mode ${state.mode ?? 'unknown'}`);
  const seq = o.missionSeq;
  if (seq === undefined) return refused('bad-params', 'missionSeq');
  const set = yield { do: 'command', request: setCurrentPx4(seq) };
  if (!set.ok) return failed(set);
  const step = yield { do: 'command', request: setMode('AUTO.MISSION', SUB.MISSION) };
  return step.ok ? done('mission', { missionSeq: seq }) : failed(step);
}

/** To a mode by a command of its own. PX4 refuses a return on the ground by itself; we do not ask. */
function* toMode(state: VehicleState, name: 'AUTO.RTL' | 'AUTO.LAND', command: number): Doing {
  if (isGrounded(state)) return refused('already-on-ground');
  const isThere = (now: VehicleState): boolean => now.mode === name || isLanded(now);
  const step = yield {
    do: 'command',
    request: {
      command,
      // NaN: here, as it is.
      params: command === MavCmd.NAV_LAND ? [0, 0, 0, Number.NaN, Number.NaN, Number.NaN, Number.NaN] : [],
      klass: 'repeatable',
      alreadySo: isThere,
      effect: isThere,
      effectWithinMs: MODE_WITHIN_MS,
    },
  };
  return step.ok ? done(step.how, { mode: step.state.mode, from: state.mode, at: state.position }) : failed(step);
}

function* goTo(state: VehicleState, o: IntentOptions): Doing {
  const { to } = o;
  if (to === undefined) return refused('bad-params', 'to');
  if (isGrounded(state)) return refused('disarmed', 'on the ground');
  const { position, altRelM } = state;
  if (position === null || altRelM === null || position.ageMs > 2_000) return refused('position', 'not known now');
  if (state.mode !== 'AUTO.LOITER') return refused('not-holding', `mode ${state.mode ?? 'unknown'}`);
  const altAmslM = position.altAmslM - altRelM + to.altRelM;
  const step = yield { do: 'command', request: reposition({ ...to, altAmslM }) };
  if (!step.ok) return failed(step);
  const seen = yield { do: 'see', until: isUnderWay(to, state), withinMs: UNDER_WAY_WITHIN_MS };
  return seen.ok
    ? done('under-way', { to })
    : { ok: false, code: 'no-effect', detail: 'it does not come nearer', sent: true };
}

/** Straight up where it is, from whatever mode it flies in; ends when it is there. */
function* climb(state: VehicleState, o: IntentOptions): Doing {
  const way = climbOf(state, o.altRelM);
  if (!way.ok) return way.refused;
  const sent = yield { do: 'command', request: reposition(way.to) };
  if (!sent.ok) return failed(sent);
  return yield* climbed(way);
}

/** p1 1 restarts it; 0 is ACCEPTED and nothing happens. */
function rebootRequest(): CommandRequest {
  return { command: MavCmd.PREFLIGHT_REBOOT_SHUTDOWN, params: [1], klass: 'once', ackWithinMs: 1_500 };
}

const START: StartWays = {
  missionMode: 'AUTO.MISSION',
  waiting: setMode('AUTO.LOITER', SUB.LOITER),
  waitingMode: 'AUTO.LOITER',
};

/** Armed in these it takes off. */
const RISES: readonly string[] = ['AUTO.MISSION', 'AUTO.TAKEOFF'];

/** Only armed: disarmed it falls back to the mode chosen last, after a flight that was ended early its mission (observed). */
function* armOnly(state: VehicleState, o: IntentOptions): Doing {
  if (state.armed !== false || !RISES.includes(state.mode ?? '')) return yield* arm(state, o);
  const waiting = yield { do: 'command', request: START.waiting };
  return waiting.ok ? yield* arm(waiting.state, o) : failed(waiting);
}

const INTENTS: Readonly<Record<IntentName, (state: VehicleState, o: IntentOptions) => Doing>> = {
  hold,
  resume,
  return: (state) => toMode(state, 'AUTO.RTL', MavCmd.NAV_RETURN_TO_LAUNCH),
  land: (state) => toMode(state, 'AUTO.LAND', MavCmd.NAV_LAND),
  goto: goTo,
  climb,
  arm: armOnly,
  disarm,
  reboot: (state) => reboot(state, rebootRequest()),
  start: (state, o) => startPx4(state, o, START, setMode('AUTO.MISSION', SUB.MISSION)),
  jump: (state, o) => jump(state, o, 'AUTO.MISSION'),
  payload: (_state, o) => payload(o, px4Winch),
  'set-home': setHome,
};

/** NAV_DLL_ACT: hold, return, land. 0 does nothing; 5 and 6 end the flight. */
const LINK_ACTIONS: readonly number[] = [1, 2, 3];

function failsafeCheck(
  _owner: 'agent' | 'autopilot',
  read: (name: string) => number | null,
): readonly ParameterFault[] {
  const faults: ParameterFault[] = [];
  const action = read('NAV_DLL_ACT');
  if (action === null || !LINK_ACTIONS.includes(action)) {
    faults.push({ parameter: 'NAV_DLL_ACT', value: action, wanted: LINK_ACTIONS.join(', ') });
  }
  const timeout = read('COM_DL_LOSS_T');
  if (timeout === null || !isLinkLossTime(timeout)) {
    faults.push({ parameter: 'COM_DL_LOSS_T', value: timeout, wanted: LINK_LOSS_WANTED });
  }
  // Modes in which the loss is ignored; older ones lack it and ignore it in none.
  const except = read('COM_DLL_EXCEPT');
  if (except !== null && except !== 0) faults.push({ parameter: 'COM_DLL_EXCEPT', value: except, wanted: '0' });
  return faults;
}

function expected(request: CommandRequest): Expected | null {
  const p = request.params ?? [];
  switch (request.command) {
    case MavCmd.DO_SET_MODE:
      return { modes: [auto(p[2] ?? 0)] };
    case MavCmd.NAV_RETURN_TO_LAUNCH:
      return { modes: [auto(SUB.RTL)] };
    case MavCmd.NAV_LAND:
      return { modes: [auto(SUB.LAND)] };
    case MavCmd.DO_REPOSITION:
      return { modes: [auto(SUB.LOITER)] };
    // It arms by itself (ArduPilot does not).
    case MavCmd.MISSION_START:
      return { modes: [auto(SUB.MISSION), auto(SUB.TAKEOFF)], armed: true };
    case MavCmd.COMPONENT_ARM_DISARM:
      return { armed: p[0] === 1 };
    case MavCmd.PREFLIGHT_REBOOT_SHUTDOWN:
      return { reboot: true };
    default:
      return null;
  }
}

const LANDING: readonly string[] = ['AUTO.RTL', 'AUTO.LAND', 'AUTO.PRECLAND', 'AUTO.MISSION'];

export const px4: Flavour = {
  name: 'px4',
  modeName: nameOf,
  modeNumber: numberOf,
  isFailsafeText: (text) =>
    !/^(preflight fail|arming denied|prearm)/i.test(text) &&
    !/(regained|recovered|cleared|restored)/i.test(text) &&
    /failsafe|(data|gcs|ground station|manual control|rc|gps|battery)[^:]*(link )?(connection )?(lost|loss)|(low|critical|emergency) battery|geofence.*(breach|violat)|flight termination/i.test(
      text,
    ),
  isFailsafeOverText: (text) => /(regained|recovered|cleared|restored)/i.test(text),
  failsafeModes: ['AUTO.RTL', 'AUTO.LAND', 'AUTO.LOITER', 'AUTO.PRECLAND', 'ALTCTL', 'STABILIZED'],
  isMissionReturn: (from, to) => from === 'AUTO.MISSION' && to === 'AUTO.RTL',
  landingModes: LANDING,
  groundLinkParameter: ['MAV_GCS_SYSID'],
  // It counts any heartbeat of type GCS.
  groundLinkDefault: 255,
  modeChannelParameter: 'RC_MAP_FLTMODE',
  modeChannelDefault: null,
  failsafeParameters: ['NAV_DLL_ACT', 'COM_DL_LOSS_T', 'COM_DLL_EXCEPT'],
  failsafeCheck,
  rebootRequest,
  expected,
  intent: (name, options, state) => INTENTS[name](state, options),
  standDown: () => standDown(START),
};
