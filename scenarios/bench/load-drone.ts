/**
 * One agent of the load: as much of MQTT and of the session as it needs (docs/wire.md), written and read by hand on a bare
 * socket, because a client library costs more than the broker under test. Every byte it sends is what an agent would send.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import net, { type Socket } from 'node:net';
import {
  agentSubscriptions,
  clientId,
  DEFAULT_TOPIC_ROOT,
  type Presence,
  readAck,
  upTopic,
} from '@skein/protocol/fleet';
import { connectPacket, mqttPacket, mqttString, PacketReader } from '../../controller/testing/mqtt-wire.ts';
import { type Cut, type Sealer, writeBatch } from './load-batches.ts';

const CONNACK = 0x20;
const PUBLISH = 0x32;
const SUBACK = 0x90;
const KEEPALIVE_S = 60;
/** Batches of a stream that may be on their way; their due times are kept for so many. */
export const RING = 64;
const RESEND_MS = 10_000;
const PUBACK = Buffer.from([0x40, 2]);
/** One for all sockets: what is read is looked at before the next read. */
const READ_BUFFER = Buffer.allocUnsafeSlow(65_536);

/** A stream of batches: an epoch of this drone, history lane. */
export class Stream {
  readonly epoch = randomBytes(8);
  readonly dueMs = new Float64Array(RING);
  sent = 0;
  upTo = 0;
  window = 0;
  progressMs = 0;

  constructor(mark: number) {
    this.epoch[0] = mark;
  }

  get onTheirWay(): number {
    return this.sent - this.upTo;
  }
}

export interface DroneEvents {
  /** Batches of this stream were acked; `fromSeq` is the first of them. */
  onAcked(drone: LoadDrone, stream: Stream, fromSeq: number): void;
}

export class LoadDrone {
  readonly #topic: Buffer;
  readonly #id: string;
  readonly #session = randomBytes(8).toString('hex');
  readonly #boot = randomUUID();
  readonly #bootBytes = Buffer.from(this.#boot.replaceAll('-', ''), 'hex');
  readonly #cuts: readonly Cut[];
  readonly #place: number;
  readonly #events: DroneEvents;
  readonly streams: readonly Stream[];
  #socket: Socket | null = null;
  /** So many of its streams are announced, and those of them that wait for their first ack. */
  #listed = 1;
  #onFirstAck: (stream: Stream) => void = () => {};
  #packetId = 0;
  resent = 0;
  acks = 0;

  /** `marks`: first byte of the epoch of each stream. */
  constructor(place: number, cuts: readonly Cut[], marks: readonly number[], events: DroneEvents) {
    this.#id = `load-${process.pid}-${place}`;
    this.#place = place;
    this.#cuts = cuts;
    this.#events = events;
    this.#topic = mqttString(upTopic(DEFAULT_TOPIC_ROOT, this.#id, 'history'));
    this.streams = marks.map((mark) => new Stream(mark));
  }

  /** What the batch with that number is made of. */
  cutOf(seq: number): Cut {
    const cut = this.#cuts[(this.#place * 7919 + seq) % this.#cuts.length];
    if (cut === undefined) throw new RangeError('nothing was cut');
    return cut;
  }

  /** Connects, subscribes, announces its first stream; resolves with the first ack. */
  async connect(port: number): Promise<void> {
    let lost: (error: Error) => void = () => {};
    const broken = new Promise<void>((_, reject) => {
      lost = reject;
    });
    const reader = new PacketReader((type, body) => {
      if (type === CONNACK) this.#subscribe();
      else if (type === SUBACK) ready();
      else if (type === PUBLISH) this.#take(body);
    });
    let ready = (): void => {};
    const subscribed = new Promise<void>((resolve) => {
      ready = resolve;
    });
    const read = (length: number): boolean => {
      reader.push(READ_BUFFER.subarray(0, length));
      return true;
    };
    const onread = { buffer: READ_BUFFER, callback: read };
    const socket = net.connect({ host: '127.0.0.1', port, noDelay: true, onread });
    this.#socket = socket;
    socket.on('error', (error) => lost(error));
    socket.on('close', () => lost(new Error(`${this.#id}: the broker closed the connection`)));
    socket.write(connectPacket({ clientId: clientId(this.#id, this.#session), keepaliveS: KEEPALIVE_S, clean: true }));
    await Promise.race([subscribed.then(() => this.list(1)), broken]);
    broken.catch((error: unknown) => {
      if (this.#socket !== null) throw error;
    });
  }

  /** Announces so many of its streams; resolves when the last of them has its first ack. */
  async list(streams: number): Promise<void> {
    this.#listed = streams;
    const acked = new Promise<void>((resolve) => {
      this.#onFirstAck = (stream) => {
        if (stream === this.streams[streams - 1]) resolve();
      };
    });
    this.announce();
    await acked;
    this.#onFirstAck = () => {};
  }

  announce(): void {
    const none = { first: 1, next: 1 };
    const presence: Presence = {
      session: this.#session,
      n: 1,
      boot: this.#boot,
      journal: null,
      online: true,
      versions: { agent: 'load' },
      control: { state: 'unknown' },
      epochs: this.streams.slice(0, this.#listed).map(({ epoch, upTo, sent }) => {
        return { epoch: epoch.toString('hex'), lanes: { urgent: none, history: { first: upTo + 1, next: sent + 1 } } };
      }),
    };
    const topic = mqttString(upTopic(DEFAULT_TOPIC_ROOT, this.#id, 'presence'));
    this.#socket?.write(mqttPacket(0x32, topic, this.#nextId(), Buffer.from(JSON.stringify(presence))));
  }

  /** Has it room in the window it was granted? */
  maySend(stream: Stream): boolean {
    const bytes = this.cutOf(stream.sent + 1).bytes.length;
    return stream.onTheirWay < RING - 1 && (stream.onTheirWay + 1) * bytes <= stream.window;
  }

  /** The next batch of this stream, which was due then. */
  send(stream: Stream, dueMs: number): void {
    const seq = ++stream.sent;
    if (stream.onTheirWay === 1) stream.progressMs = dueMs;
    stream.dueMs[seq % RING] = dueMs;
    this.#write(stream, seq);
  }

  /** What is not acked for long is sent again from `upTo + 1`. */
  lookForSilence(nowMs: number): void {
    for (const stream of this.streams) {
      if (stream.onTheirWay === 0 || nowMs - stream.progressMs < RESEND_MS) continue;
      stream.progressMs = nowMs;
      for (let seq = stream.upTo + 1; seq <= stream.sent; seq++, this.resent++) this.#write(stream, seq);
    }
  }

  close(): void {
    const socket = this.#socket;
    this.#socket = null;
    socket?.destroy();
  }

  #subscribe(): void {
    const filters = agentSubscriptions(DEFAULT_TOPIC_ROOT, this.#id).map((filter) =>
      Buffer.concat([mqttString(filter), Buffer.from([1])]),
    );
    this.#socket?.write(mqttPacket(0x82, this.#nextId(), ...filters));
  }

  #write(stream: Stream, seq: number): void {
    const cut = this.cutOf(seq);
    const topic = this.#topic;
    const length = topic.length + 2 + cut.bytes.length;
    const packet = Buffer.allocUnsafe(3 + length);
    // 128 … 16383: two bytes of remaining length.
    packet[0] = 0x32;
    packet[1] = (length & 0x7f) | 0x80;
    packet[2] = length >> 7;
    packet.set(topic, 3);
    this.#packetId = (this.#packetId % 0xffff) + 1;
    packet.writeUInt16BE(this.#packetId, 3 + topic.length);
    const sealer: Sealer = { epoch: stream.epoch, boot: this.#bootBytes };
    writeBatch(packet, 5 + topic.length, cut, sealer, seq);
    this.#socket?.write(packet);
  }

  #take(body: Buffer): void {
    const topicEnd = 2 + body.readUInt16BE(0);
    this.#socket?.write(Buffer.concat([PUBACK, body.subarray(topicEnd, topicEnd + 2)]));
    if (!body.subarray(2, topicEnd).toString('latin1').endsWith('/down/ack')) return;
    const ack = readAck(body.subarray(topicEnd + 2));
    if (!ack.ok || ack.value.lane !== 'history' || ack.value.session !== this.#session) return;
    const stream = this.streams.find(({ epoch }) => epoch.toString('hex') === ack.value.epoch);
    if (stream === undefined) return;
    this.acks += 1;
    stream.window = ack.value.window;
    this.#onFirstAck(stream);
    const from = stream.upTo + 1;
    if (ack.value.upTo < from) return;
    stream.upTo = ack.value.upTo;
    stream.progressMs = performance.now();
    this.#events.onAcked(this, stream, from);
  }

  #nextId(): Buffer {
    this.#packetId = (this.#packetId % 0xffff) + 1;
    return Buffer.from([this.#packetId >> 8, this.#packetId & 0xff]);
  }
}
