import t from 'tap';
import { ACKS_PER_S, AckPace, MAX_WAIT_US } from './ack-pace.ts';
import { batch, EPOCH, given, until } from './testkit.ts';

t.test('few are told at once', async (t) => {
  const pace = new AckPace<string>();
  for (const lane of ['a', 'b', 'a']) pace.add(lane, 0);
  t.same([...pace.due(0)], ['a', 'b']);
  t.same([...pace.due(0)], [], 'and once');
  t.equal(pace.waiting, 0);
});

t.test(
  'ten thousand in turns: as many a second as are allowed, each within three seconds, none twice before all once',
  async (t) => {
    const pace = new AckPace<number>();
    const toldUs = new Map<number, number>();
    let told = 0;
    let worstUs = 0;
    const movedUs = new Map<number, number>();
    for (let nowUs = 0; nowUs < 20e6; nowUs += 50_000) {
      // A batch a second each: in 50 ms 500 of them.
      for (let i = 0; i < 500; i++) {
        const lane = ((nowUs / 50_000) * 500 + i) % 10_000;
        if (!movedUs.has(lane)) movedUs.set(lane, nowUs);
        pace.add(lane, nowUs);
      }
      for (const lane of pace.due(nowUs)) {
        told++;
        worstUs = Math.max(worstUs, nowUs - (movedUs.get(lane) ?? nowUs));
        movedUs.delete(lane);
        toldUs.set(lane, nowUs);
      }
    }
    t.equal(toldUs.size, 10_000);
    t.ok(worstUs <= MAX_WAIT_US, `${worstUs} µs at worst`);
    t.ok(told <= 20 * ACKS_PER_S + 1000, `${told} acks`);
  },
);

t.test('nobody waits longer than it may, however many there are', async (t) => {
  const pace = new AckPace<number>();
  for (let lane = 0; lane < 100_000; lane++) pace.add(lane, 0);
  const first = [...pace.due(0)].length;
  t.ok(first < 100_000);
  t.equal([...pace.due(MAX_WAIT_US)].length, 100_000 - first);
});

t.test('who was told otherwise is not told again', async (t) => {
  const pace = new AckPace<string>();
  pace.add('a', 0);
  pace.add('b', 0);
  pace.drop('a');
  t.same(pace.all(), ['b']);
  t.same([...pace.due(1e6)], ['b']);
});

t.test('a fleet is told in turns; urgent, and who is short of window, at once', async (t) => {
  let nowUs = 0;
  const { store, ingest, acks } = given(t, { budgetBytes: 64e6, monoUs: () => nowUs });
  const FLEET = 3000;
  const ids = Array.from({ length: FLEET }, (_, i) => `f${i}`);
  const none = { first: 1, next: 1 };
  const epochs = [{ epoch: EPOCH, lanes: { urgent: none, history: none } }];
  for (const drone of ids) await ingest.announce({ drone, session: 'aaaaaaaa', online: true, epochs });
  acks.length = 0;
  for (const drone of ids) ingest.message(drone, 'history', batch(1));
  ingest.message('f2998', 'urgent', batch(1, { lane: 'urgent' }));
  for (let seq = 2; seq < 30; seq++) ingest.message('f2999', 'history', batch(seq, { size: 1000 }));
  const told = (drone: string, lane = 'history') => acks.some((ack) => ack.drone === drone && ack.lane === lane);
  await until(() => store.groups.length === 1, 'a group');
  store.succeed();
  await until(() => acks.length > 0, 'acks');
  t.ok(acks.length < FLEET, `${acks.length} acks`);
  t.ok(told('f0') && told('f2998', 'urgent') && told('f2999'), 'who has waited longest, urgent, short of window');
  t.notOk(told('f2998'));
  nowUs = MAX_WAIT_US;
  await until(() => told('f2998'), 'the others');
  t.same(
    acks
      .filter(({ lane }) => lane === 'history')
      .map(({ drone }) => drone)
      .sort(),
    ids.sort(),
    'each once',
  );
});

t.test('who waits for its turn at the end is told', async (t) => {
  let nowUs = 0;
  const { store, ingest, acks } = given(t, { budgetBytes: 64e6, monoUs: () => nowUs++ });
  const none = { first: 1, next: 1 };
  const epochs = [{ epoch: EPOCH, lanes: { urgent: none, history: none } }];
  const ids = Array.from({ length: 2000 }, (_, i) => `f${i}`);
  for (const drone of ids) await ingest.announce({ drone, session: 'aaaaaaaa', online: true, epochs });
  acks.length = 0;
  for (const drone of ids) ingest.message(drone, 'history', batch(1));
  await until(() => store.groups.length === 1, 'a group');
  store.succeed();
  await ingest.close();
  t.equal(acks.filter(({ lane }) => lane === 'history').length, ids.length);
});
