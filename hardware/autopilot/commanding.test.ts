/** A client against a scripted autopilot: what it does with answers, pilots, reboots and strangers. */
import { MavCmd } from '@skein/protocol/mavlink';
import t from 'tap';
import type { IntentOutcome } from './intent.ts';
import { ScriptedAutopilot } from './testing/autopilot.ts';

const FAILED = 4;
const GUIDED = 4;
const RTL = 6;
const LOITER = 5;
const ARMED = 217;
const STANDBY = 81;

const landed = (autopilot: ScriptedAutopilot, state: number): void =>
  autopilot.say('EXTENDED_SYS_STATE', { vtol_state: 0, landed_state: state as 1 });

/** In the air in GUIDED, armed by us. */
async function flying(): Promise<ScriptedAutopilot> {
  const autopilot = new ScriptedAutopilot();
  await autopilot.run(3_000, () => landed(autopilot, 1));
  autopilot.answer = (command) => {
    if (command === MavCmd.COMPONENT_ARM_DISARM) autopilot.sayBeat({ base_mode: ARMED, system_status: 4 });
    return 0;
  };
  const arming = autopilot.client.intent('arm');
  await autopilot.run(500, () => landed(autopilot, 2));
  const armed = await arming;
  if (!armed.ok) throw new Error(`arming: ${armed.code} ${armed.detail}`);
  autopilot.answer = () => 0;
  return autopilot;
}

async function ended(
  autopilot: ScriptedAutopilot,
  promise: Promise<IntentOutcome>,
  ms = 30_000,
): Promise<IntentOutcome> {
  let outcome: IntentOutcome | null = null;
  void promise.then((value) => {
    outcome = value;
  });
  for (let spent = 0; outcome === null && spent < ms; spent += 100) await autopilot.run(100);
  if (outcome === null) throw new Error('it never ended');
  return outcome;
}

t.test('arm: refused with the words the autopilot used; never sent twice', async (t) => {
  const autopilot = new ScriptedAutopilot();
  await autopilot.run(3_000, () => landed(autopilot, 1));
  autopilot.answer = (command) => {
    if (command === MavCmd.COMPONENT_ARM_DISARM) autopilot.text('Arm: RTL mode not armable', 2);
    return command === MavCmd.COMPONENT_ARM_DISARM ? FAILED : 0;
  };
  t.match(await ended(autopilot, autopilot.client.intent('arm')), {
    ok: false,
    code: 'refused',
    detail: 'Arm: RTL mode not armable',
    sent: true,
  });
  autopilot.answer = (command) => (command === MavCmd.COMPONENT_ARM_DISARM ? null : 0);
  t.match(await ended(autopilot, autopilot.client.intent('arm')), { ok: false, code: 'no-ack', sent: true });
  t.equal(autopilot.commands().filter((command) => command === MavCmd.COMPONENT_ARM_DISARM).length, 2);
  t.equal(autopilot.client.control.state, 'skein');
});

t.test('return: its answer lost, the mode seen', async (t) => {
  const autopilot = await flying();
  autopilot.answer = (command) => {
    if (command === MavCmd.NAV_RETURN_TO_LAUNCH) autopilot.sayBeat({ custom_mode: RTL });
    return null;
  };
  t.match(await ended(autopilot, autopilot.client.intent('return')), { ok: true, how: 'effect-seen' });
  t.match(autopilot.client.control, { state: 'skein', taken: 0 });
});

t.test('a pilot’s switch in the middle of a return: not one more frame', async (t) => {
  const autopilot = await flying();
  autopilot.answer = (command) => (command === MavCmd.NAV_RETURN_TO_LAUNCH ? null : 0);
  const seen: string[] = [];
  autopilot.client.onControl(({ state }, wasTaken) => seen.push(`${state} ${wasTaken}`));
  const returning = autopilot.client.intent('return');
  await autopilot.run(1_500);
  const before = autopilot.commands().length;
  autopilot.sayBeat({ custom_mode: LOITER });
  t.match(await returning, { ok: false, code: 'pilot', sent: true });
  await autopilot.run(10_000);
  const since = autopilot.commands().slice(before);
  t.ok(
    since.every((command) => command === MavCmd.SET_MESSAGE_INTERVAL),
    `${since}`,
  );
  t.same(seen, ['pilot true']);
  // A return that an operator orders all the same goes.
  autopilot.answer = (command) => {
    if (command === MavCmd.NAV_RETURN_TO_LAUNCH) autopilot.sayBeat({ custom_mode: RTL });
    return 0;
  };
  t.match(await ended(autopilot, autopilot.client.intent('return')), { ok: true });
  t.equal(autopilot.client.control.state, 'pilot');
});

t.test('a foreign command heard on the link takes control', async (t) => {
  const autopilot = await flying();
  const other = { target_system: 7, target_component: 1, confirmation: 0, command: MavCmd.DO_SET_MODE } as const;
  const params = { param1: 1, param2: 4, param3: 0, param4: 0, param5: 0, param6: 0, param7: 0 };
  autopilot.say('COMMAND_LONG', { ...other, ...params }, 255, 190);
  t.match(autopilot.client.control, { state: 'other-station', taken: 1 });
  t.match(autopilot.client.state.otherWriters, [{ sysid: 255, compid: 190, writes: 1 }]);
  autopilot.client.takeControl('Ann');
  t.equal(autopilot.client.control.state, 'skein');
});

t.test('a stranger’s upload shows as another number of items', async (t) => {
  const autopilot = new ScriptedAutopilot();
  await autopilot.run(1_000);
  const current = (total: number): void => autopilot.say('MISSION_CURRENT', { seq: 0, total });
  current(4);
  current(4);
  t.equal(autopilot.client.control.state, 'skein');
  current(6);
  t.equal(autopilot.client.control.state, 'other-station');
});

t.test('a second companion with our name: nothing but heartbeats and questions', async (t) => {
  const autopilot = await flying();
  const beat = { type: 18, autopilot: 8, base_mode: 0, custom_mode: 0, system_status: 4, mavlink_version: 3 } as const;
  autopilot.say('HEARTBEAT', beat, 7, 191);
  const before = autopilot.commands().length;
  t.match(await autopilot.client.intent('hold'), { ok: false, code: 'other-station', sent: false });
  t.match(await autopilot.client.command({ command: 20, klass: 'repeatable' }), { ok: false, sent: false });
  t.equal(autopilot.commands().length, before);
});

t.test('another station’s answer is not taken for ours', async (t) => {
  const autopilot = await flying();
  const gcs = { type: 6, autopilot: 8, base_mode: 0, custom_mode: 0, system_status: 4, mavlink_version: 3 } as const;
  autopilot.say('HEARTBEAT', gcs, 255, 190);
  autopilot.answer = () => null;
  const pausing = autopilot.client.command({ command: MavCmd.DO_PAUSE_CONTINUE, klass: 'repeatable' });
  const ack = { command: MavCmd.DO_PAUSE_CONTINUE, result: 0 } as const;
  autopilot.say('COMMAND_ACK', { ...ack, target_system: 255, target_component: 190 });
  autopilot.say('COMMAND_ACK', { ...ack });
  await autopilot.run(500);
  autopilot.say('COMMAND_ACK', { ...ack, result: FAILED, target_system: 7, target_component: 191 });
  await autopilot.run(1_000);
  t.match(await pausing, { ok: false, code: 'refused' });
});

t.test('intervals and a request of the same command never share an answer', async (t) => {
  const autopilot = new ScriptedAutopilot();
  let outstanding = 0;
  let most = 0;
  let counted = 0;
  const count = (): void => {
    for (; counted < autopilot.sent.length; counted++) {
      const heard = autopilot.sent[counted]?.message;
      if (heard?.name === 'COMMAND_LONG' && heard.fields.command === MavCmd.SET_MESSAGE_INTERVAL) outstanding++;
    }
    most = Math.max(most, outstanding);
  };
  autopilot.answer = (command) => {
    count();
    if (command === MavCmd.SET_MESSAGE_INTERVAL) outstanding--;
    return 0;
  };
  const asked: Promise<unknown>[] = [];
  await autopilot.run(4_000, (atMs) => {
    if (atMs === 1_000) {
      const request = { command: MavCmd.SET_MESSAGE_INTERVAL, klass: 'repeatable' } as const;
      asked.push(autopilot.client.command({ ...request, params: [27, 1e6] }));
      asked.push(autopilot.client.command({ ...request, params: [26, 1e6] }));
    }
    count();
  });
  t.same(await Promise.all(asked), [
    { ok: true, how: 'accepted' },
    { ok: true, how: 'accepted' },
  ]);
  t.equal(most, 1);
});

t.test('reboot: asked once, proved by its age, all asked for again', async (t) => {
  const autopilot = new ScriptedAutopilot();
  await autopilot.run(15_000, () => landed(autopilot, 1));
  t.equal(autopilot.client.state.bootId, 'boot1');
  autopilot.answer = (command) => (command === MavCmd.PREFLIGHT_REBOOT_SHUTDOWN ? null : 0);
  const orderedMs = autopilot.nowMs;
  const rebooting = autopilot.client.intent('reboot');
  await autopilot.run(200);
  const { beat } = autopilot;
  autopilot.beat = null;
  autopilot.bootedAtMs = autopilot.nowMs + 800;
  await autopilot.run(6_000);
  t.match(await rebooting, { ok: true, how: 'effect-seen', detail: { bootId: 'boot1' } });
  t.match(autopilot.events, ['latched 7'], 'silence is no proof');
  autopilot.beat = beat;
  const before = autopilot.commands().length;
  await autopilot.run(3_000);
  t.same(autopilot.events, ['latched 7', 'rebooted']);
  t.match(autopilot.client.state, { bootId: 'boot2', reboots: 1, landed: 'unknown' });
  const asking = autopilot.client.bootAge();
  await autopilot.run(300);
  const age = await asking;
  t.ok(age !== null && age.bootMs < autopilot.nowMs - orderedMs, `${age?.bootMs}`);
  t.ok(autopilot.commands().length - before > 15, 'intervals again');
  t.equal(autopilot.commands().filter((command) => command === MavCmd.PREFLIGHT_REBOOT_SHUTDOWN).length, 1);
});

t.test('the ground link: off until asked for; as its MAV_GCS_SYSID, 190', async (t) => {
  const autopilot = new ScriptedAutopilot();
  await autopilot.run(5_000);
  const ground = (): number => autopilot.sent.filter(({ compid }) => compid === 190).length;
  t.equal(ground(), 0);
  t.notOk(autopilot.sent.some(({ message }) => message.name === 'PARAM_REQUEST_READ'));
  autopilot.client.setGroundLink(true);
  await autopilot.run(15_000);
  t.ok(ground() >= 8 && ground() <= 16, `${ground()} in 15 s`);
  t.match(
    autopilot.sent.find(({ compid }) => compid === 190),
    { sysid: 255, message: { fields: { type: 6 } } },
  );
  t.match(autopilot.client.groundLink, { on: true, sending: true, sysid: 255 });
  const before = ground();
  autopilot.client.setGroundLink(false);
  await autopilot.run(5_000);
  t.equal(ground(), before);
  t.match(autopilot.client.groundLink, { on: false, sending: false, upMs: 0 });

  const own = new ScriptedAutopilot();
  own.parameters = new Map([['MAV_GCS_SYSID', 7]]);
  own.client.setGroundLink(true);
  await own.run(15_000);
  t.equal(own.sent.filter(({ compid }) => compid === 190).length, 0, 'its own system does not count');
});

t.test('the ground link: set to another system id, it goes on as that one', async (t) => {
  const autopilot = new ScriptedAutopilot();
  autopilot.client.setGroundLink(true);
  await autopilot.run(15_000);
  t.match(autopilot.client.groundLink, { sending: true, sysid: 255 });
  const asked = () => autopilot.sent.filter(({ message }) => message.name === 'PARAM_REQUEST_READ').length;
  const before = asked();
  const value = { param_id: 'SYSID_MYGCS', param_type: 4, param_count: 900, param_index: 65_535 } as const;
  autopilot.say('PARAM_VALUE', { ...value, param_value: 255 });
  await autopilot.run(6_000);
  t.equal(asked(), before, 'the same again is no news');
  autopilot.parameters = new Map([['SYSID_MYGCS', 252]]);
  autopilot.say('PARAM_VALUE', { ...value, param_value: 252 });
  await autopilot.run(3_000);
  t.match(autopilot.client.groundLink, { sending: true, sysid: 252 });
  t.equal(autopilot.sent.findLast(({ compid }) => compid === 190)?.sysid, 252);
});

t.test('another autopilot under the same system id', async (t) => {
  const autopilot = new ScriptedAutopilot();
  await autopilot.run(1_000);
  const version = (first: number): void =>
    autopilot.say('AUTOPILOT_VERSION', {
      capabilities: 0n,
      flight_sw_version: 0x040602ff,
      middleware_sw_version: 0,
      os_sw_version: 0,
      board_version: 0,
      flight_custom_version: [],
      middleware_custom_version: [],
      os_custom_version: [],
      vendor_id: 0,
      product_id: 0,
      uid: 0n,
      uid2: [first, 2, 3],
    });
  version(1);
  version(1);
  t.match(autopilot.client.state, { version: '4.6.2' });
  version(9);
  t.equal(autopilot.events.filter((event) => event.startsWith('swapped')).length, 1);
});

t.test('hold in GUIDED on the way: paused, and confirmed by its speed', async (t) => {
  const autopilot = await flying();
  let speedMps = 8;
  const position = (): void =>
    autopilot.say('GLOBAL_POSITION_INT', {
      time_boot_ms: autopilot.nowMs - autopilot.bootedAtMs,
      lat: 470_000_000,
      lon: 80_000_000,
      alt: 520_000,
      relative_alt: 20_000,
      vx: speedMps * 100,
      vy: 0,
      vz: 0,
      hdg: 0,
    });
  const holding = autopilot.client.intent('hold');
  await autopilot.run(3_000, position);
  speedMps = 0;
  await autopilot.run(3_000, position);
  t.match(await holding, { ok: true, how: 'paused', detail: { mode: 'GUIDED', speedMps: 0, altRelM: 20 } });
});

t.test('close: whatever waits is settled', async (t) => {
  const autopilot = await flying();
  autopilot.answer = () => null;
  const { client } = autopilot;
  const all = [client.intent('return'), client.command({ command: 193, klass: 'repeatable' }), client.bootAge()];
  client.close();
  t.equal((await Promise.all(all)).length, 3);
  t.equal(autopilot.beat?.custom_mode, GUIDED);
  t.not(autopilot.beat?.base_mode, STANDBY);
});
