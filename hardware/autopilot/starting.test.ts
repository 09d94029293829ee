/** A client and a scripted autopilot: from standing to flying a mission, and everything that may go wrong on the way. */
import { MavCmd } from '@skein/protocol/mavlink';
import t from 'tap';
import type { IntentOptions } from './intent.ts';
import { ASKING, AUTO, BASE, PX4_MISSION, type Script, Standing } from './testing/standing.ts';

const FAILED = 4;
const WHOLE = ['DO_SET_MISSION_CURRENT', 'DO_SET_MODE', 'COMPONENT_ARM_DISARM', 'MISSION_START'];

t.test(
  'ArduPilot: to its beginning, GUIDED, armed, home looked at again, MISSION_START; and it is our own doing',
  async (t) => {
    const drone = new Standing();
    const { outcome, commands } = await drone.order('start', { base: BASE });
    t.match(outcome, { ok: true, how: 'started', detail: { mode: 'AUTO' } });
    t.strictSame(commands, WHOLE);
    t.match(drone.client.control, { state: 'skein', taken: 0 });
  },
);

t.test('PX4: home before, then the mission’s mode, and arming starts it', async (t) => {
  const drone = new Standing({ px4: true });
  const { outcome, commands } = await drone.order('start', { base: BASE });
  t.match(outcome, { ok: true, how: 'started' });
  t.strictSame(commands, WHOLE.slice(0, 3));
  t.match(drone.client.control, { state: 'skein', taken: 0 });
  const moved = await new Standing({ px4: true, homeLatDeg: 47.001 }).order('start', { base: BASE });
  t.match(moved.outcome, { ok: false, code: 'home-moved' });
  t.strictSame(moved.commands, ['DO_SET_MISSION_CURRENT'], 'never armed');
});

t.test(
  'PX4: in the mission of the flight before its home stays behind: out of it first, and home follows',
  async (t) => {
    const drone = new Standing({ px4: true, homeInMissionLatDeg: 47.0002 });
    drone.mode = PX4_MISSION;
    const { outcome, commands } = await drone.order('start', { base: BASE });
    t.match(outcome, { ok: true, how: 'started' });
    t.strictSame(commands, ['DO_SET_MISSION_CURRENT', 'DO_SET_MODE', 'DO_SET_MODE', 'COMPONENT_ARM_DISARM']);
  },
);

t.test('PX4: told to arm, in the mission of the flight before: it is armed, and does not rise', async (t) => {
  const drone = new Standing({ px4: true });
  drone.mode = PX4_MISSION;
  const { outcome, commands } = await drone.order('arm');
  t.match(outcome, { ok: true });
  t.strictSame(commands, ['DO_SET_MODE', 'COMPONENT_ARM_DISARM']);
  t.equal(drone.landed, 1);
  const stuck = new Standing({ px4: true, answers: new Map([[MavCmd.DO_SET_MODE, FAILED]]) });
  stuck.mode = PX4_MISSION;
  const refused = await stuck.order('arm');
  t.match(refused.outcome, { ok: false });
  t.notOk(refused.commands.includes('COMPONENT_ARM_DISARM'));
});

t.test('home elsewhere after arming, or not said: disarmed again, and never MISSION_START', async (t) => {
  for (const script of [{ homeLatDeg: 47.0001 }, { silentAboutHome: true }]) {
    const drone = new Standing(script);
    const { outcome, commands } = await drone.order('start', { base: BASE });
    t.match(outcome, { ok: false, code: 'home-moved', sent: true });
    t.strictSame(commands, [...WHOLE.slice(0, 3), 'COMPONENT_ARM_DISARM']);
    t.equal(drone.armed, false);
    t.equal(drone.client.control.state, 'skein');
  }
  const stale = new Standing({ silentAboutHome: true });
  await stale.run(1_500);
  stale.sayHome();
  t.not(stale.client.state.home, null);
  const { outcome } = await stale.order('start', { base: BASE });
  t.match(outcome, { ok: false, code: 'home-moved' }, 'what was said before the arming does not count');
  const near = await new Standing({ homeLatDeg: 47.00004 }).order('start', { base: BASE });
  t.match(near.outcome, { ok: true }, '4.4 m');
});

t.test('whatever fails, it stands disarmed and out of AUTO', async (t) => {
  const stories: readonly (readonly [Script, object, string[]])[] = [
    [
      { answers: new Map([[MavCmd.DO_SET_MISSION_CURRENT as number, FAILED]]) },
      { code: 'refused' },
      ['DO_SET_MISSION_CURRENT'],
    ],
    [{ answers: new Map([[MavCmd.COMPONENT_ARM_DISARM as number, FAILED]]) }, { code: 'refused' }, WHOLE.slice(0, 3)],
    [
      { answers: new Map([[MavCmd.MISSION_START as number, FAILED]]) },
      { code: 'refused' },
      [...WHOLE, 'COMPONENT_ARM_DISARM'],
    ],
    [
      { answers: new Map([[MavCmd.MISSION_START as number, null]]) },
      { code: 'no-ack' },
      [...WHOLE, 'COMPONENT_ARM_DISARM'],
    ],
    [
      { neverRises: true },
      { code: 'no-effect', detail: 'it does not rise' },
      [...WHOLE, 'COMPONENT_ARM_DISARM', 'DO_SET_MODE'],
    ],
  ];
  for (const [script, wanted, commanded] of stories) {
    const drone = new Standing(script);
    const { outcome, commands } = await drone.order('start', { base: BASE });
    t.match(outcome, { ok: false, ...wanted });
    t.strictSame(commands, commanded);
    t.equal(drone.armed, false);
    t.not(drone.mode, AUTO);
  }
});

const whenTakenToArm = (drone: Standing, run: () => void): void => {
  drone.client.onMessage((message) => {
    if (message.name === 'COMMAND_ACK' && message.fields.command === MavCmd.COMPONENT_ARM_DISARM) run();
  });
};

t.test('called off half-way by its own side: disarmed; by a pilot, or both at once: left to him', async (t) => {
  const abort = new AbortController();
  const ours = new Standing();
  whenTakenToArm(ours, () => abort.abort());
  const { outcome } = await ours.order('start', { base: BASE, signal: abort.signal });
  t.match(outcome, { ok: false, code: 'cancelled', sent: true });
  await ours.run(5_000, () => ours.sayLanded());
  t.equal(ours.armed, false);
  t.notOk(ours.commands().includes(MavCmd.MISSION_START));

  for (const alsoCalledOff of [false, true]) {
    const both = new AbortController();
    const pilots = new Standing({ silentAboutHome: true });
    const turned = (): void => pilots.sayBeat({ custom_mode: 5 });
    whenTakenToArm(pilots, () => {
      if (!alsoCalledOff) pilots.soon = turned;
      else {
        both.abort();
        turned();
      }
    });
    const taken = await pilots.order('start', { base: BASE, signal: both.signal });
    t.match(taken.outcome, { ok: false, code: alsoCalledOff ? 'cancelled' : 'pilot' });
    await pilots.run(5_000, () => pilots.sayLanded());
    t.equal(pilots.client.control.state, 'pilot');
    t.equal(pilots.armed, true, 'nothing was done to what he flies');
  }
});

t.test('not from the air, not armed, not without a base; `may` is asked right before arming', async (t) => {
  t.match((await new Standing().order('start')).outcome, { code: 'bad-params', sent: false });
  const flying = new Standing();
  flying.landed = 2;
  t.match((await flying.order('start', { base: BASE })).outcome, { code: 'in-air', sent: false });
  const drone = new Standing();
  const { outcome, commands } = await drone.order('start', { base: BASE, may: () => false });
  t.match(outcome, { ok: false, code: 'not-now' });
  t.notOk(commands.includes('COMPONENT_ARM_DISARM'));
});

const inMission = async (px4 = false): Promise<Standing> => {
  const drone = new Standing({ px4 });
  const { outcome } = await drone.order('start', { base: BASE });
  if (!outcome.ok) throw new Error(`start: ${outcome.code} ${outcome.detail}`);
  drone.say('MISSION_CURRENT', { seq: 3, total: 9, mission_state: 3 });
  return drone;
};

t.test('jump: once, and only its own number as current proves it', async (t) => {
  for (const px4 of [false, true]) {
    const drone = await inMission(px4);
    const inner = drone.answer;
    drone.answer = (command, params) => {
      if (command !== MavCmd.DO_SET_MISSION_CURRENT) return inner(command, params);
      drone.say('MISSION_CURRENT', { seq: params[0] ?? 0, total: 9, mission_state: 3 });
      return null;
    };
    t.match((await drone.order('jump', { missionSeq: 5 })).outcome, {
      ok: true,
      how: 'effect-seen',
      detail: { from: 3 },
    });
    t.strictSame((await drone.order('jump', { missionSeq: 5 })).commands, [], 'it is there');
    drone.answer = (command) => {
      if (command === MavCmd.DO_SET_MISSION_CURRENT)
        drone.say('MISSION_CURRENT', { seq: 9, total: 9, mission_state: 3 });
      return null;
    };
    const past = await drone.order('jump', { missionSeq: 7 });
    t.match(past.outcome, { ok: false, code: 'no-ack', sent: true }, 'where the gate led by itself');
    t.strictSame(past.commands, ['DO_SET_MISSION_CURRENT'], 'and never again');
    t.match((await drone.order('jump', { missionSeq: 7, may: () => false })).commands, []);
  }
  t.match((await new Standing().order('jump', { missionSeq: 5 })).outcome, { code: 'disarmed', sent: false });
});

t.test('payload: what each autopilot’s winch knows, once', async (t) => {
  const sent = async (px4: boolean, payload: IntentOptions['payload']): Promise<readonly unknown[]> => {
    const drone = new Standing({ px4 });
    const { outcome } = await drone.order('payload', { ...(payload && { payload }) });
    if (!outcome.ok) return [outcome.code];
    const last = drone.sent.findLast(
      ({ message }) => message.name === 'COMMAND_LONG' && !ASKING.includes(message.fields.command),
    );
    if (last?.message.name !== 'COMMAND_LONG') return [];
    const { command, param1, param2, param3, param4 } = last.message.fields;
    return [command, param1, param2, param3, Math.round(param4 * 10) / 10];
  };
  t.strictSame(await sent(false, { do: 'release' }), [211, 1, 0, 0, 0]);
  t.strictSame(await sent(true, { do: 'grab' }), [211, 1, 1, 0, 0]);
  t.strictSame(await sent(false, { do: 'winch-relax' }), [42_600, 1, 0, 0, 0]);
  t.strictSame(await sent(false, { do: 'winch-lower', lengthM: 12, rateMps: 0.5 }), [42_600, 1, 1, 12, 0.5]);
  t.strictSame(await sent(false, { do: 'winch-retract', lengthM: 12 }), [42_600, 1, 1, -12, 0]);
  t.strictSame(await sent(false, { do: 'winch-retract' }), ['bad-params'], '6 would be FAILED');
  t.strictSame(await sent(true, { do: 'winch-retract' }), [42_600, 1, 6, 0, 0]);
  t.strictSame(await sent(true, { do: 'winch-lower' }), [42_600, 1, 4, 0, 0]);
  const silent = new Standing({ answers: new Map([[MavCmd.DO_GRIPPER as number, null]]) });
  const lost = await silent.order('payload', { payload: { do: 'release' } });
  t.match(lost.outcome, { ok: false, code: 'no-ack', sent: true });
  t.strictSame(lost.commands, ['DO_GRIPPER']);
});

t.test('set-home: to a place that is named, and seen there', async (t) => {
  const drone = new Standing({ homeLatDeg: 47.002 });
  const home = { latDeg: 47.002, lonDeg: 8, altAmslM: 0 };
  drone.armed = true;
  const { outcome, commands } = await drone.order('set-home', { home });
  t.match(outcome, { ok: true, how: 'effect-seen' });
  t.strictSame(commands, ['DO_SET_HOME']);
  t.match(
    drone.sent.find(({ message }) => message.name === 'COMMAND_INT'),
    { message: { fields: { frame: 0, param1: 0, x: 470_020_000, y: 80_000_000, z: 0 } } },
  );
  t.match((await drone.order('set-home', { home })).outcome, { ok: true, how: 'already' });
});
