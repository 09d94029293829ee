/**
 * Load of many drones on one controller, in a process of its own: each drone announces itself, waits for its first ack
 * and then sends sealed batches as fast as the window it is granted allows, as an agent with a long backlog does.
 *
 *   node scenarios/bench/load.ts PORT DRONES SECONDS BATCHES_PER_MESSAGE     one JSON line on stdout: LoadResult
 */
import { randomBytes, randomUUID } from 'node:crypto';
import {
  agentSubscriptions,
  clientId,
  DEFAULT_TOPIC_ROOT,
  type Presence,
  readAck,
  upTopic,
} from '@skein/protocol/fleet';
import { crc32c, type Sample, sealBatch } from '@skein/protocol/telemetry';
import { connectMqtt, type MqttSocket, mqttString } from '../kit/mqtt-socket.ts';

export interface LoadResult {
  readonly drones: number;
  /** Batches acked by the controller within the measured time. */
  readonly acked: number;
  /** The same since the first, warm-up included. */
  readonly ackedInAll: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly batchBytes: number;
  readonly resends: number;
}

/** Messages that leave in one write. */
const FLUSH_EVERY = 64;
const RESEND_MS = 5_000;
/** The queue of the controller fills first: what it takes then is not what it can keep up. */
const WARM_UP_S = 5;
const SEQ_AT = 29;

/** One second of an ordinary flight: position, velocity and attitude at 5 Hz, the slower kinds once. */
function ordinarySecond(): Sample[] {
  const samples: Sample[] = [];
  for (let i = 0; i < 5; i++) {
    const monoUs = 1_000_000 + i * 200_000;
    const bootMs = Math.round(monoUs / 1000);
    const turn = i * 0.011;
    samples.push(
      {
        kind: 'position',
        monoUs,
        bootMs,
        values: {
          latDeg: 47.3977 + turn * 1e-3,
          lonDeg: 8.5456 - turn * 1e-3,
          altAmslM: 500 + turn,
          altRelM: 40 + turn,
          headingDeg: 120 + i,
        },
      },
      { kind: 'velocity', monoUs, bootMs, values: { northMps: 7 + turn, eastMps: -3 - turn, downMps: turn } },
      {
        kind: 'attitude',
        monoUs,
        bootMs,
        values: {
          rollRad: turn,
          pitchRad: -turn,
          yawRad: 1 + turn,
          rollRateRadps: turn / 2,
          pitchRateRadps: turn / 3,
          yawRateRadps: turn / 4,
        },
      },
      {
        kind: 'air',
        monoUs,
        bootMs,
        values: { groundSpeedMps: 8 + turn, airSpeedMps: 9, climbMps: turn, throttlePct: 40 + i, altAmslM: 500 + turn },
      },
    );
  }
  return samples;
}

/** A sealed batch with another number: as an agent would have sealed it, without the cost of sealing. */
function renumber(template: Uint8Array, seq: number): Uint8Array {
  const bytes = template.slice();
  const view = new DataView(bytes.buffer);
  view.setUint32(SEQ_AT, seq, true);
  view.setUint32(bytes.length - 4, crc32c(bytes, 0, bytes.length - 4), true);
  return bytes;
}

class LoadDrone {
  readonly #id: string;
  readonly #session = randomBytes(8).toString('hex');
  readonly #boot = randomUUID();
  readonly #epoch = randomBytes(8).toString('hex');
  readonly #template: Uint8Array;
  readonly #topic: Buffer;
  readonly #perMessage: number;
  #socket: MqttSocket | null = null;
  #sent = 0;
  #window = 0;
  #progressAtMs = 0;
  #pumping = false;
  upTo = 0;
  resends = 0;
  running = true;

  constructor(id: string, perMessage: number) {
    this.#id = id;
    this.#perMessage = perMessage;
    this.#topic = mqttString(upTopic(DEFAULT_TOPIC_ROOT, id, 'history'));
    const lane = 'history' as const;
    this.#template = sealBatch({ lane, epoch: this.#epoch, boot: this.#boot, seq: 1, samples: ordinarySecond() });
  }

  get batchBytes(): number {
    return this.#template.length;
  }

  async connect(port: number): Promise<void> {
    const subscribe = agentSubscriptions(DEFAULT_TOPIC_ROOT, this.#id);
    this.#socket = await connectMqtt(
      { port, clientId: clientId(this.#id, this.#session), subscribe },
      {
        onMessage: (topic, payload) => this.#take(topic, payload),
        onClosed: () => {
          if (this.running) throw new Error(`${this.#id}: the broker closed the connection`);
        },
      },
    );
  }

  /** Begins the session; from the first ack on it sends. */
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
      epochs: [{ epoch: this.#epoch, lanes: { urgent: none, history: { first: 1, next: 2 } } }],
    };
    const topic = mqttString(upTopic(DEFAULT_TOPIC_ROOT, this.#id, 'presence'));
    this.#socket?.publish(topic, Buffer.from(JSON.stringify(presence)));
    void this.#socket?.flush();
  }

  #take(topic: string, payload: Buffer): void {
    if (!topic.endsWith('/down/ack')) return;
    const ack = readAck(payload);
    if (!ack.ok || ack.value.session !== this.#session || ack.value.lane !== 'history') return;
    this.#window = ack.value.window;
    if (ack.value.upTo > this.upTo) {
      this.upTo = ack.value.upTo;
      this.#progressAtMs = performance.now();
    }
    void this.#pump();
  }

  async #pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    if (this.#sent === this.upTo) this.#progressAtMs = performance.now();
    const size = this.batchBytes * this.#perMessage;
    let messages = 0;
    while (this.running && (this.#sent - this.upTo) * this.batchBytes + size <= this.#window) {
      const batches = Array.from({ length: this.#perMessage }, () => renumber(this.#template, ++this.#sent));
      this.#socket?.publish(this.#topic, Buffer.concat(batches));
      if (++messages % FLUSH_EVERY === 0) await this.#socket?.flush();
    }
    await this.#socket?.flush();
    this.#pumping = false;
  }

  /** What is not acked in time is sent again from `upTo + 1`. */
  lookForSilence(): void {
    if (this.#sent === this.upTo || performance.now() - this.#progressAtMs < RESEND_MS) return;
    this.#progressAtMs = performance.now();
    this.#sent = this.upTo;
    this.resends += 1;
    void this.#pump();
  }

  close(): void {
    this.running = false;
    this.#socket?.close();
  }
}

const [port, count, seconds, perMessage] = process.argv.slice(2).map(Number);
if (!port || !count || !seconds || !perMessage)
  throw new Error('usage: load.ts PORT DRONES SECONDS BATCHES_PER_MESSAGE');

const drones = Array.from({ length: count }, (_, i) => new LoadDrone(`load-${process.pid}-${i}`, perMessage));
const acked = (): number => drones.reduce((sum, drone) => sum + drone.upTo, 0);
for (const drone of drones) await drone.connect(port);
for (const drone of drones) drone.announce();
const watch = setInterval(() => {
  for (const drone of drones) drone.lookForSilence();
}, 500);

const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
await after(WARM_UP_S * 1000);
const began = { acked: acked(), atMs: performance.now() };
await after(seconds * 1000);
const tookS = (performance.now() - began.atMs) / 1000;
const ackedInAll = acked();
const done = ackedInAll - began.acked;
clearInterval(watch);
const batchBytes = drones[0]?.batchBytes ?? 0;
const resends = drones.reduce((sum, drone) => sum + drone.resends, 0);
for (const drone of drones) drone.close();
const result: LoadResult = {
  drones: count,
  acked: done,
  ackedInAll,
  bytes: done * batchBytes,
  seconds: tookS,
  batchBytes,
  resends,
};
process.stdout.write(`${JSON.stringify(result)}\n`);
