import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { compare, keyOf, samplesOf } from './kit/batches.ts';
import { CommitWatch } from './kit/commit-watch.ts';
import { history } from './kit/history.ts';
import { measured, seconds } from './kit/measured.ts';
import { type Absence, explainMissing } from './kit/missing.ts';
import { allMoving } from './kit/moving.ts';
import { countFromEnvironment, randomFrom, seedFromEnvironment } from './kit/seed.ts';
import { sentPositions } from './kit/sent.ts';
import { settle } from './kit/settle.ts';
import { createWorld } from './world.ts';

const count = countFromEnvironment(5, 100);
const random = randomFrom(seedFromEnvironment());

t.test(`agent killed -9 ${count} times: what is missing is young, and shown as a gap`, async (t) => {
  t.comment(`SEED=${random.seed} COUNT=${count}`);
  // given: one drone whose simulator writes down every frame it sends
  const world = await createWorld({ drones: 1 });
  t.teardown(() => world.close());
  const [drone] = world.drones;
  if (drone === undefined) throw new Error('no drone');
  const { agent, simulator, id } = drone;
  const commits = new CommitWatch(agent);
  t.teardown(() => commits.close());
  const live = world.live();
  await allMoving(live, [id]);
  const firstUtcUs = Date.now() * 1000;

  // when: the agent is killed at random moments, also while it still starts
  const absences: Absence[] = [];
  for (let i = 0; i < count; i++) {
    await pause(random.between(50, 5_000));
    const killedUtcUs = Date.now() * 1000;
    await agent.program.kill9();
    await agent.start();
    absences.push({ killedUtcUs, startedUtcUs: Date.now() * 1000 });
  }
  const lastUtcUs = Date.now() * 1000;
  await allMoving(live, [id]);
  await pause(2_000);

  // then: no durable batch is lost or doubled
  commits.close();
  const { outbox, store, stoppedUtcMs } = await settle(world);
  const { batches, invented, ...wrong } = compare(outbox, store);
  t.same(wrong, { lost: [], doubled: [], different: [] }, `${batches} batches exactly once`);
  // What is urgent may be sent before it is written (docs/decisions/0020-answers-from-memory.md).
  const written = Map.groupBy(
    outbox.filter(({ lane }) => lane === 'urgent'),
    ({ epoch }) => epoch,
  );
  const strange = store.filter((row) => {
    const isAhead = row.lane === 'urgent' && (written.get(row.epoch) ?? []).every(({ to }) => to < row.seq);
    return invented.includes(keyOf(row)) && !isAhead;
  });
  t.same(strange.map(keyOf), [], 'more than the card has are only the last urgent ones of a start');

  // and: every position that was sent is in history once, or is young enough at a kill and inside a gap that is shown
  const { gaps } = await history(world.controller, id, 'position', stoppedUtcMs);
  const held = samplesOf(store, 'position').map(({ bootMs }) => bootMs);
  const sent = sentPositions(simulator.sentLog).filter(
    ({ sentUtcUs }) => sentUtcUs > firstUtcUs && sentUtcUs < lastUtcUs,
  );
  const result = explainMissing({ sent, held, absences, gaps, lostBeforeKillMs: 1_000 + commits.longestMs });
  t.same(result.doubled, [], 'no position twice');
  t.same(result.unexplained, [], 'nothing missing but what was not durable, and while no agent ran');
  t.same(result.notShown, [], 'everything missing lies in a gap that history shows');
  measured(
    `${count} kills: ${result.missing} of ${sent.length} positions missing, the oldest ${seconds(result.oldestMs)} ` +
      `before its kill (allowed 1 s + the longest commit, ${commits.longestMs.toFixed(0)} ms)`,
  );
});
