/**
 * One webhook: the events of the feed, one after the other, from where it stands to its receiver.
 *
 *   feed ──page──► deliver ──taken, or given up (dead letter)──► position in the store, at most SAVE_MS behind
 *                     └──not taken──► pause, again
 *
 * At least once and in order: the position is written after what it stands for; who is killed in between sends some again.
 * It has a loop of its own and holds one page of events, so a receiver that hangs is nobody else's matter.
 */
import { createHash } from 'node:crypto';
import { ExponentialBackoff, fullJitterGenerator } from 'cockatiel';
import type { Outcome, Standing, Timers, WebhookEvent, WebhookFeed, WebhookSettings, WebhookStore } from './ports.ts';
import { type Patience, Sender, type SenderOptions, type Trouble } from './sender.ts';

export interface SubscriptionOptions extends WebhookSettings, Omit<SenderOptions, 'signal'> {
  readonly feed: WebhookFeed;
  readonly store: WebhookStore;
  readonly timers: Timers;
  readonly patience: Patience;
}

const PAGE = 50;
const SAVE_MS = 1000;
/** Passing over events that it does not want moves it as well; that need not be known exactly. */
const SAVE_PASSED_MS = 10_000;
const IDLE_MS = 15_000;
/** Between two looks at the feed that found nothing: of a busy fleet most is not for this one. */
const LOOK_MS = 100;
const STORE_RETRY_MS = 1000;
const ASK_BREAKER_MS = 200;
const MAX_BODY_BYTES = 256_000;
const MOST_DEAD = 10_000;

const GONE = 'answered 410: it wants no more events; POST /api/v1/webhooks/<name>/enable once it does';

type Step = Partial<Parameters<WebhookStore['saveWebhook']>[0]>;

const EMPTY = { position: 0, delivered: 0, dead: 0, dropped: 0, disabled: null } as const;

export class Subscription {
  readonly #o: SubscriptionOptions;
  readonly #sender: Sender;
  readonly #stop = new AbortController();
  /** Which receiver answered that it is gone, before the time at which it did: another address is another one. */
  readonly #receiver: string;
  #wake = new AbortController();
  #standing: Standing;
  /** Everything up to it is settled, in memory; `#standing.position` is durable. */
  #at = 0;
  #taken = 0;
  #savedAtMs = 0;
  #isNew = false;
  #resendAsked = true;
  /** Tries of the event at the head that reached the receiver. */
  #tries = 0;
  #running: Promise<void> | null = null;
  /** One at a time: each writes what the one before has left to write. */
  #saving: Promise<unknown> = Promise.resolve();

  constructor(o: SubscriptionOptions) {
    this.#o = o;
    this.#standing = { name: o.name, ...EMPTY };
    this.#receiver = createHash('sha256').update(o.url.href).digest('hex').slice(0, 16);
    this.#sender = new Sender({ ...o, signal: this.#stop.signal });
  }

  get settings(): WebhookSettings {
    return this.#o;
  }

  get standing(): Standing {
    return { ...this.#standing, position: this.#at, delivered: this.#standing.delivered + this.#taken };
  }

  get isDisabled(): boolean {
    return this.#standing.disabled?.split(' ')[0] === this.#receiver;
  }

  get isOpen(): boolean {
    return this.#sender.isOpen;
  }

  get trouble(): Trouble | null {
    const [, goneAtUtcUs] = this.#standing.disabled?.split(' ') ?? [];
    if (this.isDisabled) return { words: GONE, tries: this.#tries, atUtcUs: Number(goneAtUtcUs ?? 0) };
    const { failure } = this.#sender;
    return failure && { ...failure, tries: this.#tries };
  }

  /** `standing`: as the store has it; undefined: it was never there. */
  start(standing: Standing | undefined): void {
    if (standing !== undefined) this.#standing = standing;
    else this.#isNew = true;
    this.#at = standing?.position ?? (this.#o.fromStart ? 0 : (this.#o.feed.newest ?? 0));
    this.#running = this.#run();
  }

  /** The receiver is there again. */
  async enable(): Promise<void> {
    await this.#save({ disabled: null });
    this.#resendAsked = true;
    this.#wake.abort();
  }

  /** Dead letters were marked in the store. */
  resend(): void {
    this.#resendAsked = true;
    this.#wake.abort();
  }

  /** Dead letters were taken off the list in the store. */
  discarded(): Promise<void> {
    return this.#save({});
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#wake.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        await this.#turn();
      } catch {
        this.#o.count('storeFailed');
        await this.#pause(STORE_RETRY_MS);
      }
    }
    await this.#save({}).catch(() => this.#o.count('storeFailed'));
  }

  async #turn(): Promise<void> {
    // Durable before anything else: the next start would begin with what is newest then.
    if (this.#isNew) await this.#save({});
    this.#isNew = false;
    if (this.isDisabled) return this.#idle(IDLE_MS);
    if (this.#resendAsked) await this.#answerResend();
    const { feed, kinds } = this.#o;
    const page = await feed.read({ afterId: this.#at, limit: PAGE, ...(kinds.length > 0 ? { kinds } : {}) });
    for (const event of page.events) {
      if (!(await this.#deliver(event))) return;
      await this.#saveWithin(SAVE_MS);
    }
    const moved = page.next > this.#at;
    this.#at = Math.max(this.#at, page.next);
    if (page.events.length > 0) return;
    await this.#saveWithin(this.#taken > 0 ? 0 : SAVE_PASSED_MS);
    if (moved) await this.#pause(LOOK_MS);
    // Not reached, or asked meanwhile. Nothing may come between this look and the sleep: it would not be woken.
    else if (this.#resendAsked) await this.#pause(STORE_RETRY_MS);
    else await this.#idle(IDLE_MS);
  }

  /** True once it is taken or given up; false when there is nothing more to be done now. */
  async #deliver(event: WebhookEvent): Promise<boolean> {
    const { patience, count } = this.#o;
    if (Buffer.byteLength(event.body) > MAX_BODY_BYTES) {
      count('tooLarge');
      await this.#giveUp(event, 0, `larger than ${MAX_BODY_BYTES / 1e3} kB: read it in the feed`);
      return true;
    }
    const bounds = { initialDelay: patience.firstPauseMs, maxDelay: patience.longestPauseMs };
    let pause = new ExponentialBackoff({ ...bounds, generator: fullJitterGenerator }).next();
    this.#tries = 0;
    while (!this.#stop.signal.aborted) {
      const outcome = await this.#sender.send(event);
      if (this.#stop.signal.aborted) return false;
      if (outcome === null) {
        await this.#pause(ASK_BREAKER_MS);
        continue;
      }
      if (outcome.kind === 'taken') {
        this.#taken++;
        this.#at = event.id;
        return true;
      }
      if (outcome.kind !== 'unheard') this.#tries++;
      if (outcome.kind === 'gone') {
        await this.#disable();
        return false;
      }
      if (this.#tries >= patience.tries) {
        await this.#giveUp(event, this.#tries, outcome.words);
        return true;
      }
      await this.#pause(pause.duration);
      pause = pause.next(undefined);
    }
    return false;
  }

  /** Who asks while it goes on asks for another round: what was read before may not know of it. */
  async #answerResend(): Promise<void> {
    this.#resendAsked = false;
    let isDone = false;
    try {
      isDone = await this.#resendMarked();
    } finally {
      if (!isDone) this.#resendAsked = true;
    }
  }

  /** Each that people asked for, once; false: what cannot be reached now stays asked for. */
  async #resendMarked(): Promise<boolean> {
    const { store, feed, name, clock, count } = this.#o;
    for (;;) {
      const letters = await store.deadLetters({ name, afterEvent: 0, limit: PAGE, resend: true });
      for (const letter of letters) {
        const { events } = await feed.read({ afterId: letter.event - 1, limit: 1 });
        const event = events.find(({ id }) => id === letter.event);
        const outcome: Outcome | null =
          event === undefined
            ? { kind: 'refused', words: 'the event is not stored any more' }
            : await this.#sender.send(event);
        if (this.#stop.signal.aborted || outcome === null || outcome.kind === 'unheard') return false;
        if (outcome.kind === 'gone') {
          await this.#disable();
          return false;
        }
        if (outcome.kind === 'taken') {
          this.#taken++;
          await this.#save({ buried: letter.event });
          continue;
        }
        count('resendFailed');
        const tried = { tries: letter.tries + 1, reason: outcome.words, atUtcUs: clock.utcUs(), resend: false };
        await this.#save({ retried: { ...letter, ...tried } });
      }
      if (letters.length < PAGE) return true;
    }
  }

  async #giveUp({ id }: WebhookEvent, tries: number, reason: string): Promise<void> {
    const { clock, count, onChange, name } = this.#o;
    const { dropped } = this.#standing;
    await this.#save({ position: id, dead: { event: id, atUtcUs: clock.utcUs(), tries, reason, resend: false } });
    this.#at = id;
    count('deadLettered');
    onChange(name, 'dead-letter', reason);
    const more = this.#standing.dropped - dropped;
    if (more === 0) return;
    count('dropped', more);
    onChange(name, 'dropped', `more than ${MOST_DEAD} dead letters: the oldest are thrown away`);
  }

  async #disable(): Promise<void> {
    await this.#save({ disabled: `${this.#receiver} ${this.#o.clock.utcUs()}` });
    this.#o.count('gone');
    this.#o.onChange(this.#o.name, 'gone', 'answered 410');
  }

  async #saveWithin(ms: number): Promise<void> {
    const isDue = this.#o.clock.monoUs() / 1e3 - this.#savedAtMs >= ms;
    if (isDue && (this.#at !== this.#standing.position || this.#taken > 0)) await this.#save({});
  }

  #save(step: Step): Promise<void> {
    const saved = this.#saving.then(() => this.#saveNow(step));
    this.#saving = saved.catch(() => {});
    return saved;
  }

  async #saveNow(step: Step): Promise<void> {
    const { store, name, clock } = this.#o;
    const taken = this.#taken;
    this.#standing = await store.saveWebhook({
      ...{ name, position: this.#at, delivered: taken, mostDead: MOST_DEAD },
      ...step,
    });
    this.#taken -= taken;
    this.#savedAtMs = clock.monoUs() / 1e3;
  }

  /** Until there is news in the feed, or something is asked of this one. */
  async #idle(mostMs: number): Promise<void> {
    if (this.#wake.signal.aborted) this.#wake = new AbortController();
    if (this.#stop.signal.aborted) return;
    await this.#o.feed.beyond(this.isDisabled ? Number.MAX_SAFE_INTEGER : this.#at, mostMs, this.#wake.signal);
  }

  #pause(ms: number): Promise<void> {
    const { signal } = this.#stop;
    return new Promise((resolve) => {
      const go = () => {
        callOff();
        signal.removeEventListener('abort', go);
        resolve();
      };
      const callOff = this.#o.timers.after(ms, go);
      signal.addEventListener('abort', go);
      if (signal.aborted) go();
    });
  }
}
