/** What webhooks need of the rest. */

/** An event as it is sent. */
export interface WebhookEvent {
  readonly id: number;
  /** As the feed names it to others. */
  readonly cursor: string;
  /** JSON, as in the feed. */
  readonly body: string;
}

export interface WebhookFeed {
  read(query: {
    afterId: number;
    limit: number;
    kinds?: readonly string[];
  }): Promise<{ readonly events: readonly WebhookEvent[]; readonly next: number }>;
  /** Resolves when there is something after this id, at `signal`, or after `mostMs`. */
  beyond(afterId: number, mostMs: number, signal: AbortSignal): Promise<void>;
  /** Id of the newest event; null: the store does not tell. */
  readonly newest: number | null;
}

export interface DeadLetter {
  readonly event: number;
  readonly atUtcUs: number;
  readonly tries: number;
  readonly reason: string;
  readonly resend: boolean;
}

export interface Standing {
  readonly name: string;
  readonly position: number;
  readonly delivered: number;
  readonly dead: number;
  readonly dropped: number;
  readonly disabled: string | null;
}

export interface WebhookStore {
  webhooks(): Promise<readonly Standing[]>;
  saveWebhook(step: {
    name: string;
    position?: number;
    delivered?: number;
    dead?: DeadLetter;
    /** Only if it is on the list still. */
    retried?: DeadLetter;
    buried?: number;
    disabled?: string | null;
    mostDead: number;
  }): Promise<Standing>;
  deadLetters(query: {
    name: string;
    afterEvent: number;
    limit: number;
    resend?: boolean;
  }): Promise<readonly DeadLetter[]>;
  resendDeadLetters(query: { name: string; events: readonly number[] | null }): Promise<number>;
  discardDeadLetters(query: { name: string; events: readonly number[] | null }): Promise<number>;
}

export interface Clock {
  utcUs(): number;
  monoUs(): number;
}

/** What it returns calls it off. */
export interface Timers {
  after(ms: number, run: () => void): () => void;
}

/** One webhook as it is set. */
export interface WebhookSettings {
  readonly name: string;
  readonly url: URL;
  /** Empty: all. */
  readonly kinds: readonly string[];
  readonly secrets: readonly Buffer[];
  /** A new one begins with the first event there is, not with the next. */
  readonly fromStart: boolean;
}

/** What came of one POST. */
export type Outcome =
  /** 2xx. */
  | { readonly kind: 'taken' }
  /** 410: wants no more. */
  | { readonly kind: 'gone' }
  /** It is well, and does not want this one: 3xx, 4xx. */
  | { readonly kind: 'refused'; readonly words: string }
  /** It was reached and is not well: 5xx, 429, no answer in time. */
  | { readonly kind: 'unwell'; readonly words: string }
  /** It was not reached: this says nothing about the event. */
  | { readonly kind: 'unheard'; readonly words: string };

export interface Message {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Resolves always, within `timeoutMs`. */
export interface Poster {
  post(message: Message): Promise<Outcome>;
  close(): void;
}

export const WEBHOOK_COUNTERS = {
  delivered: 'events taken by their receiver, resent ones included',
  tries: 'POSTs to receivers',
  refused: 'POSTs answered with 3xx or 4xx',
  unwell: 'POSTs answered with 5xx or 429, or not in time',
  unheard: 'POSTs that did not reach their receiver',
  opened: 'times a circuit breaker opened: a receiver was left alone for a while',
  deadLettered: 'events put on a list of dead letters after all their tries',
  tooLarge: 'of these, events larger than what is sent',
  dropped: 'dead letters thrown away because their list was full',
  resendFailed: 'dead letters sent once more on request and not taken',
  discarded: 'dead letters thrown away by somebody',
  gone: 'webhooks disabled because their receiver answered 410',
  storeFailed: 'times the events or positions could not be read or written; tried again',
} as const;
export type WebhookCounter = keyof typeof WEBHOOK_COUNTERS;
export type Count = (name: WebhookCounter, by?: number) => void;
