/**
 * Situation 16 of docs/flight-rules.md: it comes down somewhere else, and an arming there would make that place its home. A
 * plan of the old base is not started from there; a plan that lands on the way stays armed, or is refused.
 */
import { Other } from '@skein/hardware/simulator';
import type { Itinerary } from '@skein/protocol/fleet';
import { MavCmd } from '@skein/protocol/mavlink';
import t from 'tap';
import { measured } from '../kit/measured.ts';
import { type FlyingCase, readyFleet, together } from './fleet.ts';
import type { Flyer } from './flyer.ts';

const ARM = 'COMMAND 400';
const AWAY_M = 30;
/** MIS_OPTIONS: a take-off after a landing is flown. */
const STAYS_ARMED = { MIS_OPTIONS: 4 };
const M_PER_DEG = 111_320;
const CASES: readonly FlyingCase[] = [{}, {}, {}, { parameters: STAYS_ARMED }, {}, {}];
const STATION = { sysid: 255, compid: 190, type: 6 };
const GUIDED = 4;

t.test('it lands away', { timeout: 300_000 }, async (t) => {
  // given: drones ready to fly, each with a parcel
  const { flyers } = await readyFleet(t, CASES);
  const [ordered, baseless, refused, stops, places, taken] = flyers;
  if (!ordered || !baseless || !refused || !stops || !places || !taken) throw new Error('six drones wanted');
  const autopilot = ({ drone }: Flyer) => drone.simulator.simulator.autopilot;
  /** Where a return would take it: m north of its base. */
  const homeM = (flyer: Flyer): number => {
    const { flight, world } = autopilot(flyer);
    return (((flight.home?.latE7 ?? Number.NaN) - world.latE7) / 1e7) * M_PER_DEG;
  };
  const armings = ({ witness }: Flyer, sinceMs: number) => witness.since(sinceMs).filter((what) => what === ARM).length;
  /** Told to land on its way: it stands where a customer lives. */
  const landedAway = async (flyer: Flyer): Promise<void> => {
    await flyer.given(flyer.plan({ awayM: 60, speedMps: 4 }));
    await flyer.started();
    await flyer.see('away', () => flyer.awayM > AWAY_M - 8);
    t.match(await flyer.order('land'), { state: 'succeeded' });
    await flyer.landed();
    t.match((await flyer.ended('aborted')).deliveries, [{ state: 'aboard' }]);
    t.ok(Math.abs(homeM(flyer)) < 1, 'its home is its base still');
  };
  /** Down in mid-plan where it delivers, up again, and home. */
  const stopsOnTheWay = (flyer: Flyer): Itinerary => {
    const plan = flyer.plan({ deliver: null });
    const [takeOff, way, there, home] = plan.items;
    if (takeOff === undefined || way === undefined || there?.do !== 'waypoint' || home === undefined) {
      throw new Error('not the plan this is made of');
    }
    const { latDeg, lonDeg } = there;
    return { ...plan, items: [takeOff, way, there, { do: 'land', latDeg, lonDeg }, takeOff, home] };
  };

  await together(t, {
    'the plan of its base is not started from there; one of that place is, and ends there': async () => {
      await landedAway(ordered);
      const standsM = ordered.awayM;
      await ordered.given({ ...ordered.plan({ deliver: null }), version: 2 });
      const sinceMs = performance.now();
      t.match(await ordered.order('start'), {
        state: 'rejected',
        reason: /^home-moved: it stands \d\d m from the base/,
      });
      t.equal(armings(ordered, sinceMs), 0, 'no motor was asked to turn');

      const { base, items } = ordered.plan({ deliver: null, awayM: 40 });
      if (base === undefined) throw new Error('a plan with a base');
      const here = { ...base, latDeg: base.latDeg + standsM / M_PER_DEG };
      await ordered.given({ id: `it-${ordered.id}`, version: 3, base: here, items });
      await ordered.started();
      t.ok(Math.abs(homeM(ordered) - standsM) < 5, 'home is where it took off');
      await ordered.see('away', () => ordered.awayM > standsM + 8);
      await ordered.landed();
      await ordered.ended('completed');
      t.ok(
        Math.abs(ordered.awayM - standsM) < 5,
        `back where it took off, ${ordered.awayM.toFixed(1)} m from its base`,
      );
    },

    'somebody takes off from there: a return that would end there is refused, a landing is not': async () => {
      await landedAway(taken);
      const standsM = taken.awayM;
      taken.drone.simulator.act((simulator) => {
        const station = new Other(simulator.stage('station').stage, STATION);
        station.command(MavCmd.DO_SET_MODE, 1, GUIDED);
        station.command(MavCmd.COMPONENT_ARM_DISARM, 1);
        station.command(MavCmd.NAV_TAKEOFF, 0, 0, 0, 0, 0, 0, 6);
      });
      await taken.see('up again', () => taken.upM > 4);
      t.ok(Math.abs(homeM(taken) - standsM) < 5, 'home is where it took off');
      const sinceMs = performance.now();
      const order = await taken.order('return');
      t.match(order, {
        state: 'rejected',
        reason: /^home-moved: home is where it-\S+ came down, \d\d m from its base/,
      });
      t.same(taken.witness.since(sinceMs), [], 'nothing was sent');
      t.match(await taken.order('land'), { state: 'succeeded' });
      await taken.landed();
    },

    'a plan that names no base: armed, home has moved, and it is disarmed on the spot': async () => {
      await landedAway(baseless);
      const { base: _, ...plan } = baseless.plan({ deliver: null });
      await baseless.given({ ...plan, version: 2 });
      const sinceMs = performance.now();
      const answer = await baseless.order('start');
      measured(`start without a base: ${answer.state} ${answer.reason}`);
      t.match(answer, { state: /^(failed|rejected)$/, reason: /^home-moved: .* m from the base/ });
      await baseless.see('disarmed', () => !baseless.armed, 10_000);
      t.ok(baseless.upM < 0.5, 'it never rose');
      t.ok(armings(baseless, sinceMs) <= 2, 'armed once, disarmed once');
      t.not(baseless.mode, 'AUTO', 'whoever arms next gets no take-off');
    },

    'a plan that lands on the way is refused where the drone would disarm there': async () => {
      await refused.assigned(stopsOnTheWay(refused));
      const { state, refusals, reason } = await refused.answered(`it-${refused.id}`);
      t.equal(state, 'refused', String(reason));
      t.match(refusals, [{ item: 3, rule: 'lands-on-the-way', value: 'disarms', limit: 'stays armed' }]);
      t.match(await refused.order('start'), { state: 'rejected' });
      t.equal(armings(refused, 0), 0);
    },

    'and where it stays armed it is flown: home stays at base, and it ends there': async () => {
      await stops.given(stopsOnTheWay(stops));
      await stops.started();
      const sinceMs = performance.now();
      await stops.see('up', () => stops.upM > 4);
      await stops.see('down on the way', () => stops.upM < 0.2 && stops.awayM > AWAY_M - 3);
      t.ok(stops.armed, 'armed on the ground');
      await stops.see('up again', () => stops.upM > 4);
      t.ok(Math.abs(homeM(stops)) < 1, 'its home is its base');
      await stops.landed();
      await stops.ended('completed');
      t.ok(stops.awayM < 3, 'it is home');
      t.equal(armings(stops, sinceMs), 0, 'armed once');
    },

    'a parcel placed on the ground: armed throughout, home stays at base': async () => {
      await places.given(places.plan({ deliver: { how: 'place', releaseAltM: undefined, maxDescentM: 12 } as never }));
      await places.started();
      let disarmed = false;
      await places.see('the parcel on the ground', () => {
        disarmed ||= !places.armed;
        return places.payload.releases === 1;
      });
      t.notOk(disarmed, 'armed all the while');
      t.ok(Math.abs(homeM(places)) < 1, 'its home is its base');
      await places.landed();
      t.match((await places.ended('completed')).deliveries, [{ state: /^(released|unproved)$/ }]);
      t.ok(places.awayM < 3, 'it is home');
    },
  });
});
