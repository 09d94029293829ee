/**
 * Webhooks over the feed and the table that they have in the controller, in virtual time; the receivers are the far end.
 * The feed's own timers are real and never come to their end here: who sleeps must be woken.
 */
import Database from 'better-sqlite3';
import { Feed } from '../feed/index.ts';
import { CORE_STEPS, migrate } from '../store/migrations.ts';
import { WebhookTable } from '../store/webhook-table.ts';
import type { Outcome, WebhookStore } from '../webhooks/ports.ts';
import { Webhooks } from '../webhooks/webhooks.ts';
import { VirtualTime } from './virtual-time.ts';

const LONG_MS = 3600e3;
const TAKEN: Outcome = { kind: 'taken' };
const UNHEARD: Outcome = { kind: 'unheard', words: 'ECONNREFUSED' };

/** What a receiver took, and how it feels about the next. */
export interface Far {
  readonly taken: number[];
  /** The answers to come; then it is well. */
  readonly moods: Outcome[];
  mood: (event: number) => Outcome;
}

/** `delays`: of each thing that takes its time, ms, one after the other and again from the first. */
export class WebhookWorld {
  readonly time = new VirtualTime();
  readonly table: WebhookTable;
  readonly far = new Map<string, Far>();
  /** Ever given up: these may come late. */
  readonly givenUp = new Set<string>();
  /** By somebody, off the list: neither taken nor on it. */
  readonly discarded = new Set<string>();
  failing = 0;
  #events = 0;
  #turn = 0;
  #generation = 0;
  #webhooks: Webhooks | null = null;
  #feed = new Feed({ events: () => Promise.resolve([]) });
  readonly #db = new Database(':memory:');
  readonly #delays: readonly number[];

  constructor(names: readonly string[], delays: readonly number[]) {
    migrate(this.#db, CORE_STEPS, 'memory');
    this.table = new WebhookTable(this.#db);
    this.#delays = delays;
    for (const name of names) {
      const moods: Outcome[] = [];
      this.far.set(name, { taken: [], moods, mood: () => moods.shift() ?? TAKEN });
    }
  }

  get webhooks(): Webhooks {
    if (this.#webhooks === null) throw new Error('not started');
    return this.#webhooks;
  }

  get newest(): number {
    return this.#events;
  }

  more(count: number): void {
    this.#events += count;
    this.#feed.told(this.#events);
  }

  async start(): Promise<void> {
    this.#generation++;
    const own = this.#generation;
    const isMine = () => own === this.#generation;
    this.#feed = new Feed({
      events: async ({ afterId, limit, upToId = this.#events }) => {
        const newest = Math.min(upToId, this.#events);
        await this.#takesTime();
        const ids = Array.from({ length: Math.max(0, Math.min(limit, newest - afterId)) }, (_, i) => afterId + 1 + i);
        const rest = {
          entity: 'stop:a',
          version: 1,
          type: 'x',
          atUtcUs: 0,
          by: null,
          cause: null,
          stamp: null,
          hash: '',
        };
        return ids.map((id) => ({ id, ...rest, data: {} }));
      },
    });
    this.#feed.told(this.#events);
    const webhooks = new Webhooks({
      settings: [...this.far.keys()].map((name) => ({
        ...{ name, url: new URL(`http://${name}.test/`), kinds: [], secrets: [Buffer.alloc(32)], fromStart: true },
      })),
      feed: {
        read: async (query) => {
          const { events, next } = await this.#feed.read(query);
          return { events: events.map(({ id }) => ({ id, cursor: `c${id}`, body: JSON.stringify({ id }) })), next };
        },
        beyond: (...wait) => this.#feed.beyond(...wait),
        newest: 0,
      },
      store: this.#store(isMine),
      clock: { utcUs: () => this.time.nowMs * 1e3, monoUs: () => this.time.nowMs * 1e3 },
      timers: this.time,
      count: () => {},
      userAgent: 'test',
      poster: () => ({
        post: async ({ url, body }) => {
          const far = this.far.get(url.hostname.split('.')[0] ?? '');
          if (far === undefined || !isMine()) return UNHEARD;
          await this.#takesTime();
          const { id } = JSON.parse(body);
          const outcome = far.mood(id);
          if (outcome.kind === 'taken') far.taken.push(id);
          // The answer takes its way as well: a kill may come between.
          await this.#takesTime();
          return outcome;
        },
        close() {},
      }),
      // The pauses of the breaker are counted on the wall clock; open, it is made anew after the longest and a second.
      patience: { tries: 3, firstPauseMs: 50, longestPauseMs: 400, breakAfter: 4, breakLongestMs: 500 },
      onChange: () => {},
    });
    this.#webhooks = webhooks;
    await this.done(webhooks.start());
  }

  /** As after a kill when not `orderly`: nothing of it reaches the table any more. */
  async end(orderly: boolean): Promise<void> {
    if (!orderly) this.#generation++;
    await this.done(this.webhooks.close());
  }

  /** Time goes on until it is settled. */
  async done(what: Promise<unknown>): Promise<void> {
    let isSettled = false;
    const settle = () => {
      isSettled = true;
    };
    what.then(settle, settle);
    await this.time.until(() => isSettled, 'an answer', LONG_MS);
  }

  letters(name: string, resend?: boolean) {
    return this.table.list({ name, afterEvent: 0, limit: 1000, ...(resend === undefined ? {} : { resend }) });
  }

  standing(name: string) {
    return this.table.all().find((one) => one.name === name);
  }

  #takesTime(): Promise<void> {
    return this.time.pause(this.#delays[this.#turn++ % this.#delays.length] ?? 0);
  }

  /** Asked in one thread and answered in another: what was read may be old by the time it arrives. */
  #store(isMine: () => boolean): WebhookStore {
    const write = async <T>(run: () => T): Promise<T> => {
      await this.#takesTime();
      if (!isMine()) throw new Error('killed');
      if (this.failing > 0) {
        this.failing--;
        throw new Error('the disk is full');
      }
      const value = run();
      await this.#takesTime();
      return value;
    };
    const read = async <T>(run: () => T): Promise<T> => {
      const value = run();
      await this.#takesTime();
      return value;
    };
    return {
      webhooks: () => read(() => this.table.all()),
      saveWebhook: (step) =>
        write(() => {
          if (step.dead !== undefined) this.givenUp.add(`${step.name} ${step.dead.event}`);
          return this.table.save(step);
        }),
      deadLetters: (query) => read(() => this.table.list(query)),
      resendDeadLetters: (query) => write(() => this.table.resend(query)),
      discardDeadLetters: (query) =>
        write(() => {
          for (const { event } of this.letters(query.name)) {
            if (query.events?.includes(event) ?? true) this.discarded.add(`${query.name} ${event}`);
          }
          return this.table.discard(query);
        }),
    };
  }
}
