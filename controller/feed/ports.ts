/** What the feed needs of the rest. */
export interface FeedEvent {
  readonly id: number;
  readonly entity: string;
  readonly version: number;
  readonly type: string;
  readonly atUtcUs: number;
  readonly by: { readonly kind: string; readonly name: string } | null;
  readonly cause: string | null;
  readonly stamp: string | null;
  readonly data: Readonly<Record<string, unknown>>;
  readonly hash: string;
}

export interface FeedQuery {
  readonly afterId: number;
  readonly limit: number;
  readonly entity?: string;
  /** What stands before the colon of the entity; `controller` is one too. */
  readonly kinds?: readonly string[];
}

export interface FeedStore {
  events(query: FeedQuery & { readonly upToId?: number }): Promise<readonly FeedEvent[]>;
}
