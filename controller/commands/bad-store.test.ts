/** The database is locked by another program: what is harmless goes all the same, the rest not at all. */
import path from 'node:path';
import Database from 'better-sqlite3';
import t from 'tap';
import { startController, tempDir } from '../testing/controller.ts';
import { DONE, FakeAgent } from '../testing/fake-agent.ts';
import { until } from '../testing/until.ts';
import type { CommandView } from './view.ts';

t.test('a locked database: hold goes within half a second, a ping is refused and never sent', async (t) => {
  const dir = tempDir();
  const running = await startController(dir);
  t.teardown(() => running.controller.close());
  const agent = new FakeAgent({ drone: 'd1', session: 'aaaaaaaa00000001', epoch: '00000000000000a1' });
  agent.obey = () => DONE;
  await agent.connectTo(running.addresses.mqtt);
  agent.presence();
  agent.time();
  await until(() => agent.ack('urgent') !== undefined && agent.times.length > 0, 'acks and time');

  const other = new Database(path.join(dir, 'core.db'), { timeout: 30_000 });
  other.exec('BEGIN IMMEDIATE');
  const from = performance.now();
  const [hold, ping] = await Promise.all([
    running.post('/api/v1/commands', { targets: ['d1'], type: 'hold' }),
    running.post('/api/v1/commands', { targets: ['d1'], type: 'ping' }, { 'idempotency-key': 'k' }),
    until(() => agent.commands.some((one) => one.type === 'hold'), 'the hold to have come').then(() => {
      t.comment(`hold came after ${(performance.now() - from).toFixed(0)} ms`);
    }),
  ]);
  t.match(hold, { status: 201, body: { stored: false } });
  t.match(ping, { status: 503, body: { code: 'store-unavailable' } });
  t.ok((await running.metric('commands_write_failed_total')) > 0);
  t.equal(await running.metric('commands_volatile_total'), 1);

  other.exec('ROLLBACK');
  other.close();
  const read = async () =>
    ((await running.get('/api/v1/commands')).body.commands as CommandView[]).map((one) => [one.type, one.counts]);
  await until(async () => (await running.metric('commands_unwritten')) === 0, 'everything to be written', 15_000);
  await until(async () => JSON.stringify(await read()).includes('succeeded'), 'the answer', 10_000);
  t.same(await read(), [
    ['ping', { cancelled: 1 }],
    ['hold', { succeeded: 1 }],
  ]);
  t.same(
    agent.commands.map((one) => one.type).filter((type) => type !== 'hold'),
    [],
    'nothing goes out late',
  );
  const again = await running.post('/api/v1/commands', { targets: ['d1'], type: 'ping' }, { 'idempotency-key': 'k' });
  t.match(again, { status: 201 }, 'the same request may be sent again');
});
