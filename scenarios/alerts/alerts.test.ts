/**
 * Situations 1, 3, 6, 10, 12, 15 and 21 of docs/flight-rules.md as the people at the desk see them: real processes, one drone
 * a situation. Of what happens one alert of the right class is raised, once, with its answer; it ends by itself; what only looks
 * like it raises nothing, and nobody tells a drone anything.
 */
import { setTimeout as pause } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { together } from '../flights/fleet.ts';
import { measured, seconds } from '../kit/measured.ts';
import { UpkeepDesk, type UpkeepSeen } from '../kit/upkeep.ts';
import { type Flown, squadron } from './squadron.ts';

/** The autopilot returns when less than this is left of its 16 Ah, after two seconds in place of ten. */
const LATCHING = 'BATT_FS_LOW_ACT=2,BATT_LOW_MAH=4000,BATT_LOW_TIMER=2';
const ALARM_MS = 2_000;
/** What a busy machine makes of it. */
const BUSY = 3;
const SETTINGS = ['--itineraries.batteryWh=400', '--maintenance.everyS=2'];

t.test('alerts of a fleet', { timeout: 300_000 }, async (t) => {
  // given: five drones, ready to fly, and a desk
  const beganMs = performance.now();
  const { desk, flown, httpUrl } = await squadron(
    t,
    [{ cuttable: true, agentArgs: ['--ladder.waitS=120'] }, {}, { parameters: LATCHING }, {}, {}],
    SETTINGS,
  );
  measured(`alerts: ready after ${seconds(performance.now() - beganMs)}`);
  const [cut, low, latched, blind, shaking] = flown;
  if (!cut || !low || !latched || !blind || !shaking) throw new Error('five drones wanted');

  /** All that was ever raised of it, each once. */
  const only = async ({ id }: Flown, raised: readonly string[], words: string) => {
    t.same(await desk.raised(id), [...raised].sort(), `${id}, ${words}`);
  };
  /** What was sent to it: what people sent. */
  const sent = async ({ id }: Flown) => {
    const answer = (await (await fetch(`${httpUrl}/api/v1/commands?drone=${id}&limit=50`)).json()) as {
      commands: readonly { type: string; issuedBy: string }[];
    };
    return answer.commands.map(({ type, issuedBy }) => `${type} by ${issuedBy}`).reverse();
  };

  // A flight is all that this one has before it is looked over.
  const upkeep = new UpkeepDesk(httpUrl);
  await upkeep.say('PUT', `drones/${low.id}/settings`, { limits: { flights: 1 } });
  await upkeep.say('POST', `drones/${low.id}/pack`, { pack: 'B-07', issuedBy: 'Ann' });

  await together(t, {
    'its link is lost for some seconds, then for long; its agent dies; its autopilot restarts in the air': async () => {
      await cut.flies();
      cut.uplink.cut();
      await pause(6_000);
      cut.uplink.mend();
      await cut.see('heard again', () => cut.entry?.freshness.state === 'fresh');
      await pause(3_000);
      await only(cut, [], 'after six seconds');

      cut.uplink.cut();
      const stale = await desk.opens(cut.id, 'stale', 15_000);
      t.match(stale.value, { severity: 'info', proposal: null });
      const lease = await desk.opens(cut.id, 'lease', 10_000);
      t.match(lease.value, { severity: 'warning', words: /must/, proposal: null }, 'what it must be doing');
      measured(`alerts: lease ${seconds(stale.tookMs + lease.tookMs)} after the cut: ${lease.value.words}`);
      cut.uplink.mend();
      await desk.ends(cut.id, 'lease', 15_000);
      await desk.ends(cut.id, 'stale', 15_000);
      await only(cut, ['lease', 'stale'], 'and back');

      await cut.drone.agent.program.kill9();
      t.match((await desk.opens(cut.id, 'last-will', 12_000)).value, { severity: 'warning', proposal: null });
      await cut.drone.agent.start();
      const agent = await desk.opens(cut.id, 'rebooted', 10_000);
      t.match(agent.value, { severity: 'warning', words: /agent restarted by itself in the air/, proposal: null });
      await desk.ends(cut.id, 'last-will', 20_000);
      cut.fault('reboot');
      const autopilot = await desk.opens(cut.id, 'rebooted', 15_000, ({ severity }) => severity === 'critical');
      t.equal(autopilot.value.id, agent.value.id, 'one that became worse');
      t.same(await sent(cut), ['start by Ann']);
    },

    'its pack sags, then it is low against its plan: the return is accepted; restarts on the ground': async () => {
      await upkeep.read(low.id);
      await low.flies({ awayM: 60, speedMps: 3 });
      low.fault('battery-sag:volts=4@0+3');
      await pause(9_000);
      await only(low, [], 'a sag of three seconds');

      low.fault('battery:percent=14');
      const { value } = await desk.opens(low.id, 'battery', 15_000, (one) => one.proposal !== null);
      t.match(value, { severity: 'critical', proposal: { type: 'return', state: 'open' } });
      t.same(await sent(low), ['new-pack by Ann', 'start by Ann'], 'nothing by itself');
      t.equal(await desk.deed(value.id, 'accept', 'Bob'), 200);
      await low.see('on its way back', () => low.entry?.itinerary?.state === 'returning');
      t.same(await sent(low), ['new-pack by Ann', 'start by Ann', 'return by Bob']);
      await low.see('landed', () => low.armed === false);
      await desk.ends(low.id, 'battery', 30_000);
      t.match((await desk.of(low.id))[0]?.proposal, { state: 'accepted', by: 'Bob' });
      await maintained(t, upkeep, low.id, latched.id);

      t.match(await low.order('reboot', { target: 'autopilot' }), { state: 'succeeded' });
      low.fault('mute@0+4');
      await pause(7_000);
      await only(low, ['battery'], 'landed, restarted by order, silent for four seconds');
      low.fault('mute');
      t.match((await desk.opens(low.id, 'autopilot-silent', 15_000)).value, { severity: 'info', proposal: null });
      low.clear('mute');
      await desk.ends(low.id, 'autopilot-silent', 15_000);
    },

    'a failsafe of the autopilot has it: nothing is proposed against it': async () => {
      await latched.flies({ awayM: 60, speedMps: 3 });
      latched.fault('battery:percent=22');
      const { value } = await desk.opens(latched.id, 'control-taken', 20_000);
      t.match(value, { severity: 'critical', proposal: null });
      await latched.see('landed', () => latched.armed === false);
      await desk.ends(latched.id, 'control-taken', 10_000);
      for (const one of await desk.of(latched.id)) t.not(one.proposal?.state, 'open', `${one.class} proposes nothing`);
      t.same(await sent(latched), ['start by Ann']);
      latched.fault('reboot');
      const { value: rebooted } = await desk.opens(latched.id, 'rebooted', 15_000);
      t.match(rebooted, { severity: 'warning', words: 'Its autopilot restarted by itself', proposal: null });
    },

    'no satellites': async () => {
      await blind.flies();
      blind.fault('gps-glitch:metres=60@0+2');
      await pause(6_000);
      await only(blind, [], 'a glitch of two seconds');
      blind.fault('gps-loss');
      const { value, tookMs } = await desk.opens(blind.id, 'position', 15_000);
      measured(`alerts: position ${seconds(tookMs)} after the loss: ${value.words}`);
      t.match(value, { severity: 'warning', proposal: null });
      t.match((await desk.opens(blind.id, 'control-taken', 20_000)).value, { severity: 'critical', proposal: null });
      await blind.see('landed', () => blind.armed === false);
      await desk.ends(blind.id, 'position', 15_000);
      await desk.ends(blind.id, 'control-taken', 10_000);
      for (const one of await desk.of(blind.id)) t.equal(one.proposal, null, one.class);
      t.same(await sent(blind), ['start by Ann']);
    },

    'it shakes; a pilot takes over, and stops its motors': async () => {
      await shaking.flies();
      shaking.fault('vibration@0+2');
      await pause(5_000);
      await only(shaking, [], 'shaken for two seconds');
      shaking.fault('vibration');
      const { value } = await desk.opens(shaking.id, 'vibration', 12_000, (one) => one.proposal !== null);
      t.match(value, { severity: 'warning', proposal: { type: 'return', state: 'open' } });
      shaking.fault('pilot:mode=LOITER');
      t.match((await desk.opens(shaking.id, 'control-taken', 3_000)).value, { severity: 'warning', proposal: null });
      await desk.opens(shaking.id, 'vibration', 3_000, (one) => one.proposal?.state === 'lapsed');
      shaking.fault('kill-switch');
      // Its autopilot says that it is disarmed when it has lain there for seconds.
      const { value: falls, tookMs } = await desk.opens(shaking.id, 'tumbles', 2_000);
      measured(`alerts: tumbles ${seconds(tookMs)} after the kill switch: ${falls.words}`);
      t.match(falls, { severity: 'critical', proposal: null });
      t.ok(tookMs <= ALARM_MS * BUSY, `at most ${seconds(ALARM_MS)} on a machine of its own`);
      const { value: fell } = await desk.opens(shaking.id, 'disarmed-in-air', 6_000);
      t.match(fell, { severity: 'critical', proposal: null });
      t.equal(await desk.deed(fell.id, 'dismiss', 'Bob'), 200);
      await pause(3_000);
      await only(
        shaking,
        ['control-taken', 'disarmed-in-air', 'tumbles', 'vibration'],
        'nothing twice, what was dismissed neither',
      );
      t.same(await sent(shaking), ['start by Ann']);
    },
  });

  for (const { id } of flown) {
    const raised = await desk.raised(id);
    t.comment(`${id}: ${raised.join(', ')}`);
    t.same(raised, [...new Set(raised)], `${id}: each once`);
    for (const one of await desk.of(id)) t.ok(one.words && one.whatToDo, `${one.class}: ${one.words}`);
  }
});

/** What its flight made of its maintenance, counted in what the store has. */
async function maintained(t: Test, upkeep: UpkeepDesk, drone: string, other: string): Promise<void> {
  const seen = await upkeep.counted(drone, 1);
  t.match(seen.holds, [/^maintenance: 1 flights since its inspection, limit 1/], 'it gets no orders');
  t.ok(seen.total.hours > 0, `${seen.total.hours} h armed`);
  t.same(seen.packs, ['B-07']);
  const { total } = await upkeep.get<{ total: { flights: number; cycles: number } }>('packs/B-07');
  t.equal(total.flights, 1);
  t.ok(total.cycles > 0, `${total.cycles} cycles`);
  const { hash, armings } = await upkeep.armed(drone, 1);
  t.equal(armings[0]?.hash, hash, 'its parameters as it armed');
  // The other acts otherwise on a low battery.
  await upkeep.say('PUT', `drones/${drone}/baseline`, { drone: other });
  const { differences } = await upkeep.get<{ differences: readonly { parameter: string }[] }>(
    `drones/${drone}/parameters/diff`,
  );
  const names = differences.map(({ parameter }) => parameter);
  for (const one of ['BATT_FS_LOW_ACT', 'BATT_LOW_MAH', 'BATT_LOW_TIMER']) t.ok(names.includes(one), one);
  t.notOk(names.includes('RTL_ALT'), 'what is the same is not told');
  await upkeep.say('POST', `drones/${drone}/inspected`, { issuedBy: 'Ann', note: 'looked over' });
  const free = await upkeep.get<UpkeepSeen>(`drones/${drone}/upkeep`);
  t.same([free.holds, free.sinceInspection.flights, free.total.flights], [[], 0, 1], 'looked over, it is free');
}
