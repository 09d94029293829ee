/**
 * The embedded broker. Its hooks answer at once: one that waited would stop reading that client.
 *
 *   listener ──► Door ──► GuardedConnection ──► Aedes ──► Switchboard ──► our subscriptions
 */
import net, { type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { parseUpTopic } from '@skein/protocol/fleet';
import { Aedes, type AedesPublishPacket, type AuthenticateError, type Client } from 'aedes';
import { admit, publishAllowed, subscribeAllowed } from './access.ts';
import type { Bus, BusMessage, Count } from './bus.ts';
import { Door, type DoorLimits } from './door.ts';
import { type ConnectionLimits, GuardedConnection } from './guarded-connection.ts';
import { Switchboard } from './switchboard.ts';

export interface AedesBusOptions {
  readonly host: string;
  /** 0: any. */
  readonly port: number;
  readonly topicRoot: string;
  readonly limits: DoorLimits & ConnectionLimits;
  /** Monotonic, µs. */
  readonly nowUs: () => number;
  readonly count: Count;
}

/** A frozen subscriber would stop all delivery for the default minute (aedes#1060). */
const DRAIN_TIMEOUT_MS = 5000;
const CONNECT_TIMEOUT_MS = 5000;
/** Slow-connection attacks hold connections open with long keep-alives. */
const KEEPALIVE_LIMIT_S = 120;
const CLOSE_DEADLINE_MS = 3000;
/** CONNECT carries the presence as last will, 32 epochs at most. */
export const MAX_CONNECT_BYTES = 16_384;

export class AedesBus implements Bus {
  readonly #o: AedesBusOptions;
  readonly #door: Door;
  readonly #server: net.Server;
  readonly #sockets = new Set<Duplex>();
  readonly #drones = new WeakMap<Client, string>();
  readonly #ups: (() => void)[] = [];
  readonly #sent = { 0: 0, 1: 0 };
  readonly #switchboard = new Switchboard();
  #broker: Aedes | null = null;
  #closing = false;

  constructor(o: AedesBusOptions) {
    this.#o = o;
    this.#door = new Door(o.limits);
    this.#server = net.createServer({ noDelay: true }, (socket) => this.#welcome(socket));
  }

  get address(): string | null {
    const at = this.#server.address();
    return at === null || typeof at === 'string' ? null : `mqtt://${at.address}:${at.port}`;
  }

  get depth(): number {
    return this.#switchboard.length;
  }

  get connections(): number {
    return this.#door.open;
  }

  async start(): Promise<void> {
    const broker = await Aedes.createBroker({
      drainTimeout: DRAIN_TIMEOUT_MS,
      connectTimeout: CONNECT_TIMEOUT_MS,
      keepaliveLimit: KEEPALIVE_LIMIT_S,
      // Of the switchboard there is no such bound; a socket's listeners are not to be counted.
      concurrency: 0,
      mq: this.#switchboard,
      maxTopicLevels: 16,
    });
    this.#broker = broker;
    this.#guard(broker);
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host: this.#o.host, port: this.#o.port }, () => {
        this.#server.removeListener('error', reject);
        this.#server.on('error', () => this.#o.count('clientError'));
        resolve();
      });
    });
    for (const up of this.#ups) up();
  }

  /** Hands a byte stream to the broker as a socket would be; for tests without sockets. */
  accept(stream: Duplex, address: string): void {
    const refusal = this.#closing ? 'refusedTotal' : this.#door.enter(address, this.#o.nowUs());
    if (refusal || this.#broker === null) {
      if (refusal) this.#o.count(refusal);
      stream.on('error', () => {});
      stream.destroy();
      return;
    }
    this.#o.count('connections');
    this.#sockets.add(stream);
    stream.once('close', () => {
      this.#sockets.delete(stream);
      this.#door.leave(address);
    });
    const guarded = new GuardedConnection(stream, {
      limits: this.#o.limits,
      nowUs: this.#o.nowUs,
      onBreach: (problem) => this.#o.count(problem),
      onThrottle: () => this.#o.count('throttled'),
    });
    guarded.on('error', () => {});
    this.#broker.handle(guarded);
  }

  async subscribe(filters: readonly string[], handler: (message: BusMessage) => void): Promise<void> {
    const broker = this.#broker;
    if (broker === null) throw new Error('start the bus first');
    const deliver = (packet: AedesPublishPacket, done: () => void) => {
      done();
      if (!this.#closing) handler({ topic: packet.topic, payload: bytesOf(packet.payload) });
    };
    await Promise.all(
      filters.map((filter) => new Promise<void>((resolve) => broker.subscribe(filter, deliver, resolve))),
    );
  }

  publish(topic: string, payload: string | Uint8Array, qos: 0 | 1): void {
    if (this.#broker === null || this.#closing) {
      this.#o.count('publishFailed');
      return;
    }
    const bytes = typeof payload === 'string' ? payload : Buffer.from(payload);
    this.#o.count('published');
    // A client of Aedes takes a message with a lower number than one before it for a repeat, and QoS 0 overtakes
    // QoS 1 inside the broker: numbered together, a time answer would swallow the ack just before it.
    const number = { brokerId: `${this.#broker.id}-qos${qos}`, brokerCounter: ++this.#sent[qos] };
    const packet = { cmd: 'publish', topic, payload: bytes, qos, retain: false, dup: false, ...number } as const;
    this.#broker.publish(packet, (error) => {
      if (error) this.#o.count('publishFailed');
    });
  }

  onUp(handler: () => void): void {
    this.#ups.push(handler);
    if (this.#server.listening) handler();
  }

  async close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    const listening = this.#server.listening;
    const stopped = new Promise<void>((resolve) => {
      if (listening) this.#server.close(() => resolve());
      else resolve();
    });
    const broker = this.#broker;
    if (broker) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, CLOSE_DEADLINE_MS);
      });
      await Promise.race([new Promise<void>((resolve) => broker.close(() => resolve())), late]);
      clearTimeout(timer);
    }
    for (const socket of this.#sockets) socket.destroy();
    await stopped;
  }

  #welcome(socket: Socket): void {
    this.accept(socket, socket.remoteAddress ?? 'unknown');
  }

  #guard(broker: Aedes): void {
    const { topicRoot, count } = this.#o;
    broker.authenticate = (client, userName, _password, done) => {
      const admission = admit({ id: client.id, clean: client.clean, userName });
      if (!admission.ok) {
        count(admission.reason);
        const refusal = Object.assign(new Error(admission.reason), {
          returnCode: admission.reason === 'badUser' ? 4 : 2,
        });
        done(refusal as AuthenticateError, false);
        return;
      }
      this.#drones.set(client, admission.drone);
      done(null, true);
    };
    broker.authorizePublish = (client, packet, done) => {
      // Wills of connections that we ourselves close at shutdown say nothing about the drones.
      if (this.#closing) return done(new Error('closing'));
      const drone = client === null ? undefined : this.#drones.get(client);
      if (drone === undefined || !publishAllowed(topicRoot, drone, packet.topic)) {
        count('badTopic');
        return done(new Error('not your topic'));
      }
      if (parseUpTopic(topicRoot, packet.topic) === null) count('unknownChannel');
      if (packet.retain) {
        count('retained');
        packet.retain = false;
      }
      done(null);
    };
    broker.authorizeSubscribe = (client, subscription, done) => {
      const drone = this.#drones.get(client);
      if (drone !== undefined && subscribeAllowed(topicRoot, drone, subscription.topic)) {
        return done(null, { ...subscription, qos: subscription.qos === 0 ? 0 : 1 });
      }
      count('badFilter');
      done(null, null);
    };
    broker.on('keepaliveTimeout', () => count('keepalive'));
    broker.on('clientError', () => count('clientError'));
    broker.on('connectionError', () => count('clientError'));
  }
}

function bytesOf(payload: string | Buffer): Uint8Array {
  return typeof payload === 'string' ? Buffer.from(payload) : payload;
}
