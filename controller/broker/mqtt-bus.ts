/**
 * An external broker. MQTT.js reconnects at a fixed second, without jitter, and queues without our bounds, so all of
 * that is off: our own back-off, our own subscriptions again after each connection, no queue.
 */
import mqtt, { type MqttClient } from 'mqtt';
import { fullJitterMs } from './backoff.ts';
import type { Bus, BusMessage, Count, Listening } from './bus.ts';

export interface MqttBusOptions {
  readonly url: string;
  readonly clientId: string;
  readonly random: () => number;
  readonly count: Count;
  readonly onState: (up: boolean, reason: string | null) => void;
}

interface Subscription {
  readonly filters: readonly string[];
  readonly handler: (message: BusMessage) => void;
  readonly optional: boolean;
  /** Of an optional one: times in a row that it was refused. */
  refusals: number;
}

const BACKOFF = { minMs: 1000, maxMs: 15_000 } as const;
const CONNECT_TIMEOUT_MS = 10_000;
const SUBACK_TIMEOUT_MS = 10_000;
const MAX_REFUSALS = 3;
const STABLE_MS = 30_000;
const END_DEADLINE_MS = 2000;
/** Bytes waiting in the socket to the broker; past it we drop and count, as with no connection. */
const MAX_BUFFERED_BYTES = 8 << 20;
const KEEPALIVE_S = 12;

export class MqttBus implements Bus {
  readonly #o: MqttBusOptions;
  readonly #subscriptions: Subscription[] = [];
  readonly #ups: (() => void)[] = [];
  readonly #exact = new Map<string, Subscription['handler']>();
  readonly #wildcard: { readonly filter: string; readonly handler: Subscription['handler'] }[] = [];
  #client: MqttClient | null = null;
  #up = false;
  #failures = 0;
  #timer: NodeJS.Timeout | null = null;
  #upSinceMs = 0;
  #closed = false;

  readonly address = null;

  constructor(o: MqttBusOptions) {
    this.#o = o;
  }

  get depth(): number {
    const stream = this.#client?.stream as { writableLength?: number } | undefined;
    return stream?.writableLength ?? 0;
  }

  get connections(): number {
    return this.#up ? 1 : 0;
  }

  /** Resolves at once: a broker that is down is waited for, and said in health. */
  async start(): Promise<void> {
    this.#connect();
  }

  async subscribe(
    filters: readonly string[],
    handler: (message: BusMessage) => void,
    { optional = false }: Listening = {},
  ): Promise<void> {
    const fresh = filters.filter((filter) => !this.#isSubscribed(filter));
    if (fresh.length === 0) return;
    const subscription = { filters: fresh, handler, optional, refusals: 0 };
    this.#subscriptions.push(subscription);
    for (const filter of fresh) {
      if (/[+#]/.test(filter)) this.#wildcard.push({ filter, handler });
      else this.#exact.set(filter, handler);
    }
    if (!this.#up) return;
    if (optional) return this.#ask(subscription);
    try {
      await this.#grant(subscription);
    } catch (error) {
      // A connection on which a subscription is missing is worse than none: start over, all are asked for again.
      this.#client?.end(true);
      throw error;
    }
  }

  publish(topic: string, payload: string | Uint8Array, qos: 0 | 1): void {
    const client = this.#client;
    if (client === null || !this.#up || this.depth > MAX_BUFFERED_BYTES) {
      this.#o.count('publishFailed');
      return;
    }
    this.#o.count('published');
    const bytes = typeof payload === 'string' ? payload : Buffer.from(payload);
    client.publish(topic, bytes, { qos }, (error) => {
      if (error) this.#o.count('publishFailed');
    });
  }

  onUp(handler: () => void): void {
    this.#ups.push(handler);
    if (this.#up) handler();
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const client = this.#client;
    this.#client = null;
    this.#up = false;
    if (client === null) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, END_DEADLINE_MS);
    });
    await Promise.race([client.endAsync(true), late]);
    clearTimeout(timer);
  }

  #connect(): void {
    if (this.#closed) return;
    const client = mqtt.connect(this.#o.url, {
      clientId: this.#o.clientId,
      clean: true,
      keepalive: KEEPALIVE_S,
      reconnectPeriod: 0,
      connectTimeout: CONNECT_TIMEOUT_MS,
      queueQoSZero: false,
      resubscribe: false,
    });
    this.#client = client;
    let reason = 'connection closed';
    client.on('error', (error) => {
      reason = error.message || String(error);
    });
    client.on('message', (topic, payload, { retain }) => this.#deliver({ topic, payload, kept: retain }));
    client.once('connect', () => {
      this.#established(client).catch((error) => {
        reason = String(error);
        client.end(true);
      });
    });
    client.once('close', () => this.#lost(client, reason));
  }

  async #established(client: MqttClient): Promise<void> {
    this.#o.count('reconnects');
    const [optional = [], needed = []] = [true, false].map((is) =>
      this.#subscriptions.filter((one) => one.optional === is),
    );
    for (const subscription of needed) await this.#grant(subscription);
    if (client !== this.#client || !client.connected) return;
    this.#up = true;
    this.#upSinceMs = performance.now();
    this.#o.onState(true, null);
    for (const up of this.#ups) up();
    for (const subscription of optional) await this.#ask(subscription);
  }

  /** What we can do without. Some brokers close the connection on what they do not allow: it is given up then. */
  async #ask(subscription: Subscription): Promise<void> {
    if (subscription.refusals >= MAX_REFUSALS) return;
    try {
      await this.#grant(subscription);
      subscription.refusals = 0;
    } catch {
      subscription.refusals++;
      this.#o.count('notGranted');
    }
  }

  #lost(client: MqttClient, reason: string): void {
    client.end(true);
    if (client !== this.#client || this.#closed) return;
    this.#client = null;
    // Only a connection that has lasted makes up for the failures before it.
    if (this.#up && performance.now() - this.#upSinceMs > STABLE_MS) this.#failures = 0;
    this.#up = false;
    this.#failures++;
    this.#o.onState(false, reason);
    this.#timer = setTimeout(() => this.#connect(), fullJitterMs(this.#failures, BACKOFF, this.#o.random));
  }

  async #grant(subscription: Subscription): Promise<void> {
    const client = this.#client;
    if (client === null) throw new Error('no connection to the broker');
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('the broker does not answer SUBSCRIBE')), SUBACK_TIMEOUT_MS);
    });
    try {
      const grants = await Promise.race([client.subscribeAsync([...subscription.filters], { qos: 1 }), late]);
      const refused = grants.find((grant) => grant.qos > 2);
      if (refused) throw new Error(`the broker refuses to let us subscribe to ${refused.topic}`);
    } finally {
      clearTimeout(timer);
    }
  }

  #isSubscribed(filter: string): boolean {
    return this.#exact.has(filter) || this.#wildcard.some((one) => one.filter === filter);
  }

  #deliver(message: BusMessage): void {
    const { topic } = message;
    const handler = this.#exact.get(topic) ?? this.#wildcard.find(({ filter }) => matches(filter, topic))?.handler;
    handler?.(message);
  }
}

/** MQTT 3.1.1 §4.7, for our own few filters. */
export function matches(filter: string, topic: string): boolean {
  const want = filter.split('/');
  const have = topic.split('/');
  for (const [i, level] of want.entries()) {
    if (level === '#') return true;
    if (have[i] === undefined || (level !== '+' && level !== have[i])) return false;
  }
  return want.length === have.length;
}
