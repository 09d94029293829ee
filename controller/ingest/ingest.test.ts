import { sealGap } from '@skein/protocol/telemetry';
import t from 'tap';
import { BOOT, batch, EPOCH, given, until } from './testkit.ts';

t.test('the ack follows the commit, never the arrival', async (t) => {
  const { store, announce, send, last } = given(t);
  await announce();
  t.match(last(), { drone: 'd1', session: 'aaaaaaaa', epoch: EPOCH, upTo: 0 });
  t.ok((last()?.window ?? 0) > 0);
  send(batch(1), batch(2));
  await until(() => store.groups.length === 1, 'a commit');
  t.equal(last()?.upTo, 0);
  store.succeed();
  await until(() => last()?.upTo === 2, 'the ack');
});

t.test('only the next number is taken; what comes ahead is dropped, what was there is a duplicate', async (t) => {
  const { store, counts, announce, send, last } = given(t);
  await announce();
  send(batch(1));
  send(batch(3));
  send(batch(1));
  t.equal(counts.get('ahead'), 1);
  t.equal(counts.get('duplicate'), 1);
  await until(() => store.groups.length === 1, 'a commit');
  store.succeed();
  await until(() => last()?.upTo === 1, 'the ack');
  send(batch(2), batch(3));
  await until(() => store.groups.length === 2, 'a second commit');
  t.equal(store.groups[1]?.length, 2);
});

t.test('the same number with other content is given to the store to compare, and still acked', async (t) => {
  const { store, conflicts, announce, send, last } = given(t);
  await announce();
  send(batch(1));
  await until(() => store.groups.length === 1, 'a commit');
  store.succeed();
  await until(() => last()?.upTo === 1, 'the ack');
  send(batch(1, { latDeg: 48 }));
  await until(() => store.groups.length === 2, 'the comparison');
  t.match(store.groups[1], [{ verify: true }]);
  store.succeed({ inserted: 0, conflicts: [{ drone: 'd1', epoch: EPOCH, lane: 'history', seq: 1 }] });
  await until(() => conflicts.length === 1, 'the conflict');
  t.equal(last()?.upTo, 1);
});

t.test('it goes on where the store stands', async (t) => {
  const { store, announce, send, counts, last } = given(t);
  store.known = [{ drone: 'd1', epoch: EPOCH, lane: 'history', upTo: 41 }];
  await announce();
  t.equal(last()?.upTo, 41);
  send(batch(43));
  t.equal(counts.get('ahead'), 1);
  send(batch(42));
  t.equal(counts.get('accepted'), 1);
});

t.test('what the drone no longer holds becomes a gap, and the first ack waits for it', async (t) => {
  const { store, acks, announce, send, last } = given(t);
  await announce(8);
  await until(() => store.groups.length === 1, 'the gap');
  t.equal(acks.filter((ack) => ack.lane === 'history').length, 0);
  send(batch(8));
  store.succeed();
  await until(() => last()?.upTo === 7, 'the ack over the gap');
  await until(() => store.groups.length === 2, 'the batch behind it');
  store.succeed();
  await until(() => last()?.upTo === 8, 'the ack');
});

t.test(
  'a drone that loses more with each presence does not fill our memory while the store stands still',
  async (t) => {
    const { store, ingest, counts, announce, last } = given(t, { budgetBytes: 4000 });
    for (let first = 2; first < 200; first++) await announce(first);
    t.ok(ingest.depthBytes <= 4000, `${ingest.depthBytes} bytes`);
    t.ok((counts.get('noRoom') ?? 0) > 0);
    const timer = setInterval(() => store.succeed(), 2);
    t.teardown(() => clearInterval(timer));
    await until(() => ingest.depthItems === 0, 'the commits');
    await announce(199);
    await until(() => last()?.upTo === 198, 'the next presence makes up for it');
  },
);

t.test('two sessions announced while lanes are looked up are both answered', async (t) => {
  const { acks, announce } = given(t);
  await Promise.all([announce(1, 'aaaaaaaa'), announce(1, 'bbbbbbbb'), announce(1, 'cccccccc')]);
  t.same([...new Set(acks.map((ack) => ack.session))].sort(), ['aaaaaaaa', 'bbbbbbbb', 'cccccccc']);
});

t.test('a session that ends while its lanes are looked up is told nothing', async (t) => {
  const { ingest, acks, announce } = given(t);
  const announced = announce(1, 'aaaaaaaa');
  await ingest.announce({ drone: 'd1', session: 'aaaaaaaa', online: false, epochs: [] });
  await announced;
  t.same(acks, []);
});

t.test('a gap record covers its numbers', async (t) => {
  const { store, announce, send, last } = given(t);
  await announce();
  const span = { from: 1, to: 5, reason: 'budget', samples: 9, monoFromUs: 0, monoToUs: 1 } as const;
  send(sealGap({ lane: 'history', epoch: EPOCH, boot: BOOT, ...span }), batch(6));
  await until(() => store.groups.length === 1, 'a commit');
  store.succeed();
  await until(() => last()?.upTo === 6, 'the ack');
});

t.test('batches of an epoch nobody announced, or on the wrong channel, are dropped and counted', async (t) => {
  const { ingest, counts, announce, send } = given(t);
  send(batch(1));
  t.equal(counts.get('unannounced'), 1);
  await announce();
  send(batch(1, { lane: 'urgent' }));
  t.equal(counts.get('wrongLane'), 1);
  ingest.message('d1', 'history', Buffer.from('garbage'));
  ingest.message('d1', 'history', Buffer.concat([batch(1), Buffer.from('garbage')]));
  t.equal(counts.get('malformed'), 2);
  t.equal(counts.get('accepted'), 1, 'what is good before the garbage is taken');
});

t.test('a store that stalls: memory stays bounded, windows close, then open again', async (t) => {
  const { store, ingest, counts, announce, send, last } = given(t, { budgetBytes: 400_000 });
  await announce();
  for (let seq = 1; seq <= 30; seq++) send(batch(seq, { size: 10_000 }));
  t.ok(ingest.depthBytes <= 200_000, `${ingest.depthBytes} bytes: history may fill half`);
  t.equal(counts.get('noRoom'), 1, 'one finds no room; those behind it come ahead of it');
  t.equal(ingest.windowBytes, 0);
  ingest.message('d1', 'urgent', batch(1, { lane: 'urgent' }));
  t.ok((counts.get('accepted') ?? 0) > 15, 'urgent is taken still');
  await until(() => ingest.health.state === 'slow', 'being called slow');
  const timer = setInterval(() => store.succeed(), 5);
  t.teardown(() => clearInterval(timer));
  await until(() => ingest.depthItems === 0 && (last()?.window ?? 0) > 0, 'an ack with room');
  const upTo = last()?.upTo ?? 0;
  t.ok(upTo >= 15);
  send(batch(upTo + 1));
  await until(() => last()?.upTo === upTo + 1, 'going on');
  t.equal(ingest.health.state, 'ok');
});

t.test('a store that fails: told to all at once, the same group tried again, nothing acked meanwhile', async (t) => {
  const { store, ingest, announce, send, last } = given(t);
  await announce();
  send(batch(1));
  await until(() => store.groups.length === 1, 'a commit');
  store.fail('disk-full', 'the disk is full');
  await until(() => last()?.window === 0, 'a closed window');
  t.match(ingest.health, { state: 'failed', message: 'the disk is full' });
  t.equal(last()?.upTo, 0);
  await until(() => store.groups.length === 2, 'another try');
  t.same(store.groups[1], store.groups[0]);
  store.succeed();
  await until(() => last()?.upTo === 1 && (last()?.window ?? 0) > 0, 'the ack, with room');
});

t.test(
  'a batch that can never be stored is given up alone, and windows stay open: the drone may send it again',
  async (t) => {
    const { store, ingest, counts, announce, send, last } = given(t);
    await announce();
    const urgent = (seq: number) => ingest.message('d1', 'urgent', batch(seq, { lane: 'urgent' }));
    urgent(1);
    urgent(2);
    send(batch(1));
    await until(() => store.groups.length === 1, 'a commit');
    store.fail('internal');
    await until(() => store.groups.length === 2, 'the first half');
    t.equal(store.groups[1]?.length, 1);
    store.succeed();
    await until(() => store.groups.length === 3, 'the second half');
    store.fail('internal');
    await until(() => store.groups.length === 4, 'a half of it');
    store.succeed();
    await until(() => last('urgent')?.upTo === 2, 'what was stored');
    await until(() => store.groups.length === 5, 'the other');
    store.fail('internal', 'a bug');
    await until(() => counts.get('dropped') === 1, 'giving up');
    t.equal(ingest.depthItems, 0);
    t.ok(ingest.windowBytes > 0, 'nobody is told to stop: nothing would ever make them go on');
    t.match(ingest.health, { state: 'slow', message: 'a bug' });
    send(batch(1));
    await until(() => store.groups.length === 6, 'the resend');
    store.succeed();
    await until(() => last()?.upTo === 1, 'the ack');
    t.equal(ingest.health.state, 'ok');
  },
);

t.test('the store stands elsewhere than thought: start again from there', async (t) => {
  const { store, counts, announce, send, last } = given(t);
  await announce();
  send(batch(1), batch(2), batch(3));
  await until(() => store.groups.length === 1, 'a commit');
  store.succeed({ inserted: 1, refused: [{ drone: 'd1', epoch: EPOCH, lane: 'history', upTo: 1 }] });
  await until(() => last()?.upTo === 1, 'the ack of what is there');
  t.equal(counts.get('refused'), 1);
  send(batch(2));
  await until(() => store.groups.length === 2, 'going on');
});

t.test('acks go to every live session that lists the epoch, not to one that is gone', async (t) => {
  const { ingest, acks, announce } = given(t);
  await announce(1, 'aaaaaaaa');
  await announce(1, 'bbbbbbbb');
  t.same([...new Set(acks.map((ack) => ack.session))], ['aaaaaaaa', 'bbbbbbbb']);
  await ingest.announce({ drone: 'd1', session: 'aaaaaaaa', online: false, epochs: [] });
  acks.length = 0;
  await announce(1, 'bbbbbbbb');
  t.same([...new Set(acks.map((ack) => ack.session))], ['bbbbbbbb']);
});

t.test(
  'another controller has stored what was missed here: the store is asked again, not the drone for ever (voyage 1506)',
  async (t) => {
    const { store, announce, send, last } = given(t);
    await announce();
    send(batch(4));
    await announce();
    t.equal(last()?.upTo, 0, 'nobody has it');
    store.known = [{ drone: 'd1', epoch: EPOCH, lane: 'history', upTo: 3 }];
    send(batch(4));
    await announce();
    t.equal(last()?.upTo, 3);
    const { asked } = store;
    await announce();
    t.equal(store.asked, asked, 'not asked at each presence');
    send(batch(4));
    await until(() => store.groups.length === 1, 'going on');
  },
);
