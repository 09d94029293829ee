/**
 * One MQTT connection after another, until closed.
 *
 *   connecting ──CONNACK──▶ subscribing ──SUBACK──▶ up ──close──▶ waiting (full jitter) ──▶ connecting
 *        └──────── deadline, error, refused ──────────────────────▶ waiting
 *
 * MQTT.js reconnects without jitter and loses data in its queues, so each attempt gets a client of its own, with its
 * queues off. What was on its way when a connection ends is unknown.
 */
import { agentSubscriptions, clientId, type UpChannel, upTopic } from '@skein/protocol/fleet';
import { type MqttClient, connect as mqttConnect } from 'mqtt';
import { Backoff } from './backoff.ts';
import type { UplinkCounters, UplinkState } from './status.ts';

const KEEPALIVE_S = 12;
const CONNECT_DEADLINE_MS = 10_000;

export interface ConnectionOptions {
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  readonly topicRoot: string;
  readonly drone: string;
  readonly groups: readonly string[];
  readonly session: string;
  readonly backoff: { readonly minS: number; readonly maxS: number };
  readonly nowMs: () => number;
  readonly random: () => number;
  readonly counters: UplinkCounters;
  /** What the broker says for us when we are cut off. */
  readonly will: () => string;
  readonly onUp: () => void;
  /** It ended, having been up or not. */
  readonly onDown: () => void;
  /** How long an attempt may take until it is connected and subscribed, ms. */
  readonly connectDeadlineMs?: number;
  readonly onMessage: (topic: string, payload: Buffer) => void;
  readonly onState?: (state: UplinkState, detail: string) => void;
}

const BYTES_OF = { urgent: 'bytesUrgent', history: 'bytesHistory', live: 'bytesLive' } as const;

/** What the library makes of a SUBACK of 128. */
const REFUSED = 'Subscribe error';
/** SUBACK: MQTT 3.1.1, 3.9.3. */
const FAILURE = 0x80;
const FOR_OWN =
  'set uplink.topicRoot to the broker.topicRoot of the controller, and drone to the name that the access list of the broker knows';
const FOR_OTHERS =
  'let the access list of the broker have it read that too; a group that this drone is not in is taken out of groups';

export class Connection {
  readonly #o: ConnectionOptions;
  readonly #backoff: Backoff;
  #state: UplinkState = 'waiting';
  #client: MqttClient | null = null;
  #reconnect: NodeJS.Timeout | null = null;
  #deadline: NodeJS.Timeout | undefined;
  #lastError: string | null = null;

  constructor(o: ConnectionOptions) {
    this.#o = o;
    this.#backoff = new Backoff({ ...o.backoff, random: o.random });
  }

  get state(): UplinkState {
    return this.#state;
  }

  get lastError(): string | null {
    return this.#lastError;
  }

  /** Tells one connection from the next; null while there is none. */
  get current(): object | null {
    return this.#state === 'up' ? this.#client : null;
  }

  /** Bytes that wait in the socket. */
  get waitingBytes(): number {
    const stream = this.#client?.stream;
    return stream && 'writableLength' in stream ? stream.writableLength : 0;
  }

  start(): void {
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
    const { topicRoot, drone, session, username, password, url, will } = this.#o;
    const deadlineMs = this.#o.connectDeadlineMs ?? CONNECT_DEADLINE_MS;
    let client: MqttClient;
    try {
      client = mqttConnect(url, {
        protocolVersion: 4,
        clientId: clientId(drone, session),
        clean: true,
        keepalive: KEEPALIVE_S,
        reconnectPeriod: 0,
        connectTimeout: deadlineMs,
        queueQoSZero: false,
        resubscribe: false,
        will: { topic: upTopic(topicRoot, drone, 'presence'), payload: will(), qos: 1, retain: false },
        ...(username === undefined ? {} : { username }),
        ...(password === undefined ? {} : { password }),
      });
    } catch (error) {
      this.#down(null, error instanceof Error ? error.message : String(error));
      return;
    }
    this.#client = client;
    // The library waits for ever for a SUBACK while pings are answered.
    this.#deadline = setTimeout(
      () => this.#down(client, `not connected and subscribed within ${deadlineMs / 1000} s`),
      deadlineMs,
    );
    client.on('connect', () => this.#subscribe(client));
    client.on('message', (topic, payload, packet) => {
      if (client === this.#client && !packet.retain) this.#o.onMessage(topic, payload);
    });
    client.on('error', (error) => this.#down(client, error.message));
    client.on('close', () => this.#down(client, 'connection closed'));
  }

  #subscribe(client: MqttClient): void {
    const { topicRoot, drone, groups } = this.#o;
    const topics = agentSubscriptions(topicRoot, drone, groups);
    client.subscribe(topics, { qos: 1 }, (error, _granted, suback) => {
      if (client !== this.#client) return;
      if (error?.message.startsWith(REFUSED)) {
        // In the order in which they were asked for.
        const own = topics[0] ?? '';
        const topic = topics[suback?.granted.indexOf(FAILURE) ?? -1] ?? own;
        const cure = topic === own ? FOR_OWN : FOR_OTHERS;
        this.#down(client, `the broker lets "${drone}" read nothing below ${topic.replace(/\/#$/, '')}: ${cure}`);
      } else if (error) this.#down(client, error.message);
      else this.#up();
    });
  }

  #up(): void {
    clearTimeout(this.#deadline);
    this.#o.counters.connects++;
    this.#lastError = null;
    this.#backoff.up(this.#o.nowMs());
    this.#setState('up');
    this.#o.onUp();
  }

  /** Gives the present connection up; another follows after the pause. */
  drop(reason: string): void {
    this.#down(this.#client, reason);
  }

  #down(client: MqttClient | null, reason: string): void {
    if (client !== this.#client || this.#state === 'closed' || this.#reconnect !== null) return;
    this.#client = null;
    clearTimeout(this.#deadline);
    // Its listeners stay: the library's own clear its timers on `close`, and ours ignore a client that is no longer ours.
    client?.end(true);
    this.#o.counters[this.#state === 'up' ? 'closes' : 'connectFailures']++;
    this.#lastError = reason;
    this.#o.onDown();
    const waitMs = this.#backoff.down(this.#o.nowMs());
    this.#setState('waiting', reason);
    this.#reconnect = setTimeout(() => this.#connect(), waitMs);
  }

  /** Publishes if up. `done`: the broker confirmed (QoS 1) or it was written (QoS 0), on this same connection. */
  publish(channel: UpChannel, payload: string | Uint8Array, qos: 0 | 1, done?: () => void): void {
    const client = this.#client;
    if (client === null || this.#state !== 'up') return;
    const bytes =
      typeof payload === 'string'
        ? Buffer.from(payload)
        : Buffer.from(payload.buffer, payload.byteOffset, payload.length);
    const { topicRoot, drone, counters } = this.#o;
    counters[channel === 'presence' || channel === 'time' ? 'bytesOther' : BYTES_OF[channel]] += bytes.length;
    client.publish(upTopic(topicRoot, drone, channel), bytes, { qos }, (error) => {
      if (client !== this.#client) return;
      if (error) counters.publishErrors++;
      done?.();
    });
  }

  close(): void {
    if (this.#reconnect) clearTimeout(this.#reconnect);
    clearTimeout(this.#deadline);
    this.#setState('closed');
    this.#client?.end(true);
    this.#client = null;
  }
}
