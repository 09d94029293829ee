import net from 'node:net';
import { Aedes } from 'aedes';
import t, { type Test } from 'tap';
import { until } from '../testing/until.ts';
import type { BrokerCounter } from './bus.ts';
import { MqttBus, matches } from './mqtt-bus.ts';

/** Somebody else's broker. */
async function externalBroker(t: Test) {
  const broker = await Aedes.createBroker();
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
  const say = (topic: string, text: string) =>
    broker.publish({ cmd: 'publish', topic, payload: text, qos: 1, retain: false, dup: false }, () => {});
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
