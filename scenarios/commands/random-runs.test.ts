/**
 * given a drone and a controller that live through anything, in virtual time
 * when  commands are sent, doubled, delayed and lost, and everybody is killed or restarted now and then
 * then  no command acts twice, none is left without an end, and nothing forbidden is ever sent
 *
 *   COUNT=1000 SEED=7 tap scenarios/commands/random-runs.test.ts     the runs with seeds 7 … 1006
 */
import t from 'tap';
import { countFromEnvironment, seedFromEnvironment } from '../kit/seed.ts';
import { randomRun } from './random-runs.ts';
import type { Mutation } from './virtual-drone.ts';

/** What each breaks, and how it shows. */
const MUTATIONS: Readonly<Record<Mutation, RegExp>> = {
  'acts-again-after-a-crash': /acted 2 times/,
  'frames-go-twice': /frames that go once/,
  'answers-get-lost': /has no end/,
  'journal-forgets': /acted 2 times/,
};
const MUTATION_SEEDS = 80;

t.test('random runs', { timeout: 600_000 }, async (t) => {
  const first = seedFromEnvironment();
  const count = countFromEnvironment(50, 1_000);
  t.comment(`SEED=${first} COUNT=${count}`);
  const ends: Record<string, number> = {};
  const beganMs = performance.now();
  for (let seed = first; seed < first + count; seed++) {
    const run = await randomRun(seed);
    t.same(run.wrong, [], `SEED=${seed} COUNT=1`);
    for (const [end, n] of Object.entries(run.ends)) ends[end] = (ends[end] ?? 0) + n;
  }
  const commands = Object.values(ends).reduce((sum, n) => sum + n, 0);
  t.comment(
    `measured: ${count} random runs, ${commands} commands, ${Math.round((performance.now() - beganMs) / 1000)} s`,
  );
  for (const [end, n] of Object.entries(ends).sort()) t.comment(`${end}: ${n}`);
});

for (const [mutation, shows] of Object.entries(MUTATIONS)) {
  t.test(`noticed when broken: ${mutation}`, { timeout: 300_000 }, async (t) => {
    for (let seed = 1; seed <= MUTATION_SEEDS; seed++) {
      const { wrong } = await randomRun(seed, mutation as Mutation);
      if (wrong.some((words) => shows.test(words))) {
        t.pass(`by seed ${seed}`);
        return;
      }
    }
    t.fail(`not within ${MUTATION_SEEDS} runs`);
  });
}
