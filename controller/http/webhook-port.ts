/** What the routes of webhooks need. */
export interface WebhookView {
  readonly name: string;
  readonly position: number;
  readonly trouble: { readonly words: string; readonly tries: number; readonly atUtcUs: number } | null;
}

export interface LetterView {
  readonly event: number;
  readonly atUtcUs: number;
  readonly tries: number;
  readonly reason: string;
  readonly resend: boolean;
}

/** null: there is no such webhook. */
export interface WebhookPort {
  list(): readonly WebhookView[];
  get(name: string): WebhookView | null;
  letters(name: string, q: { afterEvent: number; limit: number }): Promise<readonly LetterView[] | null>;
  resend(name: string, events: readonly number[] | null, by: string): Promise<number | null>;
  discard(name: string, events: readonly number[] | null, by: string): Promise<number | null>;
  enable(name: string, by: string): Promise<WebhookView | null>;
}
