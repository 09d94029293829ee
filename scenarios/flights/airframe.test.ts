/**
 * Situation 21 of docs/flight-rules.md: a motor fails, it shakes, it comes down hard, the pilot stops the motors, each in a
 * flight with an itinerary. The page has the alarm in two seconds; nothing is armed again, and nothing is called completed.
 */
import t from 'tap';
import { measured, seconds } from '../kit/measured.ts';
import { until } from '../kit/until.ts';
import { readyFleet, together } from './fleet.ts';
import type { Flyer } from './flyer.ts';
import { alarmsOf } from './heard.ts';

const ALARM_MS = 2_000;
const BUSY = 3;
const ARM = 'COMMAND 400';
const HIGH = { altM: 20, awayM: 40, speedMps: 4 } as const;

t.test('what happens to the aircraft', { timeout: 300_000 }, async (t) => {
  // given: drones ready to fly, each with a parcel
  const { world, flyers } = await readyFleet(t, [{}, {}, {}, {}, { parameters: { LAND_SPEED: 50 } }]);
  const [motor, kill, onReturn, shaking, hard] = flyers;
  if (!motor || !kill || !onReturn || !shaking || !hard) throw new Error('five drones wanted');
  /** The first that the controller has written down, as the panel of a drone shows it. */
  const alarmOf = async ({ id }: Flyer): Promise<string | null> => (await alarmsOf(world, id))[0] ?? null;

  /** What the page said of it first, once this has begun. */
  const alarmed = async (flyer: Flyer, words: string, begin: () => void): Promise<void> => {
    t.equal(await alarmOf(flyer), null, `${words}: no false alarm`);
    begin();
    const { tookMs, value } = await until(() => alarmOf(flyer), {
      timeoutMs: ALARM_MS * BUSY,
      what: `${words}: an alarm`,
      seen: () => flyer.upM,
    });
    measured(`${words}: at the controller after ${seconds(tookMs)} (at most ${ALARM_MS / 1000} s): ${value}`);
    t.ok(tookMs <= ALARM_MS * BUSY, words);
  };
  const fault = (flyer: Flyer, asked: string) => () => {
    flyer.drone.simulator.act((simulator) => simulator.fault(asked));
  };
  const flies = async (flyer: Flyer, shape: Parameters<Flyer['plan']>[0] = HIGH): Promise<void> => {
    await flyer.given(flyer.plan(shape));
    await flyer.started();
  };
  const away = (flyer: Flyer) => flyer.see('on its way', () => flyer.mode === 'AUTO' && flyer.awayM > 4);

  /** It lies somewhere: nobody arms it again, and its flight did not end well. */
  const ended = async (flyer: Flyer, sinceMs: number, words: string): Promise<void> => {
    await flyer.see('disarmed', () => !flyer.armed, 30_000);
    const stand = await flyer.ended('aborted', 20_000);
    t.match(stand.reason, /^crash: /, words);
    t.notOk(
      stand.steps.some(({ state }) => state === 'completed'),
      words,
    );
    t.equal(flyer.payload.releases, 0, words);
    t.match(await flyer.order('start'), { state: 'rejected' }, `${words}: its itinerary is over`);
    t.notOk(flyer.witness.since(sinceMs).includes(ARM), `${words}: never armed again`);
    t.equal(flyer.own.custody, 'aboard', words);
  };

  await together(t, {
    'a motor fails in cruise': async () => {
      await flies(motor);
      await away(motor);
      const sinceMs = performance.now();
      await alarmed(motor, 'a motor fails', fault(motor, 'motor'));
      await ended(motor, sinceMs, 'a motor fails');
    },

    'the pilot stops the motors in cruise': async () => {
      await flies(kill);
      await away(kill);
      const sinceMs = performance.now();
      await alarmed(kill, 'the kill switch', fault(kill, 'kill-switch'));
      await ended(kill, sinceMs, 'the kill switch');
    },

    'a motor fails on the way home: it is not completed': async () => {
      await flies(onReturn, { altM: 15, awayM: 12, deliver: null });
      await onReturn.becomes('returning');
      const sinceMs = performance.now();
      await alarmed(onReturn, 'a motor fails on the way home', fault(onReturn, 'motor:2'));
      await onReturn.see('disarmed', () => !onReturn.armed, 30_000);
      const { reason, steps } = await onReturn.ended('aborted', 20_000);
      t.match(reason, /^crash: /);
      t.notOk(steps.some(({ state }) => state === 'completed'));
      t.notOk(onReturn.witness.since(sinceMs).includes(ARM));
    },

    'it shakes: an alarm, and it is flown as before': async () => {
      await flies(shaking);
      await away(shaking);
      const sinceMs = performance.now();
      await alarmed(shaking, 'it shakes', fault(shaking, 'vibration'));
      t.equal(shaking.mode, 'AUTO');
      t.same(shaking.witness.since(sinceMs), [], 'nothing is ordered because of it');
      t.match(await shaking.order('return'), { state: 'succeeded' }, 'an operator may');
      await shaking.landed();
      await shaking.ended('aborted');
    },

    'it comes down hard at home: it is not completed': async () => {
      await flies(hard, { altM: 6, awayM: 6, deliver: null });
      await hard.see('its last metres', () => hard.own.current?.state === 'returning' && hard.upM < 2.6, 60_000);
      const sinceMs = performance.now();
      await alarmed(hard, 'it hits the ground', fault(hard, 'kill-switch'));
      await hard.see('disarmed', () => !hard.armed, 30_000);
      const { reason, steps } = await hard.ended('aborted', 20_000);
      t.match(reason, /^crash: /);
      t.notOk(steps.some(({ state }) => state === 'completed'));
      t.notOk(hard.witness.since(sinceMs).includes(ARM));
    },
  });
});
