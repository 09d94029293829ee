/**
 * From MQTT topics to the parts that care, and back.
 *
 *   up/presence ──► fleet, then ingest (which acks)      up/live ──► fleet
 *   up/time     ──► fleet ──► down/time                  up/urgent, up/history ──► ingest ──► down/ack
 *   presence and time also wake the commands that wait for this drone
 *
 * Presence, live and time of all drones are subscribed at once; a drone's urgent and history when its first presence
 * comes, before its first ack (so that more than one controller can share a broker).
 */
import {
  broadcastTopic,
  downTopic,
  parseUpTopic,
  readPresence,
  readTimeRequest,
  type UpChannel,
  upTopic,
} from '@skein/protocol/fleet';
import type { Expand } from '@skein/protocol/telemetry';
import type { Bus, BusMessage } from './broker/index.ts';
import { EarlyMessages } from './early-messages.ts';
import type { Fleet } from './fleet/index.ts';
import type { Ingest } from './ingest/index.ts';
import { LiveReader } from './live-reader.ts';
import type { ShortAnswers } from './short-answers.ts';

export const ROUTER_COUNTERS = {
  presence: 'presence messages',
  live: 'live messages',
  time: 'time messages',
  badPresence: 'presence messages that do not fit the schema',
  badTime: 'time messages that do not fit the schema',
  badLive: 'live messages with a part that cannot be read',
  liveWithoutBase: 'live messages that say what changed since one which was not heard',
  badTopic: 'messages on topics that are none of ours',
  announceFailed: 'presences whose lanes could not be looked up; the next presence tries again',
  early: 'live and time messages kept because their presence had not come yet',
  earlyGivenUp: 'of those, given up: no presence came within two seconds, or there were too many',
  hello: 'hellos sent',
} as const;
export type RouterCounter = keyof typeof ROUTER_COUNTERS;

export interface RouterOptions {
  readonly bus: Bus;
  readonly fleet: Fleet;
  readonly ingest: Ingest;
  readonly answers: ShortAnswers;
  readonly topicRoot: string;
  /** Name and per-start id of this controller. */
  readonly controller: { readonly name: string; readonly start: string };
  readonly clock: { utcUs(): number; monoUs(): number };
  readonly expand: Expand;
  readonly count: (name: RouterCounter, by?: number) => void;
  readonly onProblem: (message: string, detail: Readonly<Record<string, unknown>>) => void;
  /** A drone has given a sign of life; `presence`: it has just said that it is there. */
  readonly onContact: (drone: string, presence: boolean) => void;
}

/** Read of every drone: time as well, since it places live stamps, and since it may overtake the first presence. */
const OF_ALL: readonly UpChannel[] = ['presence', 'live', 'time'];
const OWNED: readonly UpChannel[] = ['urgent', 'history'];

export class Router {
  readonly #o: RouterOptions;
  readonly #early: EarlyMessages;
  readonly #liveReader: LiveReader;
  readonly #owned = new Map<string, Promise<void>>();

  constructor(o: RouterOptions) {
    this.#o = o;
    this.#liveReader = new LiveReader(o.expand, o.ingest.opener.gate);
    this.#early = new EarlyMessages({
      nowUs: o.clock.monoUs,
      onGivenUp: (count) => o.count('earlyGivenUp', count),
    });
  }

  /** Subscribes and says hello, now and after each reconnection. */
  async start(): Promise<void> {
    const { bus, topicRoot } = this.#o;
    const filters = OF_ALL.map((channel) => `${topicRoot}/+/up/${channel}`);
    await bus.subscribe(filters, (message) => this.#take(message));
    bus.onUp(() => this.hello());
  }

  hello(): void {
    const { bus, topicRoot, controller } = this.#o;
    this.#o.count('hello');
    const hello = { controller: controller.name, start: controller.start };
    bus.publish(broadcastTopic(topicRoot, 'hello'), JSON.stringify(hello), 1);
  }

  #take({ topic, payload }: BusMessage): void {
    const to = parseUpTopic(this.#o.topicRoot, topic);
    if (to === null) {
      this.#o.count('badTopic');
      return;
    }
    switch (to.channel) {
      case 'presence':
        this.#presence(to.drone, payload);
        return;
      case 'live':
        this.#live(to.drone, payload);
        return;
      case 'time':
        this.#time(to.drone, payload);
        return;
      case 'urgent':
      case 'history':
        this.#o.ingest.message(to.drone, to.channel, payload);
        return;
    }
  }

  #presence(drone: string, payload: Uint8Array): void {
    this.#o.count('presence');
    const read = readPresence(payload);
    if (!read.ok) {
      this.#o.count('badPresence');
      this.#o.onProblem('a presence that cannot be read', { drone, reason: read.reason });
      return;
    }
    const presence = read.value;
    if (!this.#o.fleet.presence(drone, presence)) return;
    this.#o.answers.heard(drone, presence);
    if (presence.online) this.#early.release(drone);
    this.#o.onContact(drone, presence.online);
    this.#own(drone)
      .then(() => {
        const { session, online, epochs } = presence;
        return this.#o.ingest.announce({ drone, session, online, epochs });
      })
      .catch((error: unknown) => {
        this.#o.count('announceFailed');
        this.#o.onProblem('the lanes of a drone could not be looked up', { drone, reason: String(error) });
      });
  }

  #own(drone: string): Promise<void> {
    const known = this.#owned.get(drone);
    if (known) return known;
    const filters = OWNED.map((channel) => upTopic(this.#o.topicRoot, drone, channel));
    const owned = this.#o.bus.subscribe(filters, (message) => this.#take(message));
    this.#owned.set(drone, owned);
    owned.catch(() => this.#owned.delete(drone));
    return owned;
  }

  #live(drone: string, payload: Uint8Array): void {
    this.#o.count('live');
    const { batches, problem } = this.#liveReader.read(drone, payload);
    if (problem !== null) this.#o.count(problem);
    const arrivedMonoUs = this.#o.clock.monoUs();
    for (const { header, samples } of batches) {
      const take = () => this.#o.fleet.live(drone, header, samples, arrivedMonoUs);
      if (take() === 'early') this.#keep(drone, payload.length, take);
    }
  }

  #time(drone: string, payload: Uint8Array): void {
    const at = { utcUs: this.#o.clock.utcUs(), monoUs: this.#o.clock.monoUs() };
    this.#o.count('time');
    const read = readTimeRequest(payload);
    if (!read.ok) {
      this.#o.count('badTime');
      return;
    }
    const answer = () => {
      const made = this.#o.fleet.time(drone, read.value, at);
      if (made === 'early') return made;
      const said = this.#liveReader.lacksBase(drone) ? { ...made, base: true } : made;
      this.#o.bus.publish(downTopic(this.#o.topicRoot, drone, 'time'), this.#o.answers.write(drone, said), 0);
      this.#o.onContact(drone, false);
      return 'done';
    };
    if (answer() === 'early') this.#keep(drone, payload.length, answer);
  }

  /** Once more after the presence; what is early even then belongs to nobody. */
  #keep(drone: string, bytes: number, take: () => 'early' | 'done'): void {
    this.#o.count('early');
    this.#early.hold(drone, bytes, () => {
      if (take() === 'early') this.#o.count('earlyGivenUp');
    });
  }
}
