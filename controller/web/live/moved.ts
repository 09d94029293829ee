/**
 * A drone of which what came last is that it moved. Of thousands, five times a second, few are looked at more closely than as a
 * mark on the map: what is known of it is put together only when somebody asks.
 */
import type { DroneEntry, LiveKinds, LiveValue, Move } from '../../live/messages.ts';
import { type DroneRecord, type Moved, stillOf } from './record.ts';

const FIRST_SPEED = 10;

export class MovedRecord implements DroneRecord, Moved {
  readonly unreported = false;
  readonly still: DroneEntry;
  readonly move: Move;
  readonly serverUtcUs: number;
  readonly sampledUtcUs: number;
  #entry: DroneEntry | null = null;

  /** What else is known of it stays, or is `still`. */
  constructor(before: DroneRecord, move: Move, serverUtcUs: number, still?: DroneEntry) {
    // Without a velocity of its own it keeps the one before.
    this.still = still ?? (move.length > FIRST_SPEED ? stillOf(before) : before.entry);
    this.move = move;
    this.serverUtcUs = serverUtcUs;
    this.sampledUtcUs = serverUtcUs - move[1];
  }

  get moved(): Moved {
    return this;
  }

  get position(): LiveValue<'position'> {
    const [, , , , , latDeg, lonDeg, altAmslM, altRelM, headingDeg] = this.move;
    return { values: { latDeg, lonDeg, altAmslM, altRelM, headingDeg }, ...this.#when() };
  }

  get velocity(): LiveKinds['velocity'] {
    const [northMps, eastMps, downMps] = this.move.slice(FIRST_SPEED) as (number | null)[];
    if (northMps === undefined || eastMps === undefined || downMps === undefined) return this.still.kinds.velocity;
    return { values: { northMps, eastMps, downMps }, ...this.#when() };
  }

  get entry(): DroneEntry {
    this.#entry ??= this.#together();
    return this.#entry;
  }

  #together(): DroneEntry {
    const { still, move, position, velocity, serverUtcUs, sampledUtcUs } = this;
    const lastHeardUtcUs = move[2] === null ? null : serverUtcUs - move[2];
    return {
      ...still,
      freshness: { ...still.freshness, ageMs: move[1] / 1e3, sampledUtcUs, lastHeardUtcUs },
      kinds: { ...still.kinds, position, ...(velocity ? { velocity } : {}) },
    };
  }

  #when() {
    const [, , , agoUs, utcAfterUs] = this.move;
    const atUtcUs = this.serverUtcUs - agoUs;
    return { atUtcUs, ageMs: agoUs / 1e3, utcUs: utcAfterUs === null ? null : atUtcUs + utcAfterUs };
  }
}
