/**
 * How the fleet stands, for planning: looked at in pieces while any order is open, so that a large fleet never takes the main
 * thread at once. A drone is looked at again after as many pieces as the fleet has, in one order: at five a second (the ticks of
 * orders, and four between them) 2000 drones are known within 2 s. Who is chosen is looked at once more.
 */
import type { Candidate } from './planning/index.ts';

export interface RosterOptions {
  readonly ids: () => readonly string[];
  readonly monoUs: () => number;
  /** These as they stand just now. */
  readonly look: (ids: readonly string[]) => readonly Candidate[];
}

/** Drones looked at in one piece: some 4 ms (scenarios/bench/planning.ts). */
const PIECE = 300;
/** What is younger is as good as new, µs. */
const FRESH_US = 500e3;
/** Nobody asked for so long: all of it is old, µs. */
const PAUSE_US = 5e6;

export class Roster {
  readonly #o: RosterOptions;
  #known = new Map<string, Candidate>();
  /** Of this round, still to be looked at. */
  #left: string[] = [];
  #roundUs = Number.NEGATIVE_INFINITY;
  #lookedUs = Number.NEGATIVE_INFINITY;
  #isWhole = false;

  constructor(o: RosterOptions) {
    this.#o = o;
  }

  /** A piece of work, to be asked for each turn; false: not all drones are known yet, and nothing is to be chosen. */
  ready(): boolean {
    const nowUs = this.#o.monoUs();
    if (nowUs - this.#lookedUs >= PAUSE_US) {
      this.#isWhole = false;
      this.#left = [];
    }
    const isOver = this.#left.length === 0;
    if (isOver && this.#isWhole && nowUs - this.#roundUs < FRESH_US) return true;
    if (isOver) {
      this.#left = [...this.#o.ids()];
      this.#roundUs = nowUs;
    }
    this.#take(this.#left.splice(0, PIECE));
    this.#lookedUs = nowUs;
    if (this.#left.length === 0) this.#isWhole = true;
    return this.#isWhole;
  }

  /** Everyone, as known; of a small fleet as it stands just now. Nothing known (a start right after a restart): all at once. */
  all(): readonly Candidate[] {
    if (this.#isOld() || this.#o.ids().length <= PIECE) while (!this.ready());
    return [...this.#known.values()];
  }

  /** One drone as it stands just now; null: there is none of this name. */
  renewed(id: string): Candidate | null {
    this.#take([id]);
    return this.#known.get(id) ?? null;
  }

  #isOld(): boolean {
    return !this.#isWhole || this.#o.monoUs() - this.#lookedUs >= PAUSE_US;
  }

  #take(ids: readonly string[]): void {
    for (const one of this.#o.look(ids)) this.#known.set(one.id, one);
  }
}
