import t from 'tap';
import { mqttString } from '../controller/testing/mqtt-wire.ts';
import { compare, readOutbox, samplesOf } from './kit/batches.ts';
import { metricSum } from './kit/http.ts';
import { measured } from './kit/measured.ts';
import { allMoving } from './kit/moving.ts';
import { connectMqtt } from './kit/mqtt-socket.ts';
import { randomFrom, seedFromEnvironment } from './kit/seed.ts';
import { sentPositions } from './kit/sent.ts';
import { settle } from './kit/settle.ts';
import { garbage, sayTo } from './kit/stray.ts';
import { until } from './kit/until.ts';
import { WatchFresh } from './kit/watch-fresh.ts';
import { createWorld, type World } from './world.ts';

const random = randomFrom(seedFromEnvironment());

t.test('rubbish between the frames of the serial line: every position is taken', async (t) => {
  // given
  const world = await createWorld({ drones: 1, link: 'pty', simulatorArgs: ['--noise=50'] });
  t.teardown(() => world.close());
  const [drone] = world.drones;
  if (drone === undefined) throw new Error('no drone');
  const { agent, simulator, id } = drone;

  // when: it flies for a while
  await allMoving(world.live(), [id]);
  const enough = async (): Promise<boolean> => (await agent.status()).vehicle.parser.frames > 500;
  await until(enough, { timeoutMs: 60_000, what: '500 frames' });
  const { vehicle } = await agent.status();
  await agent.stop();

  // then
  t.ok(vehicle.parser.skippedBytes > 1_000, 'the rubbish is counted');
  t.ok(vehicle.autopilot.heartbeatsSent > 3, 'heartbeats went on');
  const held = samplesOf(readOutbox(id, agent.outboxFile), 'position').map(({ bootMs }) => bootMs ?? 0);
  const first = Math.min(...held);
  const last = Math.max(...held);
  const clean = sentPositions(simulator.sentLog).filter(({ bootMs }) => bootMs >= first && bootMs <= last);
  t.same(
    clean.filter(({ bootMs }) => !held.includes(bootMs)),
    [],
    `none of ${clean.length} positions without rubbish before them is missing`,
  );
  // The log has only frames that went out alone; of the others the even spacing tells.
  const steps = held.slice(1).map((bootMs, i) => bootMs - (held[i] ?? 0));
  t.same(new Set(steps), new Set([steps[0]]), `nor any of the other ${held.length - clean.length}`);
  measured(`${vehicle.parser.skippedBytes} bytes of rubbish between ${vehicle.parser.frames} frames, no position lost`);
});

/** What strangers say to the broker, and what then has to be counted. */
async function abuseBroker(world: World): Promise<void> {
  const port = Number(new URL(world.controller.mqttUrl).port);
  const closed = (): boolean => false;
  await sayTo(port, garbage(random.next, 4_000), closed);
  await sayTo(port, Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'), closed);
  // A CONNECT that claims 256 MB.
  await sayTo(port, Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f, 0, 4]), closed);

  const clientId = 'stranger-0badc0de';
  const stranger = await connectMqtt({ port, clientId, subscribe: ['skein/1/stranger/down/#'] }, { onMessage() {} });
  for (const channel of ['presence', 'live', 'urgent', 'history', 'time']) {
    const topic = mqttString(`skein/1/stranger/up/${channel}`);
    for (let i = 0; i < 20; i++) stranger.publish(topic, garbage(random.next, 200, [0x53, 0x42, 0x7b]));
  }
  await stranger.flush();
  const victim = world.drones[0]?.id ?? '';
  stranger.publish(mqttString(`skein/1/${victim}/up/presence`), Buffer.from('{}'));
  await stranger.flush();
  await until(() => stranger.closed, { timeoutMs: 10_000, what: 'the broker to hang up on who speaks for another' });
}

/** What strangers say to the web server; the answers. */
async function abuseHttp(world: World) {
  const { httpUrl } = world.controller;
  const port = Number(new URL(httpUrl).port);
  const status = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(`${httpUrl}${path}`, init);
    return {
      status: answer.status,
      type: answer.headers.get('content-type')?.split(';')[0],
      body: await answer.text(),
    };
  };
  return {
    noHttp: await sayTo(port, garbage(random.next, 4_000), (heard) => heard.includes('\r\n\r\n')),
    unknownDrone: await status('/api/v1/drones/nobody'),
    unknownKind: await status(`/api/v1/drones/${world.drones[0]?.id}/telemetry?kind=nonsense`),
    badTime: await status(`/api/v1/drones/${world.drones[0]?.id}/telemetry?kind=position&from=yesterday`),
    noRoute: await status('/api/v1/%00/%ff..%2f..%2fetc%2fpasswd'),
    post: await status('/api/v1/drones', { method: 'POST', body: '{"x":' }),
  };
}

t.test('garbage on MQTT, HTTP and the live stream: answered, counted, and nobody else notices', async (t) => {
  t.comment(`SEED=${random.seed}`);
  // given: a small fleet and somebody who looks at it
  const world = await createWorld({ drones: 2 });
  t.teardown(() => world.close());
  const live = world.live();
  const ids = world.drones.map(({ id }) => id);
  await allMoving(live, ids);
  const watch = new WatchFresh(live, ids);

  // when
  await abuseBroker(world);
  const answers = await abuseHttp(world);
  const socket = new WebSocket(`${world.controller.httpUrl.replace('http', 'ws')}/api/v1/live`);
  const hungUp = new Promise<void>((resolve) => socket.addEventListener('close', () => resolve()));
  socket.addEventListener('open', () => {
    socket.send('no JSON');
    socket.send(garbage(random.next, 64 * 1024));
  });
  await hungUp;

  // then: callers get problems with stable codes
  t.match(answers.noHttp, /^HTTP\/1.1 400/);
  const problem = { type: 'application/problem+json' };
  t.match(answers.unknownDrone, { status: 404, ...problem, body: /unknown-drone/ });
  t.match(answers.unknownKind, { status: 400, ...problem, body: /unknown-kind/ });
  t.match(answers.badTime, { status: 400, ...problem, body: /bad-time/ });
  t.match(answers.noRoute, { status: /40[04]/ });
  t.match(answers.post, { status: /40\d/, ...problem });

  // and: everything was counted
  const metrics = await world.controller.metrics();
  const counted = (name: string): number => metricSum(metrics, `skein_controller_${name}_total`) ?? -1;
  for (const name of [
    'broker_first_not_connect',
    'broker_too_large',
    'broker_bad_topic',
    'router_bad_presence',
    'router_bad_live',
    'http_malformed',
    'http_problems',
  ]) {
    t.ok(counted(name) > 0, `${name} is counted`);
  }

  // and: the fleet was live all the time, and nothing of it is lost
  t.same(watch.end(), [], 'nobody turned stale');
  const { outbox, store } = await settle(world);
  const { batches, ...wrong } = compare(outbox, store);
  t.same(wrong, { lost: [], doubled: [], different: [], invented: [] }, `${batches} batches exactly once`);
});
