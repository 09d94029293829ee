/** PX4 changes its mode for the return of a mission: nobody's doing as its turn comes, unless a switch or a failsafe speaks for itself. */
import t from 'tap';
import { beginControl, controlOf } from './control.ts';
import type { ControlInput } from './control-types.ts';
import { px4 } from './flavours/px4.ts';

const ARM = 400;
const SET_MODE = 176;
const [STANDBY, ACTIVE, CRITICAL] = [3, 4, 5];
const mode = (name: string): number => px4.modeNumber(name) ?? -1;

/** Flying its mission, or in another mode, by our order. */
function flown(last = 'AUTO.MISSION') {
  let memory = beginControl(0);
  let nowMs = 0;
  const say = (input: ControlInput): void => {
    nowMs += 100;
    memory = controlOf(memory, input, nowMs, px4);
  };
  const beat = (name: string, armed = true, status = armed ? ACTIVE : STANDBY): void =>
    say({ kind: 'heartbeat', mode: mode(name), armed, status: status ?? 0 });
  beat('AUTO.LOITER', false);
  say({ kind: 'expect', command: ARM, expected: { armed: true } });
  beat('AUTO.LOITER');
  say({ kind: 'expect', command: SET_MODE, expected: { modes: [mode(last)] } });
  beat(last);
  nowMs += 20_000;
  say({ kind: 'time', alive: true });
  const later = (ms: number): void => {
    nowMs += ms;
  };
  return { say, beat, later, state: () => memory.snapshot.state };
}

t.test('by its plan', async (t) => {
  const world = flown();
  t.equal(world.state(), 'skein');
  world.say({ kind: 'last-item' });
  world.beat('AUTO.RTL');
  t.equal(world.state(), 'skein');
  world.beat('POSCTL');
  t.equal(world.state(), 'pilot');
});

t.test('before the turn of its last item, or long after: a pilot', async (t) => {
  const before = flown();
  before.beat('AUTO.RTL');
  t.equal(before.state(), 'pilot');
  const after = flown();
  after.say({ kind: 'last-item' });
  after.later(5_000);
  after.beat('AUTO.RTL');
  t.equal(after.state(), 'pilot');
});

t.test('by the mode switch', async (t) => {
  const world = flown();
  for (const modeUs of [1_100, 1_900]) world.say({ kind: 'rc', modeUs, healthy: true });
  world.say({ kind: 'last-item' });
  world.beat('AUTO.RTL');
  t.equal(world.state(), 'pilot');
});

t.test('by a failsafe, whether it says so before or after', async (t) => {
  const world = flown();
  world.beat('AUTO.RTL', true, CRITICAL);
  t.equal(world.state(), 'autopilot-failsafe');
  const late = flown();
  late.beat('AUTO.RTL');
  late.say({ kind: 'text', text: 'Failsafe activated: low battery' });
  t.equal(late.state(), 'autopilot-failsafe');
});

t.test('what a switch may do as well is nobody’s own way', async (t) => {
  for (const [from, to] of [
    ['AUTO.MISSION', 'AUTO.LOITER'],
    ['AUTO.RTL', 'AUTO.LAND'],
    ['AUTO.RTL', 'AUTO.LOITER'],
    ['AUTO.TAKEOFF', 'AUTO.LOITER'],
  ] as const) {
    const world = flown(from);
    t.equal(world.state(), 'skein', from);
    world.beat(to);
    t.equal(world.state(), 'pilot', `${from} → ${to}`);
  }
});

t.test('armed and in its mission by one command, told by one heartbeat', async (t) => {
  let memory = beginControl(0);
  const say = (input: ControlInput): void => {
    memory = controlOf(memory, input, 100, px4);
  };
  say({ kind: 'heartbeat', mode: mode('AUTO.LOITER'), armed: false, status: 3 });
  say({ kind: 'expect', command: 300, expected: { armed: true, modes: [mode('AUTO.MISSION')] } });
  say({ kind: 'heartbeat', mode: mode('AUTO.MISSION'), armed: true, status: 4 });
  t.match(memory.snapshot, { state: 'skein', taken: 0 });
});
