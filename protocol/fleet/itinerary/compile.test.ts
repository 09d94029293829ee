/** What a plan becomes on an autopilot: the gate leads to the return, the release begins at a navigation item. */
import t from 'tap';
import {
  CMD,
  type Compiled,
  compile,
  type DeliverItem,
  type Flavour,
  type Itinerary,
  isNavigation,
  seqOfItem,
} from './index.ts';

const BASE = { latDeg: 47.3977, lonDeg: 8.5456 };
const DOOR = { latDeg: 47.4027, lonDeg: 8.5496 };
const delivery = (how: DeliverItem['how'], more: Partial<DeliverItem> = {}): DeliverItem => ({
  ...{ do: 'deliver', ...DOOR, altM: 40, frame: 'home', how },
  ...more,
});
const plan = (...deliveries: readonly DeliverItem[]): Itinerary => ({
  id: 'round',
  version: 1,
  base: BASE,
  items: [
    { do: 'take-off', altM: 30 },
    { do: 'waypoint', latDeg: 47.4, lonDeg: 8.547, altM: 480.5, frame: 'amsl', speedMps: 8, holdS: 2 },
    ...deliveries,
    { do: 'loiter', ...BASE, altM: 35, frame: 'terrain', forS: 20 },
    { do: 'return' },
  ],
});
const commands = (compiled: Compiled): number[] => compiled.mission.map(({ command }) => command);
const release = (how: DeliverItem['how'], flavour: Flavour, more: Partial<DeliverItem> = {}, winchMps = 0.5) => {
  const compiled = compile(plan(delivery(how, more)), { flavour, winchMps });
  const { releaseSeq = -1, climbSeq = -1 } = compiled.deliveries[0] ?? {};
  return compiled.mission.slice(releaseSeq, climbSeq + 1);
};

t.test('ArduPilot: home first, the take-off is item 1, altitudes keep what they count from', async (t) => {
  const { mission, steps } = compile(plan(), { flavour: 'ardupilot' });
  t.same(mission[0], { frame: 0, command: 16, params: [0, 0, 0, 0], x: 473977000, y: 85456000, z: 0 });
  t.match(mission[1], { command: CMD.NAV_TAKEOFF, frame: 3, x: 0, y: 0, z: 30 });
  t.match(mission[2], { command: CMD.DO_CHANGE_SPEED, frame: 2, params: [1, 8, -1, 0] });
  t.match(mission[3], { command: CMD.NAV_WAYPOINT, frame: 0, params: [2, 0, 0, 0], x: 474000000, z: 480.5 });
  t.match(mission[4], { command: CMD.NAV_LOITER_TIME, frame: 10, params: [20, 0, 1, 0], z: 35 });
  t.match(mission[5], { command: CMD.NAV_RETURN_TO_LAUNCH, frame: 2 });
  t.same(
    steps.map(({ seq, item, role, navigation }) => `${seq} ${item} ${role} ${navigation}`),
    ['0 null home false', '1 0 take-off true', '2 1 speed false', '3 1 fly true', '4 2 wait true', '5 3 return true'],
  );
});

t.test(
  'PX4: no placeholder of home, the take-off names its place, a yaw it would turn to is not a number',
  async (t) => {
    const { mission } = compile(plan(), { flavour: 'px4' });
    t.match(mission[0], { command: CMD.NAV_TAKEOFF, x: 473977000, y: 85456000 });
    t.ok(Number.isNaN(mission[0]?.params[3]) && Number.isNaN(mission[2]?.params[3]));
  },
);

for (const flavour of ['ardupilot', 'px4'] as const) {
  t.test(
    `${flavour}: every gate leads to the return, and no way leads into a release but a jump set by the agent`,
    async (t) => {
      const compiled = compile(plan(delivery('place'), delivery('winch', { releaseAltM: 12 })), { flavour });
      t.equal(compiled.deliveries.length, 2);
      for (const { approachSeq, gateSeq, releaseSeq, climbSeq, afterSeq, item } of compiled.deliveries) {
        const { mission, steps, returnSeq } = compiled;
        t.match(mission[approachSeq], { command: CMD.NAV_WAYPOINT, z: 40 });
        t.match(mission[gateSeq], { command: CMD.NAV_LOITER_TIME, params: [60], z: 40 }, 'default gate');
        const jump = mission[gateSeq + 1];
        t.match(jump, { command: CMD.DO_JUMP, params: [returnSeq, flavour === 'px4' ? 32767 : -1] });
        t.equal(releaseSeq, gateSeq + 2, 'right behind the jump: nothing flows into it');
        for (const seq of [approachSeq, gateSeq, releaseSeq, climbSeq, afterSeq])
          t.ok(steps[seq]?.navigation, `${seq}`);
        t.equal(mission[returnSeq]?.command, CMD.NAV_RETURN_TO_LAUNCH);
        t.equal(seqOfItem(compiled, item), approachSeq, 'resuming a delivery goes through its gate again');
        t.not(steps[afterSeq]?.item, item);
      }
      // Flown with no agent: the items an autopilot visits by itself.
      const visited: number[] = [];
      for (let seq = 0; seq < compiled.mission.length; ) {
        visited.push(seq);
        const item = compiled.mission[seq];
        seq = item?.command === CMD.DO_JUMP ? item.params[0] : seq + 1;
      }
      t.notOk(visited.some((seq) => ['descend', 'release', 'climb'].includes(compiled.steps[seq]?.role ?? '')));
      t.equal(visited.at(-1), compiled.returnSeq);
    },
  );
}

t.test(
  'a gate that leads along the plan jumps over its release to the next item, and no way leads into the release',
  async (t) => {
    for (const flavour of ['ardupilot', 'px4'] as const) {
      for (const how of ['place', 'winch', 'gripper'] as const) {
        const { mission, steps, deliveries, returnSeq } = compile(
          plan(delivery(how, { releaseAltM: 12, shut: 'along' })),
          { flavour },
        );
        const visited: number[] = [];
        for (let seq = 0; seq < mission.length; ) {
          visited.push(seq);
          const item = mission[seq];
          seq = item?.command === CMD.DO_JUMP ? item.params[0] : seq + 1;
        }
        t.ok(visited.includes(deliveries[0]?.afterSeq ?? -1), 'the loiter behind the delivery is flown');
        t.notOk(visited.some((seq) => ['descend', 'release', 'climb'].includes(steps[seq]?.role ?? '')));
        t.equal(visited.at(-1), returnSeq);
      }
    }
  },
);

t.test('the release of each method, on each autopilot', async (t) => {
  const list = (items: ReturnType<typeof release>) => items.map(({ command }) => command);
  const { NAV_WAYPOINT: WP, NAV_LAND: LAND, NAV_TAKEOFF: UP, NAV_DELAY: WAIT, DO_GRIPPER: GRIP, DO_WINCH: WINCH } = CMD;
  t.match(release('place', 'ardupilot')[0], { command: CMD.NAV_PAYLOAD_PLACE, params: [50, 0, 0, 0], z: 40 });
  t.match(release('place', 'ardupilot', { maxDescentM: 33 })[0], { params: [33] });
  t.same(list(release('place', 'px4')), [LAND, GRIP, WAIT, UP, WP], 'PX4 has no place, and returns only from the air');
  for (const flavour of ['ardupilot', 'px4'] as const) {
    t.same(list(release('gripper', flavour)), [LAND, GRIP, WAIT, UP, WP]);
    const hover = release('gripper', flavour, { releaseAltM: 4 });
    t.same(list(hover), [WP, GRIP, WAIT, WP]);
    t.match(hover[0], { z: 4, frame: 3 });
    t.match(hover[1], { params: [1, 0] }, '0 releases');
    t.same(list(release('drop', flavour, { releaseAltM: 8 })), [WP, GRIP, WAIT, WP]);
    t.same(list(release('winch', flavour, { releaseAltM: 12 })), [WP, WINCH, WAIT, WINCH, WAIT, WP]);
  }
  for (const [how, flavour] of [
    ['place', 'ardupilot'],
    ['place', 'px4'],
    ['gripper', 'ardupilot'],
  ] as const) {
    const [waitS] = release(how, flavour).at(-1)?.params ?? [];
    t.equal(waitS, 5, `${how}, ${flavour}: from the ground it comes up and hovers, so that it can be weighed`);
  }
  const [, out, wait, back] = release('winch', 'ardupilot', { releaseAltM: 12, lineM: 14 }, 0.7);
  t.same(out?.params, [1, 1, 14, 0.7], 'ArduCopter: length control');
  t.same(back?.params, [1, 1, -14, 0.7]);
  t.match(wait?.params, [25], '14 m at 0.7 m/s, and 5 s');
  const [, deliver, , retract] = release('winch', 'px4', { releaseAltM: 12 });
  t.match(deliver?.params, [1, 4]);
  t.match(retract?.params, [1, 6]);
  t.match(release('drop', 'px4', { releaseAltM: 8, frame: 'amsl', altM: 500 })[0], { z: 8, frame: 3 });
});

t.test('a landing "here" is named: a gate jumps to it from elsewhere', async (t) => {
  const items = [...plan(delivery('place')).items.slice(0, -1), { do: 'land' }] as Itinerary['items'];
  const { mission, returnSeq } = compile({ ...plan(), items }, { flavour: 'ardupilot' });
  t.match(mission[returnSeq], { command: CMD.NAV_LAND, x: 473977000, y: 85456000 });
});

t.test('fence and rally as lists of their own', async (t) => {
  const ring = [BASE, DOOR, { latDeg: 47.39, lonDeg: 8.56 }];
  const { fence, rally } = compile(
    {
      ...plan(),
      fence: {
        polygons: [{ inside: true, points: ring }],
        circles: [{ inside: false, centre: DOOR, radiusM: 55.5 }],
      },
      rally: [{ ...DOOR, altM: 25 }],
    },
    { flavour: 'ardupilot' },
  );
  t.same(commands({ mission: fence } as Compiled), [5001, 5001, 5001, 5004]);
  t.match(fence[0], { params: [3, 0, 0, 0] });
  t.match(fence[3], { params: [55.5, 0, 0, 0], x: 474027000 });
  t.same(rally, [{ frame: 3, command: 5100, params: [0, 0, 0, 0], x: 474027000, y: 85496000, z: 25 }]);
  t.ok(isNavigation(CMD.NAV_DELAY) && !isNavigation(CMD.DO_GRIPPER) && !isNavigation(CMD.DO_WINCH));
});
