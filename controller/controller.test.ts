import t from 'tap';
import { startController, tempDir } from './testkit/controller.ts';
import { FakeAgent, position, textSample } from './testkit/fake-agent.ts';
import { until } from './testkit/until.ts';

t.test('an agent is greeted, acked, shown and kept', async (t) => {
  const running = await startController(tempDir());
  t.teardown(() => running.controller.close());
  const agent = new FakeAgent({ drone: 'd1', session: 'aaaaaaaa00000001', epoch: '00000000000000a1' });

  await agent.connectTo(running.addresses.mqtt);
  agent.presence();
  const first = await agent.acked('history', 0);
  t.equal(first.upTo, 0);
  t.ok(first.window > 0, 'there is room');

  agent.time();
  await until(() => agent.times.length > 0, 'an answer to the time message');
  t.equal(agent.times[0]?.leaseS, 15);

  agent.send('history', agent.batch('history', 1, [position(1e6)]), agent.batch('history', 2, [position(2e6)]));
  agent.send('urgent', agent.batch('urgent', 1, [textSample(2e6, 'PreArm: something')]));
  await agent.acked('history', 2);
  await agent.acked('urgent', 1);

  agent.live([position(agent.monoUs(), 48)]);
  await until(async () => {
    const { body } = await running.get('/api/v1/drones/d1');
    return (body as { freshness: { state: string } }).freshness.state === 'fresh';
  }, 'a fresh drone');

  const { body } = await running.get(
    '/api/v1/drones/d1/telemetry?kind=position&from=2000-01-01T00:00:00Z&to=2200-01-01T00:00:00Z',
  );
  t.equal(body.rows, 2);
  t.same((body.columns as { latDeg: number[] }).latDeg, [47, 47]);

  await until(async () => {
    const feed = await running.get('/api/v1/events');
    return (feed.body.events as { type: string }[]).some((event) => event.type === 'autopilot-text');
  }, 'the text in the feed');
});
