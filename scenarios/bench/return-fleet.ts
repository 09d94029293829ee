/**
 * Drones that come back at once after an outage, a process: raw sockets, each with a backlog to send as the windows allow,
 * a live message a second, the time every five, presence every fifteen (docs/wire.md §3). A drone that loses its broker
 * is back within a second of it: sooner than agents, so that all come at once.
 *
 *   node scenarios/bench/return-fleet.ts PORT DRONES BACKLOG [UNCUT]          JSON lines on stdout
 *
 * UNCUT: until it has lost its broker once, a drone sends no more than so many of its backlog.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { clientId, DEFAULT_TOPIC_ROOT, readAck, type UpChannel, upTopic } from '@skein/protocol/fleet';
import { type Sample, sealBatch } from '@skein/protocol/telemetry';
import { mqttString } from '../../controller/testing/mqtt-wire.ts';
import { connectMqtt, type MqttSocket } from '../kit/mqtt-socket.ts';
import { cutFlight, type Sealer, writeBatch } from './load-batches.ts';

const MESSAGE_BYTES = 24 << 10;
const RESEND_MS = 5_000;
/** Doubled while nothing comes of it, as agents wait the longer the slower they are answered: or a slow controller gets everything again and again. */
const RESEND_MOST_MS = 80_000;
const BACK_WITHIN_MS = 1_000;
const HELLO_WITHIN_MS = 2_000;
const [port = 0, count = 0, backlog = 0, uncut = backlog] = process.argv.slice(2).map(Number);
if (!port || !count || !backlog) throw new Error('usage: return-fleet.ts PORT DRONES BACKLOG [UNCUT]');

const say = (event: string, detail: object = {}): void => {
  process.stdout.write(`${JSON.stringify({ event, ...detail })}\n`);
};
const cuts = cutFlight();
const nowUs = (): number => Math.round(performance.now() * 1000 + 3_700e6);
let resends = 0;
let sentBytes = 0;
let reconnects = 0;
let closing = false;

class ReturningDrone {
  readonly #id: string;
  readonly #place: number;
  readonly #session = randomBytes(8).toString('hex');
  readonly #boot = randomUUID();
  readonly #sealer: Sealer;
  readonly #epoch: string;
  #socket: MqttSocket | null = null;
  #acked = 0;
  #sent = 0;
  #window = 0;
  #bytesTo: number[] = [0];
  #progressMs = 0;
  #resendMs = RESEND_MS;
  #known = false;
  #limit = uncut;

  constructor(place: number) {
    this.#place = place;
    this.#id = `drone-${place + 1}`;
    const epoch = randomBytes(8);
    this.#epoch = epoch.toString('hex');
    this.#sealer = { epoch, boot: Buffer.from(this.#boot.replaceAll('-', ''), 'hex') };
    for (let seq = 1; seq <= backlog; seq++)
      this.#bytesTo[seq] = (this.#bytesTo[seq - 1] ?? 0) + this.#cut(seq).bytes.length;
  }

  #cut(seq: number) {
    const cut = cuts[(this.#place * 7919 + seq) % cuts.length];
    if (cut === undefined) throw new RangeError('nothing was cut');
    return cut;
  }

  get left(): number {
    return backlog - this.#acked;
  }

  async connect(): Promise<void> {
    const down = `${DEFAULT_TOPIC_ROOT}/${this.#id}/down/#`;
    this.#socket = await connectMqtt(
      { port, clientId: clientId(this.#id, this.#session), subscribe: [down, `${DEFAULT_TOPIC_ROOT}/all/down/#`] },
      {
        onMessage: (topic, payload) => {
          if (topic.endsWith('/down/ack')) this.#heard(payload);
          if (topic.endsWith('/down/hello')) setTimeout(() => this.presence(), Math.random() * HELLO_WITHIN_MS);
        },
        onClosed: () => this.#lost(),
      },
    );
    this.presence();
    this.tick();
  }

  /** What is not acked counts as not sent, and it begins anew. */
  #lost(): void {
    if (this.#socket === null || closing) return;
    this.#socket = null;
    this.#known = false;
    this.#window = 0;
    this.#sent = this.#acked;
    reconnects++;
    this.#limit = backlog;
    this.#again();
  }

  #again(): void {
    if (closing) return;
    const retry = () => this.connect().catch(() => this.#again());
    setTimeout(retry, Math.random() * BACK_WITHIN_MS);
  }

  #publish(channel: UpChannel, payload: Uint8Array | string): void {
    const topic = mqttString(upTopic(DEFAULT_TOPIC_ROOT, this.#id, channel));
    this.#socket?.publish(topic, typeof payload === 'string' ? Buffer.from(payload) : payload);
    void this.#socket?.flush();
  }

  presence(): void {
    const lanes = { urgent: { first: 1, next: 1 }, history: { first: 1, next: backlog + 1 } };
    const about = { session: this.#session, n: 1, boot: this.#boot, journal: null, online: true };
    const rest = { versions: { agent: 'return' }, control: { state: 'unknown' } };
    this.#publish('presence', JSON.stringify({ ...about, ...rest, epochs: [{ epoch: this.#epoch, lanes }] }));
  }

  /** Once a second: the time is asked more often than need be. */
  tick(): void {
    const monoUs = nowUs();
    this.#publish('time', JSON.stringify({ session: this.#session, boot: this.#boot, agentMonoUs: monoUs }));
    const values = { latDeg: 47 + this.#place * 1e-4, lonDeg: 8, altAmslM: 500, altRelM: 40, headingDeg: 9 };
    const sample: Sample = { kind: 'position', monoUs, bootMs: null, values };
    const place = { epoch: this.#epoch, boot: this.#boot, seq: 0 };
    this.#publish('live', sealBatch({ lane: 'live', ...place, samples: [sample] }));
    if (this.#sent > this.#acked && this.#window > 0 && performance.now() - this.#progressMs > this.#resendMs) {
      resends++;
      this.#resendMs = Math.min(RESEND_MOST_MS, 2 * this.#resendMs);
      this.#sent = this.#acked;
      this.#progressMs = performance.now();
      this.presence();
      this.#send();
    }
  }

  #heard(payload: Buffer): void {
    const ack = readAck(payload);
    if (!ack.ok || ack.value.lane !== 'history' || ack.value.session !== this.#session) return;
    this.#window = ack.value.window;
    if (ack.value.upTo > this.#acked || !this.#known) {
      this.#progressMs = performance.now();
      this.#resendMs = RESEND_MS;
    }
    if (!this.#known) this.tick();
    this.#known = true;
    this.#acked = Math.max(this.#acked, ack.value.upTo);
    this.#sent = Math.max(this.#sent, this.#acked);
    this.#send();
  }

  #send(): void {
    for (;;) {
      const room = Math.min(MESSAGE_BYTES, this.#window - this.#between(this.#acked, this.#sent));
      let last = this.#sent;
      while (last < this.#limit && this.#between(this.#sent, last + 1) <= room) last++;
      if (last === this.#sent) return;
      const message = Buffer.allocUnsafe(this.#between(this.#sent, last));
      for (let seq = this.#sent + 1, at = 0; seq <= last; seq++) {
        writeBatch(message, at, this.#cut(seq), this.#sealer, seq);
        at += this.#cut(seq).bytes.length;
      }
      this.#sent = last;
      sentBytes += message.length;
      this.#publish('history', message);
    }
  }

  #between(from: number, to: number): number {
    return (this.#bytesTo[to] ?? 0) - (this.#bytesTo[from] ?? 0);
  }

  close(): void {
    this.#socket?.close();
  }
}

const drones = Array.from({ length: count }, (_, i) => new ReturningDrone(i));
say('ready');
const beganMs = performance.now();
await Promise.all(drones.map((drone) => drone.connect()));
say('connected', { seconds: (performance.now() - beganMs) / 1000, utcUs: Date.now() * 1000 });
let turn = 0;
const ticks = setInterval(() => {
  for (let i = 0; i < count / 20; i++) drones[turn++ % count]?.tick();
}, 50);
const presences = setInterval(() => {
  for (const drone of drones) drone.presence();
}, 15_000);
while (drones.some(({ left }) => left > 0)) await new Promise((resolve) => setTimeout(resolve, 20));
say('drained', { seconds: (performance.now() - beganMs) / 1000, resends, reconnects, sentBytes });
process.once('SIGTERM', () => {
  closing = true;
  clearInterval(ticks);
  clearInterval(presences);
  for (const drone of drones) drone.close();
  process.exit(0);
});
