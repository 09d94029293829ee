import type { Itinerary } from '@skein/protocol/fleet';
import type { Messages } from '@skein/protocol/mavlink';
import t from 'tap';
import { GripperWatch } from './gripper-watch.ts';

const plan = (how: 'drop' | 'winch'): Itinerary => ({
  id: 'round',
  version: 1,
  items: [{ do: 'deliver', latDeg: 47, lonDeg: 8, altM: 20, frame: 'home', how }],
});
const told = (servo9_raw: number) => ({ servo9_raw }) as Messages['SERVO_OUTPUT_RAW'];
const GRIPPER = { GRIP_RELEASE: 1900, GRIP_GRAB: 1100, SERVO9_FUNCTION: 28 };
const never = new AbortController().signal;

/** Parameters of an autopilot; what it does not answer for is null. */
function watch(of: Readonly<Record<string, number | null>>) {
  const asked: string[] = [];
  const gripper = new GripperWatch(async (name) => {
    asked.push(name);
    return of[name] === undefined ? 0 : of[name];
  });
  return { gripper, asked };
}

t.test('open or closed, once it knows which output the gripper is', async (t) => {
  const { gripper } = watch(GRIPPER);
  t.equal(gripper.stateOf(told(1900)), null, 'nothing is known yet');
  t.notOk(gripper.isLearnt);
  await gripper.learn(plan('drop'), 'ardupilot', never);
  t.ok(gripper.isLearnt);
  t.equal(gripper.stateOf(told(1880)), 'open');
  t.equal(gripper.stateOf(told(1100)), 'closed');
  t.equal(gripper.stateOf(told(1500)), null);
});

t.test('what was not answered is asked again another time; a winch and a PX4 need nothing', async (t) => {
  const deaf = watch({ ...GRIPPER, SERVO9_FUNCTION: null });
  await deaf.gripper.learn(plan('drop'), 'ardupilot', never);
  t.notOk(deaf.gripper.isLearnt);
  for (const [how, flavour] of [
    ['winch', 'ardupilot'],
    ['drop', 'px4'],
  ] as const) {
    const { gripper, asked } = watch(GRIPPER);
    await gripper.learn(plan(how), flavour, never);
    t.ok(gripper.isLearnt);
    t.same(asked, []);
  }
});
