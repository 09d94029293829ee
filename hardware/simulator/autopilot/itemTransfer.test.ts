import { MavCmd, MavMissionResult } from '@skein/protocol/mavlink';
import t from 'tap';
import { announce, download, draft, lastAck, sendItem, upload as uploadAll } from '../testing/items.ts';
import { Station } from '../testing/station.ts';

const TARGET = { target_system: 1, target_component: 1 };
const { ACCEPTED, DENIED, ERROR, INVALID_SEQUENCE, NO_SPACE, OPERATION_CANCELLED, UNSUPPORTED, INVALID_PARAM5_X } =
  MavMissionResult;

const count = (station: Station, items: number, mission_type = 0): void =>
  station.send('MISSION_COUNT', { ...TARGET, count: items, mission_type });

function item(station: Station, seq: number, command: number = MavCmd.NAV_WAYPOINT, x = 436_160_000): void {
  const params = { param1: 0, param2: 0, param3: 0, param4: 0, x, y: 70_720_000, z: 20 + seq };
  const flags = { current: 0, autocontinue: 1, mission_type: 0 };
  station.send('MISSION_ITEM_INT', { ...TARGET, seq, frame: 3, command, ...params, ...flags });
}

const acks = (station: Station): number[] => station.of('MISSION_ACK').map(({ fields }) => fields.type);
const asked = (station: Station): number[] => station.of('MISSION_REQUEST').map(({ fields }) => fields.seq);

/** Answers each request for an item; `refuse` is given as a command that is not known. */
function upload(station: Station, items: number, refuse = -1): void {
  count(station, items);
  for (let at = 0; at < items; at += 1) {
    station.pass(0.01);
    item(station, at, at === refuse ? 31_999 : at === 1 ? MavCmd.NAV_TAKEOFF : MavCmd.NAV_WAYPOINT);
  }
}

t.test('a list is asked for item by item', async (t) => {
  const station = new Station({ start: 'ready', seed: 1 });
  const other = new Station(station.simulator);
  upload(station, 6);
  t.same(asked(station), [0, 1, 2, 3, 4, 5]);
  t.same(acks(station), [ACCEPTED]);
  other.pass(0.1);
  t.ok(station.texts.includes('Flight plan received'));
  t.notOk(other.texts.includes('Flight plan received'), 'told to the uploader alone');
  t.equal(other.of('PARAM_VALUE').at(-1)?.fields.param_id, 'MIS_TOTAL');
  t.equal(station.simulator.autopilot.mission.total, 5);
  station.send('MISSION_REQUEST_INT', { ...TARGET, seq: 3, mission_type: 0 });
  t.match(station.of('MISSION_ITEM_INT'), [{ fields: { seq: 3, x: 436_160_000, z: 23 } }]);
});

t.test('a refused item ends it, old and new mixed', async (t) => {
  const station = new Station({ start: 'ready', seed: 1 });
  upload(station, 9);
  upload(station, 6, 4);
  t.same(acks(station), [ACCEPTED, UNSUPPORTED, ERROR], 'what is sent after that has nowhere to go');
  const { items } = station.simulator.autopilot.mission;
  t.equal(items.length, 6);
  count(station, 3);
  station.pass(0.01);
  item(station, 0);
  item(station, 1, MavCmd.NAV_WAYPOINT, 910_000_000);
  t.equal(acks(station).at(-1), INVALID_PARAM5_X);
});

t.test('wrong order goes on; silence is asked again and given up; too many, a second one, nonsense', async (t) => {
  const station = new Station({ start: 'ready', seed: 1 });
  const other = new Station(station.simulator);
  count(station, 3);
  station.pass(0.01);
  item(station, 2);
  t.same(acks(station), [INVALID_SEQUENCE]);
  other.send('MISSION_COUNT', { ...TARGET, count: 2, mission_type: 0 }, { sysid: 250, compid: 190 });
  t.same(acks(other), [DENIED]);
  station.pass(7);
  t.same(asked(station), [0, 0, 0, 0, 0, 0, 0, 0]);
  station.pass(2);
  t.equal(acks(station).at(-1), OPERATION_CANCELLED);
  t.ok(station.texts.includes('Mission upload timeout'));
  count(station, 5_000);
  t.equal(acks(station).at(-1), NO_SPACE);
  t.ok(station.texts.includes('Only 650 items are supported'));
  station.send('MISSION_CLEAR_ALL', { ...TARGET, mission_type: 255 });
  t.equal(acks(station).at(-1), UNSUPPORTED);
  station.send('MISSION_CLEAR_ALL', { ...TARGET, mission_type: 0 });
  t.equal(acks(station).at(-1), ACCEPTED);
  t.equal(station.simulator.autopilot.mission.total, 0);
});

t.test(
  'in AUTO a bare count cuts the running list, and each item that changes what comes next steers anew',
  async (t) => {
    const station = new Station({ start: 'airborne', seed: 1 });
    const { mission, flight } = station.simulator.autopilot;
    t.ok(mission.current >= 3);
    station.simulator.fault('station:mission=3');
    station.pass(1);
    t.equal(mission.items.length, 3);
    t.ok(flight.armed);
    t.ok(station.texts.includes('Auto mission changed but failed to restart command'));
    station.pass(60);
    t.equal(mission.progress, 'complete', 'it hovers where the list now ends');
    t.equal(flight.mode.name, 'AUTO');

    const flying = new Station({ start: 'airborne', seed: 1 });
    const { items, current } = flying.simulator.autopilot.mission;
    uploadAll(
      flying,
      items.map((one, seq) => (seq >= current ? { ...one, z: one.z + 20 } : one)),
    );
    const told = flying.texts.filter((text) => text === 'Auto mission changed, restarted command').length;
    t.ok(told >= 3, `${told} times, before the list was complete`);
    t.ok(
      flying.texts.indexOf('Auto mission changed, restarted command') < flying.texts.indexOf('Flight plan received'),
    );
  },
);

const FENCE = 1;
const RALLY = 2;
const corner = (x: number, y: number, of = 4, command: number = MavCmd.NAV_FENCE_POLYGON_VERTEX_INCLUSION) =>
  draft(command, { param1: of, x: 436_155_000 + x, y: 70_719_000 + y });

t.test('what is read back is what is stored', async (t) => {
  const station = new Station({ start: 'ready', seed: 1 });
  const place = { x: 436_160_001, y: 70_720_003 };
  const sent = [
    draft(MavCmd.NAV_WAYPOINT, { frame: 0, x: 1, y: 2, z: 3 }),
    draft(MavCmd.NAV_TAKEOFF, { frame: 6, param4: Number.NaN, z: 15.678 }),
    draft(MavCmd.NAV_WAYPOINT, { frame: 6, ...place, param1: 2.9, param2: 5, z: 20.019 }),
    draft(MavCmd.NAV_LOITER_TIME, { ...place, param1: 5, param3: 30, z: 20 }),
    draft(MavCmd.NAV_LOITER_TURNS, { ...place, param1: 0.5, param3: -300, z: 20 }),
    draft(MavCmd.DO_CHANGE_SPEED, { frame: 2, ...place, param1: 1, param2: 7.3, z: 9 }),
    draft(MavCmd.NAV_PAYLOAD_PLACE, { ...place, param1: 12.345, z: 20 }),
    draft(MavCmd.DO_WINCH, { param1: 1, param2: 1, param3: 7.7, param4: 0.5 }),
    draft(MavCmd.DO_JUMP, { frame: 2, param1: 2, param2: -1 }),
    draft(MavCmd.NAV_WAYPOINT, { frame: 11, ...place, z: 20 }),
    draft(MavCmd.NAV_RETURN_TO_LAUNCH, { ...place, z: 7 }),
  ];
  t.equal(uploadAll(station, sent), ACCEPTED);
  const read = download(station);
  t.equal(read.length, sent.length);
  t.match(read[0], { x: 436_155_000, y: 70_719_000, frame: 0 }, 'item 0 is home, whatever was sent');
  t.match(read[1], { frame: 3, param4: 0, z: Math.fround(15.67) }, 'altitudes are centimetres, cut');
  t.match(read[2], { frame: 3, ...place, param1: 2, param2: 0, z: Math.fround(20.01) });
  t.match(read[3], { param1: 5, param3: 1 }, 'no room for a radius');
  t.match(read[4], { param1: 0.5, param3: -300 });
  t.match(read[5], { frame: 0, x: 0, y: 0, z: 0, param2: Math.fround(7.3) }, 'no position, no frame');
  t.ok(Math.abs((read[6]?.param1 ?? 0) - 12.34) < 1e-5);
  t.match(read[7], { param2: 1, param3: Math.fround(7.7), frame: 0 });
  t.match(read[8], { param1: 2, param2: -1, frame: 0 });
  t.match(read[9], { frame: 10 });
  t.match(read[10], { frame: 0, x: 0, z: 0 });
  station.send('MISSION_REQUEST_INT', { ...TARGET, seq: 99, mission_type: 0 });
  t.equal(lastAck(station), ERROR);
  t.equal(station.of('MISSION_COUNT').at(-1)?.fields.count, sent.length, 'and a hint how many there are');
});

t.test('items that are refused', async (t) => {
  const station = new Station({ start: 'ready', seed: 1 });
  const refused = (item: ReturnType<typeof draft>): number | null =>
    uploadAll(station, [draft(MavCmd.NAV_WAYPOINT), item]);
  t.equal(refused(draft(MavCmd.NAV_WAYPOINT, { param1: Number.NaN })), MavMissionResult.INVALID_PARAM1);
  t.equal(refused(draft(MavCmd.NAV_WAYPOINT, { param4: Number.NaN })), ACCEPTED);
  t.equal(refused(draft(MavCmd.NAV_WAYPOINT, { z: Number.NaN })), MavMissionResult.INVALID_PARAM7);
  t.equal(refused(draft(MavCmd.NAV_WAYPOINT, { y: 1_800_000_001 })), MavMissionResult.INVALID_PARAM6_Y);
  t.equal(refused(draft(MavCmd.NAV_WAYPOINT, { frame: 1 })), MavMissionResult.UNSUPPORTED_FRAME);
  t.equal(refused(draft(MavCmd.DO_JUMP, { param1: 9 })), ERROR, 'a jump out of the list');
});

t.test('fence: whole or not at all; given back; counted', async (t) => {
  const station = new Station({ start: 'ready', seed: 1 });
  const square = [corner(-9_000, -9_000), corner(-9_000, 9_000), corner(9_000, 9_000), corner(9_000, -9_000)];
  const circle = draft(MavCmd.NAV_FENCE_CIRCLE_EXCLUSION, { frame: 0, param1: 12.5, x: 436_157_000, y: 70_719_000 });
  t.equal(uploadAll(station, [...square, circle], FENCE), ACCEPTED);
  t.same(
    station.of('MISSION_REQUEST').map(({ fields }) => fields.mission_type),
    [1, 1, 1, 1, 1],
  );
  const read = download(station, FENCE);
  t.match(
    read,
    [...square, circle].map(({ command, param1, x, y }) => ({ command, param1, x, y, frame: 0, z: 0 })),
  );
  t.match(station.of('PARAM_VALUE').at(-1)?.fields, { param_id: 'FENCE_TOTAL', param_value: 5 });
  t.equal(uploadAll(station, [corner(0, 0, 3), corner(0, 100, 3)], FENCE), ERROR, 'a corner is missing');
  t.ok(station.texts.includes('Incorrect item count'));
  t.equal(uploadAll(station, [draft(MavCmd.NAV_WAYPOINT)], FENCE), UNSUPPORTED);
  t.equal(download(station, FENCE).length, 5, 'what was there is there');
  announce(station, 2, FENCE);
  station.pass(0.1);
  sendItem(station, 0, corner(0, 0), FENCE);
  station.pass(9);
  t.equal(lastAck(station, FENCE), OPERATION_CANCELLED);
  t.ok(station.texts.includes('Fence upload timeout'));
  t.equal(download(station, FENCE).length, 5);
  station.send('MISSION_CLEAR_ALL', { ...TARGET, mission_type: FENCE });
  t.equal(lastAck(station, FENCE), ACCEPTED);
  t.equal(download(station, FENCE).length, 0);
});

t.test('rally points; and the three lists each by itself', async (t) => {
  const station = new Station({ start: 'ready', seed: 1 });
  const point = draft(MavCmd.NAV_RALLY_POINT, { frame: 6, x: 436_156_000, y: 70_719_000, z: 25.9 });
  announce(station, 3);
  station.pass(0.01);
  t.equal(uploadAll(station, [point], RALLY), ACCEPTED, 'while a mission is being sent');
  t.match(download(station, RALLY), [{ command: 5100, frame: 3, x: 436_156_000, z: 25 }]);
  station.send('MISSION_REQUEST_LIST', { ...TARGET, mission_type: 0 });
  t.equal(lastAck(station), DENIED, 'nothing is given while it is being taken');
  t.equal(uploadAll(station, [draft(MavCmd.NAV_WAYPOINT)], RALLY), UNSUPPORTED);
  station.pass(10);
  t.equal(uploadAll(station, []), ACCEPTED);
  t.equal(download(station).length, 1, 'an empty mission is home');
  t.equal(download(station, RALLY).length, 1);
});

t.test('the old ways: MISSION_REQUEST is answered with floats, MISSION_ITEM is taken', async (t) => {
  const station = new Station({ start: 'ready', seed: 1 });
  uploadAll(station, [draft(MavCmd.NAV_WAYPOINT), draft(MavCmd.NAV_WAYPOINT, { x: 436_160_000, y: 70_720_000, z: 9 })]);
  station.send('MISSION_REQUEST', { ...TARGET, seq: 1, mission_type: 0 });
  t.match(station.of('MISSION_ITEM'), [{ fields: { seq: 1, x: Math.fround(43.616), z: 9 } }]);
  t.ok(station.texts.includes('got MISSION_REQUEST; use MISSION_REQUEST_INT!'));
  announce(station, 1);
  station.pass(0.01);
  const item = { frame: 3, command: 16, param1: 0, param2: 0, param3: 0, param4: 0, x: 43.5, y: 7, z: 5 };
  station.send('MISSION_ITEM', { ...TARGET, seq: 0, current: 0, autocontinue: 1, mission_type: 0, ...item });
  t.equal(lastAck(station), ACCEPTED);
});

t.test('set current: by message told with its number, out of range silent; by command DENIED', async (t) => {
  const station = new Station({ start: 'ready', seed: 1 });
  upload(station, 5);
  station.send('MISSION_SET_CURRENT', { ...TARGET, seq: 3 });
  t.match(station.of('MISSION_CURRENT'), [{ fields: { seq: 3, total: 4, mission_state: 2 } }]);
  station.send('MISSION_SET_CURRENT', { ...TARGET, seq: 9 });
  t.equal(station.of('MISSION_CURRENT').length, 1);
  t.equal(station.command(MavCmd.DO_SET_MISSION_CURRENT, 9), 2);
  t.equal(station.command(MavCmd.DO_SET_MISSION_CURRENT, 2), 0);
});
