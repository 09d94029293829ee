/** Fences as uploaded and as set by parameters; rally points. */
import { CopterMode, MavCmd, MavResult } from '@skein/protocol/mavlink';
import t from 'tap';
import { type Draft, draft, upload } from '../testing/items.ts';
import { Station } from '../testing/station.ts';
import { fenceNames } from './fence.ts';
import { polygonContains } from './polygon.ts';

const { ACCEPTED, FAILED } = MavResult;
const TARGET = { target_system: 1, target_component: 1 };
const BASE = { x: 436_155_000, y: 70_719_000 };
const FENCE = 1;
const RALLY = 2;
const METRE = 89.83;
const { NAV_FENCE_POLYGON_VERTEX_INCLUSION: INSIDE, NAV_FENCE_POLYGON_VERTEX_EXCLUSION: OUTSIDE } = MavCmd;

const at = (northM: number, eastM: number) => ({
  x: BASE.x + Math.round(northM * METRE),
  y: BASE.y + Math.round((eastM * METRE) / Math.cos((43.6155 * Math.PI) / 180)),
});
const square = (command: number, northM: number, eastM: number, halfM: number): Draft[] =>
  [
    [-1, -1],
    [-1, 1],
    [1, 1],
    [1, -1],
  ].map(([n = 0, e = 0]) => draft(command, { param1: 4, ...at(northM + n * halfM, eastM + e * halfM) }));

const set = (station: Station, parameters: Readonly<Record<string, number>>): void => {
  for (const [param_id, param_value] of Object.entries(parameters)) {
    station.send('PARAM_SET', { ...TARGET, param_id, param_value, param_type: 9 });
  }
};

function fenced(items: readonly Draft[], parameters: Readonly<Record<string, number>> = {}): Station {
  const station = new Station({ start: 'ready', seed: 6 });
  t.equal(upload(station, items, FENCE), 0);
  set(station, { SIM_WIND_SPD: 0, FENCE_ENABLE: 1, FENCE_TYPE: 7, ...parameters });
  station.command(MavCmd.SET_MESSAGE_INTERVAL, 162, 200_000);
  station.pass(1);
  return station;
}

function hovering(station: Station, upM = 20): Station {
  station.command(MavCmd.DO_SET_MODE, 1, CopterMode.GUIDED);
  t.equal(station.command(MavCmd.COMPONENT_ARM_DISARM, 1), ACCEPTED);
  station.command(MavCmd.NAV_TAKEOFF, 0, 0, 0, 0, 0, 0, upM);
  station.pass(25);
  station.heard.length = 0;
  return station;
}

const mode = (station: Station): string => station.simulator.autopilot.flight.mode.name;
const goTo = (station: Station, northM: number, eastM: number): number | null => {
  const { x, y } = at(northM, eastM);
  return station.commandInt(MavCmd.DO_REPOSITION, 6, [-1, 1, 0, Number.NaN], [x, y, 20]);
};

t.test('a polygon contains what lies inside', async (t) => {
  const corners = [
    { northM: 0, eastM: 0 },
    { northM: 10, eastM: 0 },
    { northM: 10, eastM: 10 },
    { northM: 5, eastM: 5 },
    { northM: 0, eastM: 10 },
  ];
  t.ok(polygonContains(corners, { northM: 5, eastM: 2 }));
  t.notOk(polygonContains(corners, { northM: 5, eastM: 8 }), 'in the notch');
  t.notOk(polygonContains(corners, { northM: -1, eastM: 2 }));
  t.equal(fenceNames(1), 'Max Alt fence');
  t.equal(fenceNames(7), 'Max Alt, Circle and Polygon fences');
});

t.test('destinations beyond it are refused: polygon, hole, ceiling', async (t) => {
  const hole = draft(MavCmd.NAV_FENCE_CIRCLE_EXCLUSION, { param1: 10, ...at(0, 30) });
  const station = hovering(fenced([...square(INSIDE, 0, 0, 60), ...square(OUTSIDE, 40, 0, 10), hole]));
  t.equal(goTo(station, 100, 0), FAILED, 'outside');
  t.equal(goTo(station, 40, 0), FAILED, 'in the hole');
  t.equal(goTo(station, 0, 30), FAILED, 'in the round hole');
  t.equal(goTo(station, 20, -20), ACCEPTED);
  station.pass(10);
  t.equal(station.texts.length, 0);
  t.match(station.of('FENCE_STATUS').at(-1)?.fields, { breach_status: 0, breach_type: 0 });
});

t.test('wind pushes it over: RTL, "Polygon fence breached", FENCE_STATUS, status stays active', async (t) => {
  const station = hovering(fenced(square(INSIDE, 0, 0, 25)));
  set(station, { SIM_WIND_SPD: 26, SIM_WIND_DIR: 270 });
  for (let s = 0; s < 60 && mode(station) === 'GUIDED'; s += 0.2) station.pass(0.2);
  t.equal(mode(station), 'RTL');
  t.equal(station.texts[0], 'Polygon fence breached');
  t.match(station.of('FENCE_STATUS').at(-1)?.fields, { breach_status: 1, breach_type: 3, breach_count: 1 });
  t.ok(station.simulator.vehicle.body.eastM > 24);
  set(station, { SIM_WIND_SPD: 2 });
  station.pass(20);
  t.ok(station.texts.includes('Fence breach cleared'));
});

t.test('FENCE_ACTION: report, land, brake; far out it lands whatever was wanted', async (t) => {
  const crossed = (action: number, parameters: Readonly<Record<string, number>> = { FENCE_ALT_MAX: 15 }): string => {
    const station = hovering(fenced(square(INSIDE, 0, 0, 60), { FENCE_ACTION: action }));
    set(station, parameters);
    station.pass(1);
    t.ok(station.texts.some((text) => / breached$/.test(text)));
    return mode(station);
  };
  t.equal(crossed(0), 'GUIDED');
  t.equal(crossed(1), 'RTL');
  t.equal(crossed(2), 'LAND');
  t.equal(crossed(4), 'BRAKE');
});

t.test('DO_FENCE_ENABLE turns it off and on; FENCE_ENABLE stays as it is', async (t) => {
  const station = hovering(fenced(square(INSIDE, 0, 0, 30)));
  t.equal(station.command(MavCmd.DO_FENCE_ENABLE, 0), ACCEPTED);
  t.equal(goTo(station, 60, 0), ACCEPTED);
  station.pass(20);
  t.equal(mode(station), 'GUIDED');
  t.equal(station.simulator.autopilot.parameters.value('FENCE_ENABLE'), 1);
  t.equal(station.command(MavCmd.DO_FENCE_ENABLE, 1), ACCEPTED);
  station.pass(1);
  t.equal(mode(station), 'RTL');
  t.equal(station.command(MavCmd.DO_FENCE_ENABLE, 7), FAILED);
});

t.test('what speaks against arming', async (t) => {
  const refused = (items: readonly Draft[], parameters: Readonly<Record<string, number>>): string | undefined => {
    const station = fenced(items, parameters);
    station.command(MavCmd.DO_SET_MODE, 1, CopterMode.GUIDED);
    t.equal(station.command(MavCmd.COMPONENT_ARM_DISARM, 1), FAILED);
    return station.texts.at(-1);
  };
  t.equal(refused(square(INSIDE, 200, 0, 30), {}), 'Arm: Vehicle breaching Polygon fence');
  t.equal(refused([], { FENCE_TYPE: 4 }), 'Arm: Fences enabled, but none selected');
  t.equal(refused([], { FENCE_ALT_MAX: 5, FENCE_MARGIN: 9 }), 'Arm: FENCE_MARGIN too big');
});

t.test('FENCE_OPTIONS 1: no other mode while it comes back', async (t) => {
  const station = hovering(fenced([], { FENCE_OPTIONS: 1 }));
  set(station, { FENCE_ALT_MAX: 15 });
  station.pass(1);
  t.equal(mode(station), 'RTL');
  t.equal(station.command(MavCmd.DO_SET_MODE, 1, CopterMode.GUIDED), FAILED);
  t.equal(station.texts.at(-1), 'Mode change to GUIDED failed: in fence recovery');
});

t.test('RTL goes to the nearest rally point within reach, at its height; not to one beyond the fence', async (t) => {
  const returned = (points: readonly Draft[], fence: readonly Draft[] = []): number => {
    const station = fenced(fence, { FENCE_ENABLE: fence.length > 0 ? 1 : 0 });
    t.equal(upload(station, points, RALLY), 0);
    hovering(station);
    goTo(station, 60, 0);
    station.pass(25);
    station.command(MavCmd.NAV_RETURN_TO_LAUNCH);
    for (let s = 0; s < 200 && station.simulator.autopilot.flight.armed; s += 1) station.pass(1);
    t.notOk(station.simulator.autopilot.flight.armed);
    return Math.round(station.simulator.vehicle.body.northM / 10) * 10;
  };
  const near = draft(MavCmd.NAV_RALLY_POINT, { z: 25, ...at(80, 0) });
  const far = draft(MavCmd.NAV_RALLY_POINT, { z: 25, ...at(2_000, 0) });
  t.equal(returned([far, near]), 80);
  t.equal(returned([far]), 0, 'further than RALLY_LIMIT_KM: home');
  t.equal(returned([near], square(INSIDE, 0, 0, 70)), 0, 'beyond the fence: home');
});
