/** Situation 18 of docs/flight-rules.md: a card is copied with all that was not sent yet, and both boards fly. */
import fs from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { createInProcessWorld } from '../in-process.ts';
import { compare, readOutbox, readStore, type StoredBatch } from '../kit/batches.ts';
import { measured, seconds } from '../kit/measured.ts';
import { Operator } from '../kit/operator.ts';
import { until } from '../kit/until.ts';
import { Boards } from '../reboot/boards.ts';

const WITHIN_MS = 60_000;
const UNSENT_BATCHES = 4;

t.test('a copied card: both boards are named and drained, each row is stored once', { timeout: 200_000 }, async (t) => {
  // given: a drone that could not send for a while, and its card copied
  const boards = new Boards();
  const world = await createInProcessWorld({
    drones: 2,
    agentsLater: true,
    simulatorOf: () => ({ start: 'airborne' }),
    agentFlags: ['--recorder.enabled=false', '--backoff.maxS=1'],
    agentFlagsOf: (index) => (index === 1 ? ['--drone=heron-01'] : []),
    agentPorts: boards.portsOf,
  });
  t.teardown(() => world.close());
  const [drone, copy] = world.drones;
  if (!drone || !copy) throw new Error('two drones wanted');
  const outboxOf = ({ dir }: { readonly dir: string }) => readOutbox(drone.id, path.join(dir, 'outbox.db'));
  await world.stopController();
  await drone.startAgent();
  await until(() => drone.agent.status().outbox.backlogRows > UNSENT_BATCHES, {
    timeoutMs: WITHIN_MS,
    what: 'some batches that were not sent',
  });
  await drone.stopAgent();
  fs.cpSync(drone.dir, copy.dir, { recursive: true });
  const onCard = outboxOf(copy);
  t.ok(onCard.length >= UNSENT_BATCHES);

  // when: both start
  await world.startController();
  const live = world.live();
  await Promise.all([drone.startAgent(), copy.startAgent()]);

  // then: it is named in the fleet view, and at each of the two
  const { tookMs } = await until(() => live.drones.get(drone.id)?.conflict, {
    timeoutMs: WITHIN_MS,
    what: 'the conflict to be shown',
  });
  measured(`a copied card noticed after ${seconds(tookMs)}`);
  const sessions = [drone, copy].map(({ agent }) => agent.status().session);
  t.same([...(live.drones.get(drone.id)?.conflict?.sessions ?? [])].sort(), sessions.sort());
  for (const { agent } of [drone, copy]) {
    await until(() => agent.status().uplink.identityConflict, { timeoutMs: WITHIN_MS, what: 'the agent to be told' });
    t.match(agent.status().problems.join(), /another board that says it is heron-01/);
  }
  const ann = new Operator(world.httpUrl);
  t.match(await ann.order(drone.id, 'ping'), { state: 'rejected', reason: 'identity-conflict' });
  const { id } = await ann.post([drone.id], 'land', { session: copy.agent.status().session });
  t.match(await ann.fates(id), [{ state: 'succeeded' }], 'but what makes safe, to the one that is picked');

  // and: what both hold is stored once, and besides it what each has gathered since
  const store = () => readStore(path.join(world.dir, 'controller'));
  const sinceThen = [drone, copy].map(({ agent }) => agent.status().epoch);
  const ofEpoch = (rows: readonly StoredBatch[], epoch: string) => rows.filter((row) => row.epoch === epoch).length;
  const isDrained = () => {
    const rows = store();
    const own = sinceThen.every((epoch) => ofEpoch(rows, epoch) >= UNSENT_BATCHES);
    return own && compare(onCard, rows).lost.length === 0;
  };
  await until(isDrained, {
    timeoutMs: WITHIN_MS,
    what: 'the copied batches and some of both to be stored',
    everyMs: 250,
  });
  await Promise.all([drone.stopAgent(), copy.stopAgent()]);
  const stored = store();
  const outbox = [...outboxOf(drone), ...outboxOf(copy)];
  const sent = outbox.filter((row) => row.seq <= lastOf(stored, row));
  t.match(compare(sent, stored), { lost: [], doubled: [], different: [], invented: [] });
  t.equal(new Set(outbox.map(({ epoch }) => epoch)).size, 3, 'the copied epoch, and one of each start');
});

/** The last number that is stored of the epoch and lane of this one. */
function lastOf(stored: readonly StoredBatch[], { epoch, lane }: StoredBatch): number {
  return Math.max(0, ...stored.filter((one) => one.epoch === epoch && one.lane === lane).map(({ to }) => to));
}
