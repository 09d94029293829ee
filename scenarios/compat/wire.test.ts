/**
 * What agents and controllers of earlier versions said, word for word, to those of today; and with fields that only a later
 * version would know. Recorded once per version that changes the wire (record.ts), never changed afterwards.
 */
import fs from 'node:fs';
import { createServer, type Socket } from 'node:net';
import path from 'node:path';
import { expandBatch, isDensePack, isLiveDelta, openMessage, PACKS } from '@skein/protocol/telemetry';
import { Aedes } from 'aedes';
import t, { type Test } from 'tap';
import { expand } from '../../controller/expand.ts';
import { startController, tempDir } from '../../controller/testing/controller.ts';
import { FakeAgent } from '../../controller/testing/fake-agent.ts';
import { createInProcessWorld } from '../in-process.ts';
import { readStore } from '../kit/batches.ts';
import { until } from '../kit/until.ts';
import { Recording } from './recording.ts';

const WITHIN_MS = 30_000;
const DIR = path.join(import.meta.dirname, 'testdata');

type Json = Readonly<Record<string, unknown>>;
type Later = (message: Json) => Json;

const asIs: Later = (message) => message;
const withMore: Later = (message) => ({ ...message, ofALaterVersion: { deep: [1, null, 'x'] } });
const VERSIONS = [
  ['as they are', asIs],
  ['with fields of a later version', withMore],
] as const;

interface Lanes {
  readonly epochs: readonly { readonly epoch: string; readonly lanes: Json }[];
}

const recordings = fs
  .readdirSync(DIR)
  .filter((name) => name.endsWith('.jsonl'))
  .map((file) => ({ file, recording: new Recording(path.join(DIR, file)) }));

t.test('all that is said today is recorded; a new word or form wants a new recording', async (t) => {
  const said = (channel: string) => recordings.flatMap(({ recording }) => recording.payloads(channel));
  const words = said('down/ack').map(String).join('');
  t.same(
    PACKS.filter((word) => !words.includes(`"${word}"`)),
    [],
    'named by the acks of one',
  );
  t.ok(said('up/history').some(isDensePack));
  t.ok(said('up/live').some(isLiveDelta));
});

for (const { file, recording } of recordings) {
  for (const [how, later] of VERSIONS) {
    t.test(`${file}: the messages of its agent, ${how}, to today's controller`, (t) => oldAgent(t, recording, later));
    t.test(`${file}: the messages of its controller, ${how}, to today's agent`, (t) =>
      oldController(t, recording, later),
    );
  }
}

async function oldAgent(t: Test, recording: Recording, later: Later): Promise<void> {
  const dir = tempDir();
  t.teardown(() => fs.rmSync(dir, { recursive: true, force: true }));
  const running = await startController(dir);
  t.teardown(() => running.controller.close());
  const presences = recording.json<Json & Lanes & { readonly session: string }>('up/presence');
  const last = presences.at(-1);
  if (last === undefined) throw new Error('no presence was recorded');
  const { drone } = recording;
  const agent = new FakeAgent({ drone, session: last.session, epoch: last.epochs[0]?.epoch ?? '' });
  await agent.connectTo(running.addresses.mqtt);

  const presence = { ...later(last), epochs: last.epochs.map((one) => later({ ...one, lanes: later(one.lanes) })) };
  agent.publish(agent.up('presence'), JSON.stringify(presence));
  await until(() => agent.acks.length >= 2 * last.epochs.length, { timeoutMs: WITHIN_MS, what: 'the first acks' });
  for (const request of recording.json<Json>('up/time')) {
    agent.publish(agent.up('time'), JSON.stringify(later(request)), 0);
  }
  for (const payload of recording.payloads('up/live')) agent.publish(agent.up('live'), payload, 0);
  const sent = (['urgent', 'history'] as const).flatMap((lane) =>
    recording.payloads(`up/${lane}`).flatMap((payload) => {
      agent.publish(agent.up(lane), payload);
      const opened = openMessage(payload, expand);
      return opened.ok ? opened.envelopes : [];
    }),
  );
  const key = (one: { epoch: string; lane: string; seq: number }) => `${one.epoch}/${one.lane}/${one.seq}`;
  const wanted = new Map(sent.map(({ header, bytes }) => [key(header), Buffer.from(bytes)]));
  await until(() => readStore(dir).length >= wanted.size, { timeoutMs: WITHIN_MS, what: 'all of it to be stored' });

  const held = readStore(dir);
  t.same(held.map(key).sort(), [...wanted.keys()].sort(), 'each once');
  const batches = held.filter(({ gap }) => gap === null);
  t.ok(batches.length > 0 && batches.every((one) => wanted.get(key(one))?.equals(one.bytes)), 'byte for byte');
  t.equal(agent.times.length, recording.json('up/time').length, 'each question for the time was answered');
  t.match((await running.get(`/api/v1/drones/${drone}`)).body, { online: true, session: last.session });
  for (const name of [
    'router_bad_presence',
    'router_bad_time',
    'router_bad_live',
    'router_live_without_base',
    'ingest_malformed',
  ]) {
    t.equal(await running.metric(`${name}_total`), 0, name);
  }
  t.ok((await running.metric('fleet_live_samples_total')) > 0, 'its live data is taken');
}

async function oldController(t: Test, recording: Recording, later: Later): Promise<void> {
  // given: an agent of today whose controller speaks as it was recorded
  const broker = await Aedes.createBroker();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    broker.handle(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
    await new Promise<void>((resolve) => broker.close(() => resolve()));
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has an address');
  const world = await createInProcessWorld({
    drones: 1,
    agentsLater: true,
    agentFlags: [`--uplink.url=mqtt://127.0.0.1:${address.port}`, '--recorder.enabled=false'],
  });
  t.teardown(() => world.close());
  const [drone] = world.drones;
  if (drone === undefined) throw new Error('a drone wanted');
  const template = (channel: string): Json => {
    const [first] = recording.json<Json>(channel);
    if (first === undefined) throw new Error(`no ${channel} was recorded`);
    return first;
  };
  const say = (topic: string, channel: string, change: Json): void => {
    const payload = JSON.stringify(later({ ...template(channel), ...change }));
    broker.publish({ cmd: 'publish', topic, payload, qos: 1, retain: false, dup: false }, () => {});
  };
  const own = (channel: string) => `skein/1/${drone.id}/down/${channel}`;
  const upTo = new Map<string, number>();
  const heard = { presences: 0, session: '', monoUs: 0, positions: 0 };
  const answers: string[] = [];
  const ack = (epoch: string, lane: string) =>
    say(own('ack'), 'down/ack', { session: heard.session, epoch, lane, upTo: upTo.get(`${epoch}/${lane}`) ?? 0 });
  broker.on('publish', ({ topic, payload }, client) => {
    if (!client) return;
    const channel = topic.split('/').at(-1);
    if (channel === 'presence') {
      const presence = JSON.parse(String(payload)) as Lanes & { session: string };
      heard.session = presence.session;
      heard.presences++;
      for (const { epoch } of presence.epochs) for (const lane of ['urgent', 'history']) ack(epoch, lane);
    } else if (channel === 'time') {
      const { session, agentMonoUs } = JSON.parse(String(payload)) as { session: string; agentMonoUs: number };
      heard.monoUs = agentMonoUs;
      const nowUs = Date.now() * 1000;
      say(own('time'), 'down/time', { session, agentMonoUs, receivedUtcUs: nowUs, sentUtcUs: nowUs });
    } else if (channel === 'urgent' || channel === 'history') {
      const opened = openMessage(Buffer.from(payload as Buffer), expand);
      for (const { header, gap, bytes } of opened.ok ? opened.envelopes : []) {
        upTo.set(`${header.epoch}/${header.lane}`, gap?.to ?? header.seq);
        const expanded = expandBatch(bytes);
        for (const sample of expanded.ok ? expanded.samples : []) {
          if (sample.kind === 'position') heard.positions++;
          if (sample.kind === 'answer')
            answers.push(`${sample.values.command} ${sample.values.state} ${sample.values.reason}`);
        }
        ack(header.epoch, header.lane);
      }
    }
  });
  await drone.startAgent();

  // then: it sends history, believes the acks, has a lease
  const uplink = () => drone.agent.status().uplink;
  await until(() => heard.positions > 5, { timeoutMs: WITHIN_MS, what: 'history' });
  await until(() => uplink().leaseLeftMs > 0, { timeoutMs: WITHIN_MS, what: 'the lease' });
  await until(() => (uplink().counters.acks ?? 0) > 4, { timeoutMs: WITHIN_MS, what: 'its acks to be believed' });

  // and: it hears a hello
  const before = heard.presences;
  say('skein/1/all/down/hello', 'down/hello', {});
  await until(() => uplink().counters.hellos === 1 && heard.presences > before, {
    timeoutMs: WITHIN_MS,
    what: 'the hello to be answered',
  });

  // and: it does what it is told
  const at = (ms: number) => new Date(Date.now() + ms).toISOString().replace('Z', '000Z');
  const order = (id: string): void => {
    const asked = {
      session: heard.session,
      heard: { session: heard.session, monoMs: Math.round(heard.monoUs / 1000) },
    };
    say(own('command'), 'down/command', { id, issuedAt: at(0), sentAt: at(0), expiresAt: at(60_000), ...asked });
  };
  // A journal that is late by 300 ms, as on a busy machine, refuses an order: then it is given again, as a person would.
  const ids = [...'VWXYZ'].map((last) => `01M80C51BXQMZCT70E853D6PA${last}`);
  const isLate = (id: string) => answers.some((one) => one.startsWith(`${id} rejected journal-unavailable`));
  let given = 0;
  await until(
    () => {
      const last = ids[given - 1];
      const next = ids[given];
      if ((last === undefined || isLate(last)) && next !== undefined) {
        order(next);
        given++;
      }
      return answers.some((one) => ids.some((id) => one.startsWith(`${id} succeeded`)));
    },
    { timeoutMs: WITHIN_MS, what: 'the command to be answered', seen: () => answers },
  );
  t.match(uplink().counters, { badMessages: 0, acksOtherSession: 0, acksUnknownEpoch: 0 });
}
