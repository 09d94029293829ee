import { MavCmd } from '@skein/protocol/mavlink';
import t from 'tap';
import type { IntentName, IntentOptions, IntentOutcome } from '../intent.ts';
import type { VehicleState } from '../state.ts';
import { aState } from '../testing/state.ts';
import { ardupilot } from './ardupilot.ts';
import type { Flavour, Step } from './flavour.ts';
import { flavourOf } from './index.ts';
import { px4 } from './px4.ts';

const FLYING = { armed: true, landed: 'in-air', altRelM: 20, speedMps: 8, systemStatus: 4 } as const;

/** Runs an intent; `answer` says how each step ends and what is seen then. */
function run(
  flavour: Flavour,
  name: IntentName,
  state: VehicleState,
  o: {
    readonly options?: IntentOptions;
    readonly answer?: (
      step: Step,
      index: number,
    ) => { ok: boolean; how: string; state?: VehicleState; texts?: string[] };
  } = {},
): { readonly outcome: IntentOutcome; readonly commands: readonly string[] } {
  const doing = flavour.intent(name, o.options ?? {}, state);
  const commands: string[] = [];
  const names = new Map(Object.entries(MavCmd).map(([key, value]) => [value as number, key]));
  let turn = doing.next();
  for (let index = 0; !turn.done; index++) {
    const step = turn.value;
    if (step.do === 'command') {
      const { command, params = [], klass } = step.request;
      commands.push(`${names.get(command)}(${params.join(',')}) ${klass}`);
    }
    const answer = o.answer?.(step, index) ?? { ok: true, how: step.do === 'see' ? 'seen' : 'accepted' };
    turn = doing.next({
      result: null,
      texts: answer.texts ?? [],
      state: answer.state ?? state,
      ok: answer.ok,
      how: answer.how,
    });
  }
  return { outcome: turn.value, commands };
}

const refusedFirst = (_: Step, index: number) =>
  index === 0 ? { ok: false, how: 'refused', texts: ['Failed to pause'] } : { ok: true, how: 'accepted' };

t.test(
  'ArduCopter, hold: pause in AUTO; where there is nothing to pause GUIDED; never a mode of the sticks',
  async (t) => {
    const auto = run(ardupilot, 'hold', aState({ ...FLYING, mode: 'AUTO' }));
    t.same(auto.commands, ['DO_PAUSE_CONTINUE(0) repeatable']);
    t.match(auto.outcome, { ok: true, how: 'paused' });
    const refused = run(ardupilot, 'hold', aState({ ...FLYING, mode: 'AUTO' }), { answer: refusedFirst });
    t.same(refused.commands, ['DO_PAUSE_CONTINUE(0) repeatable', 'DO_SET_MODE(1,4) repeatable']);
    const takingOff = run(ardupilot, 'hold', aState({ ...FLYING, mode: 'AUTO', landed: 'taking-off' }));
    t.same(takingOff.commands, ['DO_SET_MODE(1,4) repeatable']);
    for (const mode of ['RTL', 'LOITER', 'ALT_HOLD', 'LAND', 'STABILIZE', null]) {
      const { commands } = run(ardupilot, 'hold', aState({ ...FLYING, mode }));
      t.same(commands, ['DO_SET_MODE(1,4) repeatable'], `${mode}`);
    }
  },
);

t.test('a hold is confirmed by speed', async (t) => {
  const drifting = run(ardupilot, 'hold', aState({ ...FLYING, mode: 'AUTO' }), {
    answer: (step) => (step.do === 'see' ? { ok: false, how: 'no-effect' } : { ok: true, how: 'accepted' }),
  });
  t.match(drifting.outcome, { ok: false, code: 'no-effect', detail: 'it still moves at 8.0 m/s' });
  const doing = ardupilot.intent('hold', {}, aState({ ...FLYING, mode: 'AUTO' }));
  doing.next();
  const see = doing.next({ ok: true, how: 'accepted', result: null, texts: [], state: aState() }).value;
  if (!('do' in see) || see.do !== 'see') throw new Error('it does not look');
  t.ok(see.until(aState({ ...FLYING, mode: 'AUTO', speedMps: 0.2 })));
  t.notOk(see.until(aState({ ...FLYING, mode: 'AUTO', speedMps: 0.2, climbMps: -2.4 })), 'sinking is no hold');
  t.notOk(see.until(aState({ ...FLYING, mode: 'LOITER', speedMps: 0 })), 'nor is another mode');
});

t.test('on the ground nothing that flies is sent', async (t) => {
  for (const flavour of [ardupilot, px4]) {
    for (const name of ['hold', 'return', 'land', 'goto', 'climb', 'resume'] as const) {
      const options = { to: { latDeg: 47, lonDeg: 8, altRelM: 10 }, altRelM: 60, missionSeq: 2 };
      const { outcome, commands } = run(flavour, name, aState({ armed: false }), { options });
      t.same(commands, [], `${flavour.name} ${name}`);
      t.equal(outcome.ok, false);
    }
    t.match(run(flavour, 'return', aState({ armed: true })).outcome, { code: 'already-on-ground' });
    const old = aState({ armed: true, landed: 'on-ground', landedAgeMs: 60_000 });
    t.equal(run(flavour, 'return', old).commands.length, 1, 'an old word keeps nothing from flying home');
    t.match(run(flavour, 'disarm', old).outcome, { code: 'state-unknown' });
  }
});

t.test('arm and disarm: once, without force, disarm on the ground only', async (t) => {
  for (const flavour of [ardupilot, px4]) {
    t.same(run(flavour, 'arm', aState()).commands, ['COMPONENT_ARM_DISARM(1) once']);
    t.same(run(flavour, 'arm', aState({ armed: true })).commands, []);
    t.same(run(flavour, 'disarm', aState({ armed: true })).commands, ['COMPONENT_ARM_DISARM(0) once']);
    t.match(run(flavour, 'disarm', aState(FLYING)).outcome, { code: 'in-air' });
    t.match(run(flavour, 'disarm', aState({ armed: true, landed: 'unknown' })).outcome, { code: 'state-unknown' });
    const logs = run(flavour, 'arm', aState(), {
      answer: () => ({ ok: false, how: 'refused', texts: ['Arm: Downloading logs'] }),
    });
    t.match(logs.outcome, { code: 'log-transfer', detail: 'Arm: Downloading logs' });
  }
});

t.test('what stops or starts motors is looked at again right before it is sent', async (t) => {
  const first = (name: IntentName, state: VehicleState, options: IntentOptions = {}) => {
    const step = ardupilot.intent(name, options, state).next().value;
    if (!('do' in step) || step.do !== 'command') throw new Error('it commands nothing');
    return step.request;
  };
  const armed = aState({ armed: true });
  t.notOk(first('disarm', armed).may?.({ ...armed, landed: 'in-air' }));
  t.notOk(first('reboot', aState()).may?.(armed));
  let locked = false;
  const { may } = first('arm', aState(), { may: () => !locked });
  t.ok(may?.(aState()));
  locked = true;
  t.notOk(may?.(aState()));
});

t.test('reboot: p1 1, once, never armed or unknown; silence is an effect', async (t) => {
  for (const flavour of [ardupilot, px4]) {
    t.same(run(flavour, 'reboot', aState()).commands, ['PREFLIGHT_REBOOT_SHUTDOWN(1) once']);
    t.match(run(flavour, 'reboot', aState({ armed: true })).outcome, { code: 'armed' });
    t.match(run(flavour, 'reboot', aState({ armed: null })).outcome, { code: 'state-unknown' });
    const noAck = run(flavour, 'reboot', aState(), {
      answer: (step) => (step.do === 'see' ? { ok: true, how: 'seen' } : { ok: false, how: 'no-ack' }),
    });
    t.match(noAck.outcome, { ok: true, how: 'effect-seen' });
  }
});

t.test('ArduCopter, resume: the navigation item first; a pause is only continued', async (t) => {
  const still = aState({ ...FLYING, speedMps: 0, mode: 'GUIDED' });
  t.same(run(ardupilot, 'resume', still, { options: { missionSeq: 5 } }).commands, [
    'DO_SET_MISSION_CURRENT(5) repeatable',
    'DO_SET_MODE(1,3) repeatable',
  ]);
  t.match(run(ardupilot, 'resume', still).outcome, { code: 'bad-params' });
  t.same(run(ardupilot, 'resume', { ...still, mode: 'AUTO' }).commands, ['DO_PAUSE_CONTINUE(1) repeatable']);
  t.match(run(ardupilot, 'resume', { ...still, mode: 'LOITER' }).outcome, { code: 'not-holding' });
});

t.test('ArduCopter, goto: as COMMAND_INT, from a hold, to a position that is known now', async (t) => {
  const to = { latDeg: 47.001, lonDeg: 8, altRelM: 25 };
  const holding = aState({ ...FLYING, mode: 'GUIDED', speedMps: 0 });
  const doing = ardupilot.intent('goto', { to }, holding);
  const first = doing.next().value;
  if (!('do' in first) || first.do !== 'command') throw new Error('no command');
  t.match(first.request, { command: MavCmd.DO_REPOSITION, int: { frame: 6, x: 470_010_000, y: 80_000_000, z: 25 } });
  const second = doing.next({ ok: true, how: 'accepted', result: null, texts: [], state: holding }).value;
  t.match(second, { do: 'command', request: { command: MavCmd.DO_PAUSE_CONTINUE, params: [1] } }, 'and goes on');
  t.match(run(ardupilot, 'goto', { ...holding, position: null }, { options: { to } }).outcome, { code: 'position' });
  t.match(run(ardupilot, 'goto', { ...holding, mode: 'RTL' }, { options: { to } }).outcome, { code: 'not-holding' });
});

t.test('climb: straight up where it is, out of any mode; ended when it is there, or does not get there', async (t) => {
  const place = { latDeg: 47.5, lonDeg: 8.5, altAmslM: 520, ageMs: 100 };
  for (const [flavour, mode, frame, z] of [
    [ardupilot, 'AUTO', 6, 60],
    [px4, 'AUTO.MISSION', 0, 560],
  ] as const) {
    const flying = aState({ ...FLYING, mode, position: place });
    const doing = flavour.intent('climb', { altRelM: 60 }, flying);
    const first = doing.next().value;
    if (!('do' in first) || first.do !== 'command') throw new Error('no command');
    t.match(first.request, { command: MavCmd.DO_REPOSITION, int: { frame, x: 475_000_000, y: 85_000_000, z } });
    const accepted = { ok: true, how: 'accepted', result: null, texts: [], state: flying } as const;
    const sight = doing.next(accepted).value;
    if (!('do' in sight) || sight.do !== 'see') throw new Error('nothing to see');
    t.notOk(sight.until(flying));
    t.ok(sight.until({ ...flying, altRelM: 59 }));
    t.equal(sight.withinMs, 25_000, '40 m at 2 m/s, and a moment to begin');
    const never = doing.next({ ...accepted, ok: false, how: 'no-effect' }).value;
    t.match(never, { ok: false, code: 'no-effect', detail: 'at 20 m it did not climb on' });
    t.match(run(flavour, 'climb', { ...flying, position: null }, { options: { altRelM: 60 } }).outcome, {
      code: 'position',
      sent: false,
    });
  }
});

t.test('PX4: AUTO.LOITER, AUTO.RTL, AUTO.LAND, AUTO.MISSION', async (t) => {
  const flying = aState({ ...FLYING, mode: 'AUTO.MISSION', flavour: 'px4' });
  t.same(run(px4, 'hold', flying).commands, ['DO_SET_MODE(1,4,3) repeatable']);
  t.same(run(px4, 'return', flying).commands, ['NAV_RETURN_TO_LAUNCH() repeatable']);
  t.same(run(px4, 'land', flying).commands, ['NAV_LAND(0,0,0,NaN,NaN,NaN,NaN) repeatable']);
  const onTheWay = run(px4, 'hold', { ...flying, mode: 'AUTO.LOITER' });
  t.same(onTheWay.commands, ['DO_REPOSITION(-1,1,0,NaN) repeatable'], 'here becomes the place to be');
  const holding = { ...flying, mode: 'AUTO.LOITER', speedMps: 0 };
  t.same(run(px4, 'hold', holding).commands, ['DO_SET_MODE(1,4,3) repeatable']);
  t.same(run(px4, 'resume', holding, { options: { missionSeq: 3 } }).commands, [
    'DO_SET_MISSION_CURRENT(3) repeatable',
    'DO_SET_MODE(1,4,4) repeatable',
  ]);
});

t.test('mode names and numbers are each other’s', async (t) => {
  t.equal(ardupilot.modeNumber('RTL'), 6);
  t.equal(px4.modeNumber('AUTO.LOITER'), 0x0304_0000);
  for (const flavour of [ardupilot, px4]) {
    for (const name of [...flavour.failsafeModes, ...flavour.landingModes]) {
      const number = flavour.modeNumber(name);
      t.ok(number !== null && flavour.modeName(number) === name, `${flavour.name} ${name}`);
    }
    t.equal(flavour.modeNumber('NO_SUCH_MODE'), null);
  }
});

t.test('failsafe parameters that contradict', async (t) => {
  const read = (values: Record<string, number>) => (name: string) => values[name] ?? null;
  const good = { FS_GCS_ENABLE: 1, FS_GCS_TIMEOUT: 5, FS_OPTIONS: 16, MAV_GCS_SYSID: 255, MAV_SYSID: 1 };
  t.same(ardupilot.failsafeCheck('autopilot', read(good)), []);
  const { MAV_GCS_SYSID: _, MAV_SYSID: __, ...old } = good;
  t.same(ardupilot.failsafeCheck('autopilot', read({ ...old, SYSID_MYGCS: 255, SYSID_THISMAV: 1 })), [], 'old names');
  const faults = (values: Record<string, number>) =>
    ardupilot
      .failsafeCheck('agent', read({ ...good, ...values }))
      .map(({ parameter, value }) => `${parameter}=${value}`);
  t.same(faults({ FS_GCS_ENABLE: 0 }), ['FS_GCS_ENABLE=0'], 'a default ArduCopter');
  t.same(faults({ FS_OPTIONS: 32 }), ['FS_OPTIONS=32'], 'the gripper');
  t.same(faults({ FS_OPTIONS: 2 }), ['FS_OPTIONS=2']);
  t.same(faults({ MAV_GCS_SYSID: 1 }), ['MAV_GCS_SYSID=1'], 'its own');
  t.same(px4.failsafeCheck('autopilot', read({ NAV_DLL_ACT: 2, COM_DL_LOSS_T: 10, COM_DLL_EXCEPT: 0 })), []);
  t.equal(px4.failsafeCheck('autopilot', read({ NAV_DLL_ACT: 0, COM_DL_LOSS_T: 10, COM_DLL_EXCEPT: 1 })).length, 2);
});

t.test('failsafe texts', async (t) => {
  for (const text of [
    'GCS Failsafe',
    'Battery 1 is low 10.50V used 2466 mAh',
    'EKF variance',
    'Radio Failsafe',
    'Polygon fence breached',
    'Circle and Polygon fences breached',
  ]) {
    t.ok(ardupilot.isFailsafeText(text), text);
  }
  for (const text of [
    'PreArm: GCS failsafe on',
    'GCS Failsafe Cleared',
    'Radio Failsafe - Continuing Auto Mode',
    'Fence breach cleared',
    'ArduPilot Ready',
  ]) {
    t.notOk(ardupilot.isFailsafeText(text), text);
  }
  for (const text of [
    'Failsafe activated',
    'GCS connection lost',
    'Manual control lost',
    'Critical battery, return now',
  ]) {
    t.ok(px4.isFailsafeText(text), text);
  }
  for (const text of ['GCS connection regained', 'Preflight Fail: GPS', 'Landing detected']) {
    t.notOk(px4.isFailsafeText(text), text);
  }
});

t.test('who can be commanded', async (t) => {
  t.equal(flavourOf(3, 2), ardupilot);
  t.equal(flavourOf(12, 13), px4);
  t.equal(flavourOf(3, 1), null, 'a plane has other modes under the same numbers');
  t.equal(flavourOf(0, 2), null);
});

t.test('resume: the item is set although it is current already, or a winch would act twice', async (t) => {
  for (const [flavour, mode] of [
    [ardupilot, 'GUIDED'],
    [px4, 'AUTO.LOITER'],
  ] as const) {
    const held = aState({ ...FLYING, mode, speedMps: 0, missionCurrent: 5 });
    const step = flavour.intent('resume', { missionSeq: 5 }, held).next().value;
    if (!('do' in step) || step.do !== 'command') throw new Error('it commands nothing');
    t.equal(step.request.command, MavCmd.DO_SET_MISSION_CURRENT);
    t.notOk(step.request.alreadySo?.(held), flavour.name);
    // A PX4 answers with nothing but the number, and repeats nothing when that was the current one already.
    t.equal(step.request.unanswered ?? false, flavour === px4);
    t.equal(step.request.effect?.(held) ?? false, flavour === px4, `${flavour.name}: does what is seen prove it?`);
  }
});
