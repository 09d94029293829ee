/** Every drone that may send, and which of them are there now: those share the room. */
import { Announcements } from './announcements.ts';
import type { Announcement, Lane, StreamPosition } from './ports.ts';
import { DroneStreams, type Stream } from './streams.ts';

const SWEEP_US = 5e6;
/** Presence comes every 15 s; a session that has missed four is told nothing any more. */
const SILENT_US = 60e6;

interface Known {
  readonly streams: DroneStreams;
  readonly announcements: Announcements;
}

export interface RosterOptions {
  readonly positions: (drone: string, epochs: readonly string[]) => Promise<readonly StreamPosition[]>;
  /** Monotonic, µs. */
  readonly monoUs: () => number;
  /** The epochs of a presence are known now: it can be answered. */
  readonly onKnown: (a: Announcement) => void;
  /** No session lists it any more. */
  readonly onForgotten: (stream: Stream) => void;
}

export class Roster {
  readonly #o: RosterOptions;
  readonly #drones = new Map<string, Known>();
  readonly #sending = new Set<string>();
  #sweptUs = 0;

  constructor(o: RosterOptions) {
    this.#o = o;
  }

  /** Drones with a session that is alive. */
  get sending(): number {
    return this.#sending.size;
  }

  *streams(): Iterable<Stream> {
    for (const { streams } of this.#drones.values()) yield* streams.all();
  }

  stream(drone: string, epoch: string, lane: Lane): Stream | undefined {
    return this.#drones.get(drone)?.streams.get(epoch)?.[lane];
  }

  streamsOf(drone: string): Iterable<Stream> {
    return this.#drones.get(drone)?.streams.all() ?? [];
  }

  streamOf(at: { readonly drone: string; readonly epoch: string; readonly lane: Lane }): Stream | undefined {
    return this.stream(at.drone, at.epoch, at.lane);
  }

  sessionsOf(stream: Stream): readonly string[] {
    return this.#drones.get(stream.drone)?.streams.sessionsOf(stream.epoch) ?? [];
  }

  /** Resolves when the presence, or a newer one of its session, is answered. */
  async heard(a: Announcement): Promise<void> {
    const { streams, announcements } = this.#droneOf(a.drone);
    if (a.online) {
      await announcements.add(a);
      return;
    }
    announcements.drop(a.session);
    streams.leave(a.session);
    if (!streams.isAlive) this.#sending.delete(a.drone);
  }

  /** To be called now and then: sessions that fell silent are gone. */
  sweep(): void {
    const nowUs = this.#o.monoUs();
    if (nowUs - this.#sweptUs < SWEEP_US) return;
    this.#sweptUs = nowUs;
    for (const id of this.#sending) {
      const { streams } = this.#droneOf(id);
      for (const dropped of streams.expire(nowUs - SILENT_US)) this.#o.onForgotten(dropped);
      if (!streams.isAlive) this.#sending.delete(id);
    }
  }

  #droneOf(id: string): Known {
    const known = this.#drones.get(id);
    if (known) return known;
    const streams = new DroneStreams(id);
    const announcements = new Announcements({
      prepare: async ({ epochs }) => {
        const listed = epochs.map((one) => one.epoch);
        const unknown = listed.filter((epoch) => !streams.has(epoch));
        const behind = streams.behind(listed);
        if (unknown.length + behind.length === 0) return;
        const positions = await this.#o.positions(id, [...unknown, ...behind]);
        streams.open(unknown, positions);
        streams.catchUp(behind, positions);
      },
      answer: (a) => {
        const listed = a.epochs.map((one) => one.epoch);
        for (const dropped of streams.enlist(a.session, listed, this.#o.monoUs())) this.#o.onForgotten(dropped);
        this.#sending.add(id);
        this.#o.onKnown(a);
      },
    });
    const fresh: Known = { streams, announcements };
    this.#drones.set(id, fresh);
    return fresh;
  }
}
