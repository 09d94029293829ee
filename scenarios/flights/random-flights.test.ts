/**
 * given a drone, its controller and people who do what people do, in virtual time, on both makes of autopilot
 * when  itineraries are given, flown and taken back, and lines, disks, processes, receivers, packs and mechanisms fail
 * then  nothing flies that was not verified, nothing is released outside its gate, no parcel twice, none forgotten
 *
 *   COUNT=1000 SEED=7 tap scenarios/flights/random-flights.test.ts     the runs with seeds 7 … 1006
 */
import t from 'tap';
import { countFromEnvironment, isSoak, seedFromEnvironment } from '../kit/seed.ts';
import type { FlightMutation } from './flight-mutations.ts';
import { randomFlight } from './random-flights.ts';

t.test('random flights', { timeout: 3_600_000 }, async (t) => {
  const first = seedFromEnvironment();
  const count = countFromEnvironment(8, 1_000);
  t.comment(`SEED=${first} COUNT=${count}`);
  const sums: Record<string, number> = {};
  const beganMs = performance.now();
  let virtualS = 0;
  for (let seed = first; seed < first + count; seed++) {
    const run = await randomFlight(seed);
    t.same(run.wrong, [], `SEED=${seed} COUNT=1`);
    virtualS += run.virtualS;
    for (const [what, n] of Object.entries(run.counts)) sums[what] = (sums[what] ?? 0) + n;
  }
  const tookS = (performance.now() - beganMs) / 1000;
  t.comment(`measured: ${count} random flights, ${virtualS} s of them in ${Math.round(tookS)} s`);
  for (const [what, n] of Object.entries(sums).sort()) t.comment(`${what}: ${n}`);
});

/** What each breaks (flight-mutations.ts), and how it shows. */
const SHOWS: Readonly<Record<FlightMutation, RegExp>> = {
  'start-without-reading': /arms/,
  'verified-after-a-reboot': /not read in this boot/,
  'verified-after-a-stranger': /is called verified/,
  'gate-without-lease': /without a link/,
  'gate-without-charge': /% left/,
  'gate-without-position': /without a position/,
  'gate-without-time': /after its time/,
  'gate-without-control': /beside a pilot|adopted flight/,
  'begun-is-forgotten': /a second time/,
  'custody-is-forgotten': /was forgotten/,
  'unproved-is-released': /called released, and is aboard/,
  'lower-version-is-taken': /arms .* version/,
  'taken-back-is-flown': /taken back/,
  'written-while-armed': /to an armed vehicle/,
  'resume-repeats-the-release': /a second time|in the middle/,
  'ladder-orders-twice': /twice/,
  'ladder-beside-a-pilot': /beside a pilot/,
};
const MUTATION_SEEDS = 200;

// Hundreds of flights: only in the soak.
for (const [mutation, shows] of isSoak() ? Object.entries(SHOWS) : []) {
  t.test(`noticed when broken: ${mutation}`, { timeout: 3_600_000 }, async (t) => {
    for (let seed = 1; seed <= MUTATION_SEEDS; seed++) {
      const { wrong } = await randomFlight(seed, mutation as FlightMutation);
      if (!wrong.some((words) => shows.test(words))) continue;
      t.pass(`by seed ${seed}`);
      return;
    }
    t.fail(`not within ${MUTATION_SEEDS} runs`);
  });
}
