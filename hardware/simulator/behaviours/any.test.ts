import { CopterMode, MavCmd } from '@skein/protocol/mavlink';
import fc from 'fast-check';
import t from 'tap';
import { Station } from '../testing/station.ts';
import { faults } from './catalogue.ts';

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const RUNS = 40;

const asked = fc.record({
  name: fc.constantFrom(...faults.keys()),
  startS: fc.integer({ min: 0, max: 15 }),
  lastsS: fc.integer({ min: 1, max: 10 }),
});
const flight = fc.record({
  seed: fc.nat(1_000),
  start: fc.constantFrom('cold' as const, 'ready' as const, 'airborne' as const),
  flavour: fc.constantFrom('ardupilot' as const, 'px4' as const),
  faults: fc.array(asked, { minLength: 1, maxLength: 6 }),
});

function fly({ faults: going, ...options }: typeof flight extends fc.Arbitrary<infer F> ? F : never): string {
  const station = new Station(options);
  for (const { name, startS, lastsS } of going) station.simulator.fault(`${name}@${startS}+${lastsS}`);
  station.command(MavCmd.SET_MESSAGE_INTERVAL, 33, 200_000);
  for (let second = 0; second < 20; second += 4) {
    station.pass(4);
    station.command(MavCmd.DO_SET_MODE, 1, CopterMode.GUIDED);
    station.command(MavCmd.COMPONENT_ARM_DISARM, 1);
    station.command(MavCmd.NAV_TAKEOFF, 0, 0, 0, 0, 0, 0, 20);
  }
  station.pass(10);
  if (station.simulator.clear() !== 0) throw new Error('a fault has not ended');
  const { body } = station.simulator.vehicle;
  if (![body.northM, body.eastM, body.upM, body.yaw].every(Number.isFinite)) throw new Error('the body is nowhere');
  return Buffer.concat(station.raw).toString('base64');
}

t.test(`whatever goes wrong together, it flies on, ends, and can be replayed (SEED=${seed})`, async (t) => {
  fc.assert(
    fc.property(flight, (made) => {
      const [once, again] = [fly(made), fly(made)];
      return once === again;
    }),
    { seed, numRuns: RUNS },
  );
  t.pass();
});
