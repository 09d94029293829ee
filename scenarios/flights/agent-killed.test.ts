/**
 * Situation 10 of docs/flight-rules.md, over a whole delivery: the agent is killed in each of its phases and started again.
 * It adopts what flies and sends nothing that changes the flight; the autopilot never misses its heartbeats; no gate is
 * passed by an agent that was not there, and no parcel is delivered twice or forgotten.
 */
import t from 'tap';
import { measured, seconds } from '../kit/measured.ts';
import { isSoak } from '../kit/seed.ts';
import { until } from '../kit/until.ts';
import { type FlyingCase, readyFleet, together } from './fleet.ts';
import type { Flyer } from './flyer.ts';
import { isCommand, onItsWay } from './on-its-way.ts';

const ARM = 'COMMAND 400';
const MISSION_START = 300;
const SET_CURRENT = 224;
/** The autopilot returns when it hears no ground link for FS_GCS_TIMEOUT; an agent must be back sooner. */
const FS_GCS_TIMEOUT_MS = 5_000;
const BACK_WITHIN_MS = 4_000;
/** A machine that is busy takes its time, and the autopilot its minute: FS_GCS_TIMEOUT, s. */
const BUSY = 3;
const PATIENT = { parameters: { FS_GCS_TIMEOUT: (BUSY * FS_GCS_TIMEOUT_MS) / 1000 } };
/** Short, so that a gate nobody opens is soon over. */
const SHUT_S = 8;
const GATE_S = 30;
const winch = { winch: true };
const SMALL: readonly FlyingCase[] = [
  {},
  PATIENT,
  PATIENT,
  PATIENT,
  PATIENT,
  { ...PATIENT, simulator: winch },
  // Above home it waits, or it would be down before anything is seen of its return.
  { parameters: { ...PATIENT.parameters, RTL_LOIT_TIME: 12_000 } },
  { ...PATIENT, alone: true, simulator: winch },
];
/** Only in the soak: most of them are near to one of the above. */
const FURTHER: readonly FlyingCase[] = [{}, PATIENT, PATIENT, PATIENT, {}, { ...PATIENT, alone: true }];

t.test('the agent is killed', { timeout: 300_000 }, async (t) => {
  // given: drones ready to fly, each with a parcel
  const { flyers } = await readyFleet(t, isSoak() ? [...SMALL, ...FURTHER] : SMALL);
  const [uploading, arming, climbing, leg, gate, lowering, returning, loweringAlone] = flyers;
  const [verified, ordering, opening, landing, late, legAlone] = flyers.slice(SMALL.length);
  if (!uploading || !arming || !climbing || !leg || !gate || !lowering || !returning || !loweringAlone) return;
  const gaps: number[] = [];

  /** Its ground-link heartbeat is back: how long it was away, ms. */
  const isBack = async (flyer: Flyer, lastMs: number, killedMs: number): Promise<void> => {
    await flyer.see('its heartbeat again', () => (flyer.witness.groundLinkAtMs ?? 0) > killedMs);
    const awayMs = (flyer.witness.groundLinkAtMs ?? 0) - lastMs;
    gaps.push(awayMs);
    t.ok(awayMs < BACK_WITHIN_MS * BUSY, `${flyer.id}: without a ground link for ${seconds(awayMs)}`);
  };
  /** Killed in flight and started at once. Returns when it was killed, `performance.now()`. */
  const restarts = async (flyer: Flyer): Promise<number> => {
    const { mode } = flyer;
    const lastMs = flyer.witness.groundLinkAtMs ?? 0;
    await flyer.killed();
    const killedMs = performance.now();
    await flyer.revived();
    await isBack(flyer, lastMs, killedMs);
    t.notOk(flyer.groundLinkFailsafe, `${flyer.id}: no failsafe`);
    t.equal(flyer.mode, mode, `${flyer.id} flies as it flew`);
    return killedMs;
  };
  const flies = async (flyer: Flyer, shape: Parameters<Flyer['plan']>[0] = {}): Promise<void> => {
    await flyer.given(flyer.plan({ ...shape, deliver: { gateS: GATE_S, ...shape.deliver } }));
    await flyer.started();
  };
  /** The controller knows that nobody of ours flies it. */
  const adopted = (flyer: Flyer) =>
    until(async () => /adopted/.test((await flyer.stand()).reason ?? ''), {
      timeoutMs: 15_000,
      what: `${flyer.id} to be adopted`,
      seen: () => flyer.mode,
    });
  /** It flew to its end by itself: nothing was sent, and of the parcel this is known. */
  const broughtHome = async (
    flyer: Flyer,
    sinceMs: number,
    o: { readonly releases: number; readonly parcel: string; readonly custody: string },
  ): Promise<void> => {
    await flyer.landed();
    t.same(flyer.witness.since(sinceMs), [], `${flyer.id}: nothing is ordered and nothing written`);
    await flyer.ended('aborted');
    t.equal(flyer.payload.releases, o.releases, `${flyer.id}: let go so often`);
    await flyer.parcelIs(o.parcel);
    if (flyer.alone === null) t.equal(flyer.own.custody, o.custody, `${flyer.id}: its custody`);
  };
  /** Nobody delivers it once more. */
  const notAgain = async (flyer: Flyer): Promise<void> => {
    const again = { ...flyer.plan(), id: `again-${flyer.id}` };
    await flyer.assigned(again);
    t.match(await flyer.answered(again.id), { state: 'refused', reason: /^still-aboard/ }, flyer.id);
    t.match(await flyer.order('start'), { state: 'rejected' }, flyer.id);
    t.notOk(flyer.armed);
  };

  await together(t, {
    'in the upload: nothing of it is flown, and it is written anew': async () => {
      const torn = onItsWay(uploading, (sent) => sent.name === 'MISSION_ITEM_INT' && sent.fields.seq === 4);
      await uploading.assigned(uploading.plan({ awayM: 15 }));
      await torn;
      await uploading.kept(`"it-${uploading.id}"`);
      await uploading.killed();
      const killedMs = performance.now();
      await uploading.revived();
      const order = await uploading.order('start');
      t.notMatch(order, { state: 'succeeded' }, `${order.reason}`);
      await uploading.becomes('verified', 40_000);
      t.notOk(uploading.witness.since(killedMs).includes(ARM));
      await uploading.started();
      await uploading.ended('completed');
      t.equal(uploading.payload.releases, 1);
    },

    'armed and not risen: it stands, disarms by itself, and is not started by anybody': async () => {
      await arming.given(arming.plan());
      const go = onItsWay(arming, (sent) => isCommand(sent, MISSION_START));
      const order = arming.order('start');
      await go;
      t.ok(arming.armed);
      const killedMs = await restarts(arming);
      t.notMatch(await order, { state: 'succeeded' }, 'its order is not called done');
      await broughtHome(arming, killedMs, { releases: 0, parcel: 'aboard', custody: 'aboard' });
    },

    'in the take-off: it flies its plan, the gate stays shut, the parcel comes home': async () => {
      await climbing.given(climbing.plan({ altM: 12, awayM: 15, deliver: { gateS: SHUT_S } }));
      const order = climbing.order('start');
      await climbing.see('rising', () => climbing.upM > 1);
      const killedMs = await restarts(climbing);
      t.ok(climbing.upM < 12, 'in the take-off');
      await adopted(climbing);
      await order;
      await broughtHome(climbing, killedMs, { releases: 0, parcel: 'aboard', custody: 'aboard' });
    },

    'on a leg, and an operator takes it over again: delivered once': async () => {
      await flies(leg, { awayM: 40, speedMps: 3, deliver: { gateS: 40 } });
      await leg.see('on its way', () => leg.mode === 'AUTO' && leg.awayM > 4);
      const killedMs = await restarts(leg);
      await adopted(leg);
      t.same(leg.witness.since(killedMs), [], 'nothing is sent before somebody says so');
      t.match(await leg.order('resume', { takeControl: true }), { state: 'succeeded' });
      const stand = await leg.ended('completed', 90_000);
      t.match(stand.deliveries, [{ state: 'released' }]);
      t.equal(leg.payload.releases, 1);
    },

    'at the gate: it stays shut': async () => {
      await flies(gate, { awayM: 10, deliver: { gateS: SHUT_S + 2 } });
      await gate.becomes('at-gate');
      const killedMs = await restarts(gate);
      t.equal(gate.payload.releases, 0);
      await broughtHome(gate, killedMs, { releases: 0, parcel: 'aboard', custody: 'aboard' });
    },

    'the line is out: the autopilot ends the release, and nobody says that it was proved': async () => {
      await flies(lowering, { awayM: 10, deliver: { how: 'winch', lineM: 5 } });
      await lowering.see('line out', () => lowering.payload.lineM > 0.5);
      const killedMs = await restarts(lowering);
      await broughtHome(lowering, killedMs, { releases: 1, parcel: 'unproved', custody: 'unproved' });
      await notAgain(lowering);
      t.equal(await lowering.settled('released'), 200);
      await lowering.parcelIs('settled');
    },

    'after the release, on the way home: what was proved stays proved': async () => {
      await flies(returning, { awayM: 20 });
      await returning.kept('"released"');
      await returning.see(
        'its return',
        () => returning.mode === 'AUTO' && returning.own.current?.state === 'returning',
      );
      const killedMs = await restarts(returning);
      await broughtHome(returning, killedMs, { releases: 1, parcel: 'released', custody: 'none' });
    },

    'kill -9 with the line out: ended by the autopilot, and not proved': async () => {
      await loweringAlone.assigned(
        loweringAlone.plan({ awayM: 10, deliver: { how: 'winch', lineM: 5, gateS: GATE_S } }),
      );
      await loweringAlone.answered(`it-${loweringAlone.id}`);
      await loweringAlone.started();
      await loweringAlone.see('line out', () => loweringAlone.payload.lineM > 0.5);
      const killedMs = await restarts(loweringAlone);
      await broughtHome(loweringAlone, killedMs, { releases: 1, parcel: 'unproved', custody: 'unproved' });
      await notAgain(loweringAlone);
    },
    ...(verified && ordering && opening && landing && late && legAlone
      ? {
          'verified on the ground: verified again before it may be started': async () => {
            await verified.given(verified.plan({ awayM: 15 }));
            await verified.kept('"verified"');
            await verified.killed();
            const killedMs = performance.now();
            await verified.revived();
            await verified.becomes('verified', 40_000);
            t.notOk(verified.witness.since(killedMs).includes('MISSION_COUNT'), 'read, not written');
            await verified.started();
            const { steps } = await verified.ended('completed');
            t.ok(
              steps.some(({ state, reason }) => state === 'void' && reason === 'restarted'),
              'nobody watched meanwhile',
            );
            t.equal(verified.payload.releases, 1);
          },

          'at the gate, its order to release on its way: never ordered again, and not proved': async () => {
            const order = onItsWay(ordering, (sent) => {
              const jumps = isCommand(sent, SET_CURRENT) || sent.name === 'MISSION_SET_CURRENT';
              return jumps && ordering.mode === 'AUTO';
            });
            await flies(ordering, { awayM: 10, deliver: { gateS: SHUT_S * 2 } });
            await order;
            const killedMs = await restarts(ordering);
            await broughtHome(ordering, killedMs, { releases: 0, parcel: 'unproved', custody: 'unproved' });
            await notAgain(ordering);
          },

          'the gripper opens: it is not said to be proved': async () => {
            await flies(opening, { awayM: 10 });
            await opening.see('let go', () => opening.payload.releases === 1);
            const killedMs = await restarts(opening);
            await broughtHome(opening, killedMs, { releases: 1, parcel: 'unproved', custody: 'unproved' });
          },

          'landing: it lands': async () => {
            await flies(landing, { awayM: 8, deliver: { releaseAltM: 5 } });
            await landing.kept('"released"');
            await landing.see('its last metres', () => landing.awayM < 2 && landing.upM < 3);
            const lastMs = landing.witness.groundLinkAtMs ?? 0;
            await landing.killed();
            const killedMs = performance.now();
            await landing.revived();
            await isBack(landing, lastMs, killedMs);
            await landing.landed();
            t.same(landing.witness.since(killedMs), []);
            await landing.parcelIs('released');
            await landing.see('over', () => landing.own.current === null);
            t.equal(landing.payload.releases, 1);
          },

          'and comes back too late: the failsafe of the autopilot, which nobody undoes': async () => {
            await flies(late, { awayM: 60, speedMps: 2 });
            await late.see('on its way', () => late.mode === 'AUTO' && late.awayM > 4);
            const lastMs = late.witness.groundLinkAtMs ?? 0;
            await late.killed();
            const killedMs = performance.now();
            await late.see('the failsafe', () => late.groundLinkFailsafe, 20_000);
            const afterMs = performance.now() - lastMs;
            measured(`nobody came back: the failsafe ${seconds(afterMs)} after the last heartbeat`);
            t.ok(afterMs > FS_GCS_TIMEOUT_MS - 500, 'not before');
            t.ok(afterMs < BUSY * (FS_GCS_TIMEOUT_MS + 2_000), 'in its time');
            await late.revived();
            await late.see('its heartbeat again', () => (late.witness.groundLinkAtMs ?? 0) > killedMs);
            t.equal(late.mode, 'RTL');
            await broughtHome(late, killedMs, { releases: 0, parcel: 'aboard', custody: 'aboard' });
          },

          'kill -9 on a leg: adopted, the gate stays shut': async () => {
            await legAlone.assigned(legAlone.plan({ awayM: 25, speedMps: 3, deliver: { gateS: SHUT_S } }));
            await legAlone.answered(`it-${legAlone.id}`);
            await legAlone.started();
            await legAlone.see('on its way', () => legAlone.mode === 'AUTO' && legAlone.awayM > 4);
            const killedMs = await restarts(legAlone);
            await adopted(legAlone);
            await broughtHome(legAlone, killedMs, { releases: 0, parcel: 'aboard', custody: 'aboard' });
          },
        }
      : {}),
  });
  gaps.sort((a, b) => a - b);
  measured(
    `ground link away in ${gaps.length} restarts: ${gaps.map(seconds).join(', ')} (at most ${seconds(BACK_WITHIN_MS)})`,
  );
});
