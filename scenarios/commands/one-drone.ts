/**
 * One drone whose controller is the test: a simulator in real time, an agent in this process, a broker between them and
 * a hand that sends commands and reads answers as docs/wire.md says.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLink, createMemoryHub, type MemoryPeer } from '@skein/hardware/link';
import { createSimulator, Driver, type Simulator, type SimulatorOptions } from '@skein/hardware/simulator';
import { resolveConfig } from '@skein/protocol/config';
import {
  COMMANDS,
  type Command,
  type CommandType,
  type Itinerary,
  isFinal,
  type Presence,
} from '@skein/protocol/fleet';
import { expandBatch, type Sample, splitMessage } from '@skein/protocol/telemetry';
import { formatUtc } from '@skein/protocol/time';
import { Aedes } from 'aedes';
import { type Agent, createAgent } from '../../agent/compose.ts';
import { AgentConfig } from '../../agent/config.ts';
import { type AgentPorts, systemPorts } from '../../agent/ports.ts';
import { until } from '../kit/until.ts';

export type AnswerValues = Sample<'answer'>['values'];
export type StandValues = Sample<'itinerary'>['values'];
export type ParcelValues = Sample<'delivery'>['values'];

export interface OneDrone {
  readonly simulator: Simulator;
  readonly driver: Driver;
  readonly dir: string;
  agent(): Agent;
  presence(): Presence | null;
  readonly answers: readonly AnswerValues[];
  readonly texts: readonly string[];
  /** What the drone said of itineraries and of parcels, in the order in which it came. */
  readonly stands: readonly StandValues[];
  readonly parcels: readonly ParcelValues[];
  /** Gives it an itinerary; null: takes it back. */
  assign(itinerary: Itinerary, o?: { readonly takeBack?: boolean; readonly limits?: Record<string, unknown> }): void;
  /** Makes and sends one; resolves with its id. */
  send(type: CommandType, params?: object, change?: Partial<Command>): string;
  post(command: Command): void;
  command(type: CommandType, params?: object, change?: Partial<Command>): Command;
  /** The final answer, or what was said last after `withinMs`. */
  fate(id: string, withinMs?: number): Promise<AnswerValues>;
  give(type: CommandType, params?: object, change?: Partial<Command>): Promise<AnswerValues>;
  /** The agent asked to be started again so often. */
  readonly restarts: () => number;
  startAgent(): Promise<void>;
  stopAgent(): Promise<void>;
  /** What the kernel says which boot this is. */
  boot: string;
  /** Stops answering the clock questions, so that the lease ends. */
  silent: boolean;
  close(): Promise<void>;
}

let ids = 0;
const ulid = (): string => `01JE${String(++ids).padStart(22, '0')}`;
const utcNowUs = (): number => Date.now() * 1000;

export async function createOneDrone(o: {
  readonly simulator?: SimulatorOptions;
  readonly flags?: readonly string[];
  /** In place of the real board, clock, journal. */
  readonly ports?: Partial<AgentPorts>;
}): Promise<OneDrone> {
  const dir = mkdtempSync(join(tmpdir(), 'sk-'));
  const simulator = createSimulator({ start: 'ready', epochUs: BigInt(utcNowUs()), ...o.simulator });
  const driver = new Driver({ simulator });
  const hub = createMemoryHub();
  let peer: MemoryPeer | null = null;
  const port = simulator.attach({
    name: 'agent',
    carrier: {
      send(chunks) {
        for (const chunk of chunks) peer?.write(chunk);
        return peer === null ? 0 : chunks.length;
      },
    },
  });
  hub.listen('fc', (connected) => {
    peer = connected;
    connected.onData = (bytes) => driver.receive(port, bytes);
    connected.onClose = () => {
      if (peer === connected) peer = null;
      port.connected = peer !== null;
    };
    port.connected = true;
    driver.act(() => {});
  });
  driver.start();

  const broker = await Aedes.createBroker();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    broker.handle(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: brokerPort } = server.address() as AddressInfo;
  const say = (topic: string, message: object): void => {
    const payload = JSON.stringify(message);
    broker.publish({ cmd: 'publish', topic: `skein/1/${topic}`, payload, qos: 1, dup: false, retain: false }, () => {});
  };

  let presence: Presence | null = null;
  let heardMonoMs = 0;
  const answers: AnswerValues[] = [];
  const texts: string[] = [];
  const stands: StandValues[] = [];
  const parcels: ParcelValues[] = [];
  const acked = new Map<string, number>();
  const world = { silent: false, boot: '6f1d2c3b-4a59-4e68-8777-0123456789ab' };

  function takeBatches(payload: Buffer): void {
    const split = splitMessage(payload);
    if (!split.ok) return;
    for (const envelope of split.envelopes) {
      const { epoch, lane, boot, monoToUs } = envelope.header;
      if (boot === world.boot) heardMonoMs = Math.max(heardMonoMs, Math.floor(monoToUs / 1000));
      if (lane !== 'urgent' && lane !== 'history') continue;
      const upTo = envelope.gap === null ? envelope.header.seq : envelope.gap.to;
      acked.set(`${epoch} ${lane}`, upTo);
      say('kite-1/down/ack', { session: presence?.session, start: 'aaaaaaaa', epoch, lane, upTo, window: 1 << 20 });
      const batch = envelope.gap === null ? expandBatch(envelope.bytes) : null;
      if (batch?.ok !== true) continue;
      for (const sample of batch.samples) {
        if (sample.kind === 'answer') answers.push(sample.values);
        if (sample.kind === 'itinerary') stands.push(sample.values);
        if (sample.kind === 'delivery') parcels.push(sample.values);
        if (sample.kind === 'text') texts.push(String(sample.values.text));
      }
    }
  }

  broker.on('publish', (packet, client) => {
    if (!client) return;
    const channel = packet.topic.split('/').at(-1);
    const payload = Buffer.from(packet.payload);
    if (channel === 'presence') {
      const read = JSON.parse(payload.toString()) as Presence;
      if (!read.online) return;
      presence = read;
      heardMonoMs = Math.max(heardMonoMs, read.bootAgeMs ?? 0);
      for (const { epoch } of read.epochs) {
        for (const lane of ['urgent', 'history'] as const) {
          const upTo = acked.get(`${epoch} ${lane}`) ?? 0;
          say('kite-1/down/ack', { session: read.session, start: 'aaaaaaaa', epoch, lane, upTo, window: 1 << 20 });
        }
      }
    } else if (channel === 'time') {
      const { session, agentMonoUs } = JSON.parse(payload.toString()) as { session: string; agentMonoUs: number };
      heardMonoMs = Math.max(heardMonoMs, Math.floor(agentMonoUs / 1000));
      if (world.silent) return;
      const utcUs = utcNowUs();
      say('kite-1/down/time', { session, agentMonoUs, receivedUtcUs: utcUs, sentUtcUs: utcUs, leaseS: 15, liveHz: 1 });
    } else if (channel === 'urgent' || channel === 'history' || channel === 'live') takeBatches(payload);
  });

  let restarts = 0;
  let agent: Agent | null = null;
  const stopAgent = async (): Promise<void> => {
    const old = agent;
    agent = null;
    await old?.close();
  };
  const startAgent = async (): Promise<void> => {
    const config = resolveConfig(AgentConfig, {
      env: {},
      flags: [
        '--drone=kite-1',
        `--dataDir=${join(dir, 'agent')}`,
        '--link.url=memory://fc',
        `--uplink.url=mqtt://127.0.0.1:${brokerPort}`,
        '--page.address=',
        '--backoff.maxS=0.2',
        '--backoff.minS=0.05',
        '--recorder.enabled=false',
        ...(o.flags ?? []),
      ],
    });
    if (!config.ok) throw new Error(config.problems.join('; '));
    presence = null;
    const made = createAgent(
      config.config,
      systemPorts({
        identity: async () => ({ boot: world.boot, serial: 'test' }),
        createLink: (url) => createLink({ url, memory: hub }),
        restart: () => {
          restarts++;
          void stopAgent().then(startAgent);
        },
        ...o.ports,
      }),
    );
    await made.start();
    agent = made;
  };
  await startAgent();

  const command = (type: CommandType, params: object = {}, change: Partial<Command> = {}): Command => {
    const utcUs = utcNowUs();
    const session = presence?.session ?? 'ffffffffffffffff';
    return {
      id: ulid(),
      type,
      params: params as Command['params'],
      issuedAt: formatUtc(utcUs),
      sentAt: formatUtc(utcUs),
      expiresAt: formatUtc(utcUs + COMMANDS[type].lifetimeS * 1e6),
      issuedBy: 'Ann',
      grants: [],
      session,
      heard: { session, monoMs: heardMonoMs },
      ...change,
    };
  };
  const newest = (id: string) =>
    answers
      .filter((answer) => answer.command === id)
      .reduce<AnswerValues | null>((a, b) => (a !== null && (a.step ?? 0) > (b.step ?? 0) ? a : b), null);
  const drone: OneDrone = {
    simulator,
    driver,
    dir,
    answers,
    texts,
    stands,
    parcels,
    assign(itinerary, { takeBack = false, limits } = {}) {
      say('kite-1/down/itinerary', {
        session: presence?.session,
        id: itinerary.id,
        version: itinerary.version,
        itinerary: takeBack ? null : itinerary,
        ...(limits === undefined ? {} : { limits }),
        issuedBy: 'Ann',
        sentAt: formatUtc(utcNowUs()),
      });
    },
    agent: () => {
      if (agent === null) throw new Error('no agent runs');
      return agent;
    },
    presence: () => presence,
    command,
    post: (sent) => say('kite-1/down/command', sent),
    send(type, params, change) {
      const sent = command(type, params, change);
      say('kite-1/down/command', sent);
      return sent.id;
    },
    async fate(id, withinMs = 20_000) {
      const ended = () => {
        const last = newest(id);
        return last !== null && last.state !== null && isFinal(last.state) ? last : null;
      };
      return (await until(ended, { timeoutMs: withinMs, what: `an end of ${id}`, seen: () => newest(id) })).value;
    },
    give(type, params, change) {
      return drone.fate(drone.send(type, params, change));
    },
    restarts: () => restarts,
    startAgent,
    stopAgent,
    get boot() {
      return world.boot;
    },
    set boot(boot) {
      world.boot = boot;
    },
    get silent() {
      return world.silent;
    },
    set silent(silent) {
      world.silent = silent;
    },
    async close() {
      await stopAgent();
      driver.stop();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      await new Promise<void>((resolve) => broker.close(() => resolve()));
      rmSync(dir, { recursive: true, force: true });
    },
  };
  await until(() => presence !== null && heardMonoMs > 0, { timeoutMs: 10_000, what: 'presence and the time' });
  return drone;
}
