/** Itineraries ended early: by an operator, by the agent's ladder when the link is lost, by the autopilot when the agent is dead. */
import { until } from '../kit/until.ts';
import { apartM, northOf } from './rounds.ts';
import { type Site, seconds, told } from './site.ts';
import { FlightEnded } from './steps.ts';

const RALLY_M = 20;
const SLOW = { awayM: 60, speedMps: 2, deliver: { how: 'drop', releaseAltM: 5 } } as const;
/** What the net under a dead agent may take besides the autopilot's own time. */
const NET_S = 2;

export async function lose(site: Site): Promise<void> {
  const { steps, pilot, rounds, o } = site;
  const { agent, controller } = o;
  const restarted = async (...flags: readonly string[]): Promise<void> => {
    await agent.stop();
    await agent.start(flags);
  };
  const down = (): void => {
    if (pilot.seen.armed) throw new FlightEnded('it is still armed');
  };

  await steps.step('skip goes to the next place; abort brings it and its parcel home', async () => {
    const id = 'ended';
    const sent = await site.sends(id, SLOW, 3);
    const skipped = await site.succeeds('skip');
    await site.mode('auto', 5_000);
    const aborted = await site.succeeds('abort');
    await site.mode('return', 10_000);
    const landedMs = await site.landed();
    const ended = await site.ended(id, 'aborted', /./, 'aboard');
    return `${sent}; skip ${told(skipped)}; abort ${told(aborted)}; landed after ${seconds(landedMs)}; ${ended}; ${await site.settled(id, 'aboard')}`;
  });
  down();

  await steps.step(
    'the link is lost: the ladder returns, the failsafe does not; it lands at the rally point',
    async () => {
      await restarted('--ladder.waitS=3', '--ladder.maxS=120');
      const id = 'ladder';
      const rally = northOf(site.place, RALLY_M);
      const sent = await site.sends(id, { awayM: 80, speedMps: 2, rallyM: RALLY_M }, RALLY_M + 5);
      const said = pilot.texts.length;
      await controller.stop();
      let words = '';
      try {
        const returnedMs = await site.mode('return', 40_000);
        if (site.failsafeSaid(said)) throw new Error('the failsafe fired before the ladder');
        const landedMs = await site.landed();
        const offM = apartM(site.place, rally);
        words = `RTL ${seconds(returnedMs)} after the controller went, landed ${seconds(landedMs)} later, ${offM.toFixed(1)} m from the rally point`;
        if (offM > 5) throw new Error(words);
      } finally {
        await site.controllerBack();
      }
      return `${sent}; ${words}; ${await site.ended(id, 'aborted', /no-controller/, null)}`;
    },
  );
  down();

  await steps.step('the agent is killed in AUTO with the link lost: the failsafe within its time', async () => {
    await restarted('--ladder.waitS=120');
    const id = 'orphan';
    const sent = await site.sends(id, SLOW, 3);
    const said = pilot.texts.length;
    await controller.stop();
    let words = '';
    try {
      await until(async () => (await agent.status()).commanding.ladder.rung === 'wait', {
        timeoutMs: 40_000,
        what: 'the loss to be noticed',
      });
      if (!pilot.isIn('auto')) throw new Error(`mode ${pilot.seen.mode} before the agent died`);
      const diedMs = performance.now();
      await agent.program.kill9();
      await site.mode('return', 30_000);
      const tookS = (performance.now() - diedMs) / 1000;
      words = `RTL ${tookS.toFixed(2)} s after the agent died`;
      if (!site.failsafeSaid(said) && pilot.make.saysFailsafe)
        throw new Error(`${words}, and not by the failsafe: ${pilot.texts.slice(-3).join('; ')}`);
      const [parameter, moreS, defaultS] = pilot.make.failsafeAfter;
      const limitS = ((await pilot.parameter(parameter)) ?? defaultS) + moreS + NET_S;
      words = `${words}, limit ${limitS} s`;
      if (tookS > limitS) throw new Error(words);
    } finally {
      await agent.start();
      await site.controllerBack();
    }
    const { tookMs } = await rounds.is(
      id,
      'interrupted',
      ({ steps: all }) => all.some(({ state }) => state === 'interrupted'),
      30_000,
    );
    const landedMs = await site.landed();
    const ended = await site.ended(id, 'aborted', /./, 'aboard');
    return `${sent}; ${words}; interrupted, said after ${seconds(tookMs)}; landed after ${seconds(landedMs)}; ${ended}; ${await site.settled(id, 'aboard')}`;
  });
  down();

  await steps.step('placed on the ground: nobody says more than was seen', async () => {
    await restarted();
    await pilot.command(211, 1, 1);
    const id = 'placed';
    const sent = await site.sends(id, { awayM: 30, speedMps: 4, deliver: { how: 'place' } }, 3);
    const landedMs = await site.landed();
    const { round } = await rounds.is(id, 'completed', ({ state }) => state === 'completed', 60_000);
    const [parcel] = round.deliveries;
    if (parcel?.state !== 'released' && parcel?.state !== 'unproved')
      throw new Error(`the parcel: ${JSON.stringify(parcel)}`);
    if (parcel.state === 'unproved') {
      await rounds.settle(id, parcel.item, 'released');
      await rounds.is(id, 'settled', ({ deliveries }) => deliveries[0]?.state === 'settled', 30_000);
    }
    return `${sent}; landed after ${seconds(landedMs)}; parcel ${parcel.state} (${parcel.reason})`;
  });
}
