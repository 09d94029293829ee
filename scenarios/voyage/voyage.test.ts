/**
 * given a controller and some drones in virtual time, on storage, radio and broker that do all they may
 * when  everything goes wrong for a minute, and then nothing more
 * then  every durable batch is stored once or in a gap with a cause, no command acted twice, all within bounds and in time
 *
 *   make voyage SEEDS=10000 · make voyage SEED=7 · make voyage MUTATIONS=1
 */
import t from 'tap';
import { countFromEnvironment, seedFromEnvironment } from '../kit/seed.ts';
import { copySource, hunt, isApplicable, removeCopy } from './mutate.ts';
import { MUTATIONS } from './mutations.ts';
import { voyage } from './voyage.ts';

/** The ones that show within a few seeds; all of them are broken by `make voyage MUTATIONS=1`. */
const QUICK = ['ack before commit', 'seq reused after rollback'];
const QUICK_SEEDS = 60;

t.test('voyages', { timeout: 600_000 }, async (t) => {
  const first = seedFromEnvironment() % 1e6;
  const count = countFromEnvironment(40, 600);
  t.comment(`SEED=${first} COUNT=${count}`);
  const total = { sealed: 0, faults: 0 };
  const beganMs = performance.now();
  for (let seed = first; seed < first + count; seed++) {
    const { wrong, sealed, faults, notes } = await voyage(seed);
    if (wrong.length > 0) for (const note of notes) t.comment(note);
    t.same(wrong, [], `make voyage SEED=${seed}`);
    total.sealed += sealed;
    total.faults += faults;
  }
  const s = Math.round((performance.now() - beganMs) / 1e3);
  t.comment(`measured: ${count} voyages, ${total.sealed} sealed batches, ${total.faults} faults, ${s} s`);
});

t.test('one seed is one history', async (t) => {
  for (const seed of [3, 11]) {
    const [once, again] = [await voyage(seed), await voyage(seed)];
    t.equal(again.hash, once.hash);
    t.equal(again.events, once.events);
    t.not((await voyage(seed + 1)).hash, once.hash);
  }
});

t.test('every mutation still applies to the source', (t) => {
  for (const mutation of MUTATIONS) t.doesNotThrow(() => isApplicable(mutation), mutation.name);
  t.end();
});

t.test('noticed when broken', { timeout: 300_000 }, async (t) => {
  const copy = copySource();
  t.teardown(() => removeCopy(copy));
  for (const mutation of MUTATIONS.filter(({ name }) => QUICK.includes(name))) {
    const { seed, words } = await hunt(copy, mutation, QUICK_SEEDS);
    t.ok(seed, `${mutation.name}: seed ${seed}: ${words}`);
  }
});
