/** What of webhooks is kept: how far each has come, and what it did not take. */

export interface DeadLetter {
  /** Id of the event, which stays in the feed: nothing of it is copied. */
  readonly event: number;
  /** When it was given up, µs UTC. */
  readonly atUtcUs: number;
  readonly tries: number;
  /** The last answer, in words. */
  readonly reason: string;
  /** Asked to be sent once more, and not sent yet. */
  readonly resend: boolean;
}

export interface WebhookState {
  readonly name: string;
  /** Every event up to this id was taken, given up, or is none of those wanted. */
  readonly position: number;
  readonly delivered: number;
  /** Dead letters now. */
  readonly dead: number;
  /** Dead letters thrown away because there were too many. */
  readonly dropped: number;
  /** Null unless it answered that it is gone; what says so is the caller's. */
  readonly disabled: string | null;
}

/** One step of one webhook, all or nothing. */
export interface WebhookStep {
  readonly name: string;
  /** Only ever rises. */
  readonly position?: number;
  /** More of them than before. */
  readonly delivered?: number;
  /** Given up: kept in the place of one of the same event. */
  readonly dead?: DeadLetter;
  /** Sent once more in vain: written down only if it is on the list still. */
  readonly retried?: DeadLetter;
  /** Sent after all, by id of event. */
  readonly buried?: number;
  /** Null: works again. */
  readonly disabled?: string | null;
  /** Dead letters kept at most; the oldest go. */
  readonly mostDead: number;
}

export interface DeadLetterQuery {
  readonly name: string;
  readonly afterEvent: number;
  readonly limit: number;
  /** Only those asked to be sent once more. */
  readonly resend?: boolean;
}

/** By ids of events; null: all. */
export interface DeadLetterPick {
  readonly name: string;
  readonly events: readonly number[] | null;
}

export interface WebhookStore {
  webhooks(): Promise<readonly WebhookState[]>;
  saveWebhook(step: WebhookStep): Promise<WebhookState>;
  /** By the order of their events. */
  deadLetters(query: DeadLetterQuery): Promise<readonly DeadLetter[]>;
  /** Marks these dead letters, or all, to be sent once more; how many there were. */
  resendDeadLetters(query: DeadLetterPick): Promise<number>;
  /** Takes these dead letters, or all, off the list; how many there were. */
  discardDeadLetters(query: DeadLetterPick): Promise<number>;
}
