/** Situation 12 of flight-rules.md: an autopilot that restarts by itself, and one whose answer is lost. */
import { MavCmd } from '@skein/protocol/mavlink';
import t from 'tap';
import { createInProcessWorld, type InProcessDrone } from '../in-process.ts';
import { Desk } from '../kit/desk.ts';
import { measured, seconds } from '../kit/measured.ts';
import { Operator } from '../kit/operator.ts';
import { until } from '../kit/until.ts';
import { bootsOf, known } from './boards.ts';

const ALARM_WITHIN_MS = 30_000;
const ACTS: readonly number[] = [
  MavCmd.COMPONENT_ARM_DISARM,
  MavCmd.NAV_TAKEOFF,
  MavCmd.MISSION_START,
  MavCmd.DO_SET_MODE,
  MavCmd.PREFLIGHT_REBOOT_SHUTDOWN,
];

/** The numbers of all commands that reach it from now on. */
function commandsTo(drone: InProcessDrone): readonly number[] {
  const came: number[] = [];
  drone.simulator.simulator.stage('listener').stage.meddle({
    received: (message) => {
      if (message?.name === 'COMMAND_LONG' || message?.name === 'COMMAND_INT') came.push(message.fields.command);
      return false;
    },
  });
  return came;
}

t.test('an autopilot that restarts by itself', { timeout: 240_000 }, async (t) => {
  // given
  const world = await createInProcessWorld({
    drones: 4,
    simulatorOf: (index) => ({ start: index === 0 ? 'airborne' : 'ready' }),
  });
  t.teardown(() => world.close());
  const ann = new Operator(world.httpUrl);
  const desk = new Desk(world.httpUrl);
  const live = world.live();
  await known(live, world.ids);
  const [flying, resting, silent, writing] = world.drones;
  if (!flying || !resting || !silent || !writing) throw new Error('four drones wanted');
  /** All texts that the controller has of it. */
  const texts = async ({ id }: InProcessDrone): Promise<readonly string[]> => {
    const query = 'kind=text&from=2000-01-01T00:00:00Z&maxPoints=2000';
    const answer = await fetch(`${world.httpUrl}/api/v1/drones/${id}/telemetry?${query}`);
    const { columns } = (await answer.json()) as { columns: { severity: string[]; text: string[] } };
    return columns.text.map((text, at) => `${columns.severity[at]} ${text}`);
  };
  const said = async (drone: InProcessDrone, words: RegExp) => (await texts(drone)).some((one) => words.test(one));
  const problems = (drone: InProcessDrone) => drone.agent.status().problems.join('; ');

  await t.test('in the air: the highest alarm, and nothing is sent that acts', async (t) => {
    const came = commandsTo(flying);
    flying.simulator.act((simulator) => simulator.fault('reboot'));
    const { tookMs } = await until(() => said(flying, /^emergency .*restarted by itself WHILE ARMED/), {
      timeoutMs: ALARM_WITHIN_MS,
      what: 'the alarm at the controller',
    });
    measured(`restart in the air shown after ${seconds(tookMs)}`);
    t.match(problems(flying), /restarted by itself/);
    const { value } = await desk.opens(flying.id, 'rebooted', 5_000);
    t.match(value, { severity: 'critical', words: 'Its autopilot restarted by itself in the air', proposal: null });
    t.same(
      came.filter((command) => ACTS.includes(command)),
      [],
    );
  });

  await t.test('on the ground: an alarm; intervals are asked for again; orders go on', async (t) => {
    const before = live.drones.get(resting.id)?.autopilotBoot;
    resting.simulator.act((simulator) => simulator.fault('reboot'));
    const { tookMs } = await until(() => said(resting, /^critical .*restarted by itself$/), {
      timeoutMs: ALARM_WITHIN_MS,
      what: 'the alarm at the controller',
    });
    measured(`restart on the ground shown after ${seconds(tookMs)}`);
    const { value } = await desk.opens(resting.id, 'rebooted', 5_000);
    t.match(value, { severity: 'warning', words: 'Its autopilot restarted by itself', proposal: null });
    const asked = live.serverNowUtcUs();
    const fresh = () => {
      const drone = live.drones.get(resting.id);
      const { attitude, status } = drone?.kinds ?? {};
      return [attitude, status].every((one) => one !== undefined && one.atUtcUs > asked);
    };
    await until(fresh, {
      timeoutMs: 30_000,
      what: 'telemetry as before',
      seen: () => live.drones.get(resting.id)?.kinds,
    });
    await until(() => live.drones.get(resting.id)?.autopilotBoot !== before, {
      timeoutMs: 10_000,
      what: 'another boot',
    });
    // An order that named the boot of before is for nobody.
    t.match(await ann.order(resting.id, 'reboot', { target: 'autopilot', ifBoot: before }), {
      state: 'rejected',
      reason: /^other-boot/,
    });
    t.equal(bootsOf(resting), 2);
  });

  await t.test('its answer to our order lost: proved all the same, and sent once', async (t) => {
    const came = commandsTo(silent);
    silent.simulator.act((simulator) => simulator.fault('no-ack:PREFLIGHT_REBOOT_SHUTDOWN'));
    t.match(await ann.order(silent.id, 'reboot', { target: 'autopilot' }), { state: 'succeeded', reason: 'proved' });
    t.equal(bootsOf(silent), 2);
    t.equal(came.filter((command) => command === MavCmd.PREFLIGHT_REBOOT_SHUTDOWN).length, 1);
    t.notOk(await said(silent, /restarted by itself/), 'what was ordered is no alarm');
    t.notOk((await desk.raised(silent.id)).includes('rebooted'), 'nor an alert');
  });

  await t.test('with an order in hand: it ends, and says what is so', async (t) => {
    const { parameters } = writing.simulator.simulator.autopilot;
    writing.simulator.act((simulator) => simulator.fault('reboot:on=PARAM_SET'));
    const fate = await ann.order(writing.id, 'set-parameter', { name: 'WPNAV_SPEED', value: 640 });
    const taken = parameters.value('WPNAV_SPEED') === 640;
    t.match(fate.state, taken ? /^(succeeded|unknown)$/ : /^(failed|unknown)$/, `${fate.state} ${fate.reason}`);
    t.equal(bootsOf(writing), 2);
    await known(live, [writing.id]);
    await until(async () => (await ann.order(writing.id, 'ping')).state === 'succeeded', {
      timeoutMs: 20_000,
      what: 'a drone that answers',
    });
  });
});
