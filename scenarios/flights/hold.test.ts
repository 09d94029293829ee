/**
 * Situation 14 of docs/flight-rules.md: a hold on a leg, in the take-off, in a release, with the throttle stick low and with
 * no transmitter. It stays where it is and as high as it is, the parcel untouched; what is resumed lets nothing go twice.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Pilot } from '@skein/hardware/simulator';
import t from 'tap';
import { measured } from '../kit/measured.ts';
import { type FlyingCase, readyFleet, together } from './fleet.ts';
import type { Flyer } from './flyer.ts';

const WATCH_MS = 5_000;
const LOOK_MS = 100;
const MOST_M = 1;
const MOST_MPS = 1;
const STICK_LOW_US = 1_000;
const M_PER_DEG = 111_320;
const TAKE_OFF_M = 9;
const WINCH = 'COMMAND 42600';
const GRIPPER = 'COMMAND 211';
/** It is off. How well that is proved, by weighing a hover of three seconds, is told in release.test.ts. */
const GONE = /^(released|unproved)$/;
/** Nobody minds that no transmitter is heard. */
const NO_MATTER = { FS_THR_ENABLE: 0 };
const CASES: readonly FlyingCase[] = [
  {},
  { parameters: { WPNAV_SPEED_UP: 150 } },
  { parameters: { WPNAV_SPEED_DN: 100 } },
  {},
  { simulator: { winch: true } },
  { parameters: NO_MATTER },
  { parameters: NO_MATTER },
];

t.test('hold', { timeout: 300_000 }, async (t) => {
  // given: drones ready to fly, each with a parcel
  const { flyers } = await readyFleet(t, CASES);
  const [leg, climbing, sinking, opened, lowering, stickLow, noRc] = flyers;
  if (!leg || !climbing || !sinking || !opened || !lowering || !stickLow || !noRc)
    throw new Error('seven drones wanted');

  const flies = async (flyer: Flyer, shape: Parameters<Flyer['plan']>[0] = {}): Promise<void> => {
    await flyer.given(flyer.plan(shape));
    await flyer.started();
  };
  const onLeg = (flyer: Flyer) => flyer.see('on its way', () => flyer.mode === 'AUTO' && flyer.awayM > 4);
  /** Held by an operator; watched for `WATCH_MS` from when that is answered. */
  const holds = async (flyer: Flyer, where: string): Promise<void> => {
    const order = await flyer.order('hold');
    t.match(order, { state: 'succeeded' }, `${where}: ${order.reason}`);
    let [low, high, fastest] = [flyer.upM, flyer.upM, flyer.speedMps];
    for (const endMs = performance.now() + WATCH_MS; performance.now() < endMs; ) {
      await pause(LOOK_MS);
      [low, high] = [Math.min(low, flyer.upM), Math.max(high, flyer.upM)];
      fastest = Math.max(fastest, flyer.speedMps);
    }
    measured(`held ${where} (${flyer.mode}): ${low.toFixed(2)} to ${high.toFixed(2)} m, ≤ ${fastest.toFixed(2)} m/s`);
    t.ok(high - low <= 2 * MOST_M, `${where}: its height stays`);
    t.ok(fastest < MOST_MPS, `${where}: it stands`);
    t.ok(low > 1, `${where}: in the air`);
    t.match(flyer.mode, /^(AUTO|GUIDED)$/, `${where}: in no mode that follows the sticks`);
    await flyer.ended('held', 10_000);
  };
  const resumes = async (flyer: Flyer): Promise<number> => {
    const sinceMs = performance.now();
    const order = await flyer.order('resume');
    t.match(order, { state: 'succeeded' }, `${flyer.id} resumes: ${order.reason}`);
    return sinceMs;
  };
  /** Held in its release: it goes on behind it, home. `parcel`: what is told of it. */
  const comesHome = async (flyer: Flyer, o: { readonly releases: number; readonly parcel: RegExp }): Promise<void> => {
    await flyer.landed();
    const stand = await flyer.ended('completed');
    t.match(stand.deliveries, [{ state: o.parcel }], `${flyer.id}: its parcel`);
    t.equal(flyer.payload.releases, o.releases, `${flyer.id}: let go so often`);
    measured(`${flyer.id}: ${stand.state}, ${stand.deliveries[0]?.state} ${stand.deliveries[0]?.reason}`);
  };
  const delivers = async (flyer: Flyer): Promise<void> => {
    t.match((await flyer.ended('completed', 90_000)).deliveries, [{ state: GONE }]);
    t.equal(flyer.payload.releases, 1, `${flyer.id}: let go once`);
    t.notOk(
      flyer.witness.since(0).some((what) => what === WINCH || what === GRIPPER),
      `${flyer.id}: by its own list`,
    );
  };
  /** Sent somewhere from its hold, and held there: GUIDED is held by a pause of its own. */
  const holdsInGuided = async (flyer: Flyer, where: string): Promise<void> => {
    const { base } = flyer.plan();
    if (base === undefined) throw new Error('a base wanted');
    const to = { latDeg: base.latDeg + 60 / M_PER_DEG, lonDeg: base.lonDeg, altRelM: Math.round(flyer.upM) };
    const sent = await flyer.order('goto', to);
    t.match(sent, { state: 'succeeded' }, `goto: ${sent.reason}`);
    await flyer.see('on its way there', () => flyer.mode === 'GUIDED' && flyer.speedMps > 2);
    await holds(flyer, where);
  };

  await together(t, {
    'on a leg: it stands, goes on where it was, and delivers': async () => {
      await flies(leg, { awayM: 20 });
      await onLeg(leg);
      await holds(leg, 'on a leg');
      t.equal(leg.payload.releases, 0);
      await resumes(leg);
      await delivers(leg);
    },

    'in the take-off: it stands below its height, climbs on, and delivers': async () => {
      await climbing.given(climbing.plan({ altM: TAKE_OFF_M, awayM: 15 }));
      const start = climbing.order('start');
      await climbing.see('climbing', () => climbing.upM > 2);
      await holds(climbing, 'in the take-off');
      t.ok(climbing.upM < TAKE_OFF_M - 1, 'in the take-off');
      await start;
      await resumes(climbing);
      await climbing.see('its height', () => climbing.upM > TAKE_OFF_M - 1);
      await delivers(climbing);
    },

    'in the descent to a drop: nothing is let go, and it comes home with its parcel': async () => {
      await flies(sinking, { altM: TAKE_OFF_M, awayM: 15 });
      await sinking.becomes('releasing');
      await sinking.see('sinking', () => sinking.upM < TAKE_OFF_M - 2);
      await holds(sinking, 'in the descent');
      t.equal(sinking.payload.releases, 0);
      const sinceMs = await resumes(sinking);
      await comesHome(sinking, { releases: 0, parcel: /^not-released$/ });
      t.equal(sinking.own.custody, 'not-released');
      t.notOk(sinking.witness.since(sinceMs).some((what) => what === GRIPPER || what === WINCH));
    },

    'right after the gripper opened: it opens no second time': async () => {
      await flies(opened, { awayM: 15 });
      await opened.see('let go', () => opened.payload.releases === 1);
      await holds(opened, 'with an open gripper');
      const sinceMs = await resumes(opened);
      await comesHome(opened, { releases: 1, parcel: GONE });
      t.notOk(opened.witness.since(sinceMs).includes(GRIPPER));
    },

    'with the line out: reeled in before it flies on, and not let down again': async () => {
      // Longer than it is held high, wherever that is: the parcel comes down on the ground.
      await flies(lowering, { awayM: 15, deliver: { how: 'winch', lineM: 7 } });
      await lowering.see('line out', () => lowering.payload.lineM > 0.5);
      await holds(lowering, 'with the line out');
      t.ok(lowering.payload.lineM > 3, 'the hold leaves the winch at its work');
      const sinceMs = await resumes(lowering);
      t.ok(lowering.payload.lineM < 1, `${lowering.payload.lineM.toFixed(1)} m of line are out`);
      let mostM = 0;
      await lowering.see('landed', () => {
        mostM = Math.max(mostM, lowering.payload.lineM);
        return !lowering.armed;
      });
      t.ok(mostM < 1, `${mostM.toFixed(1)} m of line came out again`);
      const winched = lowering.witness.since(sinceMs).filter((what) => what === WINCH);
      t.equal(winched.length, 1, 'ordered once, to reel in');
      await comesHome(lowering, { releases: 1, parcel: GONE });
    },

    'with the throttle stick low, in its mission and on its way elsewhere': async () => {
      await flies(stickLow, { awayM: 25 });
      await onLeg(stickLow);
      stickLow.drone.simulator.act(({ autopilot }) => new Pilot(autopilot).stick('throttle', STICK_LOW_US));
      await holds(stickLow, 'on a leg, throttle stick low');
      await holdsInGuided(stickLow, 'on a goto, throttle stick low');
      await resumes(stickLow);
      await delivers(stickLow);
    },

    'with no transmitter at all': async () => {
      noRc.drone.simulator.act(({ autopilot }) => new Pilot(autopilot).switchOff());
      await flies(noRc, { awayM: 25 });
      await onLeg(noRc);
      await holds(noRc, 'on a leg, no transmitter');
      await holdsInGuided(noRc, 'on a goto, no transmitter');
      await resumes(noRc);
      await delivers(noRc);
    },
  });
});
