/** Signed events to one receiver, past its breaker; what came of each is counted, and the last failure kept to be shown. */
import { Breaker } from './breaker.ts';
import type { Clock, Count, Outcome, Poster, WebhookEvent, WebhookSettings } from './ports.ts';
import { signatureHeaders } from './signature.ts';

export interface Patience {
  /** Tries that reached the receiver before an event is given up. */
  readonly tries: number;
  readonly timeoutMs: number;
  /** Pauses between tries are drawn between 0 and a bound that doubles from the first to the longest. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  readonly breakAfter: number;
  readonly breakFirstMs: number;
  readonly breakLongestMs: number;
}

/** Why the event at the head is not taken yet. */
export interface Trouble {
  readonly words: string;
  readonly tries: number;
  readonly atUtcUs: number;
}

export interface SenderOptions extends WebhookSettings {
  readonly poster: Poster;
  readonly clock: Clock;
  readonly count: Count;
  readonly patience: Patience;
  readonly userAgent: string;
  /** Something that people should know. */
  readonly onChange: (name: string, what: 'opened' | 'gone' | 'dead-letter' | 'dropped', words: string) => void;
  readonly signal: AbortSignal;
}

export class Sender {
  readonly #o: SenderOptions;
  readonly #breaker: Breaker;
  #failure: Omit<Trouble, 'tries'> | null = null;

  constructor(o: SenderOptions) {
    this.#o = o;
    const onOpened = () => {
      o.count('opened');
      o.onChange(o.name, 'opened', this.#failure?.words ?? 'not reached');
    };
    this.#breaker = new Breaker({ ...o.patience, monoMs: () => o.clock.monoUs() / 1e3, onOpened });
  }

  get isOpen(): boolean {
    return this.#breaker.isOpen;
  }

  /** Null once something was taken. */
  get failure(): Omit<Trouble, 'tries'> | null {
    return this.#failure;
  }

  /** null: it is left alone at present, ask again later. */
  send({ cursor, body }: WebhookEvent): Promise<Outcome | null> {
    const { poster, count, clock, secrets, url, userAgent, patience, signal } = this.#o;
    return this.#breaker.run(async () => {
      count('tries');
      const timestampS = Math.floor(clock.utcUs() / 1e6);
      const signed = signatureHeaders({ secrets, id: cursor, timestampS, body });
      const headers = { 'content-type': 'application/json', 'user-agent': userAgent, ...signed };
      const outcome = await poster.post({ url, headers, body, timeoutMs: patience.timeoutMs, signal });
      if (signal.aborted) return outcome;
      if (outcome.kind === 'taken') {
        count('delivered');
        this.#failure = null;
      } else if (outcome.kind !== 'gone') {
        count(outcome.kind);
        this.#failure = { words: outcome.words, atUtcUs: clock.utcUs() };
      }
      return outcome;
    });
  }
}
