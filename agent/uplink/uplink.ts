/**
 * The agent's side of docs/wire.md: presence, time and live by the clock; acks, time answers and hellos as they come;
 * history and urgent through the sender. The outbox is the only queue.
 */
import {
  broadcastTopic,
  downTopic,
  type Parsed,
  type Presence,
  parseDownTopic,
  readAck,
  readCommand,
  readHello,
  readItineraryMessage,
  readTimeAnswer,
  SHORT_JSON,
} from '@skein/protocol/fleet';
import type { Sample, SampleCodec } from '@skein/protocol/telemetry';
import { Connection } from './connection.ts';
import { dialMqtt } from './dial.ts';
import { LiveLane } from './live.ts';
import { LiveMessages } from './live-messages.ts';
import type { UplinkOptions } from './options.ts';
import { Sender } from './sender.ts';
import { Session } from './session.ts';
import { noUplinkCounts, type UplinkStatus, withoutPassword } from './status.ts';
import { Takes } from './takes.ts';

const PRESENCE_EVERY_MS = 15_000;
const TIME_EVERY_MS = 5_000;
const HELLO_JITTER_MS = 2_000;
const TICK_MS = 100;
/** Bytes waiting in the socket above which even live is left out: it would arrive old. */
const SOCKET_FULL_BYTES = 256 << 10;
const GOODBYE_MS = 1_000;
const MAX_COMMAND_BYTES = 16 << 10;
const MAX_ITINERARY_BYTES = 256 << 10;
const TOO_LONG = { ok: false, reason: 'too long' } as const;
/** Starts remembered per connection; past it a new one is served like the rest, only without the early live message. */
const MAX_CONTROLLERS = 64;

export class Uplink {
  readonly #o: UplinkOptions;
  readonly #session: Session;
  readonly #connection: Connection;
  readonly #sender: Sender;
  readonly #live = new LiveLane();
  readonly #takes = new Takes();
  readonly #counters = noUplinkCounts();
  readonly #liveMessages: LiveMessages;
  #leaseUntilMs = 0;
  #conflict: string | null = null;
  #stopTicking: () => void = () => {};
  #presenceDueMs = 0;
  #timeDueMs = 0;
  /** Starts of controllers whose ack came over this connection. */
  readonly #answeredBy = new Set<string>();

  constructor(o: UplinkOptions) {
    this.#o = o;
    this.#session = new Session(o.session);
    this.#liveMessages = new LiveMessages({ ...o, takes: this.#takes, counters: this.#counters });
    this.#connection = new Connection({
      ...o,
      dial: o.dial ?? dialMqtt,
      nowMs: this.#nowMs,
      counters: this.#counters,
      will: () => this.#presence(false),
      onUp: () => this.#up(),
      onDown: () => this.#down(),
      onMessage: (topic, payload) => this.#heard(topic, payload),
    });
    this.#sender = new Sender({
      session: this.#session,
      backfillKBps: o.backfillKBps,
      gatherS: o.gatherS ?? 0,
      takes: this.#takes,
      isWatched: () => this.#live.hz > 1,
      epoch: () => o.epoch(),
      nowMs: this.#nowMs,
      counters: this.#counters,
      readable: () => o.source.readable(),
      read: (epoch, lane, from, maxBytes) => o.source.read(epoch, lane, from, maxBytes),
      connection: () => this.#connection.current,
      socketBytes: () => this.#connection.waitingBytes,
      publish: (lane, payload, confirmed) => this.#connection.publish(lane, payload, 1, confirmed),
      onStale: () => this.refreshPresence(),
    });
  }

  readonly #nowMs = (): number => this.#o.nowUs() / 1000;

  start(): void {
    if (this.#o.url === '') return;
    this.#stopTicking = this.#o.timers.every(TICK_MS, () => this.#tick());
    this.#connection.start();
  }

  #up(): void {
    const nowMs = this.#nowMs();
    this.#beginLive();
    this.#presenceDueMs = nowMs;
    this.#timeDueMs = nowMs;
    this.#tick();
  }

  /** All of it at once, and whole: somebody may have nothing of it. */
  #beginLive(): void {
    this.#live.begin();
    this.#liveMessages.begin();
  }

  #down(): void {
    this.#session.closed();
    this.#takes.closed();
    this.#sender.reset();
    this.#answeredBy.clear();
  }

  #tick(): void {
    if (this.#connection.state !== 'up') return;
    const nowMs = this.#nowMs();
    if (nowMs >= this.#presenceDueMs) {
      this.#presenceDueMs = nowMs + PRESENCE_EVERY_MS;
      this.#connection.publish('presence', this.#presence(true), 1);
    }
    if (nowMs >= this.#timeDueMs) {
      this.#timeDueMs = nowMs + TIME_EVERY_MS;
      const { session, boot, nowUs } = this.#o;
      this.#connection.publish('time', JSON.stringify({ session, boot, agentMonoUs: Math.round(nowUs()) }), 0);
    }
    this.#sendLive(nowMs);
    if (this.#sender.stuck) {
      this.#connection.drop('the broker confirms nothing');
      return;
    }
    const resends = this.#session.expire(nowMs);
    this.#counters.resends += resends;
    // Perhaps only the ack got lost: presence has it repeated (docs/wire.md §3.6).
    if (resends > 0) this.refreshPresence();
    this.#sender.pump();
  }

  #sendLive(nowMs: number): void {
    if (this.#liveMessages.isWholeDue) this.#live.wantAll();
    const samples = this.#live.take(nowMs, this.#o.nowUs());
    if (samples.length === 0) return;
    if (this.#connection.waitingBytes > SOCKET_FULL_BYTES) {
      this.#counters.liveSkipped++;
      this.#live.unsent(samples);
      return;
    }
    this.#counters.messagesLive++;
    this.#connection.publish('live', this.#liveMessages.payload(samples, this.#live.tookEverything), 0);
  }

  /** Presence at the next tick; something in it changed. */
  refreshPresence(): void {
    this.#presenceDueMs = Math.min(this.#presenceDueMs, this.#nowMs());
  }

  #presence(online: boolean): string {
    const { session, boot, source } = this.#o;
    const own = { session, boot, online, opens: [SHORT_JSON], epochs: source.ranges() };
    return JSON.stringify({ ...this.#o.presence(), ...own } satisfies Presence);
  }

  #heard(topic: string, payload: Buffer): void {
    const { topicRoot, drone, groups } = this.#o;
    const channel = parseDownTopic(topicRoot, topic, drone, groups);
    if (channel === 'ack') this.#heardAck(payload);
    else if (channel === 'time') this.#heardTime(payload);
    else if (channel === 'command') this.#heardCommand(topic, payload);
    else if (channel === 'itinerary') this.#heardItinerary(payload);
    else if (channel === 'hello' && topic === broadcastTopic(topicRoot, 'hello')) this.#heardHello(payload);
    else this.#counters.ignoredMessages++;
  }

  #checked<T>(read: Parsed<T>): T | null {
    if (read.ok) return read.value;
    this.#counters.badMessages++;
    return null;
  }

  #heardAck(payload: Buffer): void {
    const ack = this.#checked(readAck(payload));
    if (ack === null) return;
    if (ack.session === this.#o.session) {
      this.#o.source.past.answeredBy(ack.start);
      if (this.#o.source.past.heard(ack)) return void this.#counters.acks++;
    }
    const known = new Set(this.#o.source.readable().map(({ epoch }) => epoch));
    const verdict = this.#session.ack(ack, known, this.#nowMs());
    if (!verdict.taken) {
      this.#counters[verdict.why]++;
      return;
    }
    this.#counters.acks++;
    this.#takes.heard(ack, !this.#answeredBy.has(ack.start));
    this.#o.source.ack(verdict.epoch, verdict.lane, verdict.upTo);
    this.#known(ack.start);
    this.#sender.pump();
  }

  /**
   * The first ack of a controller's start is the proof that it knows this session. What was said before may have
   * overtaken presence (brokers order QoS 0 and 1 apart) or found nobody subscribed: all of the live lane and the time
   * are sent once more, before any history.
   */
  #known(start: string): void {
    if (this.#answeredBy.has(start) || this.#answeredBy.size >= MAX_CONTROLLERS) return;
    this.#answeredBy.add(start);
    this.#beginLive();
    this.#timeDueMs = this.#nowMs();
    this.#tick();
  }

  #heardTime(payload: Buffer): void {
    const receivedMonoUs = this.#o.nowUs();
    const answer = this.#checked(readTimeAnswer(payload));
    if (answer === null) return;
    if (answer.session !== this.#o.session) {
      this.#counters.timeOtherSession++;
      return;
    }
    this.#leaseUntilMs = receivedMonoUs / 1000 + answer.leaseS * 1000;
    this.#conflict = answer.conflict ?? null;
    this.#live.setHz(answer.liveHz, this.#leaseUntilMs);
    if (answer.base === true) this.#liveMessages.asked();
    this.#o.onTime?.(answer, receivedMonoUs);
  }

  #heardHello(payload: Buffer): void {
    if (this.#checked(readHello(payload)) === null) return;
    this.#counters.hellos++;
    const at = this.#nowMs() + this.#o.random() * HELLO_JITTER_MS;
    this.#presenceDueMs = Math.min(this.#presenceDueMs, at);
    this.#timeDueMs = Math.min(this.#timeDueMs, at);
    this.#beginLive();
  }

  #heardCommand(topic: string, payload: Buffer): void {
    const { topicRoot, drone } = this.#o;
    const command = this.#checked(payload.length > MAX_COMMAND_BYTES ? TOO_LONG : readCommand(payload));
    if (command === null) return;
    this.#counters.commands++;
    this.#o.onCommand?.(command, topic === downTopic(topicRoot, drone, 'command') ? 'own' : 'broadcast');
  }

  #heardItinerary(payload: Buffer): void {
    const message = this.#checked(payload.length > MAX_ITINERARY_BYTES ? TOO_LONG : readItineraryMessage(payload));
    if (message === null) return;
    this.#counters.itineraries++;
    this.#o.onItinerary?.(message);
  }

  /** The newest value of a kind, for the live lane. */
  noteLive(sample: Sample): void {
    this.#live.note(sample);
  }

  /** What to seal with, so that the controller can read it. */
  get codec(): SampleCodec {
    return this.#takes.codec;
  }

  /** There is more to read. */
  wake(): void {
    this.#sender.pump();
  }

  status(): UplinkStatus {
    const { inFlightBytes, toldToWait, smoothedAckMs } = this.#session;
    return {
      state: this.#connection.state,
      url: withoutPassword(this.#o.url),
      lastError: this.#connection.lastError,
      leaseLeftMs: Math.max(0, this.#leaseUntilMs - this.#nowMs()),
      liveHz: this.#live.hz,
      identityConflict: this.#conflict,
      ...{ inFlightBytes, toldToWait, smoothedAckMs },
      counters: { ...this.#counters },
    };
  }

  /** Says goodbye if it can within a second, and lets the connection go. */
  async close(): Promise<void> {
    this.#stopTicking();
    if (this.#connection.state === 'up') {
      await new Promise<void>((resolve) => {
        const callOff = this.#o.timers.after(GOODBYE_MS, resolve);
        this.#connection.publish('presence', this.#presence(false), 1, () => {
          callOff();
          resolve();
        });
      });
    }
    this.#connection.close();
  }
}
