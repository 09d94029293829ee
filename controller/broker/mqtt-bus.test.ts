import net from 'node:net';
import { Aedes } from 'aedes';
import t, { type Test } from 'tap';
import { until } from '../testing/until.ts';
import type { BrokerCounter } from './bus.ts';
import { MqttBus, matches } from './mqtt-bus.ts';

/** Somebody else's broker. */
async function externalBroker(t: Test, refuses: 'no' | 'says so' | 'closes' = 'no') {
  const broker = await Aedes.createBroker();
  broker.authorizeSubscribe = (_client, subscription, done) => {
    if (refuses === 'no' || !subscription.topic.includes('/down/')) done(null, subscription);
    else if (refuses === 'closes') done(new Error('not yours'));
    else done(null, null);
  };
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    broker.handle(socket);
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const { port } = server.address() as net.AddressInfo;
  t.teardown(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await new Promise<void>((resolve) => broker.close(() => resolve()));
  });
  const say = (topic: string, text: string, retain = false) =>
    broker.publish({ cmd: 'publish', topic, payload: text, qos: 1, retain, dup: false }, () => {});
  return {
    url: `mqtt://127.0.0.1:${port}`,
    say,
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}

t.test('subscribes, says when it is up, and is there again after the connection broke', async (t) => {
  const broker = await externalBroker(t);
  const counts = new Map<BrokerCounter, number>();
  const states: boolean[] = [];
  const bus = new MqttBus({
    url: broker.url,
    clientId: 'controller-test',
    random: () => 0,
    count: (name, by = 1) => void counts.set(name, (counts.get(name) ?? 0) + by),
    onState: (up) => states.push(up),
  });
  t.teardown(() => bus.close());
  const heard: string[] = [];
  let ups = 0;
  bus.publish('x', 'too early', 1);
  t.equal(counts.get('publishFailed'), 1, 'nothing is queued');
  await bus.start();
  await bus.subscribe(['skein/1/+/up/presence'], ({ payload }) => heard.push(Buffer.from(payload).toString()));
  bus.onUp(() => {
    ups++;
  });
  await until(() => ups === 1, 'the first connection');
  broker.say('skein/1/d1/up/presence', 'one');
  await until(() => heard.length === 1, 'a message');
  await bus.subscribe(['skein/1/d1/up/history'], ({ payload }) => heard.push(Buffer.from(payload).toString()));
  broker.say('skein/1/d1/up/history', 'two');
  await until(() => heard.length === 2, 'a message of a later subscription');

  broker.cut();
  await until(() => ups === 2, 'the second connection');
  t.same(states, [true, false, true]);
  broker.say('skein/1/d1/up/history', 'three');
  await until(() => heard.length === 3, 'subscriptions to be renewed');
  t.same(heard, ['one', 'two', 'three']);
});

t.test('what it does not let us listen to, and we can do without, costs nothing else', async (t) => {
  for (const refuses of ['says so', 'closes'] as const) {
    const broker = await externalBroker(t, refuses);
    let refused = 0;
    let ups = 0;
    const heard: string[] = [];
    const bus = new MqttBus({
      ...{ url: broker.url, clientId: 'controller-test', random: () => 0, onState: () => {} },
      count: (name) => {
        if (name === 'notGranted') refused++;
      },
    });
    t.teardown(() => bus.close());
    await bus.subscribe(['skein/1/all/down/hello'], () => heard.push('hello'), { optional: true });
    await bus.subscribe(['skein/1/+/up/presence'], () => heard.push('presence'));
    bus.onUp(() => {
      ups++;
    });
    await bus.start();
    // Whoever closes the connection is asked three times at most.
    const times = refuses === 'closes' ? 3 : 1;
    await until(() => refused === times && ups >= (refuses === 'closes' ? 4 : 1), `${refuses}: to be up`, 20_000);
    broker.say('skein/1/d1/up/presence', 'one');
    await until(() => heard.length > 0, `${refuses}: a presence`);
    t.same([heard, refused], [['presence'], times], refuses);
  }
});

t.test('what the broker had kept is told apart from what is said now', async (t) => {
  const broker = await externalBroker(t);
  const bus = new MqttBus({
    ...{ url: broker.url, clientId: 'controller-test', random: () => 0, count: () => {}, onState: () => {} },
  });
  t.teardown(() => bus.close());
  const heard: unknown[] = [];
  broker.say('skein/1/all/down/hello', 'old', true);
  await bus.subscribe(['skein/1/all/down/hello'], ({ kept }) => heard.push(kept), { optional: true });
  await bus.start();
  await until(() => heard.length === 1, 'the kept one');
  broker.say('skein/1/all/down/hello', 'new');
  await until(() => heard.length === 2, 'the new one');
  t.same(heard, [true, false]);
});

t.test('a broker that is not there is waited for, and closing does not wait', async (t) => {
  const reasons: (string | null)[] = [];
  const bus = new MqttBus({
    ...{ url: 'mqtt://127.0.0.1:1', clientId: 'controller-test', random: () => 0, count: () => {} },
    onState: (_up, reason) => reasons.push(reason),
  });
  await bus.start();
  await until(() => reasons.length > 0, 'the first failure');
  t.match(reasons[0], /ECONNREFUSED/);
  await bus.close();
});

t.test('filters', (t) => {
  t.ok(matches('a/+/c', 'a/b/c'));
  t.ok(matches('a/#', 'a/b/c'));
  t.notOk(matches('a/+/c', 'a/b/d'));
  t.notOk(matches('a/+', 'a/b/c'));
  t.notOk(matches('a/b/c', 'a/b'));
  t.end();
});
