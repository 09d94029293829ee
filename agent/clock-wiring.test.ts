import t from 'tap';
import { Timekeeper } from './clock-wiring.ts';
import { systemPorts } from './ports.ts';

const S = 1_000_000;

t.test('chrony is asked on the ground only: starting a program waits for the card', async (t) => {
  const vehicle: { armed: boolean | null } = { armed: null };
  const asked: boolean[] = [];
  let nowUs = 0;
  const timekeeper = new Timekeeper({
    ports: systemPorts({
      nowUs: () => nowUs,
      readNetworkTime: async ({ mayStart }) => {
        asked.push(mayStart);
        return mayStart ? null : 'not-asked';
      },
    }),
    ...{ boot: 'b', kept: null, keep: () => {}, onRecord: () => {} },
    armed: () => vehicle.armed,
  });
  /** Which looks were allowed to start a program. */
  const pass = async (seconds: number): Promise<boolean[]> => {
    asked.length = 0;
    for (let s = 0; s < seconds; s++) {
      nowUs += S;
      timekeeper.tick();
      await Promise.resolve();
    }
    return [...asked];
  };
  await timekeeper.look();
  t.same(asked, [false], 'the agent may have started in flight');
  vehicle.armed = true;
  t.same(new Set(await pass(3600)), new Set([false]));
  vehicle.armed = false;
  t.same(await pass(1), [true], 'landed: at once');
  t.same(await pass(600), new Array(10).fill(true), 'once a minute');
  vehicle.armed = null;
  t.same(await pass(60), [true], 'no autopilot at all');
});
