import { CopterMode, MavCmd, MavResult } from '@skein/protocol/mavlink';
import { offset, toNorthEast } from '../geo.ts';
import type { Handler, Outcome } from './command.ts';

const FORCE_ARM = 2_989;
const FORCE_DISARM = 21_196;

const GPS_GLOBAL_ORIGIN = 49;
const HOME_POSITION = 242;
const MISSION_CURRENT = 42;

const just = (result: Outcome['result']): Outcome => ({ result });

/** Only with MAV_MODE_FLAG_CUSTOM_MODE_ENABLED in the first. */
const setMode: Handler = (autopilot, { params }) =>
  (params[0] & 1) === 0
    ? just(MavResult.DENIED)
    : just(autopilot.flight.setMode(params[1], autopilot.vehicle.body, autopilot.nowMs));

const inMode =
  (mode: number): Handler =>
  (autopilot) =>
    just(autopilot.flight.setMode(mode, autopilot.vehicle.body, autopilot.nowMs));

const armOrDisarm: Handler = (autopilot, { params }) => {
  const { body } = autopilot.vehicle;
  if (params[0] === 1) return just(autopilot.flight.arm(body, autopilot.nowMs, params[1] === FORCE_ARM));
  if (params[0] === 0) return just(autopilot.flight.disarm(body, params[1] === FORCE_DISARM));
  return just(MavResult.UNSUPPORTED);
};

const takeoff: Handler = (autopilot, { params }) =>
  just(autopilot.flight.takeoff(params[6], autopilot.vehicle.body, autopilot.nowMs));

const startMission: Handler = (autopilot) =>
  just(autopilot.flight.startMission(autopilot.vehicle.body, autopilot.nowMs));

const pauseOrContinue: Handler = (autopilot, { params }) =>
  params[0] === 0 || params[0] === 1
    ? just(autopilot.flight.pause(params[0] === 0, autopilot.vehicle.body))
    : just(MavResult.DENIED);

const changeSpeed: Handler = (autopilot, { params }) => {
  if (!(params[1] > 0)) return just(MavResult.FAILED);
  autopilot.flight.steering.setCruise(params[1]);
  return just(MavResult.ACCEPTED);
};

const yaw: Handler = (autopilot, { params }) => {
  if (!Number.isFinite(params[0])) return just(MavResult.FAILED);
  const relative = params[3] === 1;
  const turn = ((params[0] * Math.PI) / 180) * (relative && params[2] < 0 ? -1 : 1);
  autopilot.flight.steering.yaw = relative ? autopilot.vehicle.body.yaw + turn : turn;
  return just(MavResult.ACCEPTED);
};

/** Taken only as COMMAND_INT: a float cannot hold a position. */
const reposition: Handler = (autopilot, { int, params, frame }) => {
  if (!int) return just(MavResult.UNSUPPORTED);
  if (!Number.isFinite(params[6]) || Math.abs(params[4]) > 90e7 || Math.abs(params[5]) > 180e7) {
    return just(MavResult.DENIED);
  }
  const { world, flight, vehicle } = autopilot;
  const at = toNorthEast(world, { latE7: params[4], lonE7: params[5] });
  const baseM = (flight.home ?? world).altM - world.altM;
  const relative = frame !== 0 && frame !== 5;
  const upM = relative ? params[6] + baseM : params[6] - world.altM;
  const changes = (Math.trunc(params[1]) & 1) === 1;
  if (changes && flight.mode.number !== CopterMode.GUIDED) {
    const entered = flight.setMode(CopterMode.GUIDED, vehicle.body, autopilot.nowMs);
    if (entered !== MavResult.ACCEPTED) return just(entered);
  }
  return just(flight.goTo({ ...at, upM }, vehicle.body));
};

const setHome: Handler = (autopilot, { int, params }) => {
  const { world, vehicle } = autopilot;
  if (params[0] === 1) {
    autopilot.flight.setHome({ ...offset(world, vehicle.body), altM: world.altM + vehicle.body.upM });
    return just(MavResult.ACCEPTED);
  }
  if (!int) return just(MavResult.UNSUPPORTED);
  if (!Number.isFinite(params[6])) return just(MavResult.FAILED);
  autopilot.flight.setHome({ latE7: params[4], lonE7: params[5], altM: params[6] });
  return just(MavResult.ACCEPTED);
};

/** What was asked for leaves before the acknowledgement here (measured). */
const getHome: Handler = (autopilot, _command, port) => {
  if (autopilot.flight.home === null) return just(MavResult.FAILED);
  autopilot.voice.sendOne(HOME_POSITION, port);
  autopilot.voice.sendOne(GPS_GLOBAL_ORIGIN, port);
  return just(MavResult.ACCEPTED);
};

/** Out of range is denied; the message of the same purpose stays silent. `param2` 1 begins the counting of jumps anew and goes on at once. */
const setCurrent: Handler = (autopilot, { params }, port) => {
  const [seq, reset] = params;
  if (!Number.isInteger(seq) || seq < 0 || seq > autopilot.mission.total) return just(MavResult.DENIED);
  if (reset === 1) autopilot.flight.runner.rewind();
  if (!autopilot.flight.setCurrent(seq, autopilot.vehicle.body, autopilot.nowMs)) return just(MavResult.FAILED);
  return { result: MavResult.ACCEPTED, after: () => autopilot.voice.sendOne(MISSION_CURRENT, port) };
};

export const flyingCommands: ReadonlyMap<number, Handler> = new Map([
  [MavCmd.DO_SET_MODE, setMode],
  [MavCmd.NAV_RETURN_TO_LAUNCH, inMode(CopterMode.RTL)],
  [MavCmd.NAV_LAND, inMode(CopterMode.LAND)],
  [MavCmd.NAV_LOITER_UNLIM, inMode(CopterMode.LOITER)],
  [MavCmd.COMPONENT_ARM_DISARM, armOrDisarm],
  [MavCmd.NAV_TAKEOFF, takeoff],
  [MavCmd.MISSION_START, startMission],
  [MavCmd.DO_PAUSE_CONTINUE, pauseOrContinue],
  [MavCmd.DO_CHANGE_SPEED, changeSpeed],
  [MavCmd.CONDITION_YAW, yaw],
  [MavCmd.DO_REPOSITION, reposition],
  [MavCmd.DO_SET_HOME, setHome],
  [MavCmd.GET_HOME_POSITION, getHome],
  [MavCmd.DO_SET_MISSION_CURRENT, setCurrent],
]);
