/** What the items of a mission are in the air, and the ends a mission can have. */
import { CopterMode, MavCmd, MavResult } from '@skein/protocol/mavlink';
import t from 'tap';
import { type Draft, draft, upload } from '../testing/items.ts';
import { Station } from '../testing/station.ts';

const { ACCEPTED, FAILED } = MavResult;
const { NAV_TAKEOFF, NAV_WAYPOINT, NAV_RETURN_TO_LAUNCH, NAV_LAND, NAV_LOITER_TIME, NAV_DELAY } = MavCmd;
const { DO_JUMP, DO_CHANGE_SPEED, DO_SET_HOME, SET_MESSAGE_INTERVAL } = MavCmd;
const TARGET = { target_system: 1, target_component: 1 };
const BASE = { x: 436_155_000, y: 70_719_000 };
const NORTH = { x: BASE.x + 9_000, y: BASE.y };
const FARTHER = { x: BASE.x + 18_000, y: BASE.y };

const set = (station: Station, param_id: string, param_value: number): void =>
  station.send('PARAM_SET', { ...TARGET, param_id, param_value, param_type: 9 });

function ready(items: readonly Draft[], parameters: Readonly<Record<string, number>> = {}): Station {
  const station = new Station({ start: 'ready', seed: 4 });
  for (const [name, value] of Object.entries({ SIM_WIND_SPD: 0, ...parameters })) set(station, name, value);
  t.equal(upload(station, [draft(NAV_WAYPOINT), ...items]), 0);
  station.command(SET_MESSAGE_INTERVAL, 42, 500_000);
  station.command(MavCmd.DO_SET_MODE, 1, CopterMode.GUIDED);
  return station;
}

function started(items: readonly Draft[], parameters: Readonly<Record<string, number>> = {}): Station {
  const station = ready(items, parameters);
  station.command(MavCmd.COMPONENT_ARM_DISARM, 1);
  t.equal(station.command(MavCmd.MISSION_START), ACCEPTED);
  station.heard.length = 0;
  return station;
}

/** Passes time until it holds; gives the seconds, null after five minutes. */
function until(station: Station, holds: () => boolean): number | null {
  for (let s = 0; s < 300; s += 0.2) {
    if (holds()) return s;
    station.pass(0.2);
  }
  return null;
}
const said =
  (station: Station, text: string): (() => boolean) =>
  () =>
    station.texts.includes(text);
const body = (station: Station) => station.simulator.vehicle.body;
const armed = (station: Station): boolean => station.simulator.autopilot.flight.armed;
const current = (station: Station): string => {
  const last = station.of('MISSION_CURRENT').at(-1)?.fields;
  return `${last?.seq}/${last?.total}/${last?.mission_state}`;
};

t.test('a hold, a speed, a jump counted, home again; then nothing is current', async (t) => {
  const station = started([
    draft(NAV_TAKEOFF, { z: 10 }),
    draft(DO_CHANGE_SPEED, { param1: 1, param2: 3 }),
    draft(NAV_WAYPOINT, { ...NORTH, param1: 4, z: 10 }),
    draft(DO_JUMP, { param1: 3, param2: 1 }),
    draft(NAV_RETURN_TO_LAUNCH),
  ]);
  until(station, said(station, 'Mission: 3 WP'));
  station.pass(8);
  t.ok(Math.abs(body(station).northMS - 3) < 0.3, `${body(station).northMS} m/s`);
  t.equal(current(station), '3/5/3');
  until(station, said(station, 'Mission: 5 RTL'));
  t.equal(station.texts.filter((text) => text === 'Reached command #3').length, 2);
  t.equal(station.texts.filter((text) => text === 'Mission: 4 Jump 1/1').length, 1);
  until(station, () => !armed(station));
  station.pass(1);
  t.equal(current(station), '0/5/5');
  t.equal(station.simulator.autopilot.flight.mode.name, 'AUTO');
});

t.test('at its end in the air it hovers in AUTO until the battery failsafe', async (t) => {
  const station = started([draft(NAV_TAKEOFF, { z: 10 }), draft(NAV_WAYPOINT, { ...NORTH, z: 10 })], {
    BATT_LOW_MAH: 15_000,
    BATT_FS_LOW_ACT: 2,
  });
  until(station, said(station, 'Reached command #2'));
  station.pass(5);
  const at = body(station);
  t.equal(current(station), '2/2/5');
  station.pass(20);
  t.ok(Math.hypot(body(station).northM - at.northM, body(station).eastM - at.eastM) < 1);
  t.equal(station.simulator.autopilot.flight.mode.name, 'AUTO');
  const waited = until(station, () => station.simulator.autopilot.flight.mode.name === 'RTL');
  t.ok(waited !== null && waited > 30, `after ${waited} s more`);
});

t.test('a landing ends the flight, also before a take-off; MIS_OPTIONS 4 lets it go on', async (t) => {
  const items = [
    draft(NAV_TAKEOFF, { z: 10 }),
    draft(NAV_LAND, { ...NORTH }),
    draft(NAV_DELAY, { param1: 3 }),
    draft(NAV_TAKEOFF, { z: 10 }),
    draft(NAV_RETURN_TO_LAUNCH),
  ];
  const station = started(items);
  until(station, () => !armed(station));
  t.ok(body(station).onGround && Math.abs(body(station).northM - 100) < 3, `${body(station).northM} m north`);
  t.notOk(station.texts.includes('Mission: 3 Delay'));

  const again = started(items, { MIS_OPTIONS: 4 });
  until(again, said(again, 'Mission: 3 Delay'));
  t.ok(armed(again) && body(again).onGround);
  t.ok(again.texts.includes('Delaying 3 sec'));
  until(again, said(again, 'Mission: 5 RTL'));
  until(again, () => !armed(again));
  t.ok(Math.abs(body(again).northM) < 3, 'home again: it was not armed anew');
});

t.test('without a take-off it is not let into AUTO on the ground', async (t) => {
  const station = ready([draft(NAV_WAYPOINT, { ...NORTH, z: 10 }), draft(NAV_RETURN_TO_LAUNCH)]);
  station.command(MavCmd.COMPONENT_ARM_DISARM, 1);
  t.equal(station.command(MavCmd.MISSION_START), FAILED);
  t.same(station.texts.slice(-2), ['Auto: Missing Takeoff Cmd', 'Mode change to AUTO failed: init failed']);
});

t.test('home is where it was armed; DO_SET_HOME keeps it at base', async (t) => {
  const items = [
    draft(NAV_TAKEOFF, { z: 10 }),
    draft(NAV_LAND, { ...NORTH }),
    draft(NAV_TAKEOFF, { z: 10 }),
    draft(NAV_RETURN_TO_LAUNCH),
  ];
  const landed = started(items);
  until(landed, () => !armed(landed));
  landed.command(MavCmd.DO_SET_MODE, 1, CopterMode.GUIDED);
  t.equal(landed.command(MavCmd.COMPONENT_ARM_DISARM, 1), ACCEPTED);
  const home = landed.of('HOME_POSITION').at(-1)?.fields;
  t.ok(Math.abs((home?.latitude ?? 0) - NORTH.x) < 300, 'the garden of the customer is home now');

  const kept = started([
    draft(NAV_TAKEOFF, { z: 10 }),
    draft(DO_SET_HOME, { ...FARTHER, frame: 0, z: 10.1 }),
    draft(NAV_WAYPOINT, { ...NORTH, z: 10 }),
    draft(NAV_RETURN_TO_LAUNCH),
  ]);
  until(kept, () => !armed(kept));
  t.ok(Math.abs(body(kept).northM - 200) < 3, `${body(kept).northM} m north`);
});

t.test('RTL: up to RTL_ALT, no higher than the slope asks for, five seconds over home, slowly down', async (t) => {
  const flown = (north: typeof NORTH): number => {
    const station = started([
      draft(NAV_TAKEOFF, { z: 5 }),
      draft(NAV_WAYPOINT, { ...north, z: 5 }),
      draft(NAV_LOITER_TIME, { ...north, param1: 600, z: 5 }),
    ]);
    until(station, said(station, 'Mission: 3 LoitTime'));
    station.pass(10);
    station.command(MavCmd.NAV_RETURN_TO_LAUNCH);
    let highest = 0;
    until(station, () => {
      highest = Math.max(highest, body(station).upM);
      return !armed(station);
    });
    t.ok(Math.hypot(body(station).northM, body(station).eastM) < 2);
    return highest;
  };
  t.ok(Math.abs(flown(NORTH) - 15) < 0.5);
  const near = flown({ x: BASE.x + 300, y: BASE.y });
  t.ok(Math.abs(near - 10) < 1, `${near} m: three times the distance`);
});

t.test('a pause is taken between two places, and nowhere else', async (t) => {
  const station = started([
    draft(NAV_TAKEOFF, { z: 10 }),
    draft(NAV_WAYPOINT, { ...NORTH, z: 10 }),
    draft(NAV_LOITER_TIME, { ...NORTH, param1: 20, z: 10 }),
    draft(MavCmd.NAV_PAYLOAD_PLACE, { ...NORTH, param1: 8 }),
    draft(NAV_RETURN_TO_LAUNCH),
  ]);
  const pause = (p1: number): number | null => station.command(MavCmd.DO_PAUSE_CONTINUE, p1);
  station.pass(4);
  t.equal(pause(0), FAILED, 'take-off');
  until(station, said(station, 'Mission: 2 WP'));
  station.pass(4);
  t.equal(pause(1), ACCEPTED, 'to go on is always taken');
  t.equal(pause(0), ACCEPTED);
  until(station, () => Math.abs(body(station).northMS) < 0.1);
  const { northM } = body(station);
  station.pass(5);
  t.ok(Math.abs(body(station).northM - northM) < 0.5, `${northM} and then ${body(station).northM} m`);
  t.ok(northM > 5 && northM < 90);
  t.equal(pause(1), ACCEPTED);
  until(station, said(station, 'Mission: 3 LoitTime'));
  station.pass(5);
  t.equal(pause(0), FAILED, 'it is there');
  t.equal(station.texts.at(-1), 'Failed to pause');
  until(station, said(station, 'Mission: 4 PayloadPlace'));
  station.pass(8);
  t.equal(pause(0), FAILED, 'on the way down');
});

t.test('what a mission set for its speed is forgotten when AUTO is entered anew', async (t) => {
  const station = started([
    draft(NAV_TAKEOFF, { z: 10 }),
    draft(DO_CHANGE_SPEED, { param1: 1, param2: 2 }),
    draft(NAV_WAYPOINT, { ...NORTH, z: 10 }),
    draft(NAV_WAYPOINT, { ...FARTHER, z: 10 }),
    draft(NAV_RETURN_TO_LAUNCH),
  ]);
  until(station, said(station, 'Mission: 4 WP'));
  t.ok(body(station).northMS < 2.5);
  station.command(MavCmd.DO_SET_MODE, 1, CopterMode.GUIDED);
  station.pass(2);
  station.command(MavCmd.DO_SET_MISSION_CURRENT, 4);
  station.command(MavCmd.DO_SET_MODE, 1, CopterMode.AUTO);
  station.pass(5);
  t.ok(body(station).northMS > 4, `${body(station).northMS} m/s`);
});
