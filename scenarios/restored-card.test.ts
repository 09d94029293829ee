/** A copy of the card, made while the agent ran, is put back later, under a running fleet. */
import fs from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { compare } from './kit/batches.ts';
import { getJson } from './kit/http.ts';
import { allMoving } from './kit/moving.ts';
import { settle } from './kit/settle.ts';
import { until } from './kit/until.ts';
import { createWorld } from './world.ts';

const WITHIN_MS = 60_000;
const ROWS_MORE = 6;

interface Status {
  readonly epoch: string;
  readonly outbox: { readonly aheadOfCard: number; readonly backlogRows: number };
}

t.test('an old copy of the card is put back: nothing is used twice, and it is said', async (t) => {
  // given: a copy made in the middle of its life, after which it lived on and was heard
  const world = await createWorld({ drones: 1 });
  t.teardown(() => world.close());
  const [drone] = world.drones;
  if (drone === undefined) throw new Error('no drone');
  const { agent, id } = drone;
  const live = world.live();
  await allMoving(live, [id]);
  const socketPath = path.join(agent.dataDir, 'agent.sock');
  const status = () => getJson<Status>('http://agent/status', { socketPath });
  const commits = async () => (await agent.metrics()).get('skein_agent_outbox_commits_total') ?? 0;
  const copied = `${agent.dataDir}.copy`;
  fs.cpSync(agent.dataDir, copied, { recursive: true, filter: (from) => !fs.lstatSync(from).isSocket() });
  const { epoch } = await status();
  const atCopy = await commits();
  const heard = async () => (await commits()) >= atCopy + ROWS_MORE && (await status()).outbox.backlogRows <= 2;
  await until(heard, { timeoutMs: WITHIN_MS, what: 'it to live on and be heard', everyMs: 200 });

  // when
  await agent.program.kill9();
  fs.rmSync(agent.dataDir, { recursive: true });
  fs.renameSync(copied, agent.dataDir);
  await agent.start();
  await allMoving(live, [id]);

  // then: it is said beside the drone
  await until(async () => (await status()).outbox.aheadOfCard > 0, {
    timeoutMs: WITHIN_MS,
    what: 'the agent to learn that the controller has what its card has not',
    everyMs: 200,
    seen: status,
  });
  t.not((await status()).epoch, epoch);

  // and: every number stands for one batch, and all the card has arrives, once
  const { outbox, store } = await settle(world);
  const { batches, invented, ...wrong } = compare(outbox, store);
  t.same(wrong, { lost: [], doubled: [], different: [] }, `${batches} batches exactly once`);
  const after = invented.filter((key) => key.startsWith(`${id}/${epoch}/`));
  t.same(invented, after, 'more than the card has is only of the time after the copy');
  t.ok(after.length > 0);
});
