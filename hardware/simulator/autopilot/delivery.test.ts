/** Deliveries as ArduCopter flies them: payload place, gripper, winch, and what is true of the load all the while. */
import { CopterMode, MavCmd, MavResult } from '@skein/protocol/mavlink';
import t from 'tap';
import type { SimulatorOptions } from '../simulator.ts';
import { type Draft, draft, upload } from '../testing/items.ts';
import { Station } from '../testing/station.ts';

const { ACCEPTED, FAILED } = MavResult;
const { NAV_TAKEOFF, NAV_WAYPOINT, NAV_PAYLOAD_PLACE, NAV_RETURN_TO_LAUNCH, NAV_LOITER_TIME } = MavCmd;
const { DO_GRIPPER, DO_WINCH, CONDITION_DELAY, SET_MESSAGE_INTERVAL } = MavCmd;
const DOOR = { x: 436_159_000, y: 70_719_000 };
const TARGET = { target_system: 1, target_component: 1 };
const RELEASE = 0;

function started(options: SimulatorOptions, items: readonly Draft[]): Station {
  const station = new Station({ start: 'ready', seed: 4, ...options });
  station.send('PARAM_SET', { ...TARGET, param_id: 'SIM_WIND_SPD', param_value: 0, param_type: 9 });
  upload(station, [draft(NAV_WAYPOINT), draft(NAV_TAKEOFF, { z: 20 }), ...items]);
  station.command(MavCmd.DO_SET_MODE, 1, CopterMode.GUIDED);
  station.command(MavCmd.COMPONENT_ARM_DISARM, 1);
  station.command(SET_MESSAGE_INTERVAL, 147, 500_000);
  station.command(SET_MESSAGE_INTERVAL, 9_005, 500_000);
  station.command(MavCmd.MISSION_START);
  station.heard.length = 0;
  return station;
}

/** Passes time until something was said; false: within five minutes it was not. */
function until(station: Station, text: string): boolean {
  for (let s = 0; s < 300 && !station.texts.includes(text); s += 0.5) station.pass(0.5);
  return station.texts.includes(text);
}

const place = (deepestM = 0): Draft[] => [
  draft(NAV_PAYLOAD_PLACE, { ...DOOR, param1: deepestM, z: 20 }),
  draft(NAV_RETURN_TO_LAUNCH),
];
const lastA = (station: Station): number => (station.of('BATTERY_STATUS').at(-1)?.fields.current_battery ?? 0) / 100;

t.test('placed: down until it stands, let go, up again; the load was let go on the ground', async (t) => {
  const station = started({ payloadKg: 1 }, place());
  const { payload } = station.simulator;
  t.ok(payload.onBoard);
  t.ok(until(station, 'Mission: 2 PayloadPlace'));
  station.pass(5);
  const before = lastA(station);
  t.ok(until(station, 'Gripper load released'));
  const said = station.texts.filter((text) => /Payload|Gripper/.test(text));
  t.match(said, [
    'Mission: 2 PayloadPlace',
    /^PayloadPlace: payload release thrust threshold: 0\./,
    'PayloadPlace: Releasing the gripper',
    'Gripper load releasing',
    'Gripper load released',
  ]);
  t.equal(payload.onBoard, false);
  t.equal(payload.releases, 1);
  t.ok((payload.releasedAt?.heightM ?? 9) < 0.1);
  t.ok(Math.abs((payload.releasedAt?.lat ?? 0) - DOOR.x / 1e7) < 3e-5);
  t.ok(until(station, 'Mission: 3 RTL'));
  station.pass(5);
  t.ok(lastA(station) < before - 5, `hovering with it took ${before} A, without ${lastA(station)} A`);
  t.ok(until(station, 'Disarming motors'));
});

t.test('too light to be felt: it lands on it, and lets go then', async (t) => {
  const station = started({ payloadKg: 0.2 }, place());
  t.ok(until(station, 'PayloadPlace: landed'));
  t.ok(until(station, 'Gripper load released'));
  t.equal(station.simulator.payload.releases, 1);
  t.ok(until(station, 'Mission: 3 RTL'), 'and it lifts off again');
});

t.test('greatest descent: up without letting go, and the mission goes on as if it had', async (t) => {
  const station = started({ payloadKg: 1 }, place(5));
  t.ok(until(station, 'PayloadPlace: Reached maximum descent'));
  t.ok(until(station, 'Mission: 3 RTL'));
  t.ok(
    station.of('MISSION_ITEM_REACHED').some(({ fields }) => fields.seq === 2),
    '"reached" does not mean delivered',
  );
  t.ok(station.simulator.payload.onBoard);
  t.equal(station.simulator.payload.releases, 0);
  t.ok(until(station, 'Disarming motors'));
  t.ok(station.simulator.payload.onBoard, 'brought home');
});

t.test('gripper stuck: the autopilot says "released" all the same', async (t) => {
  const station = started({ payloadKg: 1 }, place());
  station.simulator.fault('gripper-stuck');
  t.ok(until(station, 'Gripper load released'));
  t.ok(until(station, 'Mission: 3 RTL'));
  station.pass(5);
  t.ok(station.simulator.payload.onBoard);
  t.ok(lastA(station) > 28, `the current tells: ${lastA(station)} A`);
});

t.test('gripper in a mission and as a command; without one', async (t) => {
  const items = [
    draft(NAV_LOITER_TIME, { ...DOOR, param1: 3, z: 20 }),
    draft(DO_GRIPPER, { param2: RELEASE }),
    draft(NAV_RETURN_TO_LAUNCH),
  ];
  const station = started({ payloadKg: 1 }, items);
  t.ok(until(station, 'Mission: 3 Gripper'));
  station.pass(0.2);
  t.same(station.texts.slice(-4), [
    'Mission: 3 Gripper',
    'Gripper load releasing',
    'Gripper Released',
    'Mission: 4 RTL',
  ]);
  const { releasedAt } = station.simulator.payload;
  t.ok(Math.abs((releasedAt?.heightM ?? 0) - 19.6) < 1, `from ${releasedAt?.heightM} m`);
  station.pass(1);
  t.equal(station.command(DO_GRIPPER, 1, RELEASE), ACCEPTED);
  t.equal(station.texts.at(-1), 'Gripper load released');
  t.equal(station.command(DO_GRIPPER, 1, 1), ACCEPTED);
  station.pass(1);
  t.equal(station.texts.at(-1), 'Gripper load grabbed', 'the air, this time');
  t.equal(station.command(DO_GRIPPER, 1, 2), FAILED);

  const bare = new Station({ start: 'ready' });
  t.equal(bare.command(DO_GRIPPER, 1, 0), FAILED);
  bare.send('PARAM_SET', { ...TARGET, param_id: 'GRIP_ENABLE', param_value: 1, param_type: 2 });
  t.equal(bare.command(DO_GRIPPER, 1, 0), ACCEPTED, 'not before a reboot is there something to move');
  t.notOk(bare.texts.some((text) => text.includes('Gripper')));
  bare.send('PARAM_REQUEST_READ', { ...TARGET, param_id: 'GRIP_TYPE', param_index: -1 });
  t.match(bare.of('PARAM_VALUE').at(-1)?.fields, { param_id: 'GRIP_TYPE', param_value: 0, param_count: 1_356 });
});

t.test('gripper already open: a place is given up where it begins', async (t) => {
  const station = started({ gripper: true }, place());
  station.command(DO_GRIPPER, 1, RELEASE);
  t.ok(until(station, 'PayloadPlace: Abort: Gripper Open'));
  t.ok(until(station, 'Mission: 3 RTL'));
});

const lower = (metres: number): Draft => draft(DO_WINCH, { param1: 1, param2: 1, param3: metres, param4: 0 });

t.test('winch: lowered to the ground, unhooked there, wound in', async (t) => {
  const items = [
    draft(NAV_LOITER_TIME, { ...DOOR, param1: 1, z: 10 }),
    lower(11),
    draft(NAV_LOITER_TIME, { ...DOOR, param1: 25, z: 10 }),
    lower(-20),
    draft(NAV_LOITER_TIME, { ...DOOR, param1: 20, z: 10 }),
    draft(NAV_RETURN_TO_LAUNCH),
  ];
  const station = started({ payloadKg: 1, winch: true }, items);
  const { payload } = station.simulator;
  t.ok(until(station, 'Winch: lowering 11.0m to 11.0m'));
  station.pass(4);
  const lowering = station.of('WINCH_STATUS').at(-1)?.fields;
  t.equal(lowering?.status, 1 | 4, 'healthy, moving');
  t.ok((lowering?.line_length ?? 0) > 2 && (lowering?.tension ?? 0) > 0.9);
  t.ok(payload.onBoard);
  t.ok(until(station, 'Winch: raising 20.0m to -9.0m'));
  t.equal(payload.releases, 1);
  t.ok((payload.releasedAt?.heightM ?? 9) < 0.1);
  station.pass(15);
  t.match(station.of('WINCH_STATUS').at(-1)?.fields, { tension: 0, status: 1 | 2 });
  t.ok(payload.lineM < 0.05);
});

t.test('winch: what it does not know is FAILED as a command and passed over in a mission; stuck', async (t) => {
  const deliver = draft(DO_WINCH, { param1: 1, param2: 4 });
  const items = [
    draft(NAV_LOITER_TIME, { ...DOOR, param1: 1, z: 10 }),
    deliver,
    draft(NAV_LOITER_TIME, { ...DOOR, param1: 9, z: 10 }),
  ];
  const station = started({ payloadKg: 1, winch: true }, [...items, draft(NAV_RETURN_TO_LAUNCH)]);
  t.ok(until(station, 'Mission: 5 RTL'));
  t.ok(station.texts.includes('Mission: 3 Winch'));
  t.notOk(station.texts.some((text) => /^Winch|invalid/.test(text)));
  t.ok(station.simulator.payload.onBoard);
  for (const action of [3, 4, 6, 8]) t.equal(station.command(DO_WINCH, 1, action, 5, 1), FAILED);
  station.simulator.fault('winch-stuck');
  t.equal(station.command(DO_WINCH, 1, 2, 0, 0.5), ACCEPTED);
  station.pass(5);
  t.match(station.of('WINCH_STATUS').at(-1)?.fields, { line_length: 0, speed: 0 });
  t.equal(new Station({ start: 'ready' }).command(DO_WINCH, 1, 0), FAILED, 'without one');
});

t.test('FS_OPTIONS 32: whatever failsafe comes up, the load falls', async (t) => {
  const falls = (options: number): number => {
    const station = started({ payloadKg: 1 }, [
      draft(NAV_LOITER_TIME, { ...DOOR, param1: 60, z: 20 }),
      draft(NAV_RETURN_TO_LAUNCH),
    ]);
    station.send('PARAM_SET', { ...TARGET, param_id: 'FS_OPTIONS', param_value: options, param_type: 6 });
    station.pass(20);
    station.simulator.fault('rc-loss');
    station.pass(3);
    return station.simulator.payload.releases;
  };
  t.equal(falls(32), 1);
  t.equal(falls(0), 0);
});

t.test('after AUTO was left on the way, the last do-item is carried out once more', async (t) => {
  const items = [
    draft(NAV_LOITER_TIME, { ...DOOR, param1: 1, z: 20 }),
    lower(3),
    draft(NAV_LOITER_TIME, { ...DOOR, param1: 60, z: 20 }),
    draft(NAV_RETURN_TO_LAUNCH),
  ];
  const station = started({ payloadKg: 1, winch: true }, items);
  t.ok(until(station, 'Mission: 4 LoitTime'));
  station.pass(8);
  station.command(MavCmd.DO_SET_MODE, 1, CopterMode.GUIDED);
  station.pass(2);
  station.command(MavCmd.DO_SET_MODE, 1, CopterMode.AUTO);
  station.pass(8);
  t.ok(
    Math.abs(station.simulator.payload.lineM - 6) < 0.2,
    `${station.simulator.payload.lineM} m are out: lowered twice`,
  );
  station.command(MavCmd.DO_SET_MODE, 1, CopterMode.GUIDED);
  station.pass(1);
  t.equal(station.command(MavCmd.DO_SET_MISSION_CURRENT, 4), ACCEPTED);
  station.command(MavCmd.DO_SET_MODE, 1, CopterMode.AUTO);
  station.pass(8);
  t.ok(Math.abs(station.simulator.payload.lineM - 6) < 0.2, 'set to the navigation item first it is not');
});

t.test('CONDITION_DELAY holds back the do-items, not the flight', async (t) => {
  const items = [
    draft(NAV_WAYPOINT, { ...DOOR, z: 20 }),
    draft(CONDITION_DELAY, { param1: 5 }),
    draft(DO_GRIPPER, { param2: RELEASE }),
    draft(NAV_WAYPOINT, { x: DOOR.x + 20_000, y: DOOR.y, z: 20 }),
    draft(NAV_RETURN_TO_LAUNCH),
  ];
  const station = started({ payloadKg: 1 }, items);
  t.ok(until(station, 'Mission: 3 CondDelay'));
  t.equal(station.texts.at(-1), 'Mission: 5 WP');
  station.pass(4);
  t.equal(station.simulator.payload.releases, 0);
  station.pass(2);
  t.equal(station.simulator.payload.releases, 1);
});

t.test('the outputs show what the gripper is told, and no more', async (t) => {
  const station = started({ payloadKg: 1 }, [draft(NAV_RETURN_TO_LAUNCH)]);
  station.command(SET_MESSAGE_INTERVAL, 36, 500_000);
  const pulse = (): number | undefined => {
    station.pass(2);
    return station.of('SERVO_OUTPUT_RAW').at(-1)?.fields.servo9_raw;
  };
  t.equal(pulse(), station.simulator.autopilot.parameters.value('GRIP_GRAB'));
  station.simulator.fault('gripper-stuck');
  station.command(DO_GRIPPER, 1, RELEASE);
  t.equal(pulse(), station.simulator.autopilot.parameters.value('GRIP_RELEASE'), 'stuck or not');
  t.ok(station.simulator.payload.onBoard);
});
