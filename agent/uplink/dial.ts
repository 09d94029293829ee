/**
 * One attempt at a connection, as the uplink needs it: MQTT.js with its queues and its own reconnection off, or a line of
 * the simulation. What was on its way when it ends is unknown.
 */
import { connect } from 'mqtt';

export interface DialOptions {
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  readonly clientId: string;
  readonly keepaliveS: number;
  readonly deadlineMs: number;
  /** What the broker says for us when we are cut off. */
  readonly will: { readonly topic: string; readonly payload: string };
}

/** Called after `dial` has returned, never from within it. */
export interface LineEvents {
  readonly connected: () => void;
  readonly message: (topic: string, payload: Buffer) => void;
  /** It failed or ended; may come more than once. */
  readonly ended: (reason: string) => void;
}

export type Subscribed =
  | { readonly ok: true }
  /** `refused`: the topic that may not be read; null: it failed otherwise. */
  | { readonly ok: false; readonly refused: string | null; readonly reason: string };

export interface Line {
  /** Bytes that wait in the socket. */
  readonly waitingBytes: number;
  subscribe(topics: readonly string[], done: (subscribed: Subscribed) => void): void;
  /** `done`: the broker confirmed (QoS 1) or it was written (QoS 0). */
  publish(topic: string, bytes: Buffer, qos: 0 | 1, done: (failed: boolean) => void): void;
  end(): void;
}

/** Throws for an address that is none. */
export type Dial = (o: DialOptions, on: LineEvents) => Line;

/** What the library makes of a SUBACK of 128. */
const REFUSED = 'Subscribe error';
/** SUBACK: MQTT 3.1.1, 3.9.3. */
const FAILURE = 0x80;

export const dialMqtt: Dial = (o, on) => {
  const { url, username, password, clientId, will } = o;
  const client = connect(url, {
    protocolVersion: 4,
    clientId,
    clean: true,
    keepalive: o.keepaliveS,
    reconnectPeriod: 0,
    connectTimeout: o.deadlineMs,
    queueQoSZero: false,
    resubscribe: false,
    will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1, retain: false },
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  });
  client.on('connect', on.connected);
  client.on('message', (topic, payload, packet) => {
    if (!packet.retain) on.message(topic, payload);
  });
  client.on('error', (error) => on.ended(error.message));
  client.on('close', () => on.ended('connection closed'));
  return {
    get waitingBytes() {
      const { stream } = client;
      return stream && 'writableLength' in stream ? stream.writableLength : 0;
    },
    subscribe(topics, done) {
      client.subscribe([...topics], { qos: 1 }, (error, _granted, suback) => {
        if (error === null) {
          done({ ok: true });
          return;
        }
        // In the order in which they were asked for.
        const refused = topics[suback?.granted.indexOf(FAILURE) ?? -1] ?? topics[0] ?? '';
        done({ ok: false, refused: error.message.startsWith(REFUSED) ? refused : null, reason: error.message });
      });
    },
    publish(topic, bytes, qos, done) {
      client.publish(topic, bytes, { qos }, (error) => done(Boolean(error)));
    },
    // Its listeners stay: the library's own clear its timers on `close`.
    end: () => void client.end(true),
  };
};
