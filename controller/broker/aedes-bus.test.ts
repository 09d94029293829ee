import t, { type Test } from 'tap';
import { FakeAgent } from '../testing/fake-agent.ts';
import { mqttPacket } from '../testing/mqtt-wire.ts';
import { pipe } from '../testing/pipe.ts';
import { until } from '../testing/until.ts';
import { AedesBus, MAX_CONNECT_BYTES } from './aedes-bus.ts';
import type { BrokerCounter } from './bus.ts';

const LIMITS = {
  ...{ maxConnections: 100, maxPerAddress: 50, connectsPerS: 1000, connectBurst: 1000 },
  ...{ maxPacketBytes: 10_000, maxConnectBytes: MAX_CONNECT_BYTES, publishesPerS: 1000, publishBurst: 1000 },
};

async function given(t: Test, limits: Partial<typeof LIMITS> = {}) {
  const counts = new Map<BrokerCounter, number>();
  const bus = new AedesBus({
    ...{ host: '127.0.0.1', port: 0, topicRoot: 'skein/1', limits: { ...LIMITS, ...limits } },
    nowUs: () => performance.now() * 1e3,
    count: (name, by = 1) => void counts.set(name, (counts.get(name) ?? 0) + by),
  });
  await bus.start();
  t.teardown(() => bus.close());
  const heard: { topic: string; text: string }[] = [];
  await bus.subscribe(['skein/1/+/up/#'], ({ topic, payload }) => {
    heard.push({ topic, text: Buffer.from(payload).toString() });
  });
  const connect = async (
    o: { drone?: string; session?: string } = {},
    how: Parameters<FakeAgent['connect']>[1] = {},
  ) => {
    const agent = new FakeAgent({ drone: 'd1', session: 'aaaaaaaa', epoch: '00000000000000e1', ...o });
    const [ours, theirs] = pipe();
    bus.accept(theirs, 'test');
    await agent.connect(ours, how);
    return agent;
  };
  return { bus, counts, heard, connect };
}

t.test('up and down', async (t) => {
  const { bus, heard, connect } = await given(t);
  const agent = await connect();
  t.equal(agent.connackCode, 0);
  t.same(agent.granted, [1, 1]);
  agent.publish(agent.up('history'), 'hello');
  await until(() => heard.length === 1, 'the message');
  t.same(heard, [{ topic: 'skein/1/d1/up/history', text: 'hello' }]);
  bus.publish('skein/1/d1/down/ack', '{}', 1);
  bus.publish('skein/1/all/down/hello', '{}', 0);
  bus.publish('skein/1/d2/down/ack', '{}', 1);
  await until(() => agent.topics.length === 2, `its own and the broadcast, not ${agent.topics}`);
  t.same(agent.topics.sort(), ['skein/1/all/down/hello', 'skein/1/d1/down/ack']);
});

t.test('two sessions of one drone are both connected', async (t) => {
  const { bus, heard, connect } = await given(t);
  const one = await connect({ session: 'aaaaaaaa' });
  const two = await connect({ session: 'bbbbbbbb' });
  one.publish(one.up('live'), '1', 0);
  two.publish(two.up('live'), '2', 0);
  await until(() => heard.length === 2, 'both');
  t.equal(bus.connections, 2);
});

t.test('the will of a connection that breaks goes out', async (t) => {
  const { heard, connect } = await given(t);
  const agent = await connect();
  agent.kill();
  await until(() => heard.length === 1, 'the will');
  t.equal(heard[0]?.topic, 'skein/1/d1/up/presence');
});

t.test('no will goes out because we close', async (t) => {
  const { bus, heard, connect } = await given(t);
  const agent = await connect();
  await bus.close();
  await until(() => agent.closed, 'being closed');
  t.same(heard, []);
});

t.test('strangers are refused by name', async (t) => {
  const { counts, connect } = await given(t);
  t.equal((await connect({}, { clientId: 'whoever' })).connackCode, 2);
  t.equal((await connect({}, { userName: 'd2' })).connackCode, 4);
  t.equal((await connect({}, { clean: false })).connackCode, 2);
  t.not((await connect({}, { keepaliveS: 600 })).connackCode, 0, 'too long a keep-alive');
  t.not((await connect({}, { keepaliveS: 0 })).connackCode, 0, 'none at all');
  t.match(Object.fromEntries(counts), { badClientId: 1, badUser: 1, notClean: 1 });
});

t.test('publishing elsewhere closes the connection, subscribing elsewhere is denied', async (t) => {
  const { counts, heard, connect } = await given(t);
  const agent = await connect();
  agent.granted = [];
  agent.subscribe(['#', 'skein/1/d2/down/#', '$SYS/#', 'skein/1/d1/down/#']);
  await until(() => agent.granted.length > 0, 'an answer');
  t.same(agent.granted, [128, 128, 128, 1]);
  agent.publish('skein/1/d2/up/presence', 'lies');
  await until(() => agent.closed, 'being closed');
  t.equal(counts.get('badTopic'), 1);
  t.equal(counts.get('badFilter'), 3);
  t.notOk(heard.some((one) => one.topic.startsWith('skein/1/d2/')));
});

t.test('garbage, QoS 2, large packets and anything before CONNECT close that connection only', async (t) => {
  const { bus, counts, heard, connect } = await given(t);
  const good = await connect({ session: 'cccccccc' });
  for (const bytes of [
    Buffer.from('GET / HTTP/1.1\r\n\r\n'),
    Buffer.from([0, 0, 0]),
    mqttPacket(0x10, Buffer.alloc(20_000)),
  ]) {
    const [ours, theirs] = pipe();
    bus.accept(theirs, 'test');
    let closed = false;
    ours.on('close', () => {
      closed = true;
    });
    ours.on('error', () => {});
    ours.resume();
    ours.write(bytes);
    await until(() => closed, 'being closed');
  }
  const two = await connect({ session: 'dddddddd' });
  two.publish(two.up('live'), 'x', 2);
  await until(() => two.closed, 'QoS 2 being closed');
  const big = await connect({ session: 'eeeeeeee' });
  big.publish(big.up('live'), Buffer.alloc(20_000));
  await until(() => big.closed, 'a large packet being closed');
  t.match(Object.fromEntries(counts), { firstNotConnect: 2, tooLarge: 2, qos2: 1 });
  good.publish(good.up('live'), 'still here');
  await until(() => heard.some((one) => one.text === 'still here'), 'the good one');
});

t.test('who sends too fast is read from more slowly and loses nothing', async (t) => {
  const { counts, heard, connect } = await given(t, { publishesPerS: 200, publishBurst: 20 });
  const agent = await connect();
  const from = performance.now();
  for (let i = 0; i < 100; i++) agent.publish(agent.up('live'), String(i), 0);
  await until(() => heard.length === 100, 'all of them', 30_000);
  t.ok(performance.now() - from > 200, 'it took its time');
  t.ok((counts.get('throttled') ?? 0) > 0);
});

t.test('too many connections of one address are turned away', async (t) => {
  const { counts, connect } = await given(t, { maxPerAddress: 1 });
  await connect();
  const second = await connect({ session: 'bbbbbbbb' });
  t.ok(second.closed);
  t.equal(counts.get('refusedAddress'), 1);
});

t.test('a retained message is not kept', async (t) => {
  const { counts, bus, connect } = await given(t);
  const agent = await connect();
  const topic = Buffer.from('\0\x15skein/1/d1/up/history');
  agent.raw(mqttPacket(0x31, Buffer.concat([topic, Buffer.from('kept?')])));
  await until(() => counts.get('retained') === 1, 'the flag being taken off');
  let late = 0;
  await bus.subscribe(['skein/1/d1/up/history'], () => {
    late++;
  });
  t.equal(late, 0);
});

t.test('more messages at once than any broker holds back: all arrive, and nothing breaks', async (t) => {
  const { bus, counts, connect } = await given(t);
  const agent = await connect();
  // Of a fleet that has just been acked, most of it gone in between: Aedes' own emitter called itself for each of these.
  const [here, away] = [10_000, 20_000];
  for (let i = 0; i < here; i++) bus.publish('skein/1/d1/down/ack', '{}', 1);
  for (let i = 0; i < away; i++) bus.publish(`skein/1/away-${i}/down/ack`, '{}', 1);
  await until(() => agent.topics.length === here && bus.depth === 0, 'all of them', 30_000);
  t.same([counts.get('published'), counts.get('publishFailed')], [here + away, undefined]);
});
