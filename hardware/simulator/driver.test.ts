import t from 'tap';
import { createSimulator, Driver } from './index.ts';

t.test('what the simulation did not live through has passed for its receiver all the same', async (t) => {
  const clock = { ms: 1_000 };
  const simulator = createSimulator({ seed: 1, home: { latE7: 473_977_000, lonE7: 85_456_000, altM: 488 } });
  const driver = new Driver({ simulator, bornMs: 400, now: () => clock.ms });
  t.teardown(() => driver.stop());
  const lostMs = () => Number(simulator.autopilot.disturbances.unixErrorUs) / 1_000;
  clock.ms = 5_000;
  driver.start();
  t.equal(lostMs(), 4_600, 'made at 0.4 s, started at 5 s');
  clock.ms = 6_500;
  driver.act(() => {});
  t.equal(lostMs(), 4_600, 'a short pause is made up for');
  clock.ms = 16_500;
  driver.act(() => {});
  t.equal(lostMs(), 12_600, 'of ten seconds two are made up for');
});
