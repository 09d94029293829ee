/**
 * Every lane that may send, by drone and epoch, and which sessions are to be told. What no live session lists is
 * forgotten; the store knows where it stood.
 */
import type { CrcMemory } from './crc-memory.ts';
import { committed, type LaneState, laneFrom } from './lane.ts';
import type { Lane, StreamPosition } from './ports.ts';
import { FIRST_WINDOW_BYTES } from './window.ts';

export const LANES: readonly Lane[] = ['urgent', 'history'];
/** Sessions of one drone that are acked at a time; more are a conflict gone wild. */
export const MAX_SESSIONS = 4;

export interface Stream {
  readonly drone: string;
  readonly epoch: string;
  readonly lane: Lane;
  state: LaneState;
  /** Numbers came that do not follow on: another controller may have stored those between. */
  isBehind: boolean;
  crcs: CrcMemory | null;
  /** The window it was told last. */
  toldBytes: number;
  /** Committed since then. */
  untoldBytes: number;
  /** The most it is granted, whatever room there is. */
  creditBytes: number;
}

export type EpochStreams = Readonly<Record<Lane, Stream>>;

export class DroneStreams {
  readonly #drone: string;
  readonly #epochs = new Map<string, EpochStreams>();
  /** Epochs of each session and when it was heard, newest session last. */
  readonly #sessions = new Map<string, { readonly epochs: readonly string[]; readonly heardUs: number }>();

  constructor(drone: string) {
    this.#drone = drone;
  }

  get(epoch: string): EpochStreams | undefined {
    return this.#epochs.get(epoch);
  }

  has(epoch: string): boolean {
    return this.#epochs.has(epoch);
  }

  *all(): Iterable<Stream> {
    for (const lanes of this.#epochs.values()) yield* Object.values(lanes);
  }

  /** Epochs begin where the store says they stand, else at 0. */
  open(epochs: readonly string[], positions: readonly StreamPosition[]): void {
    for (const epoch of epochs) {
      const stream = (lane: Lane): Stream => {
        const known = positions.find((one) => one.epoch === epoch && one.lane === lane);
        return {
          drone: this.#drone,
          epoch,
          lane,
          state: laneFrom(known?.upTo ?? 0),
          isBehind: false,
          crcs: null,
          toldBytes: 0,
          untoldBytes: 0,
          creditBytes: FIRST_WINDOW_BYTES,
        };
      };
      this.#epochs.set(epoch, { urgent: stream('urgent'), history: stream('history') });
    }
  }

  /** Of these, numbers came that do not follow on. */
  behind(epochs: readonly string[]): string[] {
    return epochs.filter((epoch) => Object.values(this.#epochs.get(epoch) ?? {}).some(({ isBehind }) => isBehind));
  }

  /** The store says where these stand. */
  catchUp(epochs: readonly string[], positions: readonly StreamPosition[]): void {
    for (const stream of epochs.flatMap((epoch) => Object.values(this.#epochs.get(epoch) ?? {}))) {
      const known = positions.find(({ epoch, lane }) => epoch === stream.epoch && lane === stream.lane);
      stream.isBehind = false;
      if (known !== undefined) stream.state = committed(stream.state, known.upTo);
    }
  }

  /** Makes this the newest session; the streams of epochs that no session lists any more are dropped and returned. */
  enlist(session: string, epochs: readonly string[], nowUs: number): Stream[] {
    this.#sessions.delete(session);
    this.#sessions.set(session, { epochs, heardUs: nowUs });
    for (const oldest of this.#sessions.keys()) {
      if (this.#sessions.size <= MAX_SESSIONS) break;
      this.#sessions.delete(oldest);
    }
    return this.#dropUnlisted();
  }

  /** Sessions last heard before this are gone; what only they listed is dropped and returned. */
  expire(beforeUs: number): Stream[] {
    const { size } = this.#sessions;
    for (const [session, { heardUs }] of this.#sessions) if (heardUs < beforeUs) this.#sessions.delete(session);
    return this.#sessions.size < size ? this.#dropUnlisted() : [];
  }

  #dropUnlisted(): Stream[] {
    const listed = new Set([...this.#sessions.values()].flatMap(({ epochs }) => epochs));
    return [...this.#epochs].flatMap(([epoch, lanes]) => {
      if (listed.has(epoch)) return [];
      this.#epochs.delete(epoch);
      return Object.values(lanes);
    });
  }

  leave(session: string): void {
    for (const epoch of this.#sessions.get(session)?.epochs ?? []) {
      for (const stream of Object.values(this.#epochs.get(epoch) ?? {})) stream.creditBytes = FIRST_WINDOW_BYTES;
    }
    this.#sessions.delete(session);
  }

  get isAlive(): boolean {
    return this.#sessions.size > 0;
  }

  /** Sessions that list this epoch. */
  sessionsOf(epoch: string): string[] {
    return [...this.#sessions].flatMap(([session, { epochs }]) => (epochs.includes(epoch) ? [session] : []));
  }
}
