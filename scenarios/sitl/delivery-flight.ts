/**
 * Itineraries, on the simulator and on a real autopilot: verified and voided on the ground, a parcel delivered, a gate that
 * stays shut; then what lost-flight.ts shows.
 */
import { MavCmd } from '@skein/protocol/mavlink';
import { until } from '../kit/until.ts';
import { Fitted } from './fitted.ts';
import { lose } from './lost-flight.ts';
import { Site, type SiteOptions, seconds, told } from './site.ts';
import { FlightEnded } from './steps.ts';

export interface DeliveryFlightOptions extends SiteOptions {
  /** Our simulator: it knows its load. */
  readonly simulated: boolean;
}

const ACCEPTED = 0;
const GRAB = 1;
/** Some seconds after its start. */
const GRABS_WITHIN_MS = 20_000;
/** The list's lengths: mission with home, fence, rally points. */
const LISTS = [0, 1, 2] as const;
/** The leg is long enough for the lease to end on it. */
const SLOW = { awayM: 60, speedMps: 2 } as const;
const PATIENT = ['--ladder.waitS=120'] as const;

export async function flyItineraries(o: DeliveryFlightOptions): Promise<void> {
  const site = new Site(o);
  const { steps, pilot, rounds } = site;
  const fitted = new Fitted(pilot);
  const grab = async (): Promise<void> => {
    let answer: number | null = null;
    const grabs = async (): Promise<boolean> => {
      answer = await pilot.command(MavCmd.DO_GRIPPER, 1, GRAB);
      return answer === ACCEPTED;
    };
    await until(grabs, {
      timeoutMs: GRABS_WITHIN_MS,
      everyMs: 1_000,
      what: 'the gripper to close',
      seen: () => answer,
    });
  };

  let restarts = true;
  const restarted = async (): Promise<string> => {
    try {
      return told(await site.succeeds('reboot', { target: 'autopilot' }));
    } catch (error) {
      if (pilot.make.refusesRestart?.test(String(error)) !== true) throw error;
      restarts = false;
      return 'it refuses to restart';
    }
  };

  try {
    await steps.must('pilot and agent hear the autopilot', async () => `after ${seconds(await pilot.heard(60_000))}`);
    await steps.must('it is fitted with a gripper, and started anew', async () => {
      await fitted.set([...pilot.make.forFlight, ...pilot.make.forDeliveries]);
      await until(async () => (await site.entry()).freshness.state === 'fresh', {
        timeoutMs: 60_000,
        what: 'fresh data',
      });
      // The parameters of the last second before a reboot may be lost: they are stored late.
      await site.watch(2_000);
      return `${fitted.words}; ${await restarted()}`;
    });
    await steps.must('it may be armed', async () => {
      await pilot.heard(60_000);
      await grab();
      return `after ${seconds(await site.fit())}`;
    });

    const id = 'delivery';
    const leg = { awayM: 45, speedMps: 3, deliver: { how: 'drop', releaseAltM: 5 } } as const;
    await steps.must('an itinerary is given: fence and mission uploaded, read back, verified', async () => {
      await rounds.give(site.plan(id, { ...leg, rallyM: 10 }));
      const { tookMs } = await rounds.becomes(id, 'verified');
      const counts: number[] = [];
      for (const list of LISTS) counts.push(await pilot.lists.length(list));
      const wanted = `${pilot.make.listsHome ? 12 : 11},1,1`;
      if (counts.join() !== wanted) throw new Error(`the pilot reads lists of ${counts.join(', ')}`);
      return `after ${seconds(tookMs)}; the pilot reads ${counts[0]} items, ${counts[1]} of a fence, ${counts[2]} rally point`;
    });
    await steps.step('a stranger uploads: void, and start is refused', async () => {
      const result = await pilot.lists.upload(site.place, 10, pilot.make);
      const { round, tookMs } = await rounds.becomes(id, 'void', 30_000);
      return `upload ${result}; void (${round.reason}) after ${seconds(tookMs)}; ${await site.refused(/./, 'start')}`;
    });
    await steps.must('given again it is verified again', async () => {
      const version = await rounds.give(site.plan(id, leg));
      const { tookMs } = await rounds.becomes(id, 'verified', 90_000);
      return `version ${version} after ${seconds(tookMs)}`;
    });
    await steps.step('the autopilot restarts: void, and verified again by itself', async () => {
      if (!restarts) return 'not by command';
      const reboot = await site.succeeds('reboot', { target: 'autopilot' });
      const { round, tookMs } = await rounds.is(
        id,
        'void, then verified',
        ({ state, steps: all }) => state === 'verified' && all.some((step) => step.state === 'void'),
        180_000,
      );
      const voided = round.steps.find(({ state }) => state === 'void');
      return `${told(reboot)}; void (${voided?.reason}), verified after ${seconds(tookMs)}`;
    });

    await steps.must('start: armed, home looked at, on its way', async () => {
      await pilot.heard(60_000);
      await grab();
      return site.starts(5);
    });
    await steps.step('hold on the leg: it stays there', async () => {
      const held = await site.succeeds('hold');
      await rounds.becomes(id, 'held', 15_000);
      return `${told(held)}; ${await site.watch(o.watchMs)}`;
    });
    await steps.step('resume: it goes on', async () => {
      const resumed = await site.succeeds('resume');
      await site.mode('auto', 10_000);
      return told(resumed);
    });
    await steps.step('over the door: the gate is passed, the gripper opens', async () => {
      const { tookMs } = await rounds.becomes(id, 'releasing', 90_000);
      if (!pilot.make.saysJaws) {
        const gone = await rounds.is(
          id,
          'past the release',
          ({ deliveries }) => deliveries[0]?.state === 'unproved',
          60_000,
        );
        return `gate passed after ${seconds(tookMs)}; past the release ${seconds(gone.tookMs)} later`;
      }
      const said = await until(() => pilot.texts.find((text) => /Gripper Releas|load releas/i.test(text)), {
        timeoutMs: 60_000,
        what: 'the gripper to open',
        seen: () => pilot.texts.slice(-4),
      });
      return `gate passed after ${seconds(tookMs)}; "${said.value}" ${seconds(said.tookMs)} later`;
    });
    // Our simulator weighs its parcel. On ArduPilot's own the current falls too little to prove
    // anything, and PX4 does not say what its gripper did: nobody may say "released".
    const proof = o.simulated && pilot.make.saysJaws ? 'released' : 'unproved';
    await steps.step(`it comes home; the parcel is ${proof}`, async () => {
      const landedMs = await site.landed();
      const ended = await site.ended(id, 'completed', /./, proof);
      const settled = proof === 'unproved' ? `; ${await site.settled(id, 'released')}` : '';
      return `landed after ${seconds(landedMs)}; ${ended}${settled}`;
    });
    if (pilot.seen.armed) throw new FlightEnded('it is still armed');

    await steps.step('the link is lost before the gate: it stays shut, the parcel comes home', async () => {
      await o.agent.stop();
      await o.agent.start(PATIENT);
      await grab();
      const sent = await site.sends('shut', { ...SLOW, deliver: { how: 'drop', releaseAltM: 5, gateS: 5 } }, 3);
      const said = pilot.texts.length;
      await o.controller.stop();
      let landedMs = 0;
      try {
        landedMs = await site.landed();
        // On the ground, later, it may: there the ladder holds no heartbeat.
        if (site.failsafeSaid(said)) throw new Error('the failsafe of the autopilot fired');
      } finally {
        await site.controllerBack();
      }
      const ended = await site.ended('shut', 'aborted', /gate-closed.*link-lost/, 'aboard');
      return `${sent}; landed after ${seconds(landedMs)}; ${ended}; ${await site.settled('shut', 'aboard')}`;
    });

    await lose(site);
  } catch (error) {
    if (!(error instanceof FlightEnded)) throw error;
  } finally {
    await pilot.land().catch((error: unknown) => console.error(String(error)));
    await steps.step('the parameters are put back', () => fitted.putBack());
    await site.close();
  }
}
