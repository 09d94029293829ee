/** All webhooks that are set, and what people see and ask of them. Their secrets and the paths of their addresses never leave. */
import type { Clock, Count, Poster, Timers, WebhookFeed, WebhookSettings, WebhookStore } from './ports.ts';
import type { Patience, Trouble } from './sender.ts';
import { Subscription, type SubscriptionOptions } from './subscription.ts';

export interface WebhooksOptions {
  readonly settings: readonly WebhookSettings[];
  readonly feed: WebhookFeed;
  readonly store: WebhookStore;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly count: Count;
  readonly userAgent: string;
  readonly poster: () => Poster;
  readonly patience?: Partial<Patience>;
  readonly onChange: SubscriptionOptions['onChange'];
}

export interface WebhookView {
  readonly name: string;
  /** Scheme, host and port: the path of an address often is a secret. */
  readonly origin: string;
  readonly kinds: readonly string[];
  /** ok: it takes what comes; trying: the last try failed; left-alone: the breaker is open; disabled: it answered 410. */
  readonly state: 'ok' | 'trying' | 'left-alone' | 'disabled';
  /** Id of the event up to which all is settled. */
  readonly position: number;
  /** Ids after it, wanted or not. */
  readonly behind: number;
  readonly delivered: number;
  readonly dead: number;
  readonly dropped: number;
  readonly trouble: Trouble | null;
}

export interface LetterView {
  readonly event: number;
  readonly atUtcUs: number;
  readonly tries: number;
  readonly reason: string;
  readonly resend: boolean;
}

/** Of an event as small as its envelope some 30 s of a healthy receiver, of a dead one a few hours. */
const PATIENCE: Patience = {
  ...{ tries: 8, timeoutMs: 10_000, firstPauseMs: 1000, longestPauseMs: 60_000 },
  ...{ breakAfter: 5, breakFirstMs: 5000, breakLongestMs: 300_000 },
};

export class Webhooks {
  readonly #o: WebhooksOptions;
  readonly #each: ReadonlyMap<string, Subscription>;
  readonly #posters: Poster[] = [];

  constructor(o: WebhooksOptions) {
    this.#o = o;
    const patience = { ...PATIENCE, ...o.patience };
    this.#each = new Map(
      o.settings.map((settings) => {
        // Connections of its own: of one receiver that hangs nobody else is held up.
        const poster = o.poster();
        this.#posters.push(poster);
        return [settings.name, new Subscription({ ...o, ...settings, poster, patience })];
      }),
    );
  }

  /** Before anybody can ask: `enable` would be lost on one that does not know yet where it stands. Rejects when the store cannot be read. */
  async start(): Promise<void> {
    if (this.#each.size === 0) return;
    const standings = new Map((await this.#o.store.webhooks()).map((one) => [one.name, one]));
    for (const [name, subscription] of this.#each) subscription.start(standings.get(name));
  }

  /** What is under way is ended; it is sent again at the next start. */
  async close(): Promise<void> {
    await Promise.all([...this.#each.values()].map((one) => one.close()));
    for (const poster of this.#posters) poster.close();
  }

  list(): readonly WebhookView[] {
    return [...this.#each.values()].map((one) => this.#view(one));
  }

  get(name: string): WebhookView | null {
    const one = this.#each.get(name);
    return one === undefined ? null : this.#view(one);
  }

  /** null: there is no such webhook. */
  async letters(name: string, q: { afterEvent: number; limit: number }): Promise<readonly LetterView[] | null> {
    return this.#each.has(name) ? this.#o.store.deadLetters({ name, ...q }) : null;
  }

  /** How many were marked to be sent once more; `events` null: all. */
  async resend(name: string, events: readonly number[] | null): Promise<number | null> {
    const one = this.#each.get(name);
    if (one === undefined) return null;
    const marked = await this.#o.store.resendDeadLetters({ name, events });
    one.resend();
    return marked;
  }

  /** How many were thrown away; `events` null: all. Their events stay in the feed. */
  async discard(name: string, events: readonly number[] | null): Promise<number | null> {
    const one = this.#each.get(name);
    if (one === undefined) return null;
    const discarded = await this.#o.store.discardDeadLetters({ name, events });
    this.#o.count('discarded', discarded);
    await one.discarded();
    return discarded;
  }

  /** Sends again to one that had answered 410. */
  async enable(name: string): Promise<WebhookView | null> {
    const one = this.#each.get(name);
    if (one === undefined) return null;
    await one.enable();
    return this.#view(one);
  }

  #view(one: Subscription): WebhookView {
    const { name, url, kinds } = one.settings;
    const { position, delivered, dead, dropped } = one.standing;
    const { isDisabled, isOpen, trouble } = one;
    const behind = Math.max(0, (this.#o.feed.newest ?? position) - position);
    return {
      ...{ name, origin: url.origin, kinds, position, behind, delivered, dead, dropped, trouble },
      state: isDisabled ? 'disabled' : isOpen ? 'left-alone' : trouble === null ? 'ok' : 'trying',
    };
  }
}
