/**
 * Situation 3 of docs/flight-rules.md, in flights with itineraries: the pack sags in a climb, it is low before the gate, the
 * autopilot's own failsafe has it, and a restart of the autopilot shows 100 % of a pack that is half empty.
 */
import t from 'tap';
import { newPack } from '../../agent/tools-battery.ts';
import { measured } from '../kit/measured.ts';
import { until } from '../kit/until.ts';
import { type FlyingCase, readyFleet, together } from './fleet.ts';
import type { Flyer } from './flyer.ts';
import { alarmsOf, textsOf } from './heard.ts';
import { isReady } from './ready.ts';

const ARM = 'COMMAND 400';
const HALF_PCT = 45;
/** The autopilot returns when less than this is left of its 16 Ah, after two seconds in place of ten. */
const LATCHING = { BATT_FS_LOW_ACT: 2, BATT_LOW_MAH: 4_000, BATT_LOW_TIMER: 2 };
const CASES: readonly FlyingCase[] = [
  { parameters: { BATT_FS_LOW_ACT: 2, BATT_LOW_VOLT: 10.5, BATT_LOW_TIMER: 10 } },
  {},
  { parameters: LATCHING },
  // 120 m are 30 % of its range, and 30 % stay as reserve.
  { flags: ['--energy.rangeM=400'] },
];

t.test('the battery', { timeout: 300_000 }, async (t) => {
  // given: drones ready to fly, each with a parcel
  const { world, flyers } = await readyFleet(t, CASES);
  const live = world.live();
  const [sagging, low, latched, half] = flyers;
  if (!sagging || !low || !latched || !half) throw new Error('four drones wanted');
  const fault = ({ drone }: Flyer, asked: string) => drone.simulator.act((simulator) => simulator.fault(asked));
  const flies = async (flyer: Flyer, shape: Parameters<Flyer['plan']>[0]): Promise<void> => {
    await flyer.given(flyer.plan(shape));
    await flyer.started();
  };
  const volts = ({ drone }: Flyer) =>
    drone.simulator.simulator.vehicle.battery.cellsV.reduce((sum, cell) => sum + cell, 0);

  await together(t, {
    'it sags in the climb, for less than the autopilot minds: no alarm, and it delivers': async () => {
      await sagging.given(sagging.plan({ altM: 12 }));
      await sagging.started();
      await sagging.see('climbing', () => sagging.upM > 2);
      fault(sagging, `battery-sag:volts=${Math.ceil(volts(sagging) - 10)}@0+4`);
      await sagging.see('a sag', () => volts(sagging) < 10.5, 5_000);
      measured(`it sagged to ${volts(sagging).toFixed(1)} V at ${sagging.upM.toFixed(1)} m`);
      const stand = await sagging.ended('completed', 90_000);
      t.notOk(stand.steps.some(({ state }) => state === 'interrupted'));
      t.match(stand.deliveries, [{ state: 'released' }]);
      t.equal(sagging.payload.releases, 1);
      t.same(await alarmsOf(world, sagging.id), [], 'no false alarm');
    },

    'it is low before the gate, and lower behind it: shut, and it comes home with its parcel': async () => {
      await flies(low, { deliver: { gateS: 8, minBatteryPct: 30 } });
      await low.see('on its way', () => low.mode === 'AUTO' && low.awayM > 4);
      fault(low, 'battery:percent=25');
      await low.see('shut', () => /battery/.test(low.own.current?.reason ?? ''), 40_000);
      t.equal(low.own.current?.state, 'at-gate');
      t.match(low.own.current?.reason, /^battery: 2\d %, at least 30 %/);
      await low.becomes('returning', 30_000);
      await low.landed();
      const stand = await low.ended('aborted');
      t.match(stand.reason, /gate-closed.*battery: 2\d %, at least 30 %/);
      t.match(stand.deliveries, [{ state: 'aboard' }]);
      t.equal(low.payload.releases, 0);
      t.equal(low.own.custody, 'aboard');
    },

    'the failsafe of the autopilot has it: nothing of ours undoes it, also when the charge looks well again':
      async () => {
        // Above home it waits long enough for what an operator tries.
        latched.drone.simulator.act(({ autopilot }) => autopilot.parameters.set('RTL_LOIT_TIME', 8_000));
        await flies(latched, { awayM: 60, speedMps: 3 });
        await latched.see('on its way', () => latched.mode === 'AUTO' && latched.awayM > 6);
        fault(latched, 'battery:percent=20');
        await latched.see('the failsafe', () => latched.mode === 'RTL', 20_000);
        const sinceMs = performance.now();
        await latched.becomes('interrupted', 10_000);
        t.equal(latched.own.current?.reason, 'failsafe');
        fault(latched, 'battery:percent=90');
        const resumed = await latched.order('resume', { takeControl: true });
        t.match(resumed, { state: 'rejected', reason: /^failsafe/ }, 'not even for one who takes control');
        t.match(await latched.order('resume'), { state: 'rejected' });
        t.equal(latched.mode, 'RTL');
        t.match((await latched.ended('interrupted')).reason, /^failsafe/, 'the page says why');
        await latched.landed();
        t.same(latched.witness.since(sinceMs), [], 'nothing was sent');
        const stand = await latched.ended('aborted');
        t.match(stand.reason, /^failsafe/);
        t.match(stand.deliveries, [{ state: 'aboard' }]);
        t.equal(latched.payload.releases, 0);
        t.match(JSON.stringify(await textsOf(world, latched.id)), /Battery Failsafe/, 'in the words of the autopilot');
      },

    'a restart of the autopilot shows 100 % of half a pack: what is remembered counts, until it is another pack':
      async () => {
        fault(half, `battery:percent=${HALF_PCT}`);
        const charge = () => half.drone.agent.status().commanding.battery;
        await half.see('half a pack', () => charge().reportedPct === HALF_PCT);
        await half.given(half.plan({ awayM: 60, deliver: null }));
        fault(half, 'reboot');
        await half.see('100 % on paper', () => charge().reportedPct === 100);
        t.equal(charge().effectivePct, HALF_PCT);
        const preflight = async () => (await fetch(`${world.httpUrl}/api/v1/drones/${half.id}/preflight`)).text();
        await until(async () => (await preflight()).includes(`${HALF_PCT} % (remembered)`), {
          timeoutMs: 20_000,
          what: 'the page to say what is remembered',
          seen: preflight,
        });
        await half.becomes('verified', 60_000);
        await isReady(half);

        const sinceMs = performance.now();
        const refused = await half.order('start');
        t.match(refused, { state: 'failed', reason: /^bad-itinerary: .* needs 60 % .* 45 % are there/ });
        t.notOk(half.witness.since(sinceMs).includes(ARM), 'no motor was asked to turn');
        t.equal(half.armed, false);
        t.match(
          await until(() => live.drones.get(half.id)?.itinerary, {
            timeoutMs: 5_000,
            what: 'its itinerary on the page',
          }),
          { value: { state: 'verified' } },
        );

        const said: string[] = [];
        const io = {
          out: (text: string) => said.push(text),
          complain: (lines: readonly string[]) => said.push(...lines),
        };
        const flags = [`--dataDir=${half.drone.dir}`];
        const line = { configFile: null, words: ['P-7'], switches: new Set<string>(), flags };
        t.equal(await newPack(line, io), 0, said.join(' '));
        t.equal(charge().effectivePct, 100);
        // Booted to the end: half a minute after its first word it knows where it is.
        await half.see('a position', () => live.drones.get(half.id)?.trust?.state === 'trusted');
        await half.started();
        await half.see('in the air', () => half.upM > 2);
      },
  });
});
