/**
 * An agent as the wire sees it, on a raw socket and under the test's full control: what it sends is what the test says,
 * nothing is resent or ordered by itself.
 */
import { once } from 'node:events';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import {
  type Ack,
  type Command,
  clientId,
  type ItineraryMessage,
  longJson,
  type Presence,
  readAck,
  readCommand,
  readItineraryMessage,
  readTimeAnswer,
  type TimeAnswer,
} from '@skein/protocol/fleet';
import { columnsOf, type Sample, sealBatch, type Values } from '@skein/protocol/telemetry';
import { expand } from '../expand.ts';
import {
  type ConnectPacket,
  connectPacket,
  PacketReader,
  publishPacket,
  readPublish,
  subscribePacket,
} from './mqtt-wire.ts';
import { until } from './until.ts';

export interface FakeAgentOptions {
  readonly drone: string;
  readonly session: string;
  readonly epoch: string;
  readonly n?: number;
  readonly boot?: string;
  readonly board?: string;
  readonly root?: string;
}

/** One answer to a command. */
export interface Reply {
  readonly state: NonNullable<Values<'answer'>['state']>;
  readonly reason?: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

export const DONE: readonly Reply[] = [
  { state: 'delivered' },
  { state: 'executing' },
  { state: 'succeeded', reason: 'done' },
];

export const BOOT = '11111111-2222-4333-8444-555555555555';

export class FakeAgent {
  readonly o: FakeAgentOptions;
  readonly acks: Ack[] = [];
  readonly times: TimeAnswer[] = [];
  readonly topics: string[] = [];
  /** Commands as they came, repeats too. */
  readonly commands: Command[] = [];
  /** Itineraries as they came, repeats too. */
  readonly itineraries: ItineraryMessage[] = [];
  /** What it says to a new command; a repeat is told the last of it again. null: nothing, as if it had not come. */
  obey: ((command: Command) => readonly Reply[]) | null = null;
  /** What more its presence says. */
  more: Partial<Presence> = {};
  readonly #held: (readonly Sample[])[] = [];
  readonly #steps = new Map<string, { step: number; last: Reply }>();
  hellos = 0;
  connackCode: number | null = null;
  granted: number[] = [];
  closed = false;
  #stream: Duplex | null = null;
  #messageId = 0;
  /** `next` of each lane, as its presence says. */
  readonly next = { urgent: 1, history: 1 };
  readonly first = { urgent: 1, history: 1 };

  constructor(o: FakeAgentOptions) {
    this.o = o;
  }

  /** Its monotonic clock, µs. */
  monoUs(): number {
    return Math.round(1e9 + performance.now() * 1e3);
  }

  get root(): string {
    return this.o.root ?? 'skein/1';
  }

  get boot(): string {
    return this.o.boot ?? BOOT;
  }

  async connectTo(url: string, packet: Partial<ConnectPacket> = {}): Promise<void> {
    const { hostname, port } = new URL(url);
    const socket = net.connect({ host: hostname, port: Number(port) });
    await once(socket, 'connect');
    await this.connect(socket, packet);
  }

  async connect(stream: Duplex, packet: Partial<ConnectPacket> = {}): Promise<void> {
    this.#stream = stream;
    this.closed = false;
    this.connackCode = null;
    const reader = new PacketReader((first, body) => this.#packet(first, body));
    stream.on('data', (chunk: Buffer) => reader.push(chunk));
    stream.on('error', () => {});
    stream.on('close', () => {
      this.closed = true;
    });
    stream.write(
      connectPacket({
        clientId: clientId(this.o.drone, this.o.session),
        keepaliveS: 60,
        clean: true,
        will: { topic: this.up('presence'), payload: JSON.stringify(this.presenceMessage(false)) },
        ...packet,
      }),
    );
    await until(() => this.connackCode !== null || this.closed, 'a CONNACK');
    if (this.connackCode === 0) {
      this.subscribe([`${this.root}/${this.o.drone}/down/#`, `${this.root}/all/down/#`]);
      await until(() => this.granted.length > 0, 'a SUBACK');
    }
  }

  up(channel: string): string {
    return `${this.root}/${this.o.drone}/up/${channel}`;
  }

  subscribe(filters: readonly string[]): void {
    this.#stream?.write(subscribePacket(++this.#messageId, filters));
  }

  publish(topic: string, payload: string | Uint8Array, qos: 0 | 1 | 2 = 1): void {
    this.#stream?.write(publishPacket({ topic, payload, qos, messageId: ++this.#messageId & 0xffff || 1 }));
  }

  raw(bytes: Uint8Array): void {
    this.#stream?.write(bytes);
  }

  presenceMessage(online: boolean): Presence {
    const { session, epoch, n = 1, board } = this.o;
    const lane = (name: 'urgent' | 'history') => ({ first: this.first[name], next: this.next[name] });
    return {
      ...{ session, n, boot: this.boot, journal: null, online },
      ...{ versions: { agent: 'test' }, control: { state: 'skein' } },
      epochs: [{ epoch, lanes: { urgent: lane('urgent'), history: lane('history') } }],
      ...(board === undefined ? {} : { board }),
      ...this.more,
    };
  }

  presence(): void {
    this.publish(this.up('presence'), JSON.stringify(this.presenceMessage(true)));
  }

  /** Asks for the time; `agentMonoUs` is its monotonic clock. */
  time(agentMonoUs = this.monoUs()): void {
    const { session } = this.o;
    this.publish(this.up('time'), JSON.stringify({ session, agentMonoUs, boot: this.boot }), 0);
  }

  batch(lane: 'urgent' | 'history' | 'live', seq: number, samples: readonly Sample[]): Uint8Array {
    if (lane !== 'live') this.next[lane] = Math.max(this.next[lane], seq + 1);
    return sealBatch({ lane, epoch: this.o.epoch, boot: this.boot, seq, samples });
  }

  send(lane: 'urgent' | 'history', ...batches: readonly Uint8Array[]): void {
    this.publish(this.up(lane), Buffer.concat(batches));
  }

  live(samples: readonly Sample[]): void {
    this.publish(this.up('live'), this.batch('live', 0, samples), 0);
  }

  /** Says what has become of a command, in a batch of the urgent lane of its own. */
  answer(command: Pick<Command, 'id' | 'type'>, ...replies: readonly Reply[]): void {
    const samples = replies.map((reply) => {
      const step = (this.#steps.get(command.id)?.step ?? 0) + 1;
      this.#steps.set(command.id, { step, last: reply });
      return answerSample(command, step, reply, this.monoUs());
    });
    this.#say(samples);
  }

  /** Says how an itinerary stands, or what became of a parcel. */
  tell<K extends 'itinerary' | 'delivery'>(kind: K, values: Partial<Values<K>>): void {
    const blank = Object.fromEntries(columnsOf(kind).map(([name]) => [name, null]));
    this.#say([{ kind, monoUs: this.monoUs(), bootMs: null, values: { ...blank, ...values } } as Sample]);
  }

  /** Like every agent, nothing before the first ack of its lane. */
  #say(samples: readonly Sample[]): void {
    if (this.ack('urgent') === undefined) this.#held.push(samples);
    else if (samples.length > 0) this.send('urgent', this.batch('urgent', this.next.urgent, samples));
  }

  /** Newest ack of a lane. */
  ack(lane: 'urgent' | 'history'): Ack | undefined {
    return this.acks.findLast(
      (one) => one.lane === lane && one.epoch === this.o.epoch && one.session === this.o.session,
    );
  }

  async acked(lane: 'urgent' | 'history', upTo: number): Promise<Ack> {
    await until(() => (this.ack(lane)?.upTo ?? -1) >= upTo, `an ack of ${lane} up to ${upTo}`, 15_000);
    const ack = this.ack(lane);
    if (ack === undefined) throw new Error('no ack');
    return ack;
  }

  /** As a crash does: no DISCONNECT, so the will goes out. */
  kill(): void {
    this.#stream?.destroy();
  }

  #packet(first: number, body: Buffer): void {
    const type = first >> 4;
    if (type === 2) this.connackCode = body[1] ?? -1;
    if (type === 9) this.granted = [...body.subarray(2)];
    if (type !== 3) return;
    const { topic, payload: sent, puback } = readPublish(first, body);
    if (puback !== null) this.#stream?.write(puback);
    const payload = Buffer.from(longJson(sent, expand) ?? sent);
    this.topics.push(topic);
    if (topic.endsWith('/down/ack')) {
      const ack = readAck(payload);
      if (!ack.ok) return;
      this.acks.push(ack.value);
      if (this.ack('urgent') !== undefined) for (const samples of this.#held.splice(0)) this.#say(samples);
    } else if (topic.endsWith('/down/time')) {
      const answer = readTimeAnswer(payload);
      if (answer.ok) this.times.push(answer.value);
    } else if (topic.endsWith('/down/hello')) this.hellos++;
    else if (topic.endsWith('/down/command')) {
      const command = readCommand(payload);
      if (command.ok) this.#command(command.value);
    } else if (topic.endsWith('/down/itinerary')) {
      const message = readItineraryMessage(payload);
      if (message.ok && message.value.session === this.o.session) this.itineraries.push(message.value);
    }
  }

  #command(command: Command): void {
    if (command.session !== this.o.session) return;
    this.commands.push(command);
    if (this.obey === null) return;
    const known = this.#steps.get(command.id);
    if (known === undefined) {
      this.answer(command, ...this.obey(command));
      return;
    }
    const again = answerSample(command, known.step, known.last, this.monoUs());
    this.#say([again]);
  }
}

function answerSample(
  command: Pick<Command, 'id' | 'type'>,
  step: number,
  { state, reason, detail }: Reply,
  monoUs: number,
): Sample<'answer'> {
  const values = { command: command.id, step, state, reason: reason ?? null, type: command.type };
  const text = detail === undefined ? null : JSON.stringify(detail);
  return { kind: 'answer', monoUs, bootMs: null, values: { ...values, detail: text } };
}

/** A position sample at `monoUs`. */
export function position(monoUs: number, latDeg = 47): Sample<'position'> {
  return {
    kind: 'position',
    monoUs,
    bootMs: null,
    values: { latDeg, lonDeg: 8, altAmslM: 500, altRelM: 40, headingDeg: 90 },
  };
}

export function clockSample(monoUs: number, utcUs: number): Sample<'clock'> {
  const values = { utcUs, errUs: 1000, source: 'gps', standing: 'single', outvoted: '', boardUs: null } as const;
  return { kind: 'clock', monoUs, bootMs: null, values };
}

export function textSample(monoUs: number, text: string): Sample<'text'> {
  return { kind: 'text', monoUs, bootMs: null, values: { severity: 'warning', text, repeats: 0 } };
}
