/**
 * Another controller on the same topics. Each would take the same drones for free and give them orders of its own, and to neither
 * would anything say so: what controllers say goes down to the drones. So what goes down is listened to as well, on a broker that
 * is not our own (on ours nobody else may say such a thing).
 *
 *   hello, ack of another start ───────────┐
 *   command, itinerary not sent from here ─┴─► heard ─► an alert ─► silent for two minutes ─► it is over
 *
 * Acks are many: those of a few drones are enough, since whoever works with a fleet answers each presence of each drone.
 */
import { broadcastTopic, downTopic, longJson } from '@skein/protocol/fleet';
import type { Expand } from '@skein/protocol/telemetry';
import type { Bus, BusMessage } from './broker/index.ts';

export const OTHER_COUNTERS = {
  hello: 'hellos of another controller',
  ack: 'acks of another controller',
  command: 'commands to drones that were not sent from here',
  itinerary: 'itineraries to drones that were not sent from here',
  kept: 'messages to drones that the broker had kept since somebody said them; they tell nothing of now',
  unreadable: 'hellos, acks, commands and itineraries on our topics that cannot be read',
} as const;
export type OtherCounter = keyof typeof OTHER_COUNTERS;

export interface OtherControllersOptions {
  readonly bus: Pick<Bus, 'subscribe'>;
  readonly topicRoot: string;
  /** Of this run. */
  readonly start: string;
  readonly monoUs: () => number;
  readonly expand: Expand;
  readonly count: (name: OtherCounter) => void;
  /** There is one: who, and what it does; again when more is known. */
  readonly onHeard: (words: string) => void;
  /** Nothing was heard of it for long. */
  readonly onGone: () => void;
}

/** It says something of a drone that is there each 15 s; of a fleet that is away it says nothing, and gives no orders, µs. */
const GONE_US = 120e6;
/** Drones whose acks are listened to: as many that are there, and so many at most. */
const LISTENED_NOW = 2;
const LISTENED_MOST = 16;
/** A drone is there: presence comes each 15 s, µs. */
const THERE_US = 60e6;
/** What was sent from here comes back within, µs; more at a time than any fleet is told is not told apart any more. */
const OURS_US = 60e6;
const OURS_MOST = 65_536;
/** Names of starts that are kept, to be told. */
const NAMES_MOST = 8;

export class OtherControllers {
  readonly #o: OtherControllersOptions;
  /** Drones whose acks are listened to, and when they were last there, µs. */
  readonly #listened = new Map<string, number>();
  /** Sent from here, and when, µs, the oldest first. */
  readonly #ours = new Map<string, number>();
  /** Before then too much was sent at once to know all of it again, µs. */
  #blindUntilUs = Number.NEGATIVE_INFINITY;
  /** By start; null: it has not said its name. */
  readonly #names = new Map<string, string | null>();
  readonly #ways = new Set<string>();
  #heardUs: number;
  /** Words of the alert; null: none is known to be open. */
  #told: string | null = null;
  #isOver = false;

  constructor(o: OtherControllersOptions) {
    this.#o = o;
    this.#heardUs = o.monoUs();
  }

  async start(): Promise<void> {
    const { topicRoot: root } = this.#o;
    const filters = [broadcastTopic(root, 'hello'), `${root}/+/down/command`, `${root}/+/down/itinerary`];
    await this.#listen(filters);
  }

  /** A drone is there: perhaps one whose acks are to be listened to. */
  there(drone: string): void {
    const nowUs = this.#o.monoUs();
    const isNew = !this.#listened.has(drone);
    const there = [...this.#listened.values()].filter((atUs) => nowUs - atUs < THERE_US).length;
    if (isNew && (there >= LISTENED_NOW || this.#listened.size >= LISTENED_MOST)) return;
    this.#listened.set(drone, nowUs);
    // A broker that is not there just now is asked again with the next presence.
    if (isNew) this.#listen([downTopic(this.#o.topicRoot, drone, 'ack')]).catch(() => this.#listened.delete(drone));
  }

  /** A command or an itinerary goes out from here. */
  sent(topic: string, payload: string): void {
    const nowUs = this.#o.monoUs();
    for (const [key, atUs] of this.#ours) {
      if (nowUs - atUs < OURS_US && this.#ours.size < OURS_MOST) break;
      if (nowUs - atUs < OURS_US) this.#blindUntilUs = nowUs + OURS_US;
      this.#ours.delete(key);
    }
    this.#ours.set(keyOf(topic, payload), nowUs);
  }

  /** Each second. */
  tick(): void {
    if (this.#isOver || this.#o.monoUs() - this.#heardUs < GONE_US) return;
    this.#isOver = true;
    this.#told = null;
    this.#names.clear();
    this.#ways.clear();
    this.#o.onGone();
  }

  #listen(filters: readonly string[]): Promise<void> {
    return this.#o.bus.subscribe(filters, (message) => this.#take(message), { optional: true });
  }

  #take({ topic, payload, kept }: BusMessage): void {
    if (kept === true) {
      this.#o.count('kept');
      return;
    }
    const [, , channel] = topic.slice(this.#o.topicRoot.length + 1).split('/');
    const text = Buffer.from(longJson(payload, this.#o.expand) ?? payload).toString();
    if (channel === 'hello' || channel === 'ack') {
      const { start, controller } = factsOf(text) ?? {};
      if (typeof start !== 'string' || !START.test(start)) this.#o.count('unreadable');
      else if (start !== this.#o.start) this.#heardStart(channel, start, controller);
    } else if (channel === 'command' || channel === 'itinerary') {
      const isOurs = this.#ours.has(keyOf(topic, text)) || this.#o.monoUs() < this.#blindUntilUs;
      if (!isOurs) this.#heard(channel, channel === 'command' ? 'commands drones' : 'gives itineraries to drones');
    }
  }

  #heardStart(by: 'hello' | 'ack', start: string, name: unknown): void {
    const known = this.#names.get(start);
    if (known !== undefined || this.#names.size < NAMES_MOST) this.#names.set(start, nameOf(name) ?? known ?? null);
    this.#heard(by, by === 'hello' ? 'says hello' : 'acks what drones send');
  }

  #heard(counter: OtherCounter, way: string): void {
    this.#o.count(counter);
    this.#heardUs = this.#o.monoUs();
    this.#isOver = false;
    this.#ways.add(way);
    const names = [...this.#names].map(([start, name]) => name ?? `one that began as ${start}`);
    const who = names.length === 0 ? 'somebody who does not say a name' : names.sort().join(', ');
    const words = `${who}, on ${this.#o.topicRoot}: ${[...this.#ways].sort().join(', ')}`;
    if (words === this.#told) return;
    this.#told = words;
    this.#o.onHeard(words);
  }
}

const START = /^[0-9a-f]{8,32}$/;
const NAME = /^[\w.-]{1,64}$/;
const nameOf = (name: unknown): string | null => (typeof name === 'string' && NAME.test(name) ? name : null);

/** The same command, sent once more, is another message; another controller on a copy of our data has the same ids. */
function keyOf(topic: string, text: string): string {
  const { id, version, sentAt } = factsOf(text) ?? {};
  return `${topic} ${String(id)} ${String(version)} ${String(sentAt)}`;
}

function factsOf(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}
