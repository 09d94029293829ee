import { CopterMode, MavCmd, MavResult } from '@skein/protocol/mavlink';
import t from 'tap';
import { Station } from './testing/station.ts';

const { ACCEPTED, DENIED, FAILED } = MavResult;
const { DO_SET_MODE, COMPONENT_ARM_DISARM, NAV_TAKEOFF, REQUEST_MESSAGE, SET_MESSAGE_INTERVAL } = MavCmd;

const state = (station: Station): string => {
  const last = station.of('HEARTBEAT').at(-1);
  return last === undefined ? '' : `${last.fields.base_mode}/${last.fields.custom_mode}/${last.fields.system_status}`;
};

function set(station: Station, values: Readonly<Record<string, number>>): void {
  for (const [param_id, param_value] of Object.entries(values)) {
    station.send('PARAM_SET', { target_system: 1, target_component: 1, param_id, param_value, param_type: 9 });
  }
}

function beat(station: Station, seconds: number, from = { sysid: 255, compid: 190 }, type = 6): void {
  const fields = { autopilot: 8, base_mode: 0, custom_mode: 0, system_status: 4, mavlink_version: 3 };
  for (let s = 0; s < seconds; s += 1) {
    station.send('HEARTBEAT', { type, ...fields }, from);
    station.pass(1);
  }
}

/** Hovers in GUIDED at 10 m. */
function hovering(values: Readonly<Record<string, number>> = {}): Station {
  const station = new Station({ start: 'ready', seed: 2 });
  set(station, { SIM_WIND_SPD: 0, ...values });
  station.command(DO_SET_MODE, 1, CopterMode.GUIDED);
  station.command(COMPONENT_ARM_DISARM, 1);
  station.command(NAV_TAKEOFF, 0, 0, 0, 0, 0, 0, 10);
  beat(station, 16);
  station.heard.length = 0;
  return station;
}

/** Seconds from now until the mode changes to `mode`; NaN: not within 20 s. */
function secondsTo(station: Station, mode: number, each: () => void = () => {}): number {
  const from = station.simulator.nowMs;
  for (let step = 0; step < 200; step += 1) {
    each();
    station.pass(0.1);
    const found = station.of('HEARTBEAT').find((one) => one.fields.custom_mode === mode);
    if (found !== undefined) return (found.atMs - from) / 1_000;
  }
  return Number.NaN;
}

const about = (t: Pick<typeof import('tap').t, 'ok'>, found: number, wanted: number): boolean =>
  t.ok(Math.abs(found - wanted) < 0.35, `after ${found} s, ${wanted} measured`);

t.test('a new one has no failsafe but for its radio', async (t) => {
  const { parameters } = new Station({ start: 'ready' }).simulator.autopilot;
  for (const name of ['FS_GCS_ENABLE', 'BATT_FS_LOW_ACT', 'BATT_FS_CRT_ACT', 'FENCE_ENABLE']) {
    t.equal(parameters.value(name), 0, name);
  }
  const station = hovering();
  station.pass(60);
  t.equal(state(station), '217/4/4', 'the ground station is silent, and nothing happens');
});

t.test('ground station lost: home after 5.2 s, and it stays so', async (t) => {
  const station = hovering({ FS_GCS_ENABLE: 1 });
  about(t, secondsTo(station, CopterMode.RTL), 5.2 - 1);
  t.same(station.texts, ['GCS Failsafe']);
  t.equal(state(station), '217/6/5');
  t.equal(station.command(DO_SET_MODE, 1, CopterMode.GUIDED), ACCEPTED, 'an order still changes the mode');
  t.equal(state(station), '217/4/5');
  station.command(DO_SET_MODE, 1, CopterMode.RTL);
  beat(station, 2);
  t.ok(station.texts.includes('GCS Failsafe Cleared'));
  t.equal(state(station), '217/6/4', 'it goes on home');
});

t.test('ground station: whose heartbeats count', async (t) => {
  const kept = (from: { sysid: number; compid: number }, type: number): boolean => {
    const station = hovering({ FS_GCS_ENABLE: 1 });
    beat(station, 12, from, type);
    return !station.texts.includes('GCS Failsafe');
  };
  t.ok(kept({ sysid: 255, compid: 191 }, 18), 'its system counts, whatever the component and type');
  t.notOk(kept({ sysid: 1, compid: 191 }, 6), 'ours as the vehicle does not, even of type GCS');
  t.notOk(kept({ sysid: 254, compid: 190 }, 6));
});

t.test('ground station never heard: nothing is ever lost', async (t) => {
  const station = new Station({ start: 'ready' });
  set(station, { FS_GCS_ENABLE: 1 });
  station.pass(40);
  t.notOk(station.texts.some((text) => text.includes('GCS')));
  t.equal(station.command(COMPONENT_ARM_DISARM, 1), ACCEPTED);
});

t.test('ground station lost while idle: not armable until it returns, or a reboot', async (t) => {
  const station = new Station({ start: 'ready' });
  set(station, { FS_GCS_ENABLE: 1 });
  station.command(SET_MESSAGE_INTERVAL, 1, 200_000);
  beat(station, 3);
  station.pass(40);
  t.equal(state(station), '81/0/5');
  t.equal(
    station.of('SYS_STATUS').at(-1)?.fields.onboard_control_sensors_health,
    0x4771fc2f,
    'the pre-arm bit is gone',
  );
  t.ok(station.texts.includes('PreArm: GCS failsafe on'));
  t.equal(station.command(COMPONENT_ARM_DISARM, 1), FAILED);
  t.equal(station.texts.at(-1), 'Arm: GCS failsafe on');
  const told = station.of('STATUSTEXT').filter((one) => one.fields.text.startsWith('PreArm'));
  station.pass(62);
  const again = station.of('STATUSTEXT').filter((one) => one.fields.text.startsWith('PreArm'));
  t.equal(again.length, told.length + 2, 'said each 31 s');
  beat(station, 3);
  t.equal(state(station), '81/0/3');
  t.equal(station.command(COMPONENT_ARM_DISARM, 1), ACCEPTED);

  station.command(COMPONENT_ARM_DISARM, 0);
  station.pass(8);
  t.equal(station.command(COMPONENT_ARM_DISARM, 1), FAILED);
  station.command(MavCmd.PREFLIGHT_REBOOT_SHUTDOWN, 1);
  station.pass(45);
  t.equal(station.command(COMPONENT_ARM_DISARM, 1), ACCEPTED, 'a reboot has forgotten that there ever was one');
});

t.test('a link lost while armed on the ground: disarmed', async (t) => {
  const armed = (): Station => {
    const station = new Station({ start: 'ready' });
    set(station, { FS_GCS_ENABLE: 1, DISARM_DELAY: 0 });
    beat(station, 2);
    station.command(COMPONENT_ARM_DISARM, 1);
    station.heard.length = 0;
    return station;
  };
  const silent = armed();
  silent.pass(7);
  t.same(silent.texts, ['Disarming motors', 'GCS Failsafe - Disarming']);
  t.equal(state(silent), '81/0/5');
  const unheard = armed();
  set(unheard, { SIM_RC_FAIL: 1 });
  unheard.pass(2);
  t.same(unheard.texts, ['Radio Failsafe - Disarming', 'Disarming motors']);
});

t.test('transmitter lost: home after 1.0 s; in a pilot mode too', async (t) => {
  const station = hovering();
  set(station, { SIM_RC_FAIL: 1 });
  about(t, secondsTo(station, CopterMode.RTL), 1);
  t.ok(station.texts.includes('Radio Failsafe'));
  t.equal(state(station), '217/6/5');
  set(station, { SIM_RC_FAIL: 0 });
  station.pass(1.1);
  t.ok(station.texts.includes('Radio Failsafe Cleared'));
  t.equal(state(station), '217/6/4');

  const idle = new Station({ start: 'ready' });
  set(idle, { SIM_RC_FAIL: 1 });
  idle.pass(4);
  t.same(idle.texts, ['Radio Failsafe - Disarming', 'PreArm: Radio failsafe on']);
  t.equal(idle.command(COMPONENT_ARM_DISARM, 1), FAILED);

  const told = hovering({ FS_THR_ENABLE: 0 });
  set(told, { SIM_RC_FAIL: 1 });
  told.pass(5);
  t.equal(state(told), '217/4/4', 'turned off');
});

t.test('ground station lost under a pilot: he goes on, as FS_OPTIONS has it', async (t) => {
  const station = hovering({ FS_GCS_ENABLE: 1 });
  station.simulator.autopilot.channels[2] = 1_500;
  station.command(DO_SET_MODE, 1, CopterMode.LOITER);
  station.pass(8);
  t.equal(state(station), '217/5/5');
  t.ok(station.texts.includes('GCS Failsafe - Continuing Pilot Control'));
});

t.test('low battery: home, latched until a reboot', async (t) => {
  const station = hovering({ BATT_LOW_VOLT: 22, BATT_FS_LOW_ACT: 2, BATT_LOW_TIMER: 5 });
  station.simulator.autopilot.disturbances.batterySagV = 6;
  about(t, secondsTo(station, CopterMode.RTL), 5.2);
  t.match(station.texts[0], /^Battery 1 is low \d+\.\d\dV used \d+ mAh$/);
  t.equal(station.texts[1], 'Battery Failsafe');
  station.simulator.autopilot.disturbances.batterySagV = 0;
  station.pass(70);
  t.equal(state(station), '89/6/5', 'landed; the voltage is back, the failsafe is not gone');
  station.command(DO_SET_MODE, 1, CopterMode.GUIDED);
  t.equal(station.command(COMPONENT_ARM_DISARM, 1), FAILED);
  t.equal(station.texts.at(-1), 'Arm: Battery failsafe');
  station.command(MavCmd.PREFLIGHT_REBOOT_SHUTDOWN, 1);
  station.pass(45);
  t.equal(state(station), '81/0/3');
  t.equal(station.command(COMPONENT_ARM_DISARM, 1), ACCEPTED);
});

t.test('the voltage set by parameter, as in software of its own project; critical after low', async (t) => {
  const station = hovering({ BATT_LOW_VOLT: 10.5, BATT_FS_LOW_ACT: 2, BATT_CRT_VOLT: 10, BATT_FS_CRT_ACT: 1 });
  set(station, { SIM_BATT_VOLTAGE: 10.3 });
  about(t, secondsTo(station, CopterMode.RTL), 10.2);
  t.match(station.texts[0], /^Battery 1 is low 10\.30V used/);
  set(station, { SIM_BATT_VOLTAGE: 9.5 });
  about(t, secondsTo(station, CopterMode.LAND), 10.2);
  t.ok(station.texts.some((text) => text.startsWith('Battery 1 is critical 9.50V')));
});

t.test('GPS lost: lands after 8.2 s, and nobody gets it back without a position', async (t) => {
  const station = hovering();
  station.command(SET_MESSAGE_INTERVAL, 193, 100_000);
  set(station, { SIM_GPS1_ENABLE: 0 });
  about(t, secondsTo(station, CopterMode.LAND), 8.2);
  t.same(station.texts, ['EKF variance', 'EKF Failsafe: changed to LAND Mode']);
  t.equal(station.of('EKF_STATUS_REPORT').at(-1)?.fields.flags, 37);
  station.pass(1);
  t.equal(state(station), '209/9/5');
  t.equal(station.command(DO_SET_MODE, 1, CopterMode.GUIDED), FAILED);
  t.equal(station.texts.at(-1), 'Mode change to GUIDED failed: requires position');
  set(station, { SIM_GPS1_ENABLE: 1 });
  station.pass(2.4);
  t.ok(station.texts.includes('EKF Failsafe Cleared'));
  t.equal(state(station), '217/9/4', 'it goes on landing');
  t.equal(station.of('EKF_STATUS_REPORT').at(-1)?.fields.flags, 831);
  t.equal(station.command(DO_SET_MODE, 1, CopterMode.GUIDED), ACCEPTED);
});

t.test('GPS lost with the pilot flying by hand: nothing', async (t) => {
  const station = hovering();
  station.simulator.autopilot.channels[2] = 1_500;
  station.command(DO_SET_MODE, 1, CopterMode.ALT_HOLD);
  set(station, { SIM_GPS1_ENABLE: 0 });
  station.pass(15);
  t.equal(state(station), '209/2/4');
});

t.test('fence: a place beyond it is refused, crossing it leads home', async (t) => {
  const station = hovering({ FENCE_ENABLE: 1 });
  const goTo = (z: number, north = 0): number | null => {
    const { latE7, lonE7 } = station.simulator.autopilot.world;
    return station.commandInt(MavCmd.DO_REPOSITION, 6, [-1, 1, 0, Number.NaN], [latE7 + north, lonE7, z]);
  };
  t.equal(goTo(150), FAILED, 'above');
  t.equal(goTo(15, 50_000), FAILED, 'outside');
  t.equal(goTo(Number.NaN), DENIED);
  t.equal(goTo(15, 1_800_000_000), DENIED);
  t.equal(goTo(15), ACCEPTED);
  station.pass(10);
  t.ok(station.simulator.vehicle.body.upM > 14);
  set(station, { FENCE_ALT_MAX: 11 });
  station.pass(0.2);
  t.equal(state(station), '217/6/4', 'no failsafe status');
  t.equal(station.texts[0], 'Max Alt fence breached');
  t.match(station.of('FENCE_STATUS').at(-1)?.fields, { breach_status: 1, breach_type: 2, breach_count: 1 });
  set(station, { FENCE_ALT_MAX: 100 });
  station.pass(0.2);
  t.ok(station.texts.includes('Fence breach cleared'));
  t.equal(station.command(REQUEST_MESSAGE, 1), ACCEPTED);
  t.equal((station.of('SYS_STATUS').at(-1)?.fields.onboard_control_sensors_enabled ?? 0) & (1 << 20), 1 << 20);
});
