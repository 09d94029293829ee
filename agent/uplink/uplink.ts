/**
 * Keeps one MQTT session to whoever the controller is, and sends what the outbox holds.
 *
 *   idle ──connect──▶ connecting ──CONNACK──▶ subscribing ──SUBACK──▶ up ──close──▶ waiting (full jitter) ──▶ connecting
 *                          └───── deadline, error ─────────────────────────────────▶ waiting
 *
 * MQTT.js reconnects without jitter and loses data in its queues, so each attempt gets a client of its own, with its
 * queues off; the outbox is the only queue. On close everything on its way is unknown.
 */
import {
  agentSubscriptions,
  broadcastTopic,
  clientId,
  type EpochRange,
  type Presence,
  parseDownTopic,
  readAck,
  readHello,
  readTimeAnswer,
  type TimeAnswer,
  type UpChannel,
  upTopic,
} from '@skein/protocol/fleet';
import { type Sample, sealBatch } from '@skein/protocol/telemetry';
import { type IPublishPacket, type MqttClient, connect as mqttConnect } from 'mqtt';
import { Backoff } from './backoff.ts';
import { TokenBucket } from './bucket.ts';
import { LiveLane } from './live.ts';
import { type ReadableLane, Session } from './session.ts';

const PRESENCE_EVERY_MS = 15_000;
const TIME_EVERY_MS = 5_000;
const HELLO_JITTER_MS = 2_000;
const KEEPALIVE_S = 12;
const CONNECT_DEADLINE_MS = 10_000;
const TICK_MS = 100;
/** Messages of the outbox that the broker has not confirmed yet. */
const MAX_UNCONFIRMED = 32;
/** Bytes waiting in the socket above which history stands back: the line is full. */
const SOCKET_BUSY_BYTES = 64 << 10;
const SOCKET_FULL_BYTES = 256 << 10;
/** A broker that confirms nothing for so long is no broker. */
const CONFIRM_WAIT_MS = 30_000;
const STALE_PRESENCE_MS = 5_000;
const GOODBYE_MS = 1_000;

/** What the uplink needs of the outbox. */
export interface UplinkSource {
  ranges(): EpochRange[];
  readable(): readonly ReadableLane[];
  read(
    epoch: string,
    lane: 'urgent' | 'history',
    from: number,
    maxBytes: number,
  ): Promise<readonly { readonly seq: number; readonly to: number; readonly bytes: Uint8Array }[] | null>;
  ack(epoch: string, lane: 'urgent' | 'history', upTo: number): void;
}

export interface UplinkOptions {
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  readonly topicRoot: string;
  readonly drone: string;
  readonly groups: readonly string[];
  readonly session: string;
  readonly boot: string;
  readonly epoch: () => string;
  readonly backoff: { readonly minS: number; readonly maxS: number };
  readonly backfillKBps: number;
  /** Presence but for what the uplink itself knows. */
  readonly presence: () => Omit<Presence, 'session' | 'boot' | 'online' | 'epochs'>;
  readonly source: UplinkSource;
  readonly nowUs: () => number;
  readonly random: () => number;
  /** An answer to our clock question, with our clock when we asked and when it came. */
  readonly onTime?: (answer: TimeAnswer, receivedMonoUs: number) => void;
  readonly onState?: (state: UplinkState, detail: string) => void;
}

export type UplinkState = 'waiting' | 'connecting' | 'up' | 'closed';

/** Starts remembered per connection; past it a new one is served like the rest, only without the early live message. */
const MAX_CONTROLLERS = 64;

export type UplinkCounter =
  | 'connects'
  | 'connectFailures'
  | 'closes'
  | 'acks'
  | 'acksOtherSession'
  | 'acksUnknownEpoch'
  | 'acksOldStart'
  | 'badMessages'
  | 'ignoredMessages'
  | 'timeOtherSession'
  | 'hellos'
  | 'resends'
  | 'messagesUrgent'
  | 'messagesHistory'
  | 'messagesLive'
  | 'bytesUrgent'
  | 'bytesHistory'
  | 'bytesLive'
  | 'bytesOther'
  | 'liveSkipped'
  | 'publishErrors';

export interface UplinkStatus {
  readonly state: UplinkState;
  readonly url: string;
  readonly lastError: string | null;
  readonly leaseLeftMs: number;
  readonly liveHz: number;
  readonly inFlightBytes: number;
  readonly smoothedAckMs: number | null;
  readonly counters: Readonly<Record<UplinkCounter, number>>;
}

const zeroCounters = (): Record<UplinkCounter, number> => ({
  connects: 0,
  connectFailures: 0,
  closes: 0,
  acks: 0,
  acksOtherSession: 0,
  acksUnknownEpoch: 0,
  acksOldStart: 0,
  badMessages: 0,
  ignoredMessages: 0,
  timeOtherSession: 0,
  hellos: 0,
  resends: 0,
  messagesUrgent: 0,
  messagesHistory: 0,
  messagesLive: 0,
  bytesUrgent: 0,
  bytesHistory: 0,
  bytesLive: 0,
  bytesOther: 0,
  liveSkipped: 0,
  publishErrors: 0,
});

export class Uplink {
  readonly #o: UplinkOptions;
  readonly #session: Session;
  readonly #backoff: Backoff;
  readonly #bucket: TokenBucket;
  readonly #live = new LiveLane();
  readonly #counters = zeroCounters();
  #state: UplinkState = 'waiting';
  #client: MqttClient | null = null;
  #lastError: string | null = null;
  #leaseUntilMs = 0;
  #ticker: NodeJS.Timeout | null = null;
  #reconnect: NodeJS.Timeout | null = null;
  #presenceDueMs = 0;
  #timeDueMs = 0;
  #stalePresenceMs = Number.NEGATIVE_INFINITY;
  /** Starts of controllers whose ack came over this connection. */
  readonly #answeredBy = new Set<string>();
  #unconfirmed = 0;
  #confirmedMs = 0;
  #pumping = false;
  #pumpAgain = false;

  constructor(o: UplinkOptions) {
    this.#o = o;
    this.#session = new Session(o.session);
    this.#backoff = new Backoff({ ...o.backoff, random: o.random });
    this.#bucket = new TokenBucket(o.backfillKBps * 1000, this.#nowMs());
  }

  #nowMs(): number {
    return this.#o.nowUs() / 1000;
  }

  start(): void {
    if (this.#o.url === '') return;
    this.#ticker = setInterval(() => this.#tick(), TICK_MS);
    this.#connect();
  }

  #setState(state: UplinkState, detail = ''): void {
    if (this.#state === state || this.#state === 'closed') return;
    this.#state = state;
    this.#o.onState?.(state, detail);
  }

  #connect(): void {
    this.#reconnect = null;
    this.#setState('connecting');
    const { topicRoot, drone, session, username, password } = this.#o;
    const will = {
      topic: upTopic(topicRoot, drone, 'presence'),
      payload: this.#presence(false),
      qos: 1,
      retain: false,
    } as const;
    let client: MqttClient;
    try {
      client = mqttConnect(this.#o.url, {
        protocolVersion: 4,
        clientId: clientId(drone, session),
        clean: true,
        keepalive: KEEPALIVE_S,
        reconnectPeriod: 0,
        connectTimeout: CONNECT_DEADLINE_MS,
        queueQoSZero: false,
        resubscribe: false,
        will,
        ...(username === undefined ? {} : { username }),
        ...(password === undefined ? {} : { password }),
      });
    } catch (error) {
      this.#down(null, error instanceof Error ? error.message : String(error));
      return;
    }
    this.#client = client;
    client.on('connect', () => this.#subscribe(client));
    client.on('message', (topic, payload, packet) => this.#heard(client, topic, payload, packet));
    client.on('error', (error) => this.#down(client, error.message));
    client.on('close', () => this.#down(client, 'connection closed'));
  }

  #subscribe(client: MqttClient): void {
    const { topicRoot, drone, groups } = this.#o;
    client.subscribe(agentSubscriptions(topicRoot, drone, groups), { qos: 1 }, (error, granted) => {
      if (client !== this.#client) return;
      const refused = granted?.find((one) => one.qos === 128);
      if (error || refused) this.#down(client, error?.message ?? `subscription to ${refused?.topic} refused`);
      else this.#up();
    });
  }

  #up(): void {
    const nowMs = this.#nowMs();
    this.#counters.connects++;
    this.#lastError = null;
    this.#backoff.up(nowMs);
    this.#setState('up');
    this.#live.begin();
    this.#presenceDueMs = nowMs;
    this.#timeDueMs = nowMs;
    this.#tick();
  }

  #down(client: MqttClient | null, reason: string): void {
    if (client !== this.#client || this.#state === 'closed' || this.#reconnect !== null) return;
    this.#client = null;
    this.#discard(client);
    if (this.#state === 'up') this.#counters.closes++;
    else this.#counters.connectFailures++;
    this.#lastError = reason;
    this.#session.closed();
    this.#answeredBy.clear();
    this.#unconfirmed = 0;
    const waitMs = this.#backoff.down(this.#nowMs());
    this.#setState('waiting', reason);
    this.#reconnect = setTimeout(() => this.#connect(), waitMs);
  }

  #discard(client: MqttClient | null): void {
    if (client === null) return;
    // Its listeners stay: the library's own clear its timers on `close`, and ours ignore a client that is no longer ours.
    client.end(true);
  }

  #tick(): void {
    if (this.#state !== 'up') return;
    const nowMs = this.#nowMs();
    if (nowMs >= this.#presenceDueMs) {
      this.#presenceDueMs = nowMs + PRESENCE_EVERY_MS;
      this.#publish('presence', this.#presence(true), 1);
    }
    if (nowMs >= this.#timeDueMs) {
      this.#timeDueMs = nowMs + TIME_EVERY_MS;
      const { session, boot } = this.#o;
      this.#publish('time', JSON.stringify({ session, boot, agentMonoUs: Math.round(this.#o.nowUs()) }), 0);
    }
    this.#sendLive(nowMs);
    if (this.#unconfirmed > 0 && nowMs - this.#confirmedMs > CONFIRM_WAIT_MS) {
      this.#down(this.#client, 'the broker confirms nothing');
      return;
    }
    this.#counters.resends += this.#session.expire(nowMs);
    this.#pump();
  }

  #sendLive(nowMs: number): void {
    const samples = this.#live.take(nowMs, this.#o.nowUs());
    if (samples.length === 0) return;
    if (this.#socketBytes() > SOCKET_FULL_BYTES) {
      this.#counters.liveSkipped++;
      return;
    }
    const payload = sealBatch({ lane: 'live', epoch: this.#o.epoch(), boot: this.#o.boot, seq: 0, samples });
    this.#counters.messagesLive++;
    this.#publish('live', payload, 0);
  }

  #socketBytes(): number {
    const stream = this.#client?.stream;
    return stream && 'writableLength' in stream ? stream.writableLength : 0;
  }

  /** Presence at the next tick; something in it changed. */
  refreshPresence(): void {
    this.#presenceDueMs = Math.min(this.#presenceDueMs, this.#nowMs());
  }

  #presence(online: boolean): string {
    const { session, boot, source } = this.#o;
    const presence: Presence = { ...this.#o.presence(), session, boot, online, epochs: source.ranges() };
    return JSON.stringify(presence);
  }

  #publish(channel: UpChannel, payload: string | Uint8Array, qos: 0 | 1, done?: () => void): void {
    const client = this.#client;
    if (client === null || this.#state !== 'up') return;
    const bytes =
      typeof payload === 'string'
        ? Buffer.from(payload)
        : Buffer.from(payload.buffer, payload.byteOffset, payload.length);
    const counter =
      channel === 'urgent'
        ? 'bytesUrgent'
        : channel === 'history'
          ? 'bytesHistory'
          : channel === 'live'
            ? 'bytesLive'
            : 'bytesOther';
    this.#counters[counter] += bytes.length;
    client.publish(upTopic(this.#o.topicRoot, this.#o.drone, channel), bytes, { qos }, (error) => {
      if (client !== this.#client) return;
      if (error) this.#counters.publishErrors++;
      done?.();
    });
  }

  #heard(client: MqttClient, topic: string, payload: Buffer, packet: IPublishPacket): void {
    if (client !== this.#client || packet.retain) return;
    const { topicRoot, drone, groups } = this.#o;
    const channel = parseDownTopic(topicRoot, topic, drone, groups);
    if (channel === 'ack') this.#heardAck(payload);
    else if (channel === 'time') this.#heardTime(payload);
    else if (channel === 'hello' && topic === broadcastTopic(topicRoot, 'hello')) this.#heardHello(payload);
    else this.#counters.ignoredMessages++;
  }

  #heardAck(payload: Buffer): void {
    const read = readAck(payload);
    if (!read.ok) {
      this.#counters.badMessages++;
      return;
    }
    const { source } = this.#o;
    const known = new Set(source.ranges().map((range) => range.epoch));
    const verdict = this.#session.ack(read.value, known, this.#nowMs());
    if (!verdict.taken) {
      this.#counters[verdict.why]++;
      return;
    }
    this.#counters.acks++;
    source.ack(verdict.epoch, verdict.lane, verdict.upTo);
    this.#known(read.value.start);
    this.#pump();
  }

  /**
   * The first ack of a controller's start is the proof that it knows this session. What was said before may have
   * overtaken presence (brokers order QoS 0 and 1 apart) or found nobody subscribed: all of the live lane and the time
   * are sent once more, before any history.
   */
  #known(start: string): void {
    if (this.#answeredBy.has(start) || this.#answeredBy.size >= MAX_CONTROLLERS) return;
    this.#answeredBy.add(start);
    this.#live.begin();
    this.#timeDueMs = this.#nowMs();
    this.#tick();
  }

  #heardTime(payload: Buffer): void {
    const receivedMonoUs = this.#o.nowUs();
    const read = readTimeAnswer(payload);
    if (!read.ok) {
      this.#counters.badMessages++;
      return;
    }
    if (read.value.session !== this.#o.session) {
      this.#counters.timeOtherSession++;
      return;
    }
    this.#leaseUntilMs = receivedMonoUs / 1000 + read.value.leaseS * 1000;
    this.#live.setHz(read.value.liveHz);
    this.#o.onTime?.(read.value, receivedMonoUs);
  }

  #heardHello(payload: Buffer): void {
    if (!readHello(payload).ok) {
      this.#counters.badMessages++;
      return;
    }
    this.#counters.hellos++;
    const at = this.#nowMs() + this.#o.random() * HELLO_JITTER_MS;
    this.#presenceDueMs = Math.min(this.#presenceDueMs, at);
    this.#timeDueMs = Math.min(this.#timeDueMs, at);
    // A controller that begins has no live view yet.
    this.#live.begin();
  }

  /** The newest value of a kind, for the live lane. */
  noteLive(sample: Sample): void {
    this.#live.note(sample);
  }

  /** There is more to read. */
  wake(): void {
    this.#pump();
  }

  #pump(): void {
    if (this.#pumping) {
      this.#pumpAgain = true;
      return;
    }
    this.#pumping = true;
    this.#drain().finally(() => {
      this.#pumping = false;
      if (!this.#pumpAgain) return;
      this.#pumpAgain = false;
      this.#pump();
    });
  }

  /** Sends until the window, the bucket, the socket or the outbox says stop. */
  async #drain(): Promise<void> {
    while (this.#state === 'up' && this.#unconfirmed < MAX_UNCONFIRMED) {
      const nowMs = this.#nowMs();
      const history = this.#bucket.waitMs(nowMs) === 0 && this.#socketBytes() < SOCKET_BUSY_BYTES;
      const { wanted, stale } = this.#session.next(this.#o.source.readable(), { history });
      if (stale && nowMs - this.#stalePresenceMs > STALE_PRESENCE_MS) {
        this.#stalePresenceMs = nowMs;
        this.refreshPresence();
      }
      if (wanted === null) return;
      const client = this.#client;
      const rows = await this.#o.source.read(wanted.epoch, wanted.lane, wanted.from, wanted.maxBytes);
      if (client !== this.#client || this.#state !== 'up' || !this.#session.isNext(wanted)) continue;
      const last = rows?.at(-1);
      if (!rows || last === undefined || rows[0]?.seq !== wanted.from) return;
      const bytes = rows.reduce((sum, row) => sum + row.bytes.length, 0);
      if (!this.#session.fits(wanted, bytes, rows.length)) return;
      this.#send(wanted.lane, rows, bytes);
      this.#session.sent(wanted, last.to, bytes, this.#nowMs());
    }
  }

  #send(lane: 'urgent' | 'history', rows: readonly { readonly bytes: Uint8Array }[], bytes: number): void {
    const payload = new Uint8Array(bytes);
    let at = 0;
    for (const row of rows) {
      payload.set(row.bytes, at);
      at += row.bytes.length;
    }
    if (this.#unconfirmed++ === 0) this.#confirmedMs = this.#nowMs();
    if (lane === 'history') this.#bucket.take(bytes, this.#nowMs());
    this.#counters[lane === 'urgent' ? 'messagesUrgent' : 'messagesHistory']++;
    this.#publish(lane, payload, 1, () => {
      this.#unconfirmed--;
      this.#confirmedMs = this.#nowMs();
      this.#pump();
    });
  }

  status(): UplinkStatus {
    return {
      state: this.#state,
      url: this.#o.url,
      lastError: this.#lastError,
      leaseLeftMs: Math.max(0, this.#leaseUntilMs - this.#nowMs()),
      liveHz: this.#live.hz,
      inFlightBytes: this.#session.inFlightBytes,
      smoothedAckMs: this.#session.smoothedAckMs,
      counters: { ...this.#counters },
    };
  }

  /** Says goodbye if it can within a second, and lets the connection go. */
  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    if (this.#ticker) clearInterval(this.#ticker);
    if (this.#reconnect) clearTimeout(this.#reconnect);
    const client = this.#client;
    if (this.#state === 'up' && client !== null) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, GOODBYE_MS);
        this.#publish('presence', this.#presence(false), 1, () => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
    this.#setState('closed');
    this.#client = null;
    this.#discard(client);
  }
}
