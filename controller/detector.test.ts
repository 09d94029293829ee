import { columnsOf, type KindName, type Sample, type Values } from '@skein/protocol/telemetry';
import t, { type Test } from 'tap';
import { type Running, startController, tempDir } from './testing/controller.ts';
import { DONE, FakeAgent } from './testing/fake-agent.ts';
import { until } from './testing/until.ts';

function sample<K extends KindName>(agent: FakeAgent, kind: K, values: Partial<Values<K>>): Sample {
  const blank = Object.fromEntries(columnsOf(kind).map(([name]) => [name, null]));
  return { kind, monoUs: agent.monoUs(), bootMs: null, values: { ...blank, ...values } } as Sample;
}

const PLACE = { latDeg: 47.4, lonDeg: 8.5, altAmslM: 500 };

function flying(agent: FakeAgent, o: { heightM?: number; downMps?: number; armed?: boolean; breached?: boolean } = {}) {
  const { heightM = 40, downMps = 0, armed = true, breached = false } = o;
  agent.live([
    sample(agent, 'status', { armed, landed: armed ? 'in-air' : 'on-ground', mode: 'AUTO' }),
    sample(agent, 'position', { ...PLACE, altRelM: heightM }),
    sample(agent, 'velocity', { northMps: 0, eastMps: 0, downMps }),
    sample(agent, 'trust', { state: 'trusted' }),
    sample(agent, 'fence', { enabled: true, breached }),
  ]);
}

async function connected(running: Running): Promise<FakeAgent> {
  const agent = new FakeAgent({ drone: 'd1', session: 'aaaaaaaa00000001', epoch: '00000000000000a1' });
  agent.obey = () => DONE;
  await agent.connectTo(running.addresses.mqtt);
  agent.presence();
  await until(() => agent.ack('urgent') !== undefined && agent.ack('history') !== undefined, 'the first acks');
  agent.time();
  return agent;
}

interface Shown {
  readonly id: string;
  readonly class: string;
  readonly state: string;
  readonly words: string;
  readonly proposal: { readonly type: string; readonly state: string; readonly command?: string } | null;
}

async function alerts(running: Running, query = 'open=true'): Promise<readonly Shown[]> {
  return (await running.get(`/api/v1/alerts?${query}`)).body.alerts as readonly Shown[];
}

async function alertOf(running: Running, name: string, ready: (one: Shown) => boolean = () => true): Promise<Shown> {
  let found: Shown | undefined;
  await until(async () => {
    found = (await alerts(running)).find((one) => one.class === name && ready(one));
    return found !== undefined;
  }, `the alert ${name}`);
  if (found === undefined) throw new Error('never');
  return found;
}

async function given(t: Test, dataDir = tempDir(), flags: readonly string[] = []) {
  const running = await startController(dataDir, {}, flags);
  t.teardown(() => running.controller.close());
  return running;
}

t.test('a kill switch in the air is an alarm with the next sample, and the drone stays down', async (t) => {
  const dataDir = tempDir();
  const running = await given(t, dataDir);
  const agent = await connected(running);
  flying(agent);
  await until(async () => (await running.get('/api/v1/drones/d1')).status === 200, 'the drone');
  const killedMs = performance.now();
  flying(agent, { heightM: 35, downMps: 5, armed: false });
  const alert = await alertOf(running, 'disarmed-in-air');
  t.comment(`alarm after ${Math.round(performance.now() - killedMs)} ms`);
  t.match(alert, {
    severity: 'critical',
    drone: 'd1',
    words: /disarmed while it moved at 5.0 m\/s/,
    whatToDo: /looked at/,
  });
  t.equal(alert.proposal, null, 'nobody is told to do anything to it');
  t.equal((await running.post(`/api/v1/alerts/${alert.id}/acknowledge`, { issuedBy: 'Ann' })).status, 200);
  await running.controller.close();

  const next = await given(t, dataDir);
  t.match(await alerts(next), [{ id: alert.id, state: 'acknowledged', acknowledged: { by: 'Ann' } }]);
  t.match(await next.post(`/api/v1/alerts/${alert.id}/accept`, {}), { status: 409, body: { code: 'alert-not-so' } });
  t.match(await next.post(`/api/v1/alerts/${alert.id}/dismiss`, { issuedBy: 'Bob' }), { status: 200 });
  t.same(await alerts(next), []);
  t.match(await alerts(next, 'limit=1'), [{ id: alert.id, state: 'cleared', cleared: { by: 'Bob' } }]);
  t.match(await next.post('/api/v1/alerts/01ARZ3NDEKTSV4RRFFQ69G5FAV/dismiss', {}), {
    body: { code: 'unknown-alert' },
  });
});

t.test('what is proposed goes out when it is accepted, in the name of who accepts it, once', async (t) => {
  const running = await given(t);
  const agent = await connected(running);
  let alert: Shown | undefined;
  await until(async () => {
    flying(agent, { breached: true });
    alert = (await alerts(running)).find((one) => one.class === 'fence');
    return alert?.proposal != null;
  }, 'the proposal');
  t.match(alert?.proposal, { type: 'return', state: 'open' });
  t.same(agent.commands, [], 'nothing by itself');
  const post = () => running.post(`/api/v1/alerts/${alert?.id}/accept`, { issuedBy: 'Ann' });
  const [one, two] = await Promise.all([post(), post()]);
  t.match([one.status, two.status], [200, 200]);
  await until(() => agent.commands.length > 0, 'the command');
  t.match(agent.commands[0], { type: 'return', issuedBy: 'Ann' });
  const { commands } = (await running.get('/api/v1/commands')).body as { commands: readonly object[] };
  t.equal(commands.length, 1, 'one command');
  t.equal(await running.metric('alerts_open'), 1);
  t.equal(await running.metric('alerts_raised_total'), 1);
});

t.test('a pilot takes over: said at once, and nothing is proposed', async (t) => {
  const running = await given(t);
  const agent = await connected(running);
  flying(agent);
  agent.more = { control: { state: 'pilot', commander: null, why: 'the mode changed to LOITER' } };
  agent.presence();
  flying(agent, { breached: true });
  const alert = await alertOf(running, 'control-taken');
  t.match(alert, { words: 'A pilot flies it: the mode changed to LOITER', proposal: null });
  await until(async () => {
    flying(agent, { breached: true });
    return (await alerts(running)).some((one) => one.class === 'fence');
  }, 'the fence');
  t.equal((await alerts(running)).find((one) => one.class === 'fence')?.proposal, null);
});

t.test('everybody sees the open alerts and the ground stops', async (t) => {
  const running = await given(t);
  const agent = await connected(running);
  const socket = await running.controller.http.injectWS('/api/v1/live', { headers: { host: '127.0.0.1' } });
  t.teardown(() => socket.terminate());
  let board: unknown = null;
  socket.on('message', (data: Buffer) => {
    board = (JSON.parse(data.toString()) as { board?: unknown }).board ?? board;
  });
  const stop = await running.post('/api/v1/ground-stops', { reach: 'fleet', reason: 'storm', issuedBy: 'Ann' });
  agent.more = { control: { state: 'pilot' } };
  agent.presence();
  flying(agent);
  await until(() => {
    const seen = board as { alerts: { warning: number }; groundStops: readonly object[] } | null;
    return seen?.alerts.warning === 1 && seen.groundStops.length === 1;
  }, 'both on the board');
  t.match(board, {
    alerts: { critical: 0, silenced: 0 },
    groundStops: [{ reason: 'storm', by: 'Ann', reach: 'fleet' }],
  });
  const [alert] = await alerts(running);
  t.equal((await running.post(`/api/v1/alerts/${alert?.id}/silence`, { forS: 60 })).status, 200);
  await running.controller.http.inject({
    method: 'POST',
    url: `/api/v1/ground-stops/${stop.body.id}/lift`,
    headers: { host: '127.0.0.1' },
  });
  await until(() => {
    const seen = board as { alerts: { warning: number; silenced: number }; groundStops: readonly object[] };
    return seen.alerts.warning === 0 && seen.alerts.silenced === 1 && seen.groundStops.length === 0;
  }, 'silenced and lifted');
});
