/**
 * Situation 1 of docs/flight-rules.md: the link is lost for ten seconds and for long, in cruise, over the drop, at the
 * gate, on the return. The drone does what its ladder says, and so does the page; nothing is done twice when it is back.
 * Beneath the ladder lies the autopilot's own failsafe.
 */
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { measured, seconds } from '../kit/measured.ts';
import { until } from '../kit/until.ts';
import { type FlyingCase, readyFleet, together } from './fleet.ts';
import type { Flyer } from './flyer.ts';

const WAIT_S = 4;
const LONG_WAIT = '--ladder.waitS=120';
const winch = { winch: true };
const CASES: readonly FlyingCase[] = [
  {},
  {},
  { simulator: winch },
  {
    simulator: winch,
    parameters: { WINCH_RATE_MAX: 0.5 },
    flags: ['--ladder.waitS=1', '--ladder.finishS=1', '--ladder.retractS=25'],
  },
  { parameters: { WPNAV_SPEED: 150 } },
  { flags: [LONG_WAIT] },
  { flags: [LONG_WAIT] },
  { flags: [LONG_WAIT, '--ladder.maxS=10'] },
  { flags: [LONG_WAIT] },
];
/** FS_GCS_TIMEOUT of an ArduCopter, and what the net under a dead agent may take besides (issue: + 2 s). */
const FS_GCS_TIMEOUT_S = 5;
const NET_S = 2;

t.test('the link is lost', { timeout: 300_000 }, async (t) => {
  // given: drones ready to fly, each with a parcel and an itinerary that is verified
  const { world, flyers } = await readyFleet(t, CASES, {
    flags: [`--ladder.waitS=${WAIT_S}`, '--ladder.finishS=20', '--ladder.retractS=10', '--ladder.maxS=120'],
  });
  const live = world.live();
  const expected = ({ id }: Flyer) => live.drones.get(id)?.expectation?.rung ?? null;
  const pageSays = (flyer: Flyer, rung: string) =>
    until(() => expected(flyer) === rung, {
      timeoutMs: 30_000,
      what: `the page to say ${rung} of ${flyer.id}`,
      seen: () => live.drones.get(flyer.id)?.expectation,
    });
  const [cruise10, cruise, drop, retracted, onReturn, gate, gateOffline, exhausted, orphan] = flyers;
  if (!cruise10 || !cruise || !drop || !retracted || !onReturn || !gate || !gateOffline || !exhausted || !orphan)
    return;
  const away = (flyer: Flyer, m = 4) => flyer.see('on its way', () => flyer.mode === 'AUTO' && flyer.awayM > m);
  const mended = async (flyer: Flyer): Promise<void> => {
    flyer.drone.uplink.mend();
    await flyer.see('heard again', () => flyer.drone.agent.status().uplink.leaseLeftMs > 0);
  };

  await together(t, {
    'ten seconds in cruise: it goes on and delivers': async () => {
      await cruise10.given(cruise10.plan({ awayM: 40, speedMps: 2 }));
      await cruise10.started();
      await away(cruise10);
      cruise10.drone.uplink.cut();
      await pause(10_000);
      t.equal(cruise10.mode, 'AUTO');
      await mended(cruise10);
      const stand = await cruise10.ended('completed', 90_000);
      t.match(stand.deliveries, [{ state: 'released' }]);
      t.equal(cruise10.payload.releases, 1);
      t.equal(cruise10.drone.agent.status().commanding.ladder.counters.returns, 0);
    },

    'for long in cruise: it waits, then returns, and the page said so': async () => {
      await cruise.given(cruise.plan({ awayM: 60, speedMps: 1.5 }));
      await cruise.started();
      await away(cruise);
      cruise.drone.uplink.cut();
      await pageSays(cruise, 'wait');
      t.equal(cruise.mode, 'AUTO', 'it goes on while it waits');
      await pageSays(cruise, 'return');
      await cruise.see('RTL', () => cruise.mode === 'RTL', 6_000);
      t.equal(cruise.rung, 'return');
      const backMs = performance.now();
      await mended(cruise);
      await cruise.landed();
      t.same(cruise.witness.since(backMs), [], 'nothing is sent when the link is back');
      const stand = await cruise.ended('aborted');
      t.equal(stand.reason, 'no-controller');
      t.match(stand.deliveries, [{ state: 'aboard' }]);
      t.equal(cruise.payload.releases, 0);
    },

    'in the descent over the drop: the release is ended, then it returns': async () => {
      await drop.given(drop.plan({ deliver: { how: 'winch', lineM: 5 } }));
      await drop.started();
      await drop.see('line out', () => drop.payload.lineM > 0.5);
      drop.drone.uplink.cut();
      await drop.see('the release to be ended', () => drop.rung === 'finish', 40_000);
      // What is left of its plan is the way home: it is not called back from that.
      await drop.see('on its way home', () => drop.rung === 'return', 40_000);
      t.match([drop.mode, drop.own.current?.state], ['AUTO', 'returning']);
      t.equal(drop.payload.releases, 1);
      const backMs = performance.now();
      await mended(drop);
      await drop.landed();
      t.same(drop.witness.since(backMs), []);
      t.match((await drop.ended('completed')).deliveries, [{ state: 'released' }]);
      t.equal(drop.payload.releases, 1, 'once');
      t.equal(drop.own.custody, 'none');
    },

    'over the drop with no time to end it: the line is reeled in, it returns with its parcel': async () => {
      const deliver = { how: 'winch', releaseAltM: 14, lineM: 15 } as const;
      await retracted.given(retracted.plan({ awayM: 20, altM: 15, deliver }));
      await retracted.started();
      await retracted.see('line out', () => retracted.payload.lineM > 0.5);
      retracted.drone.uplink.cut();
      await retracted.see('the line to be reeled in', () => retracted.rung === 'retract', 40_000);
      await retracted.see('RTL', () => retracted.mode === 'RTL', 40_000);
      t.ok(retracted.payload.lineM < 1, `${retracted.payload.lineM} m of line are out`);
      await mended(retracted);
      await retracted.landed();
      t.match((await retracted.ended('aborted')).deliveries, [{ state: 'not-released' }]);
      t.equal(retracted.payload.releases, 0);
      t.equal(retracted.own.custody, 'not-released');
    },

    'on the return: it goes on returning': async () => {
      // Above home it waits longer than the lease and the first rung take, or it would be down before the ladder moves.
      onReturn.drone.simulator.act(({ autopilot }) => autopilot.parameters.set('RTL_LOIT_TIME', 45_000));
      await onReturn.given(onReturn.plan({ awayM: 60 }));
      await onReturn.started();
      await onReturn.becomes('returning');
      t.equal(onReturn.payload.releases, 1);
      onReturn.drone.uplink.cut();
      await onReturn.see('returning by the ladder', () => onReturn.rung === 'return', 40_000);
      t.equal(onReturn.mode, 'AUTO', 'by its own plan: nothing is ordered');
      await mended(onReturn);
      await onReturn.landed();
      t.match((await onReturn.ended('completed')).deliveries, [{ state: 'released' }]);
      t.equal(onReturn.payload.releases, 1);
    },

    'before the gate: it stays shut, and ends in return': async () => {
      await gate.given(gate.plan({ awayM: 40, speedMps: 2, deliver: { gateS: 5 } }));
      await gate.started();
      await away(gate, 1);
      gate.drone.uplink.cut();
      await gate.see('shut', () => /link-lost/.test(gate.own.current?.reason ?? ''), 50_000);
      t.equal(gate.own.current?.state, 'at-gate');
      await gate.becomes('returning');
      await mended(gate);
      await gate.landed();
      t.match((await gate.ended('aborted')).reason, /gate-closed.*link-lost/);
      t.equal(gate.payload.releases, 0);
    },

    'before the gate, and it may release offline: it does, once': async () => {
      await gateOffline.given(gateOffline.plan({ awayM: 40, speedMps: 2, deliver: { releaseOffline: true } }));
      await gateOffline.started();
      await away(gateOffline, 1);
      gateOffline.drone.uplink.cut();
      await gateOffline.see('released', () => gateOffline.payload.releases === 1, 60_000);
      t.equal(gateOffline.rung, 'wait', 'nobody was heard then');
      await mended(gateOffline);
      t.match((await gateOffline.ended('completed', 90_000)).deliveries, [{ state: 'released' }]);
      t.equal(gateOffline.payload.releases, 1);
    },

    'to the end of the ladder: only then the failsafe of the autopilot': async () => {
      await exhausted.given(exhausted.plan({ awayM: 80, speedMps: 1, deliver: null }));
      await exhausted.started();
      await away(exhausted);
      exhausted.drone.uplink.cut();
      await exhausted.see(
        'the end of the ladder',
        () => exhausted.rung === 'exhausted' || exhausted.groundLinkFailsafe,
      );
      t.equal(exhausted.rung, 'exhausted');
      t.notOk(exhausted.groundLinkFailsafe, 'not before');
      t.equal(exhausted.mode, 'AUTO');
      const afterMs = await exhausted.see('the failsafe', () => exhausted.groundLinkFailsafe, 20_000);
      measured(`agent alive: the failsafe fired ${seconds(afterMs)} after the end of its ladder`);
      t.equal(exhausted.mode, 'RTL');
      await mended(exhausted);
      await exhausted.see('it is known', () => exhausted.own.current?.state === 'interrupted');
      t.equal(exhausted.mode, 'RTL', 'it is not undone');
    },

    'and the agent dies: the failsafe of the autopilot in its time': async () => {
      await orphan.given(orphan.plan({ awayM: 80, speedMps: 1 }));
      await orphan.started();
      await away(orphan);
      orphan.drone.uplink.cut();
      await orphan.see('the loss', () => orphan.rung === 'wait', 40_000);
      t.equal(orphan.mode, 'AUTO');
      const diedMs = performance.now();
      await orphan.killed();
      await orphan.see('the failsafe', () => orphan.groundLinkFailsafe, 20_000);
      const tookS = (performance.now() - diedMs) / 1000;
      measured(`agent dead in AUTO, link lost: the failsafe fired after ${tookS.toFixed(2)} s`);
      t.ok(tookS <= FS_GCS_TIMEOUT_S + NET_S, `within ${FS_GCS_TIMEOUT_S + NET_S} s`);
      t.equal(orphan.mode, 'RTL');
      const backMs = performance.now();
      await orphan.revived();
      await orphan.becomes('interrupted', 20_000);
      await orphan.landed();
      t.same(orphan.witness.since(backMs), [], 'nothing is sent by the one that came later');
      t.match((await orphan.ended('aborted')).deliveries, [{ state: 'aboard' }]);
      t.equal(orphan.payload.releases, 0);
    },
  });
});
