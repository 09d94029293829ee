/**
 * One MQTT connection after another, until closed.
 *
 *   connecting ──CONNACK──▶ subscribing ──SUBACK──▶ up ──close──▶ waiting (full jitter) ──▶ connecting
 *        └──────── deadline, error, refused ──────────────────────▶ waiting
 *
 * MQTT.js reconnects without jitter and loses data in its queues, so each attempt gets a line of its own (dial.ts), with
 * its queues off. What was on its way when a connection ends is unknown.
 */
import { agentSubscriptions, clientId, type UpChannel, upTopic } from '@skein/protocol/fleet';
import { Backoff } from './backoff.ts';
import type { Dial, Line } from './dial.ts';
import { openShort } from './packing.ts';
import type { UplinkCounters, UplinkState } from './status.ts';
import type { Timers } from './timers.ts';

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
  readonly dial: Dial;
  readonly timers: Timers;
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

const FOR_OWN =
  'set uplink.topicRoot to the broker.topicRoot of the controller, and drone to the name that the access list of the broker knows';
const FOR_OTHERS =
  'let the access list of the broker have it read that too; a group that this drone is not in is taken out of groups';

export class Connection {
  readonly #o: ConnectionOptions;
  readonly #backoff: Backoff;
  #state: UplinkState = 'waiting';
  #line: Line | null = null;
  #reconnect: (() => void) | null = null;
  #deadline: () => void = () => {};
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
    return this.#state === 'up' ? this.#line : null;
  }

  /** Bytes that wait in the socket. */
  get waitingBytes(): number {
    return this.#line?.waitingBytes ?? 0;
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
    const { topicRoot, drone, session, username, password, url, dial } = this.#o;
    const deadlineMs = this.#o.connectDeadlineMs ?? CONNECT_DEADLINE_MS;
    let line: Line;
    try {
      line = dial(
        {
          url,
          ...(username === undefined ? {} : { username }),
          ...(password === undefined ? {} : { password }),
          clientId: clientId(drone, session),
          keepaliveS: KEEPALIVE_S,
          deadlineMs,
          will: { topic: upTopic(topicRoot, drone, 'presence'), payload: this.#o.will() },
        },
        {
          connected: () => this.#subscribe(line),
          message: (topic, payload) => {
            if (line !== this.#line) return;
            const text = openShort(payload);
            if (text === null) this.#o.counters.badMessages++;
            else this.#o.onMessage(topic, text);
          },
          ended: (reason) => this.#down(line, reason),
        },
      );
    } catch (error) {
      this.#down(null, error instanceof Error ? error.message : String(error));
      return;
    }
    this.#line = line;
    // The library waits for ever for a SUBACK while pings are answered.
    this.#deadline = this.#o.timers.after(deadlineMs, () =>
      this.#down(line, `not connected and subscribed within ${deadlineMs / 1000} s`),
    );
  }

  #subscribe(line: Line): void {
    const { topicRoot, drone, groups } = this.#o;
    const topics = agentSubscriptions(topicRoot, drone, groups);
    line.subscribe(topics, (subscribed) => {
      if (line !== this.#line) return;
      if (subscribed.ok) this.#up();
      else if (subscribed.refused === null) this.#down(line, subscribed.reason);
      else {
        const topic = subscribed.refused;
        const cure = topic === topics[0] ? FOR_OWN : FOR_OTHERS;
        this.#down(line, `the broker lets "${drone}" read nothing below ${topic.replace(/\/#$/, '')}: ${cure}`);
      }
    });
  }

  #up(): void {
    this.#deadline();
    this.#o.counters.connects++;
    this.#lastError = null;
    this.#backoff.up(this.#o.nowMs());
    this.#setState('up');
    this.#o.onUp();
  }

  /** Gives the present connection up; another follows after the pause. */
  drop(reason: string): void {
    this.#down(this.#line, reason);
  }

  #down(line: Line | null, reason: string): void {
    if (line !== this.#line || this.#state === 'closed' || this.#reconnect !== null) return;
    this.#line = null;
    this.#deadline();
    line?.end();
    this.#o.counters[this.#state === 'up' ? 'closes' : 'connectFailures']++;
    this.#lastError = reason;
    this.#o.onDown();
    const waitMs = this.#backoff.down(this.#o.nowMs());
    this.#setState('waiting', reason);
    this.#reconnect = this.#o.timers.after(waitMs, () => this.#connect());
  }

  /** Publishes if up. `done`: the broker confirmed (QoS 1) or it was written (QoS 0), on this same connection. */
  publish(channel: UpChannel, payload: string | Uint8Array, qos: 0 | 1, done?: () => void): void {
    const line = this.#line;
    if (line === null || this.#state !== 'up') return;
    const bytes =
      typeof payload === 'string'
        ? Buffer.from(payload)
        : Buffer.from(payload.buffer, payload.byteOffset, payload.length);
    const { topicRoot, drone, counters } = this.#o;
    counters[channel === 'presence' || channel === 'time' ? 'bytesOther' : BYTES_OF[channel]] += bytes.length;
    line.publish(upTopic(topicRoot, drone, channel), bytes, qos, (failed) => {
      if (line !== this.#line) return;
      if (failed) counters.publishErrors++;
      done?.();
    });
  }

  close(): void {
    this.#reconnect?.();
    this.#deadline();
    this.#setState('closed');
    this.#line?.end();
    this.#line = null;
  }
}
