/** PX4's missions: two banks, names, one transfer at a time; and a delivery flown. From its sources (main of 2026), not measured. */
import { MavCmd, MavMissionResult, MavResult } from '@skein/protocol/mavlink';
import t from 'tap';
import type { SimulatorOptions } from '../../simulator.ts';
import { announce, type Draft, draft, lastAck, sendItem } from '../../testing/items.ts';
import { Station } from '../../testing/station.ts';

const { ACCEPTED, ERROR, NO_SPACE, UNSUPPORTED } = MavMissionResult;
const { NAV_WAYPOINT, NAV_TAKEOFF, NAV_LAND, NAV_RETURN_TO_LAUNCH, NAV_LOITER_TIME, DO_GRIPPER, DO_WINCH, DO_JUMP } =
  MavCmd;
const TARGET = { target_system: 1, target_component: 1 };
const DOOR = { x: 436_159_000, y: 70_719_000 };
const BASE = { x: 436_155_000, y: 70_719_000 };

const px4 = (options: SimulatorOptions = {}): Station => {
  const station = new Station({ flavour: 'px4', start: 'ready', seed: 3, ...options });
  station.pass(0.2);
  station.command(MavCmd.SET_MESSAGE_INTERVAL, 42, 500_000);
  station.command(MavCmd.SET_MESSAGE_INTERVAL, 9_005, 500_000);
  station.pass(0.2);
  return station;
};

/** Sends each item when it is asked for. */
function upload(station: Station, items: readonly Draft[], type = 0): number | null {
  announce(station, items.length, type);
  for (const [seq, item] of items.entries()) {
    const asked = station.of('MISSION_REQUEST_INT').at(-1)?.fields.seq;
    if (asked !== seq) break;
    sendItem(station, seq, item, type);
  }
  return lastAck(station, type);
}

function download(station: Station, type = 0) {
  station.send('MISSION_REQUEST_LIST', { ...TARGET, mission_type: type });
  const count = station.of('MISSION_COUNT').at(-1)?.fields.count ?? 0;
  const read = [];
  for (let seq = 0; seq < count; seq += 1) {
    station.send('MISSION_REQUEST_INT', { ...TARGET, seq, mission_type: type });
    read.push(station.of('MISSION_ITEM_INT').at(-1)?.fields);
  }
  station.send('MISSION_ACK', { ...TARGET, type: 0, mission_type: type });
  return read;
}

const plain = (command: number, fields: Partial<Draft> = {}): Draft => draft(command, { frame: 2, ...fields });
const square: Draft[] = [
  [-5_000, -5_000],
  [-5_000, 9_000],
  [9_000, 9_000],
  [9_000, -5_000],
].map(([x = 0, y = 0]) =>
  draft(MavCmd.NAV_FENCE_POLYGON_VERTEX_INCLUSION, { param1: 4, x: BASE.x + x, y: BASE.y + y }),
);

t.test('a list counts when it is complete: before that the old one does, and its name tells them apart', async (t) => {
  const station = px4();
  t.equal(upload(station, [draft(NAV_TAKEOFF, { ...BASE, z: 10 }), draft(NAV_WAYPOINT, { ...DOOR, z: 10 })]), ACCEPTED);
  const name = station.of('MISSION_ACK').at(-1)?.fields.opaque_id;
  t.ok(name);
  station.pass(0.6);
  t.match(station.of('MISSION_CURRENT').at(-1)?.fields, { total: 2, seq: 0, mission_id: name, mission_state: 2 });
  announce(station, 3);
  sendItem(station, 0, draft(NAV_TAKEOFF, { ...BASE, z: 50 }));
  sendItem(station, 1, draft(31_999));
  t.equal(lastAck(station), UNSUPPORTED);
  t.match(
    download(station),
    [
      { z: 10, frame: 6 },
      { z: 10, x: DOOR.x },
    ],
    'nothing is mixed',
  );
  t.equal(station.of('MISSION_COUNT').at(-1)?.fields.opaque_id, name);
  t.equal(upload(station, [draft(NAV_TAKEOFF, { ...BASE, z: 10 }), draft(NAV_WAYPOINT, { ...DOOR, z: 10 })]), ACCEPTED);
  t.equal(station.of('MISSION_ACK').at(-1)?.fields.opaque_id, name, 'the same list has the same name');
  t.equal(upload(station, []), ACCEPTED);
  station.pass(0.6);
  t.match(station.of('MISSION_CURRENT').at(-1)?.fields, { total: 65_535, mission_state: 1, mission_id: 0 });
});

t.test('asked again after 250 ms, given up after 5 s without an answer; out of turn is passed over', async (t) => {
  const station = px4();
  const other = new Station(station.simulator);
  announce(station, 2);
  sendItem(station, 1, draft(NAV_WAYPOINT));
  t.equal(lastAck(station), null);
  station.pass(1.1);
  t.same(
    station.of('MISSION_REQUEST_INT').map(({ fields }) => fields.seq),
    [0, 0, 0, 0, 0],
  );
  announce(other, 2);
  t.equal(lastAck(other), ERROR, 'one transfer over all lines');
  station.pass(4.5);
  t.ok(station.texts.includes('Mission sync timeout'));
  t.equal(lastAck(station), null);
  t.equal(upload(other, [draft(NAV_WAYPOINT)]), ACCEPTED);
  sendItem(other, 0, draft(NAV_WAYPOINT));
  t.equal(other.of('MISSION_ACK').length, 3);
  t.equal(lastAck(other), ACCEPTED, 'whoever missed the acknowledgement gets it again');
  announce(station, 501);
  t.equal(lastAck(station), NO_SPACE);
});

t.test('download in order only; clear of all; fence and rally', async (t) => {
  const station = px4();
  t.equal(upload(station, square, 1), ACCEPTED);
  t.equal(upload(station, [draft(MavCmd.NAV_RALLY_POINT, { ...DOOR, z: 20.5 })], 2), ACCEPTED);
  t.equal(download(station, 1).length, 4);
  t.match(download(station, 2), [{ command: 5_100, z: 20.5, frame: 6 }]);
  station.send('MISSION_REQUEST_LIST', { ...TARGET, mission_type: 1 });
  station.send('MISSION_REQUEST_INT', { ...TARGET, seq: 2, mission_type: 1 });
  t.equal(lastAck(station, 1), ERROR);
  t.ok(station.texts.includes('WPM: REJ. CMD: Req. WP was unexpected'));
  station.send('MISSION_CLEAR_ALL', { ...TARGET, mission_type: 255 });
  t.equal(station.of('MISSION_ACK').at(-1)?.fields.type, ACCEPTED);
  t.equal(download(station, 1).length, 0);
});

/** Passes time until it holds; false: five minutes were not enough. */
function until(station: Station, holds: () => boolean): boolean {
  for (let s = 0; s < 300 && !holds(); s += 0.5) station.pass(0.5);
  return holds();
}
const reached = (station: Station, seq: number) => (): boolean =>
  station.of('MISSION_ITEM_REACHED').some(({ fields }) => fields.seq === seq);
const armed = (station: Station): boolean => station.simulator.autopilot.flight.armed;
const set = (station: Station, param_id: string, value: number): void =>
  station.send('PARAM_SET', { ...TARGET, param_id, param_value: value, param_type: 9 });

t.test('a gate, a landing with the gripper, home: armed all the way', async (t) => {
  const items = [
    draft(NAV_TAKEOFF, { ...BASE, z: 15 }),
    draft(NAV_LOITER_TIME, { ...DOOR, param1: 30, z: 15 }),
    plain(DO_JUMP, { param1: 7, param2: 32_767 }),
    draft(NAV_LAND, { ...DOOR }),
    plain(DO_GRIPPER, { param1: 1, param2: 0 }),
    draft(NAV_TAKEOFF, { ...DOOR, z: 15 }),
    draft(NAV_WAYPOINT, { ...DOOR, z: 15 }),
    plain(NAV_RETURN_TO_LAUNCH),
  ];
  const station = px4({ payloadKg: 1 });
  set(station, 'MIS_COMMAND_TOUT', 3);
  t.equal(upload(station, items), ACCEPTED);
  t.match(download(station)[2], { frame: 2, param1: 7, param2: 32_767 });
  t.equal(station.command(MavCmd.MISSION_START), MavResult.ACCEPTED);
  t.ok(until(station, () => station.of('MISSION_CURRENT').at(-1)?.fields.seq === 1));
  station.pass(15);
  t.equal(station.command(MavCmd.DO_SET_MISSION_CURRENT, 3), MavResult.UNSUPPORTED, 'it knows the message only');
  station.send('MISSION_SET_CURRENT', { target_system: 1, target_component: 1, seq: 3 });
  t.ok(until(station, reached(station, 3)));
  t.ok(armed(station) && station.simulator.vehicle.body.onGround);
  t.ok(until(station, reached(station, 4)));
  t.equal(station.simulator.payload.releases, 1);
  t.ok((station.simulator.payload.releasedAt?.heightM ?? 9) < 0.1);
  t.ok(until(station, () => !armed(station)));
  t.ok(Math.abs(station.simulator.vehicle.body.northM) < 3, 'home');
});

t.test('nobody opens the gate: home with the load', async (t) => {
  const items = [
    draft(NAV_TAKEOFF, { ...BASE, z: 15 }),
    draft(NAV_LOITER_TIME, { ...DOOR, param1: 5, z: 15 }),
    plain(DO_JUMP, { param1: 4, param2: 32_767 }),
    plain(DO_GRIPPER, { param1: 1, param2: 0 }),
    plain(NAV_RETURN_TO_LAUNCH),
  ];
  const station = px4({ payloadKg: 1 });
  upload(station, items);
  station.command(MavCmd.MISSION_START);
  t.ok(until(station, () => station.of('MISSION_CURRENT').at(-1)?.fields.seq === 1));
  t.ok(until(station, () => !armed(station)));
  t.ok(station.simulator.payload.onBoard);
});

t.test(
  'winch: delivers and retracts by itself; the mission goes on when its time is over, released or not',
  async (t) => {
    const flown = (timeoutS: number, fault: string | null): Station => {
      const station = px4({ payloadKg: 1, winch: true });
      set(station, 'MIS_COMMAND_TOUT', timeoutS);
      upload(station, [
        draft(NAV_TAKEOFF, { ...BASE, z: 8 }),
        draft(NAV_WAYPOINT, { ...DOOR, z: 8 }),
        plain(DO_WINCH, { param1: 1, param2: 4 }),
        draft(NAV_LOITER_TIME, { ...DOOR, param1: 20, z: 8 }),
        plain(NAV_RETURN_TO_LAUNCH),
      ]);
      if (fault !== null) station.simulator.fault(fault);
      station.command(MavCmd.MISSION_START);
      t.ok(until(station, reached(station, 2)));
      return station;
    };
    const well = flown(40, null);
    t.equal(well.simulator.payload.releases, 1);
    t.ok(well.simulator.payload.lineM < 0.1, 'wound in again');
    const stuck = flown(10, 'winch-stuck');
    t.equal(stuck.simulator.payload.releases, 0);
    t.ok(until(stuck, () => !armed(stuck)));
    t.ok(stuck.simulator.payload.onBoard, 'it was "reached" all the same');
  },
);

t.test('gripper as a command: IN_PROGRESS, done when its time is over; without one FAILED', async (t) => {
  const station = px4({ payloadKg: 1 });
  t.equal(station.command(DO_GRIPPER, 1, 0), MavResult.IN_PROGRESS);
  station.pass(1.1);
  t.equal(station.of('COMMAND_ACK').at(-1)?.fields.result, MavResult.ACCEPTED);
  t.equal(px4().command(DO_GRIPPER, 1, 0), MavResult.FAILED);
  t.equal(px4().command(DO_WINCH, 1, 4), MavResult.UNSUPPORTED);
});

t.test('a new mission in the air is begun with its first item, and not before it is complete', async (t) => {
  const station = px4();
  upload(station, [
    draft(NAV_TAKEOFF, { ...BASE, z: 15 }),
    draft(NAV_WAYPOINT, { ...DOOR, z: 15 }),
    plain(NAV_RETURN_TO_LAUNCH),
  ]);
  station.command(MavCmd.MISSION_START);
  t.ok(until(station, reached(station, 0)));
  announce(station, 1);
  station.pass(1);
  t.equal(station.simulator.autopilot.mission.total, 3);
  sendItem(station, 0, draft(NAV_WAYPOINT, { x: BASE.x, y: BASE.y + 9_000, z: 25 }));
  t.ok(until(station, () => station.simulator.vehicle.body.upM > 24));
});

t.test('geofence: hold, and it says so', async (t) => {
  const station = px4();
  upload(station, [
    draft(NAV_TAKEOFF, { ...BASE, z: 15 }),
    draft(NAV_WAYPOINT, { x: BASE.x + 30_000, y: BASE.y, z: 15 }),
    plain(NAV_RETURN_TO_LAUNCH),
  ]);
  station.command(MavCmd.MISSION_START);
  station.pass(10);
  upload(station, square, 1);
  t.ok(until(station, () => station.texts.includes('Geofence violation')));
  station.pass(10);
  t.ok(station.simulator.vehicle.body.northM < 115, `${station.simulator.vehicle.body.northM} m`);
});

t.test('taken, and not flown: what is held against a mission is said, and no mission starts', async (t) => {
  const station = px4();
  upload(station, square, 1);
  const beyond = [
    draft(NAV_TAKEOFF, { ...BASE, z: 15 }),
    draft(NAV_WAYPOINT, { x: BASE.x + 30_000, y: BASE.y, z: 15 }),
  ];
  t.equal(upload(station, beyond), ACCEPTED);
  t.ok(station.texts.includes('Geofence violation for waypoint 2'));
  t.equal(station.command(MavCmd.MISSION_START), MavResult.DENIED);
  t.equal(upload(station, [draft(NAV_LAND, { ...DOOR })]), ACCEPTED);
  t.equal(station.texts.at(-1), 'Mission rejected: starts with landing');
  t.equal(upload(station, [draft(NAV_TAKEOFF, { ...BASE, z: 15 }), plain(NAV_RETURN_TO_LAUNCH)]), ACCEPTED);
  t.equal(station.command(MavCmd.MISSION_START), MavResult.ACCEPTED);
  const far = px4();
  upload(far, [draft(NAV_TAKEOFF, { x: BASE.x + 1_000_000, y: BASE.y, z: 15 })]);
  t.match(far.texts.at(-2), /^First waypoint far away from home: 11/);
});
