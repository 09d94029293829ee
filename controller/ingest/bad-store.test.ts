/** The store stands still, or its disk is full. */
import t from 'tap';
import { batch, given, until } from './testkit.ts';

const DISK_FULL = 'the disk is full';

t.test(
  'a full disk: history stops and is kept, urgent goes on alone, and all is well when there is room',
  async (t) => {
    const { store, ingest, announce, send, last } = given(t);
    await announce();
    const urgent = (seq: number) => ingest.message('d1', 'urgent', batch(seq, { lane: 'urgent' }));
    send(batch(1), batch(2));
    urgent(1);
    await until(() => store.groups.length === 1, 'a commit');
    t.equal(store.groups[0]?.length, 3);
    store.fail('disk-full', DISK_FULL);

    // urgent of the group comes at once, by itself, and is acked
    await until(() => store.groups.length === 2, 'urgent alone');
    t.match(store.groups[1], [{ lane: 'urgent', to: 1 }]);
    t.match(last('history'), { upTo: 0, window: 0 });
    t.ok((last('urgent')?.window ?? 0) > 0, 'urgent may go on');
    store.succeed();
    await until(() => last('urgent')?.upTo === 1, 'its ack');
    t.match(ingest.health, { state: 'failed', message: DISK_FULL }, 'still not well');
    t.equal(ingest.windowBytes, 0);
    t.ok(ingest.ageS > 0);

    // history is asked for again by itself; meanwhile urgent does not wait for it
    await until(() => store.groups.length === 3, 'another try');
    t.match(store.groups[2], [
      { lane: 'history', to: 1 },
      { lane: 'history', to: 2 },
    ]);
    urgent(2);
    store.fail('disk-full', DISK_FULL);
    await until(() => store.groups.length === 4, 'urgent again');
    t.match(store.groups[3], [{ lane: 'urgent', to: 2 }]);
    store.succeed();

    // and there is room again
    await until(() => store.groups.length === 5, 'a third try');
    store.succeed();
    await until(() => last('history')?.upTo === 2 && (last('history')?.window ?? 0) > 0, 'the ack, with room');
    t.match(ingest.health, { state: 'ok', message: null });
    t.equal(ingest.depthBytes, 0);
  },
);

t.test('the reserve of a full disk is used up: urgent is told to wait as well, and goes on by itself', async (t) => {
  const { store, ingest, announce, send, last } = given(t);
  await announce();
  send(batch(1));
  await until(() => store.groups.length === 1, 'a commit');
  store.fail('disk-full', DISK_FULL);
  await until(() => last()?.window === 0, 'a closed window');
  ingest.message('d1', 'urgent', batch(1, { lane: 'urgent' }));
  await until(() => store.groups.length === 2, 'urgent alone');
  store.fail('disk-full', 'and the reserve is used up');
  await until(() => last('urgent')?.window === 0, 'urgent closed');
  t.match(ingest.health, { state: 'failed', message: 'and the reserve is used up' });
  await until(() => store.groups.length === 3, 'another try');
  t.same(store.groups[2], store.groups[1]);
  store.succeed();
  await until(() => last('urgent')?.upTo === 1 && (last('urgent')?.window ?? 0) > 0, 'urgent going on');
  t.match(ingest.health, { state: 'failed', message: DISK_FULL });
  await until(() => store.groups.length === 4, 'history');
  store.succeed();
  await until(() => last()?.upTo === 1, 'its ack');
  t.equal(ingest.health.state, 'ok');
});

t.test('a day file that cannot be settled for long: history waits, what is urgent goes on', async (t) => {
  const { store, ingest, announce, send, last } = given(t);
  await announce();
  send(batch(1));
  await until(() => store.groups.length === 1, 'a commit');
  store.fail('unsettled', 'no more of it');
  await until(() => last()?.window === 0, 'a closed window');
  ingest.message('d1', 'urgent', batch(1, { lane: 'urgent' }));
  await until(() => store.groups.length === 2, 'urgent alone');
  store.succeed();
  await until(() => last('urgent')?.upTo === 1 && (last('urgent')?.window ?? 0) > 0, 'its ack');
  t.match(ingest.health, { state: 'failed', message: 'no more of it' });
  await until(() => store.groups.length === 3, 'history, tried again');
  store.succeed();
  await until(() => last()?.upTo === 1, 'its ack');
  t.equal(ingest.health.state, 'ok');
});

t.test('a full disk in a large fleet: history is tried again although something urgent always waits', async (t) => {
  const { store, ingest, announce, send, last } = given(t);
  await announce();
  send(batch(1));
  await until(() => store.groups.length === 1, 'a commit');
  store.fail('disk-full', DISK_FULL);
  await until(() => last()?.window === 0, 'a closed window');
  let seq = 0;
  const urgent = () => ingest.message('d1', 'urgent', batch(++seq, { lane: 'urgent' }));
  urgent();
  // The disk has room again: each commit succeeds, and during each one something urgent comes.
  const timer = setInterval(() => {
    if (store.waiting === 0) return;
    urgent();
    store.succeed();
  }, 2);
  t.teardown(() => clearInterval(timer));
  await until(() => last()?.upTo === 1 && (last()?.window ?? 0) > 0, 'the ack of history, with room');
  t.equal(ingest.health.state, 'ok');
});

t.test('a full disk, and history that then fails by a bug: the window opens again', async (t) => {
  const { store, ingest, announce, send, last } = given(t);
  await announce();
  send(batch(1));
  await until(() => store.groups.length === 1, 'a commit');
  store.fail('disk-full', DISK_FULL);
  await until(() => store.groups.length === 2, 'another try');
  store.fail('internal');
  ingest.message('d1', 'urgent', batch(1, { lane: 'urgent' }));
  await until(() => store.groups.length === 3, 'urgent');
  store.succeed();
  await until(() => last('urgent')?.upTo === 1, 'its ack');
  t.equal(ingest.health.state, 'ok');
  await until(() => (last()?.window ?? 0) > 0, 'an open window');
});

t.test('a store that stalls: who has something on its way is told to stop, so that it is not sent again', async (t) => {
  const { store, acks, ingest, announce, send, last } = given(t);
  await announce();
  send(batch(1));
  await until(() => store.groups.length === 1, 'a commit');
  const before = acks.length;
  await until(() => ingest.health.state === 'slow', 'being called slow');
  t.match(acks.slice(before), [{ lane: 'history', upTo: 0, window: 0 }]);
  store.succeed();
  await until(() => last()?.upTo === 1 && (last()?.window ?? 0) > 0, 'going on');
});

t.test(
  'presences while the store stands still: one question, and the newest of each session is answered',
  async (t) => {
    const { store, acks, ingest, announce } = given(t);
    store.isMute = true;
    const answered = Array.from({ length: 500 }, (_, i) => announce(1, i % 2 === 0 ? 'aaaaaaaa' : 'bbbbbbbb'));
    t.equal(store.asked, 1);
    t.equal(ingest.depthItems, 0);
    store.speak();
    await Promise.all(answered);
    t.equal(store.asked, 1);
    t.equal(acks.length, 4, 'two lanes of two sessions, once');
  },
);

t.test('a session that has fallen silent takes no share of the room, and is told nothing', async (t) => {
  let nowUs = 0;
  const { ingest, acks, announce } = given(t, { monoUs: () => nowUs });
  const of = (drone: string) => {
    const lanes = { urgent: { first: 1, next: 1 }, history: { first: 1, next: 1 } };
    const epochs = [{ epoch: '00000000000000e9', lanes }];
    return ingest.announce({ drone, session: 'cccccccc', online: true, epochs });
  };
  for (let i = 0; i < 20; i++) await of(`other-${i}`);
  const shared = ingest.windowBytes;
  nowUs = 50e6;
  await announce();
  nowUs = 70e6;
  await until(() => ingest.windowBytes > shared, 'the others to be forgotten');
  acks.length = 0;
  ingest.message('other-1', 'history', batch(1));
  t.equal(acks.length, 0);
  await of('other-1');
  t.match(acks, [{ drone: 'other-1' }, { drone: 'other-1' }], 'until it is heard again');
});
