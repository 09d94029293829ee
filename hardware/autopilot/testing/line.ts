/**
 * A line to a scripted far end, in virtual time: what a seed says is lost, doubled, or overtaken by what came later.
 * The same seed gives the same run.
 */
import { type FieldsIn, type Message, type MessageName, messageByName } from '@skein/protocol/mavlink';
import type { ExchangeOptions } from '../exchange.ts';

export interface Faults {
  readonly lossPct?: number;
  readonly duplicatePct?: number;
  readonly reorderPct?: number;
  /** One way; default 5. */
  readonly delayMs?: number;
}

/** Says something after a while; a function is asked then, and may think better of it. */
export type Say = (message: Message | (() => Message | null), afterMs?: number) => void;

/** The far end: hears a message, answers by `say`. */
export interface FarEnd {
  hear(message: Message, say: Say): void;
}

interface Due {
  readonly atMs: number;
  readonly order: number;
  readonly act: () => void;
}

/** What is under test: takes messages and ticks. */
export interface NearEnd {
  take(message: Message, nowMs: number): void;
  tick(nowMs: number): void;
}

const DELAY_MS = 5;
const OVERTAKEN_MS = 35;
const TICK_MS = 100;

export function messageOf<N extends MessageName>(name: N, fields: FieldsIn<N>): Message {
  return { name, msgid: messageByName(name).id, fields } as unknown as Message;
}

export class Line {
  readonly sent: Message[] = [];
  readonly options: ExchangeOptions;
  nowMs = 0;
  isOpen = true;
  readonly #far: FarEnd;
  readonly #faults: Faults;
  readonly #due: Due[] = [];
  #random: number;
  #order = 0;

  constructor(far: FarEnd, faults: Faults = {}, seed = 1) {
    this.#far = far;
    this.#faults = faults;
    this.#random = seed | 0;
    this.options = {
      nowMs: () => this.nowMs,
      target: () => (this.isOpen ? { sysid: 7, compid: 1 } : null),
      send: (name, fields) => {
        const message = messageOf(name, fields);
        this.sent.push(message);
        this.#carry(() => this.#far.hear(message, (answer, afterMs = 0) => this.#answer(answer, afterMs)));
        return true;
      },
    };
  }

  #near: NearEnd | null = null;

  connect<T extends NearEnd>(near: T): T {
    this.#near = near;
    return near;
  }

  /** Runs until it settles; fails after so long in virtual time. */
  async until<T>(promise: Promise<T>, withinMs = 600_000): Promise<T> {
    let settled = false;
    const watched = promise.finally(() => {
      settled = true;
    });
    watched.catch(() => {});
    const endMs = this.nowMs + withinMs;
    await turn();
    while (!settled) {
      if (this.nowMs > endMs) throw new Error(`not settled after ${withinMs} ms`);
      await this.step();
    }
    return watched;
  }

  /** To the next thing that is due, or the next tick. */
  async step(): Promise<void> {
    const tickMs = (Math.floor(this.nowMs / TICK_MS) + 1) * TICK_MS;
    this.#due.sort((a, b) => a.atMs - b.atMs || a.order - b.order);
    const next = this.#due[0];
    if (next !== undefined && next.atMs < tickMs) {
      this.#due.shift();
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.act();
    } else {
      this.nowMs = tickMs;
      this.#near?.tick(tickMs);
    }
    await turn();
  }

  async run(ms: number): Promise<void> {
    for (const endMs = this.nowMs + ms; this.nowMs < endMs; ) await this.step();
  }

  names(): string[] {
    return this.sent.map(({ name }) => name);
  }

  /** mulberry32: the next number of the seed's sequence, 0 ≤ n < 1. */
  roll(): number {
    this.#random = (this.#random + 0x6d2b_79f5) | 0;
    let x = Math.imul(this.#random ^ (this.#random >>> 15), 1 | this.#random);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  }

  #answer(answer: Message | (() => Message | null), afterMs: number): void {
    this.#later(afterMs, () => {
      const message = typeof answer === 'function' ? answer() : answer;
      if (message !== null) this.#carry(() => this.#near?.take(message, this.nowMs));
    });
  }

  #carry(act: () => void): void {
    const { lossPct = 0, duplicatePct = 0, reorderPct = 0, delayMs = DELAY_MS } = this.#faults;
    const chance = (pct: number): boolean => pct > 0 && this.roll() * 100 < pct;
    for (let copies = chance(duplicatePct) ? 2 : 1; copies > 0; copies--) {
      if (!chance(lossPct)) this.#later(delayMs + (chance(reorderPct) ? OVERTAKEN_MS : 0), act);
    }
  }

  #later(afterMs: number, act: () => void): void {
    this.#due.push({ atMs: this.nowMs + afterMs, order: this.#order++, act });
  }
}

/** Lets everything that promises are waiting for happen. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
