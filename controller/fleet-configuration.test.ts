/** Groups and settings as people put them, in a whole controller, with an agent on the wire. */
import t, { type Test } from 'tap';
import { type Running, startController, tempDir } from './testing/controller.ts';
import { FakeAgent } from './testing/fake-agent.ts';
import { until } from './testing/until.ts';

async function connected(running: Running, drone: string, n: number): Promise<FakeAgent> {
  const agent = new FakeAgent({ drone, session: `aaaaaaaa0000000${n}`, epoch: `00000000000000a${n}` });
  await agent.connectTo(running.addresses.mqtt);
  agent.presence();
  await until(() => agent.ack('history') !== undefined, 'an ack');
  agent.time();
  await until(() => agent.times.length > 0, 'an answer to the time message');
  return agent;
}

async function given(t: Test, dir = tempDir()) {
  const running = await startController(dir);
  t.teardown(() => running.controller.close());
  const call = async (method: 'PUT' | 'DELETE', url: string, payload?: object) => {
    const about = { method, url, headers: { host: '127.0.0.1' } };
    const answer = await running.controller.http.inject(payload === undefined ? about : { ...about, payload });
    return { status: answer.statusCode, body: answer.body === '' ? null : answer.json() };
  };
  return { running, call };
}

t.test('a group that people made is commanded; settings outlive the controller', async (t) => {
  const dir = tempDir();
  const { running, call } = await given(t, dir);
  const one = await connected(running, 'd1', 1);
  const other = await connected(running, 'd2', 2);
  const ping = () => running.post('/api/v1/commands', { targets: { group: 'north' }, type: 'ping', issuedBy: 'Ann' });
  t.match(await ping(), { status: 400, body: { code: 'no-targets' } });
  t.match(await running.get('/api/v1/groups/north'), { status: 404, body: { code: 'unknown-group' } });
  t.match(await call('PUT', '/api/v1/groups/north', { members: ['d2', 'never-heard'] }), { status: 201 });
  t.match(await running.get('/api/v1/groups/north'), {
    body: { name: 'north', members: ['d2', 'never-heard'], drones: ['d2'] },
  });
  t.match(await ping(), { status: 201 });
  await until(() => other.commands.length === 1, 'the ping at the one in the group');
  t.same(one.commands, []);
  t.match(await call('PUT', '/api/v1/drones/d1/settings', { airframe: { emptyKg: 5 }, nonsense: 1 }), { status: 400 });
  t.match(await call('PUT', '/api/v1/drones/d1/settings?version=0', { airframe: { emptyKg: 5 } }), { status: 201 });
  t.match(await call('PUT', '/api/v1/drones/d1/settings?version=0', {}), {
    status: 409,
    body: { code: 'settings-changed' },
  });
  t.match(await running.get('/api/v1/drones/d9/settings'), { status: 404, body: { code: 'unknown-drone' } });
  t.match(await running.get('/api/v1/drones/d1/upkeep'), { status: 200, body: { total: { flights: 0 }, holds: [] } });
  t.match(await running.get('/api/v1/drones/d1/calibration'), {
    status: 200,
    body: { calibration: null, flights: [] },
  });
  t.match(await running.get('/api/v1/drones/d9/calibration'), { status: 404, body: { code: 'unknown-drone' } });
  t.match(await running.get('/api/v1/drones/d9/upkeep'), { status: 404, body: { code: 'unknown-drone' } });
  t.match(await running.post('/api/v1/drones/d1/inspected', { issuedBy: 'Ann', note: 'new props' }), {
    status: 200,
    body: { inspected: { by: 'Ann', note: 'new props' } },
  });
  t.match(await running.post('/api/v1/drones/d9/pack', { pack: 'P-7' }), { status: 404 });
  t.match(await running.post('/api/v1/drones/d2/pack', { pack: 'P-7', issuedBy: 'Ann' }), {
    status: 200,
    body: { pack: 'P-7', drone: 'd2', told: { command: /^[0-9A-Z]{26}$/ } },
  });
  await until(() => other.commands.some(({ type }) => type === 'new-pack'), 'the word of the new pack at the drone');
  t.match(other.commands.at(-1), { params: { pack: 'P-7', instance: 0 } });
  t.match(await call('PUT', '/api/v1/packs/P-7', { capacityMah: 9000 }), { status: 200 });
  t.match(await running.post('/api/v1/packs/P-7/retired', { note: 'swollen' }), { status: 200 });
  t.match((await running.get('/api/v1/drones/d2/upkeep')).body, {
    packs: ['P-7'],
    holds: ['maintenance: battery P-7: it is retired; put another in'],
  });
  await running.controller.close();
  const again = await given(t, dir);
  t.match(await again.running.get('/api/v1/drones/d1/settings'), {
    status: 200,
    body: { version: 1, desired: { airframe: { emptyKg: 5 } }, differences: [] },
  });
  t.match((await again.running.get('/api/v1/packs')).body, { packs: [{ pack: 'P-7', drone: 'd2' }] });
  t.equal((await again.call('DELETE', '/api/v1/groups/north')).status, 204);
  t.same((await again.running.get('/api/v1/groups')).body, { groups: [] });
});
