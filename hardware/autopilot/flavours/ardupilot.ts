/** ArduCopter. What stands here as *observed* was seen on 4.7-dev. */
import { MavCmd, MavFrame } from '@skein/protocol/mavlink';
import { modeName } from '@skein/protocol/telemetry';
import type { CommandRequest } from '../command.ts';
import type { IntentName, IntentOptions } from '../intent.ts';
import type { VehicleState } from '../state.ts';
import { type Doing, type Expected, type Flavour, type ParameterFault, refused } from './flavour.ts';
import { isLinkLossTime, LINK_LOSS_WANTED } from './link-loss.ts';
import { ardupilotWinch, jump, payload, setHome } from './orders.ts';
import { type StartWays, standDown, startArdupilot } from './start.ts';
import {
  arm,
  climbed,
  climbOf,
  type Destination,
  disarm,
  done,
  failed,
  isGrounded,
  isLanded,
  isStill,
  isUnderWay,
  reboot,
  setCurrent,
  stand,
} from './steps.ts';

const ARDUPILOTMEGA = 3;
const MODES = { STABILIZE: 0, AUTO: 3, GUIDED: 4, RTL: 6, LAND: 9, SMART_RTL: 21, AUTO_RTL: 27 } as const;
const PAUSE = 0;
const CONTINUE = 1;
const CUSTOM_MODE_ENABLED = 1;
const CHANGE_MODE = 1;
const HIGHEST_MODE = 30;
const MODE_WITHIN_MS = 4_000;
const UNDER_WAY_WITHIN_MS = 10_000;

const RETURNING: readonly string[] = ['RTL', 'SMART_RTL', 'AUTO_RTL'];

function nameOf(customMode: number): string | null {
  const name = modeName(ARDUPILOTMEGA, customMode);
  return name.startsWith('mode ') ? null : name;
}

/** Mode by command. Repeatable: setting the mode it is in already does nothing. */
function setMode(name: 'AUTO' | 'GUIDED'): CommandRequest {
  return {
    command: MavCmd.DO_SET_MODE,
    params: [CUSTOM_MODE_ENABLED, MODES[name]],
    klass: 'repeatable',
    effect: (state) => state.mode === name,
    effectWithinMs: MODE_WITHIN_MS,
  };
}

function pauseOrContinue(what: typeof PAUSE | typeof CONTINUE): CommandRequest {
  return { command: MavCmd.DO_PAUSE_CONTINUE, params: [what], klass: 'repeatable' };
}

/**
 * Stay here. Pause leaves a mission where it is; where there is nothing to pause, GUIDED. Never LOITER, ALT_HOLD or
 * POSHOLD: they follow the throttle stick, and with it low LOITER sank from 10 m to 2.3 m in 4 s (*observed*).
 */
function* hold(state: VehicleState): Doing {
  if (state.armed === false) return refused('disarmed');
  if (isLanded(state)) return refused('already-on-ground');
  const { mode, landed } = state;
  // In GUIDED already, "GUIDED" would change nothing, and it would fly on to where it was sent.
  const pausable = mode === 'GUIDED' || (mode === 'AUTO' && landed !== 'taking-off');
  if (pausable) {
    const paused = yield { do: 'command', request: pauseOrContinue(PAUSE) };
    if (paused.ok) return yield* stand('paused', state, mode);
    if (paused.how !== 'refused') return failed(paused);
  }
  const guided = yield { do: 'command', request: setMode('GUIDED') };
  if (!guided.ok) return failed(guided);
  return yield* stand('guided', state, 'GUIDED');
}

/** Set-current first: going on in AUTO runs the last do-command again, and a winch or gripper would act twice. */
function* resume(state: VehicleState, o: IntentOptions): Doing {
  if (state.armed === false) return refused('disarmed');
  if (state.mode === 'AUTO') {
    if (!isStill(state)) return refused('not-holding', 'it flies its mission');
    const going = yield { do: 'command', request: pauseOrContinue(CONTINUE) };
    return going.ok ? done('continued', { missionSeq: going.state.missionCurrent }) : failed(going);
  }
  if (state.mode !== 'GUIDED') return refused('not-holding', `mode ${state.mode ?? 'unknown'}`);
  const seq = o.missionSeq;
  if (seq === undefined) return refused('bad-params', 'missionSeq');
  const set = yield { do: 'command', request: setCurrent(seq) };
  if (!set.ok) return failed(set);
  const auto = yield { do: 'command', request: setMode('AUTO') };
  return auto.ok ? done('auto', { missionSeq: seq }) : failed(auto);
}

function* comeBack(state: VehicleState): Doing {
  if (isGrounded(state)) return refused('already-on-ground');
  const isReturning = (now: VehicleState): boolean => RETURNING.includes(now.mode ?? '');
  const step = yield {
    do: 'command',
    request: {
      command: MavCmd.NAV_RETURN_TO_LAUNCH,
      klass: 'repeatable',
      alreadySo: isReturning,
      effect: isReturning,
      effectWithinMs: MODE_WITHIN_MS,
    },
  };
  return step.ok ? done(step.how, { mode: step.state.mode, from: state.mode }) : failed(step);
}

function* land(state: VehicleState): Doing {
  if (isGrounded(state)) return refused('already-on-ground');
  const isLanding = (now: VehicleState): boolean => now.mode === 'LAND' || isLanded(now);
  const step = yield {
    do: 'command',
    request: {
      command: MavCmd.NAV_LAND,
      klass: 'repeatable',
      alreadySo: isLanding,
      effect: isLanding,
      effectWithinMs: MODE_WITHIN_MS,
    },
  };
  return step.ok ? done(step.how, { mode: step.state.mode, from: state.mode, at: state.position }) : failed(step);
}

/** As COMMAND_INT: as COMMAND_LONG it is UNSUPPORTED (*observed*). */
function reposition(to: Destination): CommandRequest {
  return {
    command: MavCmd.DO_REPOSITION,
    params: [-1, CHANGE_MODE, 0, 0],
    int: {
      frame: MavFrame.GLOBAL_RELATIVE_ALT_INT,
      x: Math.round(to.latDeg * 1e7),
      y: Math.round(to.lonDeg * 1e7),
      z: to.altRelM,
    },
    klass: 'repeatable',
    effect: (state) => state.mode === 'GUIDED',
    effectWithinMs: MODE_WITHIN_MS,
  };
}

function* goTo(state: VehicleState, o: IntentOptions): Doing {
  if (o.to === undefined) return refused('bad-params', 'to');
  if (isGrounded(state)) return refused('disarmed', 'on the ground');
  if (state.position === null || state.position.ageMs > 2_000) return refused('position', 'not known now');
  if (state.mode !== 'GUIDED' && !(state.mode === 'AUTO' && isStill(state)))
    return refused('not-holding', `${state.mode}`);
  const sent = yield { do: 'command', request: reposition(o.to) };
  if (!sent.ok) return failed(sent);
  // A hold in GUIDED was a pause: it would stay paused, the new place in its pocket.
  if (state.mode === 'GUIDED') {
    const going = yield { do: 'command', request: pauseOrContinue(CONTINUE) };
    if (!going.ok && going.how !== 'refused') return failed(going);
  }
  const seen = yield { do: 'see', until: isUnderWay(o.to, state), withinMs: UNDER_WAY_WITHIN_MS };
  return seen.ok
    ? done('under-way', { to: o.to })
    : { ok: false, code: 'no-effect', detail: 'it does not come nearer', sent: true };
}

/** Straight up where it is, from whatever mode it flies in; ends when it is there. */
function* climb(state: VehicleState, o: IntentOptions): Doing {
  const way = climbOf(state, o.altRelM);
  if (!way.ok) return way.refused;
  const sent = yield { do: 'command', request: reposition(way.to) };
  if (!sent.ok) return failed(sent);
  if (state.mode === 'GUIDED') {
    const going = yield { do: 'command', request: pauseOrContinue(CONTINUE) };
    if (!going.ok && going.how !== 'refused') return failed(going);
  }
  return yield* climbed(way);
}

/** p1 1 restarts it; 2 would shut down, 3 stay in the bootloader; 0, 2, 4, 9 are UNSUPPORTED (*observed*). */
function rebootRequest(): CommandRequest {
  return { command: MavCmd.PREFLIGHT_REBOOT_SHUTDOWN, params: [1], klass: 'once', ackWithinMs: 1_500 };
}

const START: StartWays = { missionMode: 'AUTO', waiting: setMode('GUIDED'), waitingMode: 'GUIDED' };

const INTENTS: Readonly<Record<IntentName, (state: VehicleState, o: IntentOptions) => Doing>> = {
  hold,
  resume,
  return: comeBack,
  land,
  goto: goTo,
  climb,
  arm,
  disarm,
  reboot: (state) => reboot(state, rebootRequest()),
  start: (state, o) => startArdupilot(state, o, START),
  jump: (state, o) => jump(state, o, 'AUTO'),
  payload: (_state, o) => payload(o, ardupilotWinch),
  'set-home': setHome,
};

/** FS_OPTIONS: go on with AUTO when the ground link is lost; release the gripper on a failsafe. */
const CONTINUE_AUTO = 2;
const RELEASE_GRIPPER = 32;
/** FS_GCS_ENABLE: RTL, SmartRTL or RTL, SmartRTL or land, land, DO_LAND_START or RTL, brake or land. 2 goes on in AUTO. */
const GCS_ACTIONS: readonly number[] = [1, 3, 4, 5, 6, 7];

function failsafeCheck(
  _owner: 'agent' | 'autopilot',
  read: (name: string) => number | null,
): readonly ParameterFault[] {
  const faults: ParameterFault[] = [];
  const want = (parameter: string, value: number | null, wanted: string, isRight: boolean): void => {
    if (!isRight) faults.push({ parameter, value, wanted });
  };
  // The same for both owners: under the agent's ladder it is the net, by itself it is all there is.
  const enable = read('FS_GCS_ENABLE');
  want('FS_GCS_ENABLE', enable, GCS_ACTIONS.join(', '), enable !== null && GCS_ACTIONS.includes(enable));
  const timeout = read('FS_GCS_TIMEOUT');
  // Older ones have none and wait 5 s.
  want('FS_GCS_TIMEOUT', timeout, LINK_LOSS_WANTED, timeout === null || isLinkLossTime(timeout));
  const options = read('FS_OPTIONS') ?? 0;
  const wrong = CONTINUE_AUTO | RELEASE_GRIPPER;
  want('FS_OPTIONS', options, `without ${CONTINUE_AUTO} and ${RELEASE_GRIPPER}`, (options & wrong) === 0);
  const name = read('MAV_GCS_SYSID') === null ? 'SYSID_MYGCS' : 'MAV_GCS_SYSID';
  const station = read(name);
  const vehicle = read('MAV_SYSID') ?? read('SYSID_THISMAV');
  // Heartbeats of its own system do not count (observed).
  const isRight = station !== null && station >= 1 && station <= 255 && station !== vehicle;
  want(name === 'SYSID_MYGCS' && station === null ? 'MAV_GCS_SYSID' : name, station, '1 to 255, not its own', isRight);
  return faults;
}

function expected(request: CommandRequest): Expected | null {
  const p = request.params ?? [];
  switch (request.command) {
    case MavCmd.DO_SET_MODE:
      return { modes: [p[1] ?? -1] };
    case MavCmd.NAV_RETURN_TO_LAUNCH:
      return { modes: [MODES.RTL] };
    case MavCmd.NAV_LAND:
      return { modes: [MODES.LAND] };
    case MavCmd.DO_REPOSITION:
      return { modes: [MODES.GUIDED] };
    case MavCmd.MISSION_START:
      return { modes: [MODES.AUTO] };
    case MavCmd.COMPONENT_ARM_DISARM:
      return { armed: p[0] === 1 };
    case MavCmd.PREFLIGHT_REBOOT_SHUTDOWN:
      return { reboot: true };
    default:
      return null;
  }
}

export const ardupilot: Flavour = {
  name: 'ardupilot',
  modeName: nameOf,
  modeNumber: (name) => {
    for (let mode = 0; mode <= HIGHEST_MODE; mode++) if (nameOf(mode) === name) return mode;
    return null;
  },
  // "PreArm: Radio failsafe on" is a reason not to arm, not a failsafe at work.
  isFailsafeText: (text) =>
    !/^(PreArm|Arm):/i.test(text) &&
    !/cleared|continuing/i.test(text) &&
    /failsafe|^EKF variance$|^Battery \d+ is (low|critical)|fences? breach|^Crash: /i.test(text),
  isFailsafeOverText: (text) => /(failsafe.*(cleared|continuing))|fence breach cleared/i.test(text),
  failsafeModes: [...RETURNING, 'LAND', 'BRAKE', 'ALT_HOLD', 'AVOID_ADSB', 'AUTO'],
  // AUTO stays AUTO.
  isMissionReturn: () => false,
  landingModes: [...RETURNING, 'LAND', 'AUTO'],
  groundLinkParameter: ['MAV_GCS_SYSID', 'SYSID_MYGCS'],
  groundLinkDefault: null,
  modeChannelParameter: 'FLTMODE_CH',
  modeChannelDefault: 5,
  failsafeParameters: [
    'FS_GCS_ENABLE',
    'FS_GCS_TIMEOUT',
    'FS_OPTIONS',
    'MAV_GCS_SYSID',
    'SYSID_MYGCS',
    'MAV_SYSID',
    'SYSID_THISMAV',
  ],
  failsafeCheck,
  rebootRequest,
  expected,
  intent: (name, options, state) => INTENTS[name](state, options),
  standDown: () => standDown(START),
};
