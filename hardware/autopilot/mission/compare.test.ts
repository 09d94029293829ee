import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MavCmd, type MissionItem, type MissionType } from '@skein/protocol/mavlink';
import fc from 'fast-check';
import t from 'tap';
import { aMission, waypoint } from '../testing/missions.ts';
import { HOME_ITEM, itemFault } from './commands.ts';
import { differences } from './compare.ts';
import { type HeldLists, missionBytes, missionHash } from './hash.ts';
import { asStored, type MissionFlavour } from './stored.ts';

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const f32 = Math.fround;

/** An item at 1 of a mission, as it is read back. */
function stored(item: MissionItem, flavour: MissionFlavour = 'ardupilot', type: MissionType = 'mission'): MissionItem {
  const list = flavour === 'ardupilot' && type === 'mission' ? [HOME_ITEM, item] : [item];
  const back = asStored(list, flavour, type).at(-1);
  if (back === undefined) throw new Error('nothing came back');
  return back;
}
const plain = (command: number, ...params: number[]): MissionItem => ({
  frame: 2,
  command,
  params: [params[0] ?? 0, params[1] ?? 0, params[2] ?? 0, params[3] ?? 0],
  x: 0,
  y: 0,
  z: 0,
});
const placed = (command: number, ...params: number[]): MissionItem =>
  waypoint(1, { command, params: [params[0] ?? 0, params[1] ?? 0, params[2] ?? 0, params[3] ?? 0] });

t.test('ArduPilot keeps less than it is given', async (t) => {
  t.match(stored(placed(MavCmd.NAV_WAYPOINT, 5.9, 2, 3, 90)).params, [5, 0, 0, 0], 'whole seconds, and no radius');
  t.match(stored(placed(MavCmd.NAV_LOITER_TIME, 30.5, 0, 0, 0)).params, [30, 0, 1, 0]);
  t.match(stored(placed(MavCmd.NAV_LOITER_TIME, 30, 0, -20, 1)).params, [30, 0, -1, 1]);
  t.match(stored(placed(MavCmd.NAV_LOITER_TURNS, 0.5, 0, -300, 0)).params, [0.5, 0, -300, 0]);
  t.match(stored(placed(MavCmd.NAV_LAND, 0, 0, 0, Number.NaN)).params, [0, 0, 0, 1]);
  t.match(stored(placed(MavCmd.NAV_PAYLOAD_PLACE, 10.126)).params, [f32(1_012 * f32(0.01)), 0, 0, 0], 'centimetres');
  t.match(stored(plain(MavCmd.DO_JUMP, 3, -1, 9)).params, [3, -1, 0, 0]);
  t.match(stored(plain(MavCmd.DO_CHANGE_SPEED, 1, 7.3, -1)).params, [1, f32(7.3), -1, 0]);
  t.match(stored(plain(MavCmd.DO_GRIPPER, 1, 0)).params, [1, 0, 0, 0]);
  t.match(stored(plain(MavCmd.DO_WINCH, 1, 1, 12.3, 0.4)).params, [1, 1, f32(12.3), f32(0.4)]);
  t.match(stored(plain(MavCmd.NAV_RETURN_TO_LAUNCH)), { frame: 0, x: 0, y: 0, z: 0, autocontinue: true });
  t.match(stored(waypoint(1, { frame: 6 })), { frame: 3 }, 'the deprecated twin of a frame');
  t.match(stored(waypoint(1, { frame: 5, autocontinue: false })), { frame: 0, autocontinue: true });
  t.equal(stored(waypoint(1, { z: 20.019 })).z, f32(2_001 * f32(0.01)), 'centimetres, cut');
  const fence = waypoint(1, { command: MavCmd.NAV_FENCE_POLYGON_VERTEX_INCLUSION, params: [5, 2, 0, 0], z: 9 });
  t.match(stored(fence, 'ardupilot', 'fence'), { frame: 0, params: [5, 0, 0, 0], z: 0 });
  const rally = waypoint(1, { command: MavCmd.NAV_RALLY_POINT, z: 30.9 });
  t.match(stored(rally, 'ardupilot', 'rally'), { frame: 3, z: 30 }, 'whole metres');
});

/** What ArduCopter 4.6.3's own code, compiled, made of items of each kind: command, frame, four params, x, y, z. */
const GOLDEN = join(import.meta.dirname, 'testdata', 'ardupilot-4.6.3.jsonl');

t.test('as ArduCopter’s own code keeps it, to the last bit', async (t) => {
  const itemAt = ([command = 0, frame = 0, p1, p2, p3, p4, x = 0, y = 0, z = 0]: readonly (number | null)[]) => {
    const params = [p1, p2, p3, p4].map((value) => f32(value ?? Number.NaN)) as unknown as MissionItem['params'];
    return {
      command: command ?? 0,
      frame: frame ?? 0,
      params,
      x: x ?? 0,
      y: y ?? 0,
      z: f32(z ?? 0),
      autocontinue: true,
    };
  };
  const lines = readFileSync(GOLDEN, 'utf8').trim().split('\n');
  t.equal(lines.length, 121);
  for (const line of lines) {
    const { sent, back } = JSON.parse(line) as { sent: (number | null)[]; back: number[] };
    t.strictSame(stored(itemAt(sent)), itemAt(back), line);
    t.equal(itemFault('mission', itemAt(sent), 1, 'ardupilot'), null);
  }
});

t.test('PX4 keeps floats, headings as angles, and the frame of what has no place', async (t) => {
  const circle = { ...placed(MavCmd.NAV_FENCE_CIRCLE_INCLUSION, 300), autocontinue: true };
  // As a PX4 1.18 gave it back.
  const back = { ...circle, frame: 0, autocontinue: false };
  t.same(differences([circle], [back], 'px4', 'fence'), [], 'a fence has no autocontinue there');
  t.match(stored(placed(MavCmd.NAV_WAYPOINT, 5.9, 2, 3, -90), 'px4').params, [f32(5.9), 2, 0, 270]);
  t.ok(Number.isNaN(stored(placed(MavCmd.NAV_TAKEOFF, 0, 0, 0, Number.NaN), 'px4').params[3]));
  t.match(stored(plain(MavCmd.DO_CHANGE_SPEED, 1, 7.3, -1, 5), 'px4'), { frame: 2, params: [1, f32(7.3), -1, 5] });
  t.match(stored(waypoint(1, { frame: 6, z: 20.019, autocontinue: false }), 'px4'), {
    frame: 3,
    z: f32(20.019),
    autocontinue: false,
  });
});

t.test('a fence has no frame on either', async (t) => {
  const fence = [waypoint(1, { command: MavCmd.NAV_FENCE_CIRCLE_EXCLUSION, params: [25, 0, 0, 0] })];
  t.match(stored(fence[0] as MissionItem, 'px4', 'fence'), { frame: 0, params: [25, 0, 0, 0] });
  for (const flavour of ['ardupilot', 'px4'] as const) {
    const back = asStored(fence, flavour, 'fence').map((item) => ({ ...item, frame: 5 }));
    t.strictSame(differences(fence, back, flavour, 'fence'), []);
    t.match(
      differences(
        fence,
        back.map((item) => ({ ...item, params: [24, 0, 0, 0] as const })),
        flavour,
        'fence',
      ),
      [{ field: 'param1' }],
    );
  }
});

t.test('what is read back as it is kept is the same; home is not looked at', async (t) => {
  for (const flavour of ['ardupilot', 'px4'] as const) {
    const sent = aMission(flavour);
    const back = asStored(sent, flavour).map((item, seq) =>
      seq === 0 && flavour === 'ardupilot' ? { ...item, x: 5 } : item,
    );
    t.strictSame(differences(sent, back, flavour), []);
  }
  t.strictSame(differences([], asStored([], 'ardupilot'), 'ardupilot'), [], 'an empty mission has home');
  t.strictSame(differences([], [], 'ardupilot'), [], 'or, as ArduCopter 4.6.3 gives it after a clear, nothing');
  // PX4's angle went through radians.
  const headed = [placed(MavCmd.NAV_WAYPOINT, 0, 0, 0, 359.9999)];
  t.strictSame(
    differences(headed, [{ ...stored(headed[0] as MissionItem, 'px4'), params: [0, 0, 0, 0.0003] }], 'px4'),
    [],
  );
});

t.test('one thing that is flown differently is named', async (t) => {
  const sent = aMission('ardupilot');
  const changed = (seq: number, o: Partial<MissionItem>): readonly MissionItem[] =>
    asStored(sent, 'ardupilot').map((item, index) => (index === seq ? { ...item, ...o } : item));
  const of = (seq: number, o: Partial<MissionItem>) => differences(sent, changed(seq, o), 'ardupilot');
  t.match(of(2, { x: 470_001_001 }), [{ seq: 2, field: 'x', wanted: 470_001_000, got: 470_001_001 }]);
  t.match(of(2, { z: 21.01 }), [{ seq: 2, field: 'z' }], 'a centimetre');
  t.match(of(2, { frame: 0 }), [{ seq: 2, field: 'frame', wanted: 3, got: 0 }]);
  t.match(of(3, { params: [1, 0, 0, 0] }), [{ seq: 3, field: 'param1' }]);
  t.match(of(3, { command: MavCmd.NAV_LAND }), [{ seq: 3, field: 'command' }]);
  t.match(differences(sent, changed(9, {}).slice(0, -1), 'ardupilot'), [{ seq: null, field: 'count' }]);
});

t.test('what does not fit what it is kept in never compares equal', async (t) => {
  for (const item of [
    placed(MavCmd.NAV_WAYPOINT, 70_000),
    placed(MavCmd.NAV_PAYLOAD_PLACE, 700),
    plain(MavCmd.DO_JUMP, 1, 40_000),
  ]) {
    const sent = [HOME_ITEM, item];
    t.not(differences(sent, sent, 'ardupilot').length, 0, `${item.command} ${item.params}`);
    t.not(differences(sent, asStored(sent, 'ardupilot'), 'ardupilot').length, 0);
  }
});

/** Commands an itinerary uses, with arguments that may stand in one. */
const anItem = fc
  .record({
    command: fc.constantFrom(16, 17, 19, 20, 21, 22, 93, 94, 112, 177, 178, 211, 42_600),
    p: fc.array(fc.oneof(fc.integer({ min: 0, max: 3 }), fc.float({ noNaN: true, min: -1, max: 600 })), {
      minLength: 4,
      maxLength: 4,
    }),
    frame: fc.constantFrom(0, 3, 5, 6),
    x: fc.integer({ min: -900_000_000, max: 900_000_000 }),
    y: fc.integer({ min: -1_800_000_000, max: 1_800_000_000 }),
    z: fc.float({ noNaN: true, min: -400, max: 5_000 }),
  })
  .map(({ command, p, frame, x, y, z }): MissionItem => {
    const params = [p[0] ?? 0, p[1] ?? 0, p[2] ?? 0, p[3] ?? 0] as const;
    const hasPlace = [16, 17, 19, 21, 22, 94].includes(command);
    return hasPlace ? { frame, command, params, x, y, z } : { frame: 2, command, params, x: 0, y: 0, z: 0 };
  });

t.test(`stored twice is stored once, and one changed bit shows (SEED=${SEED})`, async () => {
  const flavour = fc.constantFrom('ardupilot' as const, 'px4' as const);
  const each = (items: readonly MissionItem[], name: MissionFlavour, at: number): void => {
    const sent = [HOME_ITEM, ...items.filter((item) => itemFault('mission', item, 1, name) === null)];
    const once = asStored(sent, name);
    const twice = asStored(once, name);
    // Its cut of centimetres may cut once more; never by more than one.
    const wanted = differences(once, twice, name).filter(({ field }) => field !== 'z' && field !== 'param1');
    if (wanted.length > 0) throw new Error(JSON.stringify(wanted));
    if (differences(sent, once, name).length > 0) throw new Error(JSON.stringify(differences(sent, once, name)));
    const seq = 1 + (at % Math.max(1, sent.length - 1));
    if (sent.length < 2) return;
    const moved = once.map((item, index) => (index === seq ? { ...item, x: item.x + 1 } : item));
    if (differences(sent, moved, name).length !== 1) throw new Error('a degE7 was not seen');
    const hash = (mission: readonly MissionItem[]): string => hashOf({ mission, fence: [], rally: [] }, name);
    if (hash(once) === hash(moved)) throw new Error('nor by the hash');
  };
  fc.assert(fc.property(fc.array(anItem, { maxLength: 12 }), flavour, fc.nat(100), each), {
    seed: SEED,
    numRuns: 3_000,
  });
});

const HOME = { latDeg: 47.1, lonDeg: 8.2, altAmslM: 488.5 };
const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const hashOf = (lists: HeldLists, flavour: MissionFlavour, home = HOME): string =>
  missionHash(lists, home, flavour, sha);

t.test('the hash is of all lists and of home, and of nothing that drifts', async (t) => {
  const lists = { mission: aMission('ardupilot'), fence: [waypoint(1)], rally: [waypoint(2)] };
  const one = hashOf(lists, 'ardupilot');
  t.equal(hashOf(lists, 'ardupilot'), one);
  const drifted = { ...lists, mission: [{ ...HOME_ITEM, x: 9, z: 4 }, ...lists.mission.slice(1)] };
  t.equal(hashOf(drifted, 'ardupilot'), one, 'item 0 is home');
  t.not(hashOf(lists, 'px4'), one, 'and is flown to on PX4');
  t.not(hashOf(lists, 'ardupilot', { ...HOME, latDeg: 47.1001 }), one);
  t.not(missionHash(lists, null, 'ardupilot', sha), one);
  t.not(hashOf({ ...lists, fence: lists.rally, rally: lists.fence }, 'ardupilot'), one, 'which list counts');
  t.not(hashOf({ ...lists, fence: [] }, 'ardupilot'), one);
  const nan = (bits: Uint8Array): number => new DataView(bits.buffer).getFloat32(0);
  const [a, b] = [Uint8Array.of(0x7f, 0xc0, 0, 1), Uint8Array.of(0x7f, 0xc0, 0, 2)].map(nan);
  const yawed = (yaw = 0) => ({ mission: [placed(16, 0, 0, 0, yaw)], fence: [], rally: [] });
  t.strictSame(missionBytes(yawed(a), HOME, 'px4'), missionBytes(yawed(b), HOME, 'px4'), 'every NaN alike');
});
