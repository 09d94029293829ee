/** Commands through a whole controller: real store, real broker, agents on raw sockets. */
import t from 'tap';
import type { DroneEntry } from '../live/index.ts';
import { type Running, startController, tempDir } from '../testing/controller.ts';
import { DONE, FakeAgent, type Reply } from '../testing/fake-agent.ts';
import { until } from '../testing/until.ts';
import type { CommandView } from './view.ts';

/** One for all tests, each with drones of its own. */
const running = await startController(tempDir());
t.teardown(() => running.controller.close());

/** Online, its clock known; `obey` says how it answers. */
async function connected(
  running: Running,
  drone: string,
  o: { n?: number; more?: FakeAgent['more']; obey?: FakeAgent['obey']; board?: string; session?: string } = {},
): Promise<FakeAgent> {
  const number = drone.replace(/\D/g, '').padStart(8, '0');
  const session = o.session ?? `aaaaaaaa${number}`;
  const agent = new FakeAgent({
    ...{ drone, session, epoch: `${session.slice(0, 4)}ee00${number}`, n: o.n ?? 1 },
    ...(o.board === undefined ? {} : { board: o.board }),
  });
  agent.obey = o.obey === undefined ? () => DONE : o.obey;
  agent.more = { journal: 'j1', ...o.more };
  await agent.connectTo(running.addresses.mqtt);
  agent.presence();
  await until(() => agent.ack('urgent') !== undefined, 'the first ack');
  agent.time();
  await until(() => agent.times.length > 0, 'the first time answer');
  return agent;
}

const view = (body: Record<string, unknown>) => body as unknown as CommandView;
async function read(running: Running, id: string): Promise<CommandView> {
  return view((await running.get(`/api/v1/commands/${id}`)).body);
}
async function post(running: Running, body: object, headers: Record<string, string> = {}): Promise<CommandView> {
  const answer = await running.post('/api/v1/commands', body, headers);
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  return view(answer.body);
}
async function finished(running: Running, id: string, deadlineMs = 5000): Promise<CommandView> {
  await until(async () => (await read(running, id)).state === 'done', `the end of ${id}`, deadlineMs);
  return read(running, id);
}

t.test('a command goes there and back, each step kept and shown', async (t) => {
  const agent = await connected(running, 'd11');
  const { id, ...posted } = await post(running, { targets: ['d11'], type: 'hold', issuedBy: 'Ann' });
  t.match(posted, { type: 'hold', issuedBy: 'Ann', targets: ['d11'], state: 'open', deliveries: [{ drone: 'd11' }] });
  const done = await finished(running, id);
  t.match(done.deliveries[0], { drone: 'd11', state: 'succeeded', reason: 'done', words: 'done' });
  t.same(
    done.deliveries[0]?.steps.map((step) => [step.state, step.by]),
    [
      ['queued', 'controller'],
      ['delivered', 'drone'],
      ['executing', 'drone'],
      ['succeeded', 'drone'],
    ],
  );
  t.match(agent.commands, [{ id, type: 'hold', issuedBy: 'Ann', grants: [], session: agent.o.session }]);
  const [sent] = agent.commands;
  t.equal(sent?.heard?.session, agent.o.session);
  t.ok((sent?.heard?.monoMs ?? 0) > 0, 'the newest stamp of the drone');
  t.equal(Date.parse(sent?.expiresAt ?? '') - Date.parse(sent?.issuedAt ?? ''), 60_000);
  const entry = (await running.get('/api/v1/drones/d11')).body as unknown as DroneEntry;
  t.match(entry.commands, [{ id, type: 'hold', state: 'succeeded', reason: 'done', issuedBy: 'Ann' }]);
  t.match((await running.get('/api/v1/commands?drone=d11')).body, { commands: [{ id }] });
  t.match((await running.get('/api/v1/commands?drone=d900')).body, { commands: [] });
  await until(async () => {
    const { body } = await running.get(`/api/v1/events?entity=command:${id}`);
    const events = body.events as { type: string; data: { by?: string; cause?: string } }[];
    return (
      events.length === 4 && events.slice(1).every((one) => one.data.by === 'drone' && one.data.cause === 'answer')
    );
  }, 'one event for each change, with actor and cause');
});

t.test('what is wrong as a whole is a problem, what is wrong for one drone its delivery', async (t) => {
  await connected(running, 'd21');
  const refused = async (body: object, code: string, status = 400) => {
    const answer = await running.post('/api/v1/commands', body);
    t.match(answer, { status, body: { code } }, `${code}: ${answer.body.detail ?? ''}`);
  };
  await refused({ targets: ['d21'], type: 'explode' }, 'unknown-command-type');
  await refused({ targets: ['d21'], type: 'cancel', params: {} }, 'unknown-command-type');
  await refused({ targets: ['d21'], type: 'goto', params: { latDeg: 91, lonDeg: 0, altRelM: 5 } }, 'bad-params');
  await refused({ targets: ['d21'], type: 'arm', params: { takeover: true } }, 'bad-params');
  await refused({ targets: ['d21'], type: 'arm', expiresInS: 61 }, 'bad-lifetime');
  await refused({ targets: 'all', type: 'arm' }, 'names-its-drones');
  await refused({ targets: { group: 'north' }, type: 'hold' }, 'no-targets');
  await refused({ targets: ['d21', 'd900'], type: 'hold' }, 'unknown-drone', 404);
  await refused({ targets: 'all', type: 'reboot', params: { target: 'agent', force: true } }, 'one-drone-only');
  await refused({ targets: ['d21'], type: 'ping', session: 'aaaaaaaa' }, 'one-drone-only');
  await refused({ targets: ['d21'], type: 'hold', more: 1 }, 'bad-request');
  t.match(await running.get('/api/v1/commands/01JD0000000000000000000001'), { body: { code: 'unknown-command' } });
  const foreign = await running.post(
    '/api/v1/commands',
    { targets: ['d21'], type: 'hold' },
    { origin: 'http://evil.example' },
  );
  t.match(foreign, { status: 403, body: { code: 'foreign-origin' } });
});

t.test('a drone that is away: what waits is sent as it comes back, what never waits is rejected', async (t) => {
  const agent = await connected(running, 'd31');
  agent.kill();
  await until(async () => (await running.get('/api/v1/drones/d31')).body.online === false, 'the drone to be offline');
  const arm = await post(running, { targets: ['d31'], type: 'arm' });
  t.match(arm, { state: 'done', deliveries: [{ state: 'rejected', reason: 'offline', sentAt: null }] });
  const ping = await post(running, { targets: ['d31'], type: 'ping' });
  t.match(ping, { state: 'open', deliveries: [{ state: 'queued', sentAt: null }] });
  const again = await connected(running, 'd31', { n: 2, session: 'bbbbbbbb00000001' });
  t.match(await finished(running, ping.id), { deliveries: [{ state: 'succeeded' }] });
  t.same(
    again.commands.map((one) => one.type),
    ['ping'],
  );
});

t.test('nobody answers: sent again, on each presence and in between; a late answer counts once', async (t) => {
  const agent = await connected(running, 'd41', { obey: null });
  const { id } = await post(running, { targets: ['d41'], type: 'ping' });
  await until(() => agent.commands.length === 2, 'a second sending by itself');
  agent.presence();
  await until(() => agent.commands.length >= 3, 'a third for the presence');
  t.same(new Set(agent.commands.map((one) => one.id)), new Set([id]));
  agent.answer({ id, type: 'ping' }, ...DONE);
  t.match(await finished(running, id), { deliveries: [{ state: 'succeeded', steps: { length: 4 } }] });
});

t.test('the drone comes back with another journal: unknown, never sent again, until it says more', async (t) => {
  const agent = await connected(running, 'd51', { obey: null });
  const { id } = await post(running, { targets: ['d51'], type: 'ping' });
  await until(() => agent.commands.length > 0, 'the command');
  agent.more = { journal: 'j2' };
  agent.presence();
  t.match(await finished(running, id), { deliveries: [{ state: 'unknown', reason: 'journal-changed' }] });
  const sent = agent.commands.length;
  agent.presence();
  agent.time();
  await until(() => agent.times.length > 1, 'time');
  t.equal(agent.commands.length, sent);
  agent.answer({ id, type: 'ping' }, { state: 'failed', reason: 'refused: no' });
  await until(async () => (await read(running, id)).deliveries[0]?.state === 'failed', 'the later answer');
});

t.test('Idempotency-Key: the same request once, another one refused, also after a restart', async (t) => {
  const dir = tempDir();
  const first = await startController(dir);
  await connected(first, 'd1');
  const headers = { 'idempotency-key': 'k-1' };
  const body = { targets: ['d1'], type: 'ping' };
  const both = await Promise.all([1, 2].map(() => first.post('/api/v1/commands', body, headers)));
  t.same(both.map((one) => one.status).sort(), [200, 201]);
  const { id } = view(both[0]?.body ?? {});
  t.equal(view(both[1]?.body ?? {}).id, id);
  t.match(await first.post('/api/v1/commands', { ...body, type: 'hold' }, headers), {
    status: 409,
    body: { code: 'key-reused' },
  });
  t.match(await first.post('/api/v1/commands', body, { 'idempotency-key': 'a b' }), { body: { code: 'bad-key' } });
  await first.controller.close();
  const second = await startController(dir);
  t.teardown(() => second.controller.close());
  const repeated = await second.post('/api/v1/commands', body, headers);
  t.match(repeated, { status: 200, body: { id } });
});

t.test('cancel: what waits ends at once; of what was sent the drone is asked', async (t) => {
  await connected(running, 'd71', { obey: (command) => (command.type === 'cancel' ? DONE : [{ state: 'executing' }]) });
  const away = await connected(running, 'd72');
  away.kill();
  await until(async () => (await running.get('/api/v1/drones/d72')).body.online === false, 'one to be offline');
  const { id } = await post(running, { targets: ['d71', 'd72'], type: 'ping' });
  await until(async () => (await read(running, id)).deliveries[0]?.state === 'executing', 'the first to be under way');
  const answer = await running.post(`/api/v1/commands/${id}/cancel`, { issuedBy: 'Bob' });
  t.equal(answer.status, 200);
  t.match(answer.body, {
    deliveries: [
      { drone: 'd71', state: 'executing' },
      { drone: 'd72', state: 'cancelled', steps: [{}, { by: 'Bob' }] },
    ],
  });
  const cancel = await finished(running, String(answer.body.cancel));
  t.match(cancel, {
    type: 'cancel',
    issuedBy: 'Bob',
    params: { id },
    targets: ['d71'],
    deliveries: [{ state: 'succeeded' }],
  });
  t.match(await running.post('/api/v1/commands/01JD0000000000000000000001/cancel'), { status: 404 });
});

t.test('cancel: the drone never had it: it is cancelled, and not sent any more', async (t) => {
  const notFound: readonly Reply[] = [{ state: 'rejected', reason: 'not-found' }];
  const agent = await connected(running, 'd81', { obey: (command) => (command.type === 'cancel' ? notFound : []) });
  const { id } = await post(running, { targets: ['d81'], type: 'ping' });
  await running.post(`/api/v1/commands/${id}/cancel`, { issuedBy: 'Bob' });
  t.match(await finished(running, id), { deliveries: [{ state: 'cancelled', reason: 'cancelled' }] });
  const sent = agent.commands.filter((one) => one.id === id).length;
  agent.presence();
  agent.time();
  await until(() => agent.times.length > 1, 'time');
  t.equal(agent.commands.filter((one) => one.id === id).length, sent);
});

t.test('two boards with one name: commands to neither, but for hold to the session that was picked', async (t) => {
  const one = await connected(running, 'd91', { board: 'A' });
  const two = await connected(running, 'd91', { board: 'B', n: 2, session: 'bbbbbbbb00000002' });
  const rejected = { deliveries: [{ state: 'rejected', reason: 'identity-conflict' }] };
  t.match(await post(running, { targets: ['d91'], type: 'ping' }), rejected);
  t.match(await post(running, { targets: ['d91'], type: 'hold' }), rejected);
  const gone = await post(running, { targets: ['d91'], type: 'hold', session: 'cccccccc00000003' });
  t.match(gone, { deliveries: [{ state: 'rejected', reason: 'other-session' }] });
  const { id } = await post(running, { targets: ['d91'], type: 'hold', session: one.o.session });
  t.match(await finished(running, id), { deliveries: [{ state: 'succeeded' }] });
  t.same([one.commands.length, two.commands.length], [1, 0]);
});

t.test('a reboot names the boot or session it is to end; rights are shown with it', async (t) => {
  const agent = await connected(running, 'd101', { more: { autopilotBoot: 'ap-7' }, obey: () => DONE });
  for (const target of ['autopilot', 'companion', 'agent']) {
    const force = target === 'agent' ? { force: true } : {};
    await finished(
      running,
      (await post(running, { targets: ['d101'], type: 'reboot', params: { target, ...force } })).id,
    );
  }
  await finished(
    running,
    (await post(running, { targets: ['d101'], type: 'set-parameter', params: { name: 'FS_GCS_ENABLE', value: 1 } })).id,
  );
  await finished(
    running,
    (await post(running, { targets: ['d101'], type: 'set-parameter', params: { name: 'WPNAV_SPEED', value: 1 } })).id,
  );
  await finished(
    running,
    (await post(running, { targets: ['d101'], type: 'unlock', params: { reason: 'checked' } })).id,
  );
  t.same(
    agent.commands.map(({ params, grants }) => [params.ifBoot ?? params.ifSession ?? null, grants]),
    [
      ['ap-7', []],
      [agent.boot, []],
      [agent.o.session, ['force']],
      [null, ['safety-parameters']],
      [null, []],
      [null, ['admin']],
    ],
  );
});

t.test('an answer to what nobody here sent makes the record, and an alert', async (t) => {
  const agent = await connected(running, 'd111');
  const id = '01JD0000000000000000000007';
  agent.answer({ id, type: 'hold' }, { state: 'succeeded', reason: 'done' });
  await until(async () => (await running.get(`/api/v1/commands/${id}`)).status === 200, 'the record');
  t.match(await read(running, id), {
    untargeted: true,
    issuedBy: 'unknown',
    deliveries: [{ drone: 'd111', state: 'succeeded' }],
  });
  await until(async () => {
    const { body } = await running.get('/api/v1/events?entity=drone:d111');
    return (body.events as { type: string; data: unknown }[]).some((event) => event.type === 'alert');
  }, 'the alert');
  t.equal(await running.metric('commands_untargeted_total'), 1);
});
