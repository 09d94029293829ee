/** Two controllers on somebody else's broker, each with a store of its own: both say so, and neither calls itself another after a restart. */
import net from 'node:net';
import { Aedes } from 'aedes';
import t, { type Test } from 'tap';
import { type Running, startController, tempDir } from './testing/controller.ts';
import { FakeAgent } from './testing/fake-agent.ts';
import { until } from './testing/until.ts';

const WITHIN_MS = 60_000;

async function externalBroker(t: Test): Promise<string> {
  const broker = await Aedes.createBroker();
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    broker.handle(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await new Promise<void>((resolve) => broker.close(() => resolve()));
  });
  return `mqtt://127.0.0.1:${(server.address() as net.AddressInfo).port}`;
}

interface Shown {
  readonly class: string;
  readonly severity: string;
  readonly words: string;
}

async function told({ get }: Running): Promise<Shown | undefined> {
  const { alerts } = (await get('/api/v1/alerts?open=true')).body as { alerts: readonly Shown[] };
  return alerts.find((one) => one.class === 'second-controller');
}

t.test('two controllers on one broker say so, each of the other', async (t) => {
  // given: a controller, and a drone that it has acked
  const url = await externalBroker(t);
  const dir = tempDir();
  const begin = async (dataDir: string) => {
    const running = await startController(dataDir, {}, [`--broker.url=${url}`]);
    t.teardown(() => running.controller.close());
    return running;
  };
  const before = await begin(dir);
  const agent = new FakeAgent({ drone: 'heron', session: 'aaaaaaaa00000001', epoch: '0000000000000001' });
  await agent.connectTo(url);
  const speaks = setInterval(() => agent.presence(), 500);
  t.teardown(() => {
    clearInterval(speaks);
    agent.kill();
  });
  await agent.acked('urgent', 0);
  // and: it restarts, and tells the drone something, which comes back to it
  await before.controller.close();
  const first = await begin(dir);
  await until(async () => (await first.metric('router_hello_total')) > 0, 'its hello', WITHIN_MS);
  const acks = agent.acks.length;
  await until(() => agent.acks.length >= acks + 4, 'its acks', WITHIN_MS);
  await first.post('/api/v1/commands', { targets: ['heron'], type: 'ping', params: {}, issuedBy: 'Ann' });
  t.equal(await told(first), undefined, 'neither its run before nor its own words are another');
  // when
  const second = await begin(tempDir());
  // then
  await until(async () => (await told(first)) !== undefined, 'the first to say so', WITHIN_MS);
  await until(async () => (await told(second)) !== undefined, 'the second to say so', WITHIN_MS);
  t.match(await told(first), {
    severity: 'critical',
    words: /^Another controller works with this fleet: controller-[0-9a-f]{8}, on /,
  });
  t.match(await told(second), { words: /: one that began as [0-9a-f]{16}, on skein\/1: acks what drones send/ });
  t.ok((await first.metric('other_controllers_hello_total')) > 0);
  t.ok((await second.metric('other_controllers_ack_total')) > 0);
});
