/**
 * The drones whose viewers are measured, a process: bare sockets that say presence, the time and, once a second each, what an
 * agent says on its live lane. Each flies east along its parallel, and its longitude tells when it spoke (`viewers-marks.ts`).
 *
 *   node scenarios/bench/viewers-fleet.ts PORT DRONES BEGAN_MS        JSON lines on stdout
 */
import { randomUUID } from 'node:crypto';
import { clientId, DEFAULT_TOPIC_ROOT, type UpChannel, upTopic } from '@skein/protocol/fleet';
import { CODEC_COMPACT, sealBatch } from '@skein/protocol/telemetry';
import { mqttString } from '../../controller/testing/mqtt-wire.ts';
import { connectMqtt, type MqttSocket } from '../kit/mqtt-socket.ts';
import { liveMessages, sampleOf } from './live-flight.ts';
import { flownEast } from './viewers-marks.ts';

const CONNECTING = 20;
const TRIES = 20;
const TICK_MS = 20;
const TIME_EVERY = 5;
const PRESENCE_EVERY = 15;
const [port = 0, count = 0, beganMs = 0] = process.argv.slice(2).map(Number);
if (!port || !count || !beganMs) throw new Error('usage: viewers-fleet.ts PORT DRONES BEGAN_MS');

let ending = false;
const messages = liveMessages(1);
const nowUs = (): number => Math.round(performance.now() * 1000 + 3_700e6);

class SeenDrone {
  readonly #id: string;
  readonly #place: number;
  readonly #epoch: string;
  readonly #boot = randomUUID();
  #socket: MqttSocket | null = null;
  #ticks = 0;

  constructor(place: number) {
    this.#place = place;
    this.#id = `drone-${place + 1}`;
    this.#epoch = (place + 1).toString(16).padStart(16, '0');
  }

  /** Until it is connected: on a busy machine the broker does not wait for everybody. */
  async connect(): Promise<void> {
    for (let tries = 1; this.#socket === null && !ending; tries++) {
      await this.#connect().catch((error: unknown) => {
        if (tries === TRIES) throw error;
      });
    }
  }

  async #connect(): Promise<void> {
    const subscribe = [`${DEFAULT_TOPIC_ROOT}/${this.#id}/down/#`, `${DEFAULT_TOPIC_ROOT}/all/down/#`];
    const onClosed = (): void => {
      if (this.#socket === null || ending) return;
      this.#socket = null;
      console.error(`${this.#id} lost its broker`);
      void this.connect();
    };
    const about = { port, clientId: clientId(this.#id, this.#epoch), subscribe };
    this.#socket = await connectMqtt(about, { onMessage: () => {}, onClosed });
    this.#presence();
  }

  /** Once a second. */
  tick(): void {
    if (this.#socket === null) return;
    const n = this.#ticks++;
    if (n % PRESENCE_EVERY === 0) this.#presence();
    if (n % TIME_EVERY === 0)
      this.#say('time', JSON.stringify({ session: this.#epoch, boot: this.#boot, agentMonoUs: nowUs() }));
    const monoUs = nowUs();
    const motion = flownEast(this.#place, Date.now() - beganMs);
    const said = messages[(this.#place * 7 + n) % messages.length] ?? [];
    const samples = said.map((sample) => sampleOf(sample, motion, monoUs));
    const about = { lane: 'live', epoch: this.#epoch, boot: this.#boot, seq: 0, codec: CODEC_COMPACT } as const;
    this.#say('live', sealBatch({ ...about, samples }));
    void this.#socket?.flush();
  }

  #presence(): void {
    const none = { first: 1, next: 1 };
    const about = { session: this.#epoch, n: 1, boot: this.#boot, journal: null, online: true };
    const rest = { versions: { agent: 'bench' }, control: { state: 'skein' } };
    const epochs = [{ epoch: this.#epoch, lanes: { urgent: none, history: none } }];
    const topic = mqttString(upTopic(DEFAULT_TOPIC_ROOT, this.#id, 'presence'));
    this.#socket?.publish(topic, Buffer.from(JSON.stringify({ ...about, ...rest, epochs })));
  }

  #say(channel: UpChannel, payload: Uint8Array | string): void {
    const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
    this.#socket?.publishOnce(mqttString(upTopic(DEFAULT_TOPIC_ROOT, this.#id, channel)), bytes);
  }

  close(): void {
    this.#socket?.close();
  }
}

const drones = Array.from({ length: count }, (_, place) => new SeenDrone(place));
const waiting = [...drones];
const some = async (): Promise<void> => {
  for (let drone = waiting.pop(); drone; drone = waiting.pop()) await drone.connect();
};
await Promise.all(Array.from({ length: CONNECTING }, some));
process.stdout.write(`${JSON.stringify({ event: 'connected' })}\n`);
const startMs = performance.now();
let turn = 0;
const ticks = setInterval(() => {
  const due = Math.floor(((performance.now() - startMs) / 1000) * count);
  // What could not be said in its second is not said later: an agent does not either.
  if (due - turn > count) turn = due - count;
  for (; turn < due; turn++) drones[turn % count]?.tick();
}, TICK_MS);
process.once('SIGTERM', () => {
  ending = true;
  clearInterval(ticks);
  for (const drone of drones) drone.close();
  process.exit(0);
});
