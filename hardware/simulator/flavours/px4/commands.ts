import { MavCmd, MavResult } from '@skein/protocol/mavlink';
import type { Autopilot } from '../../autopilot/autopilot.ts';
import type { Command, Handler, Outcome } from '../../commands/command.ts';
import { flyingCommands } from '../../commands/flying.ts';
import { messageCommands } from '../../commands/messages.ts';
import type { Px4Cargo } from './cargo.ts';
import { modeBy, px4Modes } from './modes.ts';
import type { Pilotage } from './pilotage.ts';

const FORCE = 21_196;
const { ACCEPTED, DENIED, UNSUPPORTED, FAILED, IN_PROGRESS } = MavResult;
/** Of the ArduPilot dialect: a PX4 cannot send them. */
const foreign: ReadonlySet<number> = new Set([152, 163, 165, 168, 178, 193, 226]);

const just = (result: Outcome['result']): Outcome => ({ result });

const same =
  (id: number): Handler =>
  (autopilot, command, port) =>
    (flyingCommands.get(id) ?? messageCommands.get(id))?.(autopilot, command, port) ?? just(UNSUPPORTED);

/** For its own messages only. */
const ofMessage =
  (id: number): Handler =>
  (autopilot, command, port) =>
    foreign.has(command.params[0]) ? just(FAILED) : same(id)(autopilot, command, port);

/** 0 asks for nothing: accepted, and nothing happens. */
const reboot: Handler = (autopilot, { params }) => {
  if (params[0] === 0) return just(ACCEPTED);
  if (autopilot.flight.armed) return just(DENIED);
  if (params[0] !== 1 && params[0] !== 3) return just(DENIED);
  return { result: ACCEPTED, after: () => autopilot.scheduleReboot() };
};

/** What PX4 carries out, and how: everything else is UNSUPPORTED. */
export function px4Commands(pilotage: Pilotage, cargo: Px4Cargo): ReadonlyMap<number, Handler> {
  /** Done when its time is over; until then IN_PROGRESS. */
  const gripper: Handler = (autopilot, { id, params, from }, port) => {
    const doneAtMs = cargo.grip(params[1]);
    if (doneAtMs === null) return just(FAILED);
    const to = { target_system: from.sysid, target_component: from.compid };
    const done = { command: id, result: ACCEPTED, progress: 0, result_param2: 0, ...to };
    autopilot.later(doneAtMs - autopilot.nowMs, () => port.send('COMMAND_ACK', done));
    return just(IN_PROGRESS);
  };
  const winch: Handler = (_autopilot, { params }) =>
    just(cargo.wind(params[1], params[2], params[3]) ? ACCEPTED : UNSUPPORTED);
  const armOrDisarm: Handler = (_autopilot, { params }) => {
    const forced = params[1] === FORCE;
    if (params[0] === 1) return just(pilotage.arm(forced));
    return just(params[0] === 0 ? pilotage.disarm(forced) : UNSUPPORTED);
  };
  const setMode: Handler = (_autopilot, { params }) => {
    const mode = modeBy(params[1], params[2]);
    return just((params[0] & 1) === 0 || mode === undefined ? DENIED : pilotage.setMode(mode));
  };
  /** Its altitude is above sea level. */
  const takeoff: Handler = (autopilot, { params }) => {
    const baseM = (autopilot.flight.home ?? autopilot.world).altM;
    return just(pilotage.takeoff(Number.isFinite(params[6]) ? params[6] - baseM : null));
  };
  /** Also as COMMAND_LONG, in degrees; not a number: where it is. */
  const reposition: Handler = (autopilot, command, port) => {
    const held = pilotage.setMode(px4Modes.hold);
    if (held !== ACCEPTED || pilotage.landed) return just(held === ACCEPTED ? DENIED : held);
    const [p1, , p3, p4, lat, lon, alt] = command.params;
    if (!Number.isFinite(lat) || !Number.isFinite(lon)) return just(ACCEPTED);
    const scale = command.int ? 1 : 1e7;
    const params: Command['params'] = [p1, 0, p3, p4, lat * scale, lon * scale, alt];
    return same(MavCmd.DO_REPOSITION)(autopilot, { ...command, params, int: true }, port);
  };
  return new Map<number, Handler>([
    [MavCmd.COMPONENT_ARM_DISARM, armOrDisarm],
    [MavCmd.DO_SET_MODE, setMode],
    [MavCmd.NAV_TAKEOFF, takeoff],
    [MavCmd.NAV_RETURN_TO_LAUNCH, () => just(pilotage.setMode(px4Modes.return))],
    [MavCmd.NAV_LAND, () => just(pilotage.setMode(px4Modes.land))],
    [MavCmd.NAV_LOITER_UNLIM, () => just(pilotage.setMode(px4Modes.hold))],
    [MavCmd.MISSION_START, () => just(pilotage.startMission())],
    [MavCmd.DO_REPOSITION, reposition],
    [MavCmd.PREFLIGHT_REBOOT_SHUTDOWN, reboot],
    [MavCmd.DO_GRIPPER, gripper],
    [MavCmd.DO_WINCH, winch],
    ...[MavCmd.DO_CHANGE_SPEED, MavCmd.DO_SET_HOME, MavCmd.GET_HOME_POSITION].map((id): [number, Handler] => [
      id,
      same(id),
    ]),
    ...[
      MavCmd.SET_MESSAGE_INTERVAL,
      MavCmd.GET_MESSAGE_INTERVAL,
      MavCmd.REQUEST_MESSAGE,
      MavCmd.REQUEST_AUTOPILOT_CAPABILITIES,
    ].map((id): [number, Handler] => [id, ofMessage(id)]),
  ]);
}

/** Runs one and answers it. */
export function carryOutPx4(
  handlers: ReadonlyMap<number, Handler>,
  autopilot: Autopilot,
  command: Command,
  port: Parameters<Handler>[2],
): void {
  const release = autopilot.voice.hold();
  const outcome = handlers.get(command.id)?.(autopilot, command, port) ?? just(UNSUPPORTED);
  port.send('COMMAND_ACK', {
    command: command.id,
    result: outcome.result,
    progress: 0,
    result_param2: 0,
    target_system: command.from.sysid,
    target_component: command.from.compid,
  });
  release();
  outcome.after?.();
}
