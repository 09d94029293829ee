import t from 'tap';
import { CardPace } from './card-pace.ts';
import { newBoot, newEpoch, oneBatch } from './testkit.ts';

const S = 1_000;

/** Commits one after another: each pair is the pause before it and how long it took, s. */
function after(commits: readonly (readonly [pauseS: number, tookS: number])[]) {
  const pace = new CardPace();
  let nowMs = 0;
  for (const [pauseS, tookS] of commits) {
    pace.began(nowMs + pauseS * S);
    nowMs += (pauseS + tookS) * S;
    pace.committed([], tookS * S, nowMs);
  }
  return { pace, nowMs };
}

const slowS = (commits: readonly (readonly [number, number])[], laterS = 0): number | null => {
  const { pace, nowMs } = after(commits);
  const ms = pace.slowMs(nowMs + laterS * S);
  return ms === null ? null : ms / S;
};

t.test('one long commit is what cards do; two within a minute, or one that does not end, is a slow card', async (t) => {
  t.equal(slowS([[0, 3]]), null);
  t.equal(
    slowS([
      [0, 3],
      [70, 3],
    ]),
    null,
    'each by itself',
  );
  t.equal(
    slowS([
      [0, 5],
      [1, 3],
    ]),
    5,
  );
  t.equal(slowS([[0, 12]]), 12);
  const { pace, nowMs } = after([[0, 0.1]]);
  pace.began(nowMs);
  t.equal(pace.slowMs(nowMs + 9 * S), null);
  t.equal(pace.slowMs(nowMs + 11 * S), 11 * S, 'the one under way counts');
  pace.failed();
  t.equal(pace.slowMs(nowMs + 12 * S), null, 'a disk that fails is said as that');
});

t.test('it does not come and go: a slow card is well after a minute in which nothing took a second', async (t) => {
  const slow = [
    [0, 5],
    [0, 5],
  ] as const;
  t.equal(slowS(slow, 59), 5);
  t.equal(slowS(slow, 61), null);
  t.equal(slowS([...slow, [50, 0.1]], 5), 5);
  t.equal(slowS([...slow, [50, 1.2]], 50), 5, 'half slow keeps it so');
  t.equal(slowS([...slow, [61, 1.2]]), null, 'and does not make it so');
  t.equal(slowS([...slow, [61, 2.5]]), null, 'the count begins anew');
});

t.test('the longest commit, and the longest that a sample was not durable', async (t) => {
  const pace = new CardPace();
  const batch = oneBatch({ epoch: newEpoch(), boot: newBoot(), lane: 'history', seq: 1, monoUs: 2_000_000, length: 9 });
  pace.committed([batch], 700, 3_500);
  pace.committed([{ ...batch, gap: 'restart', monoFromUs: 0 }], 20, 9_000);
  const shown = pace.shown(null, 9e6);
  t.match(
    shown,
    { longestCommitMs: 700, worstNotDurableMs: 1_500, oldestNotDurableMs: 0 },
    'of samples; a gap holds none',
  );
  t.match(pace.shown(7e6, 9e6), { worstNotDurableMs: 2_000, oldestNotDurableMs: 2_000 }, 'what waits counts');
});
