import { MavCmd, MavParamType, MavResult } from '@skein/protocol/mavlink';
import t from 'tap';
import { Station } from '../../testing/station.ts';
import { px4Modes } from './modes.ts';

const { ACCEPTED, DENIED, TEMPORARILY_REJECTED, UNSUPPORTED } = MavResult;
const TARGET = { target_system: 1, target_component: 1 };
const px4 = (start: 'cold' | 'ready' | 'airborne' = 'ready'): Station =>
  new Station({ start, seed: 6, flavour: 'px4' });
const custom = (station: Station): number | undefined => {
  station.pass(1.1);
  return station.of('HEARTBEAT').at(-1)?.fields.custom_mode;
};
const setMode = (station: Station, { main, sub }: { readonly main: number; readonly sub: number }): number | null =>
  station.command(MavCmd.DO_SET_MODE, 1, main, sub);

function read(station: Station, param_id: string): { readonly value: number; readonly type: number } | null {
  station.heard.length = 0;
  station.send('PARAM_REQUEST_READ', { ...TARGET, param_id, param_index: -1 });
  const [answer] = station.of('PARAM_VALUE');
  if (answer === undefined) return null;
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, answer.fields.param_value);
  const type = answer.fields.param_type;
  return { value: type === MavParamType.INT32 ? view.getInt32(0) : view.getFloat32(0), type };
}

function set(station: Station, param_id: string, value: number, type: number): void {
  const view = new DataView(new ArrayBuffer(4));
  if (type === MavParamType.INT32) view.setInt32(0, value);
  else view.setFloat32(0, value);
  station.send('PARAM_SET', { ...TARGET, param_id, param_value: view.getFloat32(0), param_type: type });
}

/** A station that is seen by the GCS failsafe, and sends its heartbeats until told. */
const groundLink = (station: Station): (() => void) => station.simulator.fault('station:sysid=200,compid=190');

function hovering(): Station {
  const station = px4();
  station.command(MavCmd.NAV_TAKEOFF, 0, 0, 0, 0, 0, 0, 10.1 + 15);
  station.command(MavCmd.COMPONENT_ARM_DISARM, 1);
  station.pass(30);
  return station;
}

t.test('its heartbeat, its version, no word of ArduPilot', async (t) => {
  const station = px4('cold');
  station.pass(60);
  const last = station.of('HEARTBEAT').at(-1)?.fields;
  t.match(last, { autopilot: 12, type: 2, base_mode: 29, custom_mode: px4Modes.hold.custom, system_status: 3 });
  station.command(MavCmd.REQUEST_MESSAGE, 148);
  const version = station.of('AUTOPILOT_VERSION').at(-1)?.fields;
  t.equal((version?.flight_sw_version ?? 0) >>> 24, 1);
  t.ok(((version?.capabilities ?? 0n) & 16n) !== 0n, 'parameters byte-wise');
  t.same(station.texts, []);
  t.equal(station.parser.counters.skippedBytes, 0, 'no console text');
  t.equal(station.command(MavCmd.REQUEST_MESSAGE, 193), MavResult.FAILED, 'no EKF_STATUS_REPORT');
  t.equal(station.command(MavCmd.DO_PAUSE_CONTINUE, 0), UNSUPPORTED);
  t.ok(station.of('GLOBAL_POSITION_INT').length > 100, 'it streams without being asked');
});

t.test('parameters: bytes of the integer, type refused, unknown told', async (t) => {
  const station = px4();
  t.same(read(station, 'COM_DL_LOSS_T'), { value: 10, type: MavParamType.INT32 });
  t.same(read(station, 'COM_RC_LOSS_T'), { value: 0.5, type: MavParamType.REAL32 });
  set(station, 'NAV_DLL_ACT', 2, MavParamType.INT32);
  t.equal(read(station, 'NAV_DLL_ACT')?.value, 2);
  set(station, 'NAV_DLL_ACT', 3, MavParamType.REAL32);
  t.ok(station.texts.includes('param types mismatch param: NAV_DLL_ACT'));
  t.equal(read(station, 'NAV_DLL_ACT')?.value, 2);
  t.equal(read(station, 'FS_GCS_ENABLE'), null);
  t.ok(station.texts.includes('unknown param: FS_GCS_ENABLE'));
  station.heard.length = 0;
  station.send('PARAM_REQUEST_LIST', TARGET);
  station.pass(1);
  const list = station.of('PARAM_VALUE');
  t.equal(list[0]?.fields.param_id, '_HASH_CHECK');
  t.equal(new Set(list.slice(1).map(({ fields }) => fields.param_index)).size, list[0]?.fields.param_count);
  t.notOk(station.texts.some((text) => text.startsWith('Ardu')));
});

t.test('reboot: 0 is accepted and nothing happens, 1 reboots, armed is denied; parameters stay', async (t) => {
  const station = px4();
  set(station, 'NAV_DLL_ACT', 2, MavParamType.INT32);
  t.equal(station.command(MavCmd.PREFLIGHT_REBOOT_SHUTDOWN, 0), ACCEPTED);
  station.pass(5);
  t.equal(station.reboots, 0);
  t.equal(station.command(MavCmd.COMPONENT_ARM_DISARM, 1), ACCEPTED);
  t.equal(station.command(MavCmd.PREFLIGHT_REBOOT_SHUTDOWN, 1), DENIED);
  t.equal(station.command(MavCmd.COMPONENT_ARM_DISARM, 0), ACCEPTED);
  t.equal(station.command(MavCmd.PREFLIGHT_REBOOT_SHUTDOWN, 1), ACCEPTED);
  station.pass(5);
  t.equal(station.reboots, 1);
  t.equal(custom(station), px4Modes.hold.custom);
  t.equal(read(station, 'NAV_DLL_ACT')?.value, 2);
});

t.test('take-off, hold, return, land; return is refused on the ground', async (t) => {
  const station = px4();
  t.equal(station.command(MavCmd.NAV_RETURN_TO_LAUNCH), TEMPORARILY_REJECTED);
  t.equal(setMode(station, px4Modes.return), TEMPORARILY_REJECTED);
  t.equal(station.command(MavCmd.NAV_TAKEOFF, 0, 0, 0, 0, 0, 0, 10.1 + 15), ACCEPTED);
  t.equal(custom(station), px4Modes.takeoff.custom);
  t.equal(station.command(MavCmd.COMPONENT_ARM_DISARM, 1), ACCEPTED);
  t.ok(station.texts.includes('Armed by external command'));
  station.pass(30);
  t.equal(custom(station), px4Modes.hold.custom, 'at its height it holds');
  t.ok(Math.abs(station.simulator.vehicle.body.upM - 15) < 1);
  t.equal(station.of('HEARTBEAT').at(-1)?.fields.base_mode, 29 + 128);
  t.equal(station.command(MavCmd.COMPONENT_ARM_DISARM, 0), TEMPORARILY_REJECTED);
  t.equal(station.command(MavCmd.DO_REPOSITION, -1, 1, 0, NaN, 43.6158, 7.0719, 30), ACCEPTED, 'also as COMMAND_LONG');
  station.pass(20);
  t.ok(station.simulator.vehicle.body.northM > 15);
  t.equal(setMode(station, px4Modes.offboard), TEMPORARILY_REJECTED, 'no set points');
  t.equal(station.command(MavCmd.NAV_RETURN_TO_LAUNCH), ACCEPTED);
  t.equal(custom(station), px4Modes.return.custom);
  station.pass(120);
  t.ok(station.texts.includes('Disarmed by landing'));
  t.equal(custom(station), px4Modes.hold.custom);
});

t.test(
  'disarmed after a return it is in its mission again, its home where it was until it is taken out of it',
  async (t) => {
    const station = px4('airborne');
    const home = () => station.simulator.autopilot.flight.home?.latE7 ?? 0;
    const here = () => Math.round(station.of('GLOBAL_POSITION_INT').at(-1)?.fields.lat ?? 0);
    const before = home();
    station.pass(20);
    t.equal(station.command(MavCmd.NAV_LAND), ACCEPTED);
    station.pass(120);
    t.ok(station.texts.includes('Disarmed by landing'));
    t.equal(custom(station), px4Modes.mission.custom);
    t.ok(Math.abs(here() - before) > 200, 'away from home');
    t.equal(home(), before);
    t.equal(setMode(station, px4Modes.hold), ACCEPTED);
    station.pass(2);
    t.ok(Math.abs(home() - here()) < 200, `${home()} ${here()}`);
  },
);

t.test('where it landed and was disarmed is home from then on', async (t) => {
  const station = px4();
  const home = () => station.simulator.autopilot.flight.home?.latE7 ?? 0;
  const before = home();
  t.equal(station.command(MavCmd.NAV_TAKEOFF, 0, 0, 0, 0, 0, 0, 10.1 + 5), ACCEPTED);
  t.equal(station.command(MavCmd.COMPONENT_ARM_DISARM, 1), ACCEPTED);
  station.pass(20);
  t.equal(station.command(MavCmd.DO_REPOSITION, -1, 1, 0, NaN, 43.6158, 7.0719, 15), ACCEPTED);
  station.pass(20);
  t.equal(home(), before, 'not in the air');
  t.equal(station.command(MavCmd.NAV_LAND), ACCEPTED);
  station.pass(60);
  t.ok(station.texts.includes('Disarmed by landing'));
  t.ok(Math.abs(home() - 436_158_000) < 200, String(home()));
});

t.test('MISSION_START arms', async (t) => {
  const station = px4();
  t.equal(station.command(MavCmd.MISSION_START), ACCEPTED);
  t.equal(custom(station), px4Modes.mission.custom);
  station.pass(20);
  t.notOk(station.simulator.vehicle.body.onGround);
});

t.test(
  'ground station lost: by type, after COM_DL_LOSS_T, as NAV_DLL_ACT says, but for what COM_DLL_EXCEPT leaves out',
  async (t) => {
    const idle = hovering();
    groundLink(idle)();
    idle.pass(30);
    t.equal(custom(idle), px4Modes.hold.custom, 'NAV_DLL_ACT 0: nothing');

    const station = hovering();
    set(station, 'NAV_DLL_ACT', 2, MavParamType.INT32);
    station.pass(20);
    t.equal(custom(station), px4Modes.hold.custom, 'never seen, never lost');
    const leave = groundLink(station);
    station.pass(20);
    leave();
    station.pass(9);
    t.notOk(station.texts.includes('Connection to ground station lost'));
    station.pass(3);
    t.ok(station.texts.includes('Connection to ground station lost'));
    t.equal(station.of('HEARTBEAT').at(-1)?.fields.system_status, 5);
    station.pass(6);
    t.equal(custom(station), px4Modes.return.custom);

    const excepted = hovering();
    set(excepted, 'NAV_DLL_ACT', 2, MavParamType.INT32);
    set(excepted, 'COM_DLL_EXCEPT', 2, MavParamType.INT32);
    groundLink(excepted)();
    excepted.pass(30);
    t.equal(custom(excepted), px4Modes.hold.custom);
  },
);

t.test('sticks lost: return; a pilot takes over by his switch', async (t) => {
  const station = hovering();
  station.simulator.fault('rc-loss');
  station.pass(7);
  t.ok(station.texts.includes('Manual control lost'));
  const health = station.of('SYS_STATUS').at(-1)?.fields.onboard_control_sensors_health ?? 0;
  t.equal(health & (1 << 16), 0, 'the receiver is not healthy');
  t.equal(custom(station), px4Modes.return.custom);
  station.simulator.clear();
  t.equal(setMode(station, px4Modes.position), ACCEPTED);
  t.equal(custom(station), px4Modes.position.custom);
});

t.test('airborne: on its mission', async (t) => {
  const station = px4('airborne');
  t.equal(custom(station), px4Modes.mission.custom);
  t.equal(station.of('HEARTBEAT').at(-1)?.fields.system_status, 4);
});
