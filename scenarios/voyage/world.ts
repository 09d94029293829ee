/**
 * Virtual time, and all that may happen by chance: one seed makes one history. An event runs, then every promise it has
 * settled; the next event is the one that is due first, of two at one time the one that was asked for first.
 */
import { randomFrom } from '../kit/seed.ts';

interface Due {
  readonly atUs: number;
  readonly order: number;
  run: (() => void) | null;
}

const KEPT_EVENTS = 60;

/** Everything already settled runs; Node calls it once no promise is left to go on with. */
const settled = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

export class World {
  readonly seed: number;
  readonly #random: ReturnType<typeof randomFrom>;
  readonly #heap: Due[] = [];
  #order = 0;
  #hash = 0x811c9dc5;
  readonly #notes: string[] = [];
  nowUs = 0;
  events = 0;

  constructor(seed: number) {
    this.seed = seed;
    this.#random = randomFrom(Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995);
  }

  /** In [0, 1). */
  readonly random = (): number => this.#random.next();

  chance(share: number): boolean {
    return this.#random.next() < share;
  }

  between(low: number, high: number): number {
    return low + this.#random.next() * (high - low);
  }

  /** A whole number in [low, high]. */
  whole(low: number, high: number): number {
    return Math.floor(this.between(low, high + 1));
  }

  pick<T>(list: readonly T[]): T {
    return this.#random.pick(list);
  }

  hex(digits: number): string {
    let text = '';
    for (let i = 0; i < digits; i++) text += Math.floor(this.#random.next() * 16).toString(16);
    return text;
  }

  /** What has happened so far, as a number: two runs of one seed agree in it. */
  get hash(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, '0');
  }

  trace(number: number): void {
    this.#hash = Math.imul(this.#hash ^ (number | 0), 0x01000193);
    this.#hash ^= this.#hash >>> 15;
  }

  /** Something worth reading when the run has failed. */
  note(text: string): void {
    this.trace(text.length * 31 + text.charCodeAt(0));
    this.trace(this.nowUs);
    this.#notes.push(`${(this.nowUs / 1e6).toFixed(3).padStart(9)} ${text}`);
    if (this.#notes.length > KEPT_EVENTS) this.#notes.shift();
  }

  get notes(): readonly string[] {
    return this.#notes;
  }

  /** What it returns calls it off. */
  after(us: number, run: () => void): () => void {
    const due: Due = { atUs: this.nowUs + Math.max(0, us), order: this.#order++, run };
    this.#push(due);
    return () => {
      due.run = null;
    };
  }

  /** Until then, or until `stop` says so after an event. */
  async run(untilUs: number, stop: () => boolean = () => false): Promise<void> {
    for (;;) {
      const next = this.#heap[0];
      if (next === undefined || next.atUs > untilUs) break;
      this.#pop();
      if (next.run === null) continue;
      this.nowUs = next.atUs;
      this.trace(next.atUs);
      this.events++;
      next.run();
      await settled();
      if (stop()) return;
    }
    this.nowUs = Math.max(this.nowUs, untilUs);
  }

  #push(due: Due): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(due);
    while (at > 0) {
      const up = (at - 1) >> 1;
      const parent = heap[up];
      if (parent === undefined || before(parent, due)) break;
      heap[at] = parent;
      at = up;
    }
    heap[at] = due;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      const left = heap[child];
      if (left === undefined) break;
      const right = heap[child + 1];
      if (right !== undefined && before(right, left)) child++;
      const least = heap[child];
      if (least === undefined || before(last, least)) break;
      heap[at] = least;
      at = child;
    }
    heap[at] = last;
  }
}

function before(a: Due, b: Due): boolean {
  return a.atUs < b.atUs || (a.atUs === b.atUs && a.order < b.order);
}

/** The timers of one process: none of them runs after its end. */
export class ProcessTimers {
  readonly #world: World;
  #alive = true;

  constructor(world: World) {
    this.#world = world;
  }

  get alive(): boolean {
    return this.#alive;
  }

  readonly after = (ms: number, run: () => void): (() => void) =>
    this.#world.after(ms * 1e3, () => {
      if (this.#alive) run();
    });

  readonly every = (ms: number, run: () => void): (() => void) => {
    let callOff = (): void => {};
    const arm = (): void => {
      callOff = this.after(ms, () => {
        arm();
        run();
      });
    };
    arm();
    return () => callOff();
  };

  end(): void {
    this.#alive = false;
  }
}
