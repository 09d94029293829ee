import t from 'tap';
import { beginControl, controlOf } from './control.ts';
import type { ControlInput, ControlMemory } from './control-types.ts';
import { ardupilot } from './flavours/ardupilot.ts';

const STABILIZE = 0;
const AUTO = 3;
const GUIDED = 4;
const LOITER = 5;
const RTL = 6;
const LAND = 9;
const ARM = 400;
const SET_MODE = 176;
const STANDBY = 3;
const ACTIVE = 4;
const CRITICAL = 5;

function begin() {
  let memory: ControlMemory = beginControl(0);
  let nowMs = 0;
  const say = (input: ControlInput): void => {
    memory = controlOf(memory, input, nowMs, ardupilot);
  };
  const world = {
    get now() {
      return memory.snapshot;
    },
    get state() {
      return memory.snapshot.state;
    },
    get taken() {
      return memory.snapshot.taken;
    },
    say,
    later: (ms: number) => {
      nowMs += ms;
      say({ kind: 'time', alive: true });
    },
    beat: (mode: number, armed: boolean, status = armed ? ACTIVE : STANDBY) => {
      nowMs += 100;
      say({ kind: 'heartbeat', mode, armed, status });
    },
    mode: (mode: number) => say({ kind: 'expect', command: SET_MODE, expected: { modes: [mode] } }),
    text: (text: string) => say({ kind: 'text', text }),
    /** Armed by us, flying in a mode. */
    fly: (mode: number) => {
      world.beat(GUIDED, false);
      say({ kind: 'expect', command: ARM, expected: { armed: true } });
      world.beat(GUIDED, true);
      world.mode(mode);
      world.beat(mode, true);
    },
  };
  return world;
}

t.test('nobody knows before the first heartbeat; disarmed it is ours', async (t) => {
  const world = begin();
  t.equal(world.state, 'unknown');
  world.beat(STABILIZE, false);
  t.equal(world.state, 'skein');
});

t.test('what we commanded is not a pilot', async (t) => {
  const world = begin();
  world.fly(AUTO);
  world.mode(RTL);
  world.beat(RTL, true);
  world.beat(RTL, false, STANDBY);
  t.match(world.now, { state: 'skein', taken: 0, why: 'landed, and disarmed by itself' });
});

for (const mode of [STABILIZE, LOITER, RTL, LAND, GUIDED]) {
  t.test(`a mode change in AUTO that we did not command takes control with that heartbeat (${mode})`, async (t) => {
    const world = begin();
    world.fly(AUTO);
    world.beat(mode, true);
    t.match(world.now, { state: 'pilot', taken: 1 });
    world.beat(AUTO, true);
    t.equal(world.state, 'pilot', 'and back is still the pilot');
    world.beat(AUTO, false);
    t.equal(world.state, 'skein', 'until the motors are off');
  });
}

t.test('armed by somebody else: a pilot flies, until an operator takes control', async (t) => {
  const world = begin();
  world.beat(STABILIZE, false);
  world.beat(STABILIZE, true);
  t.match(world.now, { state: 'pilot', taken: 1 });
  world.say({ kind: 'take-control', by: 'Ann' });
  t.match(world.now, { state: 'skein', why: 'taken by Ann' });
});

t.test('a switch turned between our arming and the heartbeat that tells of it: the pilot', async (t) => {
  const world = begin();
  world.beat(STABILIZE, false);
  world.mode(GUIDED);
  world.beat(GUIDED, false);
  const arm = () => world.say({ kind: 'expect', command: ARM, expected: { armed: true } });
  arm();
  world.beat(LAND, true);
  t.match(world.now, { state: 'pilot', taken: 1 });
  const late = begin();
  late.beat(STABILIZE, false);
  late.mode(GUIDED);
  late.say({ kind: 'expect', command: ARM, expected: { armed: true } });
  late.beat(GUIDED, true);
  t.match(late.now, { state: 'skein', taken: 0 }, 'both ours, and told by one heartbeat');
});

t.test('a disarm that we did not command ends what is under way', async (t) => {
  const world = begin();
  world.fly(GUIDED);
  world.beat(GUIDED, false);
  t.match(world.now, { state: 'skein', taken: 1 });
});

t.test('our command and the pilot’s switch in the same second: the pilot', async (t) => {
  const world = begin();
  world.fly(AUTO);
  world.mode(RTL);
  world.beat(STABILIZE, true);
  t.match(world.now, { state: 'pilot', taken: 1 });
});

t.test('what was refused is expected no more', async (t) => {
  const world = begin();
  world.fly(GUIDED);
  world.mode(AUTO);
  world.say({ kind: 'refused', command: SET_MODE });
  world.beat(AUTO, true);
  t.equal(world.state, 'pilot');
});

t.test('an operator’s return while a pilot flies leaves the pilot in control', async (t) => {
  const world = begin();
  world.fly(AUTO);
  world.beat(LOITER, true);
  world.mode(RTL);
  world.beat(RTL, true);
  t.match(world.now, { state: 'pilot', taken: 1 });
});

t.test('a failsafe: its status with the mode', async (t) => {
  const world = begin();
  world.fly(AUTO);
  world.beat(RTL, true, CRITICAL);
  t.match(world.now, { state: 'autopilot-failsafe', taken: 1, failsafeSeen: true });
  world.beat(RTL, true, ACTIVE);
  t.equal(world.state, 'autopilot-failsafe', 'over, and it still flies what the failsafe chose');
  world.mode(GUIDED);
  world.beat(GUIDED, true);
  t.equal(world.state, 'skein');
  t.equal(world.now.failsafeSeen, true);
});

t.test('a failsafe without a status (fence): its text before or after the mode', async (t) => {
  const before = begin();
  before.fly(AUTO);
  before.text('Fence Breached');
  before.beat(RTL, true);
  t.equal(before.state, 'autopilot-failsafe');
  const after = begin();
  after.fly(AUTO);
  after.beat(RTL, true);
  t.equal(after.state, 'pilot', 'at first');
  after.text('Max Alt fence breached');
  t.equal(after.state, 'autopilot-failsafe');
  after.beat(RTL, false);
  t.equal(after.state, 'skein');
});

t.test('a failsafe that only goes on is none that acts', async (t) => {
  const world = begin();
  world.fly(AUTO);
  world.beat(AUTO, true, CRITICAL);
  world.text('Radio Failsafe - Continuing Auto Mode');
  t.equal(world.state, 'skein');
  world.beat(AUTO, true, CRITICAL);
  t.equal(world.state, 'skein');
  world.text('Battery 1 is low 10.50V used 2466 mAh');
  world.beat(RTL, true, CRITICAL);
  t.equal(world.state, 'autopilot-failsafe', 'the next one is');
});

t.test('a pilot takes over from a failsafe', async (t) => {
  const world = begin();
  world.fly(AUTO);
  world.beat(RTL, true, CRITICAL);
  world.beat(STABILIZE, true, CRITICAL);
  t.match(world.now, { state: 'pilot', taken: 2 });
  const switched = begin();
  switched.fly(AUTO);
  switched.beat(RTL, true, CRITICAL);
  switched.say({ kind: 'rc', modeUs: 1_500, healthy: true });
  switched.say({ kind: 'rc', modeUs: 1_900, healthy: true });
  switched.beat(LAND, true, CRITICAL);
  t.equal(switched.state, 'pilot', 'LAND by the switch');
});

t.test('reasons not to arm are no failsafes', async (t) => {
  const world = begin();
  world.fly(AUTO);
  for (const text of ['PreArm: Battery failsafe', 'Arm: GCS failsafe on', 'GCS Failsafe Cleared']) world.text(text);
  t.match(world.now, { state: 'skein', taken: 0 });
});

t.test('found armed: adopted, until an operator takes it or it lands', async (t) => {
  const world = begin();
  world.beat(AUTO, true);
  t.match(world.now, { state: 'unknown', adopted: true });
  world.say({ kind: 'take-control', by: 'Ann' });
  t.match(world.now, { state: 'skein', adopted: false });
  const lands = begin();
  lands.beat(AUTO, true);
  lands.beat(AUTO, false);
  t.match(lands.now, { state: 'skein', adopted: false });
});

t.test('another station writes: on the ground for a while, in the air until taken back', async (t) => {
  const world = begin();
  world.beat(STABILIZE, false);
  world.say({ kind: 'foreign-write', what: 'PARAM_SET', who: '255/190' });
  t.match(world.now, { state: 'other-station', taken: 1 });
  world.later(5_000);
  t.equal(world.state, 'other-station');
  world.later(6_000);
  t.equal(world.state, 'skein');
  world.fly(AUTO);
  const { taken } = world;
  world.say({ kind: 'foreign-write', what: 'MISSION_COUNT', who: '255/190' });
  t.match(world.now, { state: 'other-station', taken: taken + 1 });
  world.later(60_000);
  t.equal(world.state, 'other-station');
  world.say({ kind: 'take-control', by: 'Ann' });
  t.equal(world.state, 'skein');
});

t.test('a mode change right after a station’s command is the station’s', async (t) => {
  const world = begin();
  world.beat(STABILIZE, false);
  world.fly(AUTO);
  world.say({ kind: 'foreign-write', what: 'COMMAND_LONG DO_SET_MODE', who: '255/190' });
  world.beat(LOITER, true);
  t.equal(world.state, 'other-station');
  const silent = begin();
  silent.fly(AUTO);
  silent.say({ kind: 'rc', modeUs: null, healthy: false });
  silent.say({ kind: 'station' });
  silent.beat(LOITER, true);
  t.equal(silent.state, 'other-station', 'no receiver, and a station about');
});

t.test('a second companion or autopilot: read-only while it is heard', async (t) => {
  for (const what of ['companion', 'autopilot'] as const) {
    const world = begin();
    world.fly(AUTO);
    world.say({ kind: 'second', what });
    world.say({ kind: 'second', what });
    t.match(world.now, { state: 'other-station', readOnly: true, taken: 1 });
    world.later(11_000);
    t.match(world.now, { state: 'skein', readOnly: false });
  }
});

t.test('silence: not known; what changed meanwhile was not us', async (t) => {
  const world = begin();
  world.fly(AUTO);
  world.say({ kind: 'time', alive: false });
  t.equal(world.state, 'unknown');
  world.beat(AUTO, true);
  t.match(world.now, { state: 'skein', taken: 0 });
  world.say({ kind: 'time', alive: false });
  world.beat(LOITER, true);
  t.match(world.now, { state: 'pilot', taken: 1 });
});

t.test('a reboot is nobody’s doing; in the air it is adopted again', async (t) => {
  const world = begin();
  world.beat(GUIDED, false);
  world.say({ kind: 'expect', command: 246, expected: { reboot: true } });
  world.beat(STABILIZE, false, 0);
  world.say({ kind: 'rebooted' });
  world.beat(STABILIZE, false, 1);
  t.match(world.now, { state: 'skein', taken: 0 });
  world.fly(AUTO);
  world.say({ kind: 'rebooted' });
  world.beat(STABILIZE, true);
  t.match(world.now, { state: 'unknown', adopted: true });
});
