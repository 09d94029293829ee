import fs from 'node:fs';
import { type LiveBase, liveBaseOf, type Sample, sealLiveDelta, writeLiveChanges } from '@skein/protocol/telemetry';
import t from 'tap';
import { startController, tempDir } from './testing/controller.ts';
import { FakeAgent } from './testing/fake-agent.ts';
import { until } from './testing/until.ts';

t.test('a controller that lacks what live deltas refer to asks for it with the time, until it has it', async (t) => {
  const dir = tempDir();
  t.teardown(() => fs.rmSync(dir, { recursive: true, force: true }));
  const running = await startController(dir);
  t.teardown(() => running.controller.close());
  const agent = new FakeAgent({ drone: 'd1', session: '0123456789abcdef', epoch: '00c0ffee00c0ffee' });
  await agent.connectTo(running.addresses.mqtt);
  agent.presence();
  await until(() => agent.acks.length >= 2, 'acks');
  t.ok(agent.acks.every(({ packs }) => packs?.includes('live-base-1')));
  const wind = (speedMps: number): Sample => ({
    ...{ kind: 'wind', monoUs: agent.monoUs(), bootMs: null },
    values: { fromDeg: 180, speedMps, downMps: null },
  });
  const whole = agent.batch('live', 0, [wind(2)]);
  const base = liveBaseOf(whole) as LiveBase;
  const delta = () => {
    const { changes } = writeLiveChanges(base, [wind(3)]);
    agent.publish(agent.up('live'), sealLiveDelta(base, changes, new Uint8Array(0)), 0);
  };
  const asked = async () => {
    const before = agent.times.length;
    agent.time();
    await until(() => agent.times.length > before, 'the time');
    return agent.times.at(-1)?.base;
  };
  t.equal(await asked(), undefined);
  delta();
  t.equal(await asked(), true);
  delta();
  t.equal(await asked(), true, 'again, as long as it cannot read what comes');
  t.equal(await running.metric('router_live_without_base_total'), 2);
  agent.publish(agent.up('live'), whole, 0);
  delta();
  t.equal(await asked(), undefined);
  t.equal(await running.metric('router_live_without_base_total'), 2);
});
