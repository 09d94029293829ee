/**
 * Situation 7 of docs/flight-rules.md: a parcel is not released, or what would tell of it is lost. It is never called
 * released by mistake, never delivered twice, and its drone takes no other until an operator has said what became of it.
 */
import type { Simulator } from '@skein/hardware/simulator';
import t from 'tap';
import { type FlyingCase, readyFleet, together } from './fleet.ts';
import type { Flyer } from './flyer.ts';

const winch = { winch: true };
const CASES: readonly FlyingCase[] = [{}, {}, {}, { simulator: winch }, { simulator: winch }];
const GATE_S = 30;
const KG = 0.6;

/** From now on messages of this name never leave the autopilot. */
function loses(simulator: Simulator, name: string): void {
  simulator.stage('lost').stage.meddle({ sending: (message) => (message.name === name ? 'drop' : 'send') });
}

t.test('a release that is not seen', { timeout: 300_000 }, async (t) => {
  // given: drones ready to fly, each with a parcel
  const { flyers } = await readyFleet(t, CASES);
  const [stuck, blind, textless, hook, drum] = flyers;
  if (!stuck || !blind || !textless || !hook || !drum) throw new Error('five drones wanted');
  const act = ({ drone }: Flyer, what: (simulator: Simulator) => void) => drone.simulator.act(what);

  /** Flown to its end; of the parcel this is said. */
  const flies = async (flyer: Flyer, shape: Parameters<Flyer['plan']>[0] = {}, id = `it-${flyer.id}`) => {
    await flyer.given({ ...flyer.plan({ awayM: 12, ...shape }), id });
    await flyer.started();
    return flyer.ended('completed', 90_000, id);
  };
  /** Neither the same plan nor another delivers it once more. */
  const notAgain = async (flyer: Flyer): Promise<void> => {
    const plan = flyer.plan();
    t.match(await flyer.order('start'), { state: 'rejected' }, `${flyer.id}: its itinerary is over`);
    for (const again of [
      { ...plan, version: 2 },
      { ...plan, id: `other-${flyer.id}` },
    ]) {
      await flyer.assigned(again);
      t.match(
        await flyer.answered(again.id),
        { state: 'refused', reason: /^still-aboard/ },
        `${flyer.id}: ${again.id}`,
      );
      t.match(await flyer.order('start'), { state: 'rejected' }, `${flyer.id}: ${again.id}`);
    }
    t.notOk(flyer.armed);
  };
  const settles = async (flyer: Flyer, word: 'released' | 'aboard'): Promise<void> => {
    t.equal(await flyer.settled(word), 200);
    await flyer.see('its custody to end', () => flyer.own.custody === 'none');
  };

  await together(t, {
    'the gripper holds on, and says that it let go: not proved; settled as aboard, it is delivered after all':
      async () => {
        act(stuck, (simulator) => simulator.fault('gripper-stuck'));
        const stand = await flies(stuck, { deliver: { gateS: GATE_S } });
        t.match(stand.deliveries, [{ state: 'unproved', reason: /^not-seen/ }]);
        t.equal(stuck.own.custody, 'unproved');
        await notAgain(stuck);
        await settles(stuck, 'aboard');
        // when the ground crew has mended it and put the parcel in again
        act(stuck, (simulator) => {
          simulator.clear('gripper-stuck');
          simulator.fault(`load:kg=${KG}`);
        });
        t.match((await flies(stuck, { deliver: { gateS: GATE_S } }, 'mended')).deliveries, [{ state: 'released' }]);
        t.equal(stuck.payload.releases, 1, 'let go once');
      },

    'what its servo is told is lost: it is gone, and not proved': async () => {
      act(blind, (simulator) => loses(simulator, 'SERVO_OUTPUT_RAW'));
      const stand = await flies(blind, { deliver: { gateS: GATE_S } });
      t.equal(blind.payload.releases, 1);
      t.match(stand.deliveries, [{ state: 'unproved', reason: /^not-seen/ }], 'lighter, and nothing more');
      await notAgain(blind);
      await settles(blind, 'released');
      t.equal(blind.payload.releases, 1);
    },

    'every text is lost: texts prove nothing, and are not missed': async () => {
      act(textless, (simulator) => loses(simulator, 'STATUSTEXT'));
      const stand = await flies(textless, { deliver: { gateS: GATE_S } });
      t.match(stand.deliveries, [{ state: 'released', reason: 'seen-released' }]);
      t.equal(textless.payload.releases, 1);
      t.equal(textless.own.custody, 'none');
    },

    'the hook of the winch does not open: it comes up again, and is not called delivered': async () => {
      act(hook, (simulator) => simulator.fault('hook-stuck'));
      const stand = await flies(hook, { deliver: { how: 'winch', lineM: 5, gateS: GATE_S } });
      t.match(stand.deliveries, [{ state: /^(not-released|unproved)$/ }], JSON.stringify(stand.deliveries[0]));
      t.ok(hook.payload.onBoard);
      await notAgain(hook);
      await settles(hook, 'aboard');
    },

    'the drum of the winch does not turn: not released': async () => {
      act(drum, (simulator) => simulator.fault('winch-stuck'));
      const stand = await flies(drum, { deliver: { how: 'winch', lineM: 5, gateS: GATE_S } });
      t.match(stand.deliveries, [{ state: 'not-released', reason: /^still-aboard/ }]);
      t.ok(drum.payload.onBoard);
      t.equal(drum.own.custody, 'not-released');
      await notAgain(drum);
    },
  });
});
