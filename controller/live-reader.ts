/**
 * Live messages → samples. One that says only what changed needs the last whole one of its session (docs/wire.md §5, live
 * deltas): that is kept for each drone, two where two boards share a name. Without it nothing is guessed: the message is
 * counted and dropped, and the next answer for the time asks for a whole one.
 */
import {
  type BatchHeader,
  dictionaryOf,
  type Expand,
  inLiveOrder,
  isLiveDelta,
  isPack,
  type LiveBase,
  liveBaseOf,
  openLiveDelta,
  openMessage,
  readLiveChanges,
  type Sample,
} from '@skein/protocol/telemetry';

const BASES_PER_DRONE = 2;
/** A live message is one envelope; more than these, and what follows one that cannot be read, is not worked on. */
const MOST_ENVELOPES = 4;
/** As many as a large fleet; beyond, who was heard longest ago waits for the next whole message. */
const MAX_DRONES = 20_000;

export interface LiveBatch {
  readonly header: BatchHeader;
  readonly samples: readonly Sample[];
}

export interface LiveRead {
  readonly batches: readonly LiveBatch[];
  /** `badLive`: a part that cannot be read; `liveWithoutBase`: changes of a message that was never heard. */
  readonly problem: 'badLive' | 'liveWithoutBase' | null;
}

const nothing = (problem: 'badLive' | 'liveWithoutBase'): LiveRead => ({ batches: [], problem });

/** What a drone's packs may cost that come to nothing. */
export interface Gate {
  readonly mayOpen: (drone: string) => boolean;
  readonly wasted: (drone: string) => void;
}

const OPEN: Gate = { mayOpen: () => true, wasted: () => {} };

export class LiveReader {
  readonly #expand: Expand;
  readonly #gate: Gate;
  /** In the order in which drones were heard last. */
  readonly #bases = new Map<string, readonly LiveBase[]>();
  /** Drones whose last live message could not be read for want of its base. */
  readonly #lacking = new Set<string>();

  constructor(expand: Expand, gate: Gate = OPEN) {
    this.#expand = expand;
    this.#gate = gate;
  }

  /** `drone`: whose topic it came by. */
  read(drone: string, payload: Uint8Array): LiveRead {
    const read = isLiveDelta(payload) ? this.#delta(drone, payload) : this.#whole(drone, payload);
    if (read.problem !== 'liveWithoutBase') this.#lacking.delete(drone);
    else if (this.#lacking.size < MAX_DRONES) this.#lacking.add(drone);
    return read;
  }

  /** A whole message of this drone is wanted. */
  lacksBase(drone: string): boolean {
    return this.#lacking.has(drone);
  }

  #whole(drone: string, payload: Uint8Array): LiveRead {
    const { bases, bad } = this.#open(drone, payload);
    const last = bases.at(-1);
    if (last !== undefined) this.#keep(drone, last);
    return { batches: bases, problem: bad ? 'badLive' : null };
  }

  #open(drone: string, payload: Uint8Array, dictionary?: Uint8Array): { bases: LiveBase[]; bad: boolean } {
    const isPacked = isPack(payload);
    if (isPacked && !this.#gate.mayOpen(drone)) return { bases: [], bad: true };
    const opened = openMessage(payload, this.#expand, dictionary);
    const envelopes = opened.ok ? opened.envelopes : opened.good;
    const bases: LiveBase[] = [];
    for (const { bytes } of envelopes.slice(0, MOST_ENVELOPES)) {
      const base = liveBaseOf(bytes);
      if (base === null) break;
      bases.push(base);
    }
    const bad = !opened.ok || bases.length < envelopes.length;
    if (isPacked && bad) this.#gate.wasted(drone);
    return { bases, bad };
  }

  #keep(drone: string, base: LiveBase): void {
    const others = (this.#bases.get(drone) ?? []).filter(({ header }) => header.epoch !== base.header.epoch);
    this.#bases.delete(drone);
    this.#bases.set(drone, [...others.slice(1 - BASES_PER_DRONE), base]);
    for (const longest of this.#bases.keys()) {
      if (this.#bases.size <= MAX_DRONES) break;
      this.#bases.delete(longest);
    }
  }

  #delta(drone: string, payload: Uint8Array): LiveRead {
    const opened = openLiveDelta(payload);
    if (!opened.ok) return nothing('badLive');
    const base = this.#bases.get(drone)?.find(({ header }) => header.crc === opened.base);
    if (base === undefined) return nothing('liveWithoutBase');
    const changed = readLiveChanges(base, opened.changes);
    if (changed === null) return nothing('badLive');
    const rest =
      opened.rest.length > 0 ? this.#open(drone, opened.rest, dictionaryOf(base)) : { bases: [], bad: false };
    const samples = inLiveOrder([...changed, ...rest.bases.flatMap((base) => base.samples)]);
    const stamps = samples.map(({ monoUs }) => monoUs);
    if (stamps.length === 0) return rest.bad ? nothing('badLive') : { batches: [], problem: null };
    const header = {
      ...base.header,
      ...{ rows: samples.length, monoFromUs: Math.min(...stamps), monoToUs: Math.max(...stamps) },
    };
    return { batches: [{ header, samples }], problem: rest.bad ? 'badLive' : null };
  }
}
