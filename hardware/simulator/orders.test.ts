/** What a real ArduCopter answered to orders on the ground and in the air, and what it then did. */
import { readFileSync } from 'node:fs';
import { CopterMode, MavCmd, MavResult } from '@skein/protocol/mavlink';
import t from 'tap';
import { Parameters } from './autopilot/parameters.ts';
import { Station } from './testing/station.ts';

const { ACCEPTED, DENIED, FAILED, UNSUPPORTED } = MavResult;
const { DO_SET_MODE, COMPONENT_ARM_DISARM, NAV_TAKEOFF, MISSION_START, DO_PAUSE_CONTINUE } = MavCmd;
const { PREFLIGHT_REBOOT_SHUTDOWN, NAV_RETURN_TO_LAUNCH, NAV_LAND, NAV_LOITER_UNLIM } = MavCmd;
const FORCE_REBOOT = 20_190_226;
const FORCE_DISARM = 21_196;
const target = { target_system: 1, target_component: 1 };

const state = (station: Station): string => {
  const last = station.of('HEARTBEAT').at(-1);
  return last === undefined ? '' : `${last.fields.base_mode}/${last.fields.custom_mode}/${last.fields.system_status}`;
};
const upM = (station: Station): number => station.simulator.vehicle.body.upM;
const mode = (station: Station, number: number): number | null => station.command(DO_SET_MODE, 1, number);
const arm = (station: Station): number | null => station.command(COMPONENT_ARM_DISARM, 1);

function calm(): Station {
  const station = new Station({ start: 'ready', seed: 2 });
  station.send('PARAM_SET', { ...target, param_id: 'SIM_WIND_SPD', param_value: 0, param_type: 9 });
  return station;
}

function hovering(): Station {
  const station = calm();
  mode(station, CopterMode.GUIDED);
  arm(station);
  station.command(NAV_TAKEOFF, 0, 0, 0, 0, 0, 0, 10);
  station.pass(16);
  station.heard.length = 0;
  return station;
}

t.test('booting: what it says to those who would arm it, and when that ends', async (t) => {
  const station = new Station({ start: 'cold' });
  const refused = (): string[] => {
    const before = station.texts.length;
    t.equal(arm(station), FAILED);
    return station.texts.slice(before);
  };
  station.pass(1.1);
  t.ok(refused().includes('Arm: AHRS: EKF3 not started'));
  station.pass(4);
  t.ok(refused().includes('Arm: AHRS: EKF3 still initialising'));
  station.pass(15);
  t.same(refused(), ['Arm: Gyros inconsistent']);
  station.pass(3.5);
  t.equal(station.simulator.nowMs, 23_600);
  refused();
  station.pass(0.2);
  mode(station, CopterMode.GUIDED);
  t.same(refused(), ['Arm: Need Position Estimate'], 'armable in STABILIZE by now, not where a position is needed');
  station.pass(17.4);
  t.ok(station.texts.includes('PreArm: Need Position Estimate'));
  refused();
  station.pass(0.2);
  t.equal(arm(station), ACCEPTED, 'at 41.3 s');
});

t.test('modes: which there are, which can be armed', async (t) => {
  const station = calm();
  for (const number of [8, 10, 12, 13, 26, 99]) {
    t.equal(mode(station, number), FAILED);
    t.equal(station.texts.at(-1), `No such mode ${number}`);
  }
  t.equal(mode(station, CopterMode.FLIP), FAILED);
  t.equal(station.texts.at(-1), 'Mode change to FLIP failed: init failed');
  t.equal(station.command(DO_SET_MODE, 0, CopterMode.GUIDED), DENIED, 'without the flag for custom modes');
  t.equal(state(station), '');
  const armable: number[] = [];
  for (const number of [0, 1, 2, 3, 4, 5, 6, 7, 9, 11, 16, 17, 21]) {
    t.equal(mode(station, number), ACCEPTED, `${number}`);
    if (arm(station) !== ACCEPTED) t.match(station.texts.at(-1), / mode not armable$/);
    else armable.push(number);
    station.command(COMPONENT_ARM_DISARM, 0);
  }
  t.same(armable, [0, 1, 2, 4, 5, 11, 16]);
  station.send('SET_MODE', { target_system: 1, base_mode: 1, custom_mode: 4 });
  t.equal(station.heard.at(-1)?.name, 'HEARTBEAT', 'the old message is obeyed, and not acknowledged');
});

t.test('disarmed: what is taken all the same', async (t) => {
  const station = calm();
  t.equal(station.command(NAV_RETURN_TO_LAUNCH), ACCEPTED);
  t.equal(state(station), '89/6/3');
  t.equal(station.command(NAV_LAND), ACCEPTED);
  t.equal(state(station), '89/9/3');
  t.equal(station.command(MISSION_START), ACCEPTED);
  station.pass(5);
  t.equal(state(station), '89/3/3', 'it stays in AUTO');
  t.equal(arm(station), FAILED);
  t.equal(station.texts.at(-1), 'Arm: AUTO mode not armable');
  mode(station, CopterMode.GUIDED);
  t.equal(station.command(NAV_TAKEOFF, 0, 0, 0, 0, 0, 0, 10), FAILED);
  t.equal(station.command(DO_PAUSE_CONTINUE, 0), ACCEPTED);
  t.equal(station.command(COMPONENT_ARM_DISARM, 0), ACCEPTED);
  t.equal(station.command(COMPONENT_ARM_DISARM, 2), UNSUPPORTED);
  for (const what of [0, 2, 4, 9]) t.equal(station.command(PREFLIGHT_REBOOT_SHUTDOWN, what), UNSUPPORTED);
});

t.test('armed on the ground it disarms itself after DISARM_DELAY; a pause takes a take-off back', async (t) => {
  const station = calm();
  mode(station, CopterMode.GUIDED);
  arm(station);
  const armedAtMs = station.simulator.nowMs;
  station.command(NAV_TAKEOFF, 0, 0, 0, 0, 0, 0, 10);
  station.pass(1);
  t.equal(station.command(DO_PAUSE_CONTINUE, 0), ACCEPTED);
  station.pass(12);
  t.equal(upM(station), 0);
  const disarmed = station.of('STATUSTEXT').find((one) => one.fields.text === 'Disarming motors');
  t.ok(Math.abs((disarmed?.atMs ?? 0) - armedAtMs - 10_000) < 200);
});

t.test('in the air', async (t) => {
  const station = hovering();
  t.ok(Math.abs(upM(station) - 10) < 0.2);
  t.equal(station.command(COMPONENT_ARM_DISARM, 0), FAILED);
  t.equal(station.command(NAV_TAKEOFF, 0, 0, 0, 0, 0, 0, 20), FAILED);
  t.equal(station.command(PREFLIGHT_REBOOT_SHUTDOWN, 1), FAILED);
  t.equal(station.command(MavCmd.PREFLIGHT_CALIBRATION, 1), FAILED);
  t.equal(station.texts.at(-1), 'Disarm to allow calibration');
  t.equal(station.command(DO_PAUSE_CONTINUE, 0), ACCEPTED);
  t.equal(station.command(DO_PAUSE_CONTINUE, 2), DENIED);
  t.equal(station.command(MavCmd.DO_GRIPPER, 1, 0), FAILED);
  t.equal(station.command(MavCmd.DO_SET_MISSION_CURRENT, 99), DENIED);
  station.pass(5);
  t.ok(Math.abs(upM(station) - 10) < 0.1, 'GUIDED holds its height');

  t.equal(station.command(NAV_LOITER_UNLIM), ACCEPTED);
  t.equal(station.command(DO_PAUSE_CONTINUE, 0), FAILED);
  t.equal(station.texts.at(-1), 'Failed to pause');
  station.pass(2);
  t.ok(Math.abs(station.simulator.vehicle.body.upMS + 2.4) < 0.2, 'LOITER sinks with the throttle stick low');
});

t.test('an unconditional disarm in the air is obeyed: it falls, and believes it has landed', async (t) => {
  const station = hovering();
  t.equal(station.command(COMPONENT_ARM_DISARM, 0, FORCE_DISARM), ACCEPTED);
  station.pass(0.6);
  t.ok(upM(station) < 9.9 && upM(station) > 5, `${upM(station)} m`);
  station.command(MavCmd.REQUEST_MESSAGE, 245);
  t.equal(station.of('EXTENDED_SYS_STATE').at(-1)?.fields.landed_state, 1);
  station.pass(2);
  t.equal(upM(station), 0);
});

t.test('a forced reboot in the air is obeyed too', async (t) => {
  const station = hovering();
  t.equal(station.command(PREFLIGHT_REBOOT_SHUTDOWN, 1, 0, 0, 0, 0, FORCE_REBOOT), ACCEPTED);
  station.pass(4);
  t.equal(station.reboots, 1);
  t.equal(state(station), '81/0/3');
  t.equal(upM(station), 0);
});

t.test('home is where it was armed last', async (t) => {
  const station = hovering();
  const home = () => station.simulator.autopilot.flight.home;
  const first = home();
  const { latE7, lonE7 } = station.simulator.autopilot.world;
  t.equal(station.commandInt(MavCmd.DO_REPOSITION, 6, [-1, 1, 0, Number.NaN], [latE7 + 5_000, lonE7, 10]), ACCEPTED);
  station.pass(20);
  station.command(NAV_LAND);
  station.pass(40);
  t.equal(state(station), '89/9/3');
  t.same(home(), first);
  mode(station, CopterMode.GUIDED);
  arm(station);
  t.ok(Math.abs((home()?.latE7 ?? 0) - latE7 - 5_000) < 30, 'the garden it landed in');
  t.equal(station.of('HOME_POSITION').at(-1)?.fields.latitude, home()?.latE7);
});

t.test('a calibration answers when it is done', async (t) => {
  const station = calm();
  t.equal(station.command(MavCmd.PREFLIGHT_CALIBRATION, 1), null);
  station.pass(1);
  const [answer] = station.of('COMMAND_ACK');
  t.equal(answer?.fields.result, ACCEPTED);
  t.equal(answer?.atMs, 530);
});

t.test('parameters: those of the real one, name by name', async (t) => {
  const { parameters } = new Station({ start: 'cold' }).simulator.autopilot;
  t.equal(parameters.count, 1_349);
  /** Of our aircraft, or set by our simulator as it runs: its pack, its wind, its counters. */
  const ours = /^(BATT_CAPACITY|SIM_WIND_.*|STAT_.*|MIS_TOTAL)$/;
  const rows = readFileSync(new URL('testdata/parameters.jsonl', import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { name: string; value: number; type: number; index: number });
  t.equal(rows.length, 340);
  for (const { name, value, type, index } of rows) {
    const found = parameters.at(index);
    t.match(found, { name, type }, `${index}`);
    if (!ours.test(name)) t.equal(found?.value, value, name);
  }
  const names = new Set(Array.from({ length: parameters.count }, (_, index) => parameters.at(index)?.name));
  t.equal(names.size, parameters.count);
});

t.test('parameters of before 4.7: the old names, and only those', async (t) => {
  const station = new Station({ start: 'ready', olderNames: true });
  const read = (param_id: string): string | undefined => {
    const before = station.heard.length;
    station.send('PARAM_REQUEST_READ', { ...target, param_id, param_index: -1 });
    const [found] = station.heard.slice(before);
    return found?.name === 'PARAM_VALUE' ? found.fields.param_id : undefined;
  };
  t.equal(read('SYSID_THISMAV'), 'SYSID_THISMAV');
  t.equal(read('SYSID_MYGCS'), 'SYSID_MYGCS');
  t.equal(read('SR0_POSITION'), 'SR0_POSITION');
  t.equal(read('MAV_SYSID'), undefined);
  t.equal(read('rtl_alt'), 'RTL_ALT', 'it does not mind small letters');
  const parameters = new Parameters({ olderNames: true });
  t.equal(parameters.value('MAV_SYSID'), 1, 'the simulator itself asks by the new names');
});
