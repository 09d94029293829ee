import { MavCmd, MavMissionResult } from '@skein/protocol/mavlink';
import t from 'tap';
import { Station } from '../testing/station.ts';

const TARGET = { target_system: 1, target_component: 1 };
const { ACCEPTED, DENIED, INVALID_SEQUENCE, NO_SPACE, OPERATION_CANCELLED, UNSUPPORTED, INVALID_PARAM5_X } =
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

t.test('a list is asked for item by item, then told to all', async (t) => {
  const station = new Station({ start: 'ready', seed: 1 });
  const other = new Station(station.simulator);
  upload(station, 6);
  t.same(asked(station), [0, 1, 2, 3, 4, 5]);
  t.same(acks(station), [ACCEPTED]);
  other.pass(0.1);
  t.ok(other.texts.includes('Flight plan received'));
  t.equal(other.of('PARAM_VALUE').at(-1)?.fields.param_id, 'MIS_TOTAL');
  t.equal(station.simulator.autopilot.mission.total, 5);
  station.send('MISSION_REQUEST_INT', { ...TARGET, seq: 3, mission_type: 0 });
  t.match(station.of('MISSION_ITEM_INT'), [{ fields: { seq: 3, x: 436_160_000, z: 23 } }]);
});

t.test('a refused item ends it, old and new mixed', async (t) => {
  const station = new Station({ start: 'ready', seed: 1 });
  upload(station, 9);
  upload(station, 6, 4);
  t.same(acks(station), [ACCEPTED, UNSUPPORTED]);
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

t.test('in AUTO a bare count cuts the running list, and each item steers anew', async (t) => {
  const station = new Station({ start: 'airborne', seed: 1 });
  const { mission, flight } = station.simulator.autopilot;
  station.simulator.fault('station:mission=3');
  station.pass(1);
  t.equal(mission.items.length, 3);
  t.ok(flight.armed);
  station.pass(20);
  t.ok(station.texts.includes('Mission upload timeout'));
  upload(station, 3);
  t.equal(station.texts.filter((text) => text === 'Auto mission changed, restarted command').length, 2);
});
