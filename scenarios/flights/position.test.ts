/**
 * Situation 6 of docs/flight-rules.md, in flights with itineraries: the satellite receiver jumps, is jammed, has no fix,
 * drifts, says 0, 0, stands still. No leg begins and no gate opens by such a position, what the autopilot does by itself is
 * not undone, and whoever is well flies on.
 */
import t from 'tap';
import { measured, seconds } from '../kit/measured.ts';
import { until } from '../kit/until.ts';
import { readyFleet, together } from './fleet.ts';
import type { Flyer } from './flyer.ts';
import { alarmsOf } from './heard.ts';

const ARM = 'COMMAND 400';
const SET_CURRENT = /MISSION_SET_CURRENT|COMMAND 224/;
/** Jammed: a fix too poor to act by, and too good for the autopilot to mind. */
const JAMMED = 'gps-poor';
const DRONES = 8;
/** A busy process hears late; that is doubt enough to act on nothing, and no fault of a position. */
const OF_THE_MACHINE: readonly string[] = ['silent', 'late', 'settling'];

t.test('positions that are wrong, in an itinerary', { timeout: 300_000 }, async (t) => {
  // given: drones ready to fly, each with a parcel
  const { world, flyers } = await readyFleet(
    t,
    Array.from({ length: DRONES }, () => ({})),
  );
  const live = world.live();
  const [glitch, jammed, lost, drifting, nowhere, frozen, grounded, well] = flyers;
  if (!glitch || !jammed || !lost || !drifting || !nowhere || !frozen || !grounded || !well) return;
  const trust = ({ drone }: Flyer) => drone.agent.status().trust;
  const page = ({ id }: Flyer) => live.drones.get(id)?.trust;
  const fault = ({ drone }: Flyer, asked: string) => drone.simulator.act((simulator) => simulator.fault(asked));
  const cleared = ({ drone }: Flyer, name: string) => drone.simulator.act((simulator) => simulator.clear(name));
  const flies = async (flyer: Flyer, shape: Parameters<Flyer['plan']>[0] = {}): Promise<void> => {
    await flyer.given(flyer.plan(shape));
    await flyer.started();
  };
  const away = (flyer: Flyer, m = 4) => flyer.see('on its way', () => flyer.mode === 'AUTO' && flyer.awayM > m);
  const trusted = (flyer: Flyer) => flyer.see('trusted', () => trust(flyer).state === 'trusted');
  const doubted = async (flyer: Flyer, reasons: RegExp, withinMs: number): Promise<void> => {
    const tookMs = await flyer.see(
      `doubted: ${reasons}`,
      () => trust(flyer).state !== 'trusted' && reasons.test(trust(flyer).reason ?? ''),
      withinMs,
    );
    measured(`${trust(flyer).reason}: ${trust(flyer).state} after ${seconds(tookMs)}`);
    await until(() => reasons.test(page(flyer)?.reason ?? ''), {
      timeoutMs: 10_000,
      what: `the page to say ${reasons} of ${flyer.id}`,
      seen: () => page(flyer),
    });
  };
  const jumps = ({ witness }: Flyer, sinceMs: number) => witness.since(sinceMs).some((what) => SET_CURRENT.test(what));
  const place = ({ drone }: Flyer) => {
    const { latE7, lonE7 } = drone.simulator.simulator.autopilot.world;
    return { latDeg: latE7 / 1e7 + 0.0001, lonDeg: lonE7 / 1e7, altRelM: 6 };
  };
  /** The autopilot lands by itself, and is let. */
  const landsByItself = async (flyer: Flyer, sinceMs: number): Promise<void> => {
    await flyer.see('the failsafe of the autopilot', () => flyer.mode === 'LAND', 30_000);
    t.match((await flyer.ended('interrupted', 15_000)).reason, /^failsafe/);
    for (const params of [{}, { takeControl: true }]) {
      t.match(await flyer.order('resume', params), { state: 'rejected', reason: /^failsafe/ });
    }
    t.match(await flyer.order('goto', place(flyer)), { state: 'rejected' });
    await flyer.landed();
    t.same(flyer.witness.since(sinceMs), [], 'nothing was sent: it is not undone');
    t.match((await flyer.ended('aborted')).deliveries, [{ state: 'aboard' }]);
    t.equal(flyer.payload.releases, 0);
  };

  await together(t, {
    'it jumps before the gate, and back: shut meanwhile, then it delivers': async () => {
      await flies(glitch);
      const startedMs = performance.now();
      await glitch.see('nearly there', () => glitch.awayM > 20);
      fault(glitch, 'gps-glitch:metres=200,fused=1@0+6');
      await doubted(glitch, /^jump$/, 10_000);
      await glitch.see('at the gate', () => glitch.own.current?.state === 'at-gate', 30_000);
      t.notOk(jumps(glitch, startedMs), 'not opened by it');
      await glitch.see('trusted, or released', () => trust(glitch).state === 'trusted' || glitch.payload.releases > 0);
      t.equal(glitch.payload.releases, 0, 'not before it is trusted');
      await glitch.ended('completed', 90_000);
      t.equal(glitch.payload.releases, 1, 'once');
    },

    'jammed in a hold: neither resume nor goto, until it is well': async () => {
      await flies(jammed, { deliver: null });
      await away(jammed);
      t.match(await jammed.order('hold'), { state: 'succeeded' });
      fault(jammed, JAMMED);
      await doubted(jammed, /^(low-fix|no-fix)$/, 10_000);
      const sinceMs = performance.now();
      t.match(await jammed.order('resume'), { state: 'rejected', reason: /^position: / });
      t.match(await jammed.order('goto', place(jammed)), { state: 'rejected', reason: /^position: / });
      t.same(jammed.witness.since(sinceMs), [], 'nothing was sent');
      t.equal(jammed.own.current?.state, 'held');
      cleared(jammed, JAMMED);
      await trusted(jammed);
      t.match(await jammed.order('resume'), { state: 'succeeded' });
      await jammed.ended('completed', 60_000);
    },

    'no fix in cruise: the autopilot lands, and nothing of ours undoes it': async () => {
      await flies(lost, { awayM: 60, speedMps: 2 });
      await away(lost);
      const sinceMs = performance.now();
      fault(lost, 'gps-loss');
      await doubted(lost, /^(no-fix|no-estimate)$/, 10_000);
      await landsByItself(lost, sinceMs);
    },

    'it drifts slowly: the gate stays shut, and it comes home with its parcel': async () => {
      await flies(drifting, { awayM: 40, speedMps: 2, deliver: { gateS: 6 } });
      const startedMs = performance.now();
      await away(drifting, 2);
      fault(drifting, 'gps-drift:rate=1.5');
      await doubted(drifting, /^(drift|gps-differs|innovation)$/, 40_000);
      await drifting.see('shut', () => /position/.test(drifting.own.current?.reason ?? ''), 40_000);
      t.equal(drifting.own.current?.state, 'at-gate');
      await drifting.becomes('returning', 30_000);
      t.match(drifting.own.current?.reason, /^gate-closed: position: /);
      t.equal(drifting.payload.releases, 0);
      t.notOk(jumps(drifting, startedMs), 'the gate was not opened');
    },

    'it says 0, 0 at the gate: shut, and the autopilot lands': async () => {
      await flies(nowhere, { deliver: { gateS: 60, minBatteryPct: 100 } });
      await nowhere.becomes('at-gate');
      const sinceMs = performance.now();
      fault(nowhere, 'gps-zero:fused=1');
      await doubted(nowhere, /^zero$/, 10_000);
      await landsByItself(nowhere, sinceMs);
    },

    'it stands still while it flies: no skip; an operator may still land it': async () => {
      await flies(frozen, { awayM: 80, speedMps: 4 });
      await away(frozen);
      fault(frozen, 'gps-frozen:fused=1');
      await doubted(frozen, /^frozen$/, 20_000);
      const sinceMs = performance.now();
      t.match(await frozen.order('skip'), { state: 'rejected', reason: /^position: / });
      t.match(await frozen.order('goto', place(frozen)), { state: 'rejected' });
      t.same(frozen.witness.since(sinceMs), [], 'nothing was sent');
      t.match(await frozen.order('land'), { state: 'succeeded' });
      await frozen.landed();
      t.match((await frozen.ended('aborted')).deliveries, [{ state: 'aboard' }]);
      t.equal(frozen.payload.releases, 0);
    },

    'jammed on the ground: not started, and well again it is': async () => {
      await grounded.given(grounded.plan({ deliver: null }));
      fault(grounded, JAMMED);
      await doubted(grounded, /^(low-fix|no-fix)$/, 10_000);
      t.match(await grounded.order('start'), { state: 'rejected', reason: /^position: / });
      t.notOk(
        grounded.witness.seen.some(({ what }) => what === ARM),
        'no motor was asked to turn',
      );
      cleared(grounded, JAMMED);
      await trusted(grounded);
      await grounded.started();
      await grounded.ended('completed', 60_000);
    },

    'whoever is well flies on, and nothing is said against its position': async () => {
      const before = trust(well).doubts;
      await flies(well);
      t.match((await well.ended('completed', 90_000)).deliveries, [{ state: 'released' }]);
      const doubts = Object.entries(trust(well).doubts).filter(
        ([code, times]) => times > (before[code] ?? 0) && !OF_THE_MACHINE.includes(code),
      );
      t.same(doubts, []);
      t.same(await alarmsOf(world, well.id), []);
    },
  });
});
