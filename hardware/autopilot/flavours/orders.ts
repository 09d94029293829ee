/** Once commands of a flight under way, the same on both autopilots but for their numbers. Pure generators: see flavour.ts. */
import { MavCmd, MavFrame } from '@skein/protocol/mavlink';
import type { CommandRequest } from '../command.ts';
import type { IntentOptions, PayloadOrder } from '../intent.ts';
import type { VehicleState } from '../state.ts';
import { type Doing, refused } from './flavour.ts';
import { distanceM, done, failed } from './steps.ts';

const CURRENT_WITHIN_MS = 4_000;
const HOME_WITHIN_MS = 3_000;
const HOME_SAME_M = 2;
const GRIPPER = { release: 0, grab: 1 } as const;
const FIRST = 1;

/**
 * On to another navigation item of the mission that is being flown: past the gate of a delivery, or past an item. Once: the
 * same again later would fly a part of it twice. Only that item itself, shown as current, proves it: a greater one may be
 * where the gate led by itself.
 */
export function* jump(state: VehicleState, o: IntentOptions, missionMode: 'AUTO' | 'AUTO.MISSION'): Doing {
  const { missionSeq: seq, may = () => true } = o;
  if (seq === undefined) return refused('bad-params', 'missionSeq');
  if (state.armed !== true) return refused(state.armed === false ? 'disarmed' : 'state-unknown');
  if (state.mode !== missionMode) return refused('not-now', `mode ${state.mode ?? 'unknown'}`);
  const isThere = (now: VehicleState): boolean => now.missionCurrent === seq;
  const step = yield {
    do: 'command',
    request: {
      command: MavCmd.DO_SET_MISSION_CURRENT,
      params: [seq],
      klass: 'once',
      unanswered: missionMode === 'AUTO.MISSION',
      may: (now) => now.mode === missionMode && may(),
      alreadySo: isThere,
      effect: isThere,
      effectWithinMs: CURRENT_WITHIN_MS,
    },
  };
  return step.ok ? done(step.how, { missionSeq: seq, from: state.missionCurrent }) : failed(step);
}

/** Gripper and winch. What they are told is no proof that anything moved: that is looked for elsewhere. */
export function* payload(o: IntentOptions, winch: (order: PayloadOrder) => readonly number[] | null): Doing {
  const { payload: order, may = () => true } = o;
  if (order === undefined) return refused('bad-params', 'payload');
  const isGripper = order.do === 'release' || order.do === 'grab';
  const params = isGripper ? [FIRST, GRIPPER[order.do]] : winch(order);
  if (params === null) return refused('bad-params', `${order.do} needs lengthM`);
  const step = yield {
    do: 'command',
    request: {
      command: isGripper ? MavCmd.DO_GRIPPER : MavCmd.DO_WINCH,
      params,
      klass: 'once',
      may: () => may(),
    },
  };
  return step.ok ? done(step.how, { payload: order.do }) : failed(step);
}

/** Actions of DO_WINCH that ArduCopter knows: 0 relaxes, 1 runs a length, out when positive. The others are FAILED there. */
export function ardupilotWinch({ do: what, lengthM, rateMps = 0 }: PayloadOrder): readonly number[] | null {
  if (what === 'winch-relax') return [FIRST, 0];
  if (lengthM === undefined || !(lengthM > 0)) return null;
  return [FIRST, 1, what === 'winch-retract' ? -lengthM : lengthM, rateMps];
}

/** PX4 passes them on to the winch: 4 lowers until it touches down, 6 retracts all of it. */
export function px4Winch({ do: what, lengthM, rateMps = 0 }: PayloadOrder): readonly number[] | null {
  if (what === 'winch-relax') return [FIRST, 0];
  if (what === 'winch-retract') return [FIRST, 6];
  return lengthM === undefined ? [FIRST, 4] : [FIRST, 1, lengthM, rateMps];
}

export const askHome: CommandRequest = {
  command: MavCmd.REQUEST_MESSAGE,
  params: [242],
  klass: 'repeatable',
  ackWithinMs: 700,
};

/** Home to a place that is named, so that a landing on the way does not move it. */
export function* setHome(state: VehicleState, o: IntentOptions): Doing {
  const { home, may = () => true } = o;
  if (home === undefined) return refused('bad-params', 'home');
  const isHome = (now: VehicleState): boolean =>
    now.home !== null &&
    distanceM(now.home, home) < HOME_SAME_M &&
    Math.abs(now.home.altAmslM - home.altAmslM) < HOME_SAME_M;
  if (isHome(state)) return done('already');
  const step = yield {
    do: 'command',
    request: {
      command: MavCmd.DO_SET_HOME,
      int: {
        frame: MavFrame.GLOBAL,
        x: Math.round(home.latDeg * 1e7),
        y: Math.round(home.lonDeg * 1e7),
        z: home.altAmslM,
      },
      klass: 'once',
      may: () => may(),
      effect: isHome,
      effectWithinMs: HOME_WITHIN_MS,
    },
  };
  if (step.ok) return done(step.how, { home });
  if (step.how !== 'no-effect' && step.how !== 'no-ack') return failed(step);
  yield { do: 'command', request: askHome };
  const seen = yield { do: 'see', until: isHome, withinMs: HOME_WITHIN_MS };
  return seen.ok ? done('effect-seen', { home }) : failed(step);
}
